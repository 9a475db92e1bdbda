//! AWS keys: who asks.

use crate::error::{Code, Error};
use crate::secret::Secret;

/// A key pair, with the session token where the keys are temporary. Held in memory only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    access_key_id: String,
    secret_access_key: Secret<String>,
    session_token: Option<Secret<String>>,
}

impl Credentials {
    /// Keys as a person gave them: white space around them is taken off, as pasting brings it
    /// along, and an empty session token is none.
    ///
    /// # Errors
    /// - [`Code::KeysMissing`] where one of the pair is empty
    /// - [`Code::CallerInvalidArgument`] where a character cannot be part of a key; the key
    ///   itself is not quoted
    pub fn new(
        access_key_id: &str,
        secret_access_key: &str,
        session_token: Option<&str>,
    ) -> Result<Self, Error> {
        let access_key_id = required("accessKeyId", access_key_id)?;
        if access_key_id.contains(['/', ',']) {
            let problem = "contains '/' or ',', which no access key id does";
            return Err(Error::argument("accessKeyId", problem));
        }
        let secret_access_key = required("secretAccessKey", secret_access_key)?;
        let session_token = checked("sessionToken", session_token.unwrap_or_default())?;
        Ok(Self {
            access_key_id: access_key_id.to_owned(),
            secret_access_key: Secret::new(secret_access_key.to_owned()),
            session_token: (!session_token.is_empty())
                .then(|| Secret::new(session_token.to_owned())),
        })
    }

    /// Names the key pair; not a secret by itself.
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// Signs; never sent.
    pub const fn secret_access_key(&self) -> &Secret<String> {
        &self.secret_access_key
    }

    /// Sent along with temporary keys.
    pub const fn session_token(&self) -> Option<&Secret<String>> {
        self.session_token.as_ref()
    }
}

fn required<'a>(name: &str, text: &'a str) -> Result<&'a str, Error> {
    let text = checked(name, text)?;
    if text.is_empty() {
        return Err(Error::new(Code::KeysMissing, [name, " is empty"].concat()));
    }
    Ok(text)
}

/// Takes white space off both ends and makes sure that a header can carry the rest.
fn checked<'a>(name: &str, text: &'a str) -> Result<&'a str, Error> {
    let text = text.trim();
    if text.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(text);
    }
    let problem = if text.contains(char::is_whitespace) {
        "contains white space"
    } else {
        "contains a character that is not printable ASCII"
    };
    Err(Error::argument(name, problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_trimmed_and_an_empty_token_is_none() {
        let keys = Credentials::new(" AKID\n", "\tse/cr+et= ", Some(" \n")).unwrap();
        assert_eq!(keys.access_key_id(), "AKID");
        assert_eq!(keys.secret_access_key().expose(), "se/cr+et=");
        assert_eq!(keys.session_token(), None);

        let keys = Credentials::new("AKID", "secret", Some(" to/ken== ")).unwrap();
        assert_eq!(keys.session_token().unwrap().expose(), "to/ken==");
    }

    #[test]
    fn empty_keys_are_missing() {
        for (id, secret, name) in [("", "s", "accessKeyId"), ("A", " \n", "secretAccessKey")] {
            let error = Credentials::new(id, secret, None).unwrap_err();
            assert_eq!(error.code(), Code::KeysMissing);
            assert_eq!(error.message(), format!("{name} is empty"));
        }
    }

    #[test]
    fn what_cannot_be_a_key_is_named_but_not_quoted() {
        for bad in ["hunter 2", "hunter\n2", "hunter\u{0}2", "hunter\u{7f}2", "hunterü2"] {
            for (id, secret, token, name) in [
                (bad, "s", None, "accessKeyId "),
                ("A", bad, None, "secretAccessKey "),
                ("A", "s", Some(bad), "sessionToken "),
            ] {
                let error = Credentials::new(id, secret, token).unwrap_err();
                assert_eq!(error.code(), Code::CallerInvalidArgument);
                assert!(error.message().starts_with(name), "{error}");
                assert!(!error.message().contains("hunter"), "{error}");
            }
        }
    }

    #[test]
    fn an_access_key_id_that_would_break_the_signature_is_refused() {
        for id in ["wJalr/K7MDENG", "AKID,Signature=x"] {
            let error = Credentials::new(id, "s", None).unwrap_err();
            assert_eq!(error.code(), Code::CallerInvalidArgument);
            assert!(!error.message().contains(id), "{error}");
        }
    }

    #[test]
    fn debug_output_tells_no_secret() {
        let keys = Credentials::new("AKID", "hunter2", Some("hunter3")).unwrap();
        let text = format!("{keys:?}");
        assert!(text.contains("AKID") && !text.contains("hunter"), "{text}");
    }
}
