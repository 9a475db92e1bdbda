//! What a `SignalingClient` is made of, checked as the JavaScript SDK does it, with its words.

use crate::error::Error;
use crate::ids::{CorrelationId, Role};

/// A value as a program gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given<'a> {
    /// `undefined`, or not there at all.
    Undefined,
    /// `null`.
    Null,
    /// A text.
    Text(&'a str),
    /// Anything else.
    Other,
}

impl Given<'_> {
    /// Whether there is anything.
    ///
    /// # Errors
    /// `caller.invalidArgument` in the words of the JavaScript SDK, with this name.
    pub fn check_present(self, name: &str) -> Result<(), Error> {
        match self {
            Given::Null => Err(Error::argument(name, "cannot be null")),
            Given::Undefined => Err(Error::argument(name, "cannot be undefined")),
            Given::Text("") => Err(Error::argument(name, "cannot be empty")),
            Given::Text(_) | Given::Other => Ok(()),
        }
    }
}

/// The values before they are checked.
#[derive(Clone, Copy, Debug)]
pub struct RawConfig<'a> {
    /// The object that the others are members of.
    pub config: Given<'a>,
    /// `role`.
    pub role: Given<'a>,
    /// `clientId`.
    pub client_id: Given<'a>,
    /// `channelARN`.
    pub channel_arn: Given<'a>,
    /// `region`.
    pub region: Given<'a>,
    /// `channelEndpoint`.
    pub channel_endpoint: Given<'a>,
    /// `credentials`, which are looked at where there is no signer.
    pub credentials: Given<'a>,
    /// Whether there is a `requestSigner`.
    pub has_signer: bool,
}

/// What a client connects to, and as whom. Whether the service takes it is for the service to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The id of a viewer; a master has none.
    pub client_id: Option<String>,
    /// The channel.
    pub channel_arn: String,
    /// Where the channel is.
    pub region: String,
    /// The endpoint for the role, `wss://…`.
    pub channel_endpoint: String,
}

impl Config {
    /// Checks the values in the order in which the JavaScript SDK does.
    ///
    /// # Errors
    /// `caller.invalidArgument` with the JavaScript SDK's words, or in its manner where it would
    /// take anything.
    pub fn check(raw: RawConfig<'_>) -> Result<Self, Error> {
        raw.config.check_present("SignalingClientConfig")?;
        raw.role.check_present("role")?;
        let client_id = match raw.role {
            Given::Text(role) if role == Role::Viewer.as_str() => {
                Some(text("clientId", raw.client_id)?)
            }
            Given::Text(role) if role == Role::Master.as_str() => match raw.client_id {
                Given::Undefined | Given::Null | Given::Text("") => None,
                Given::Text(_) | Given::Other => {
                    return Err(Error::argument("clientId", "should be null"));
                }
            },
            Given::Undefined | Given::Null | Given::Text(_) | Given::Other => {
                return Err(Error::argument("role", "must be 'MASTER' or 'VIEWER'"));
            }
        };
        let config = Self {
            client_id,
            channel_arn: text("channelARN", raw.channel_arn)?,
            region: text("region", raw.region)?,
            channel_endpoint: text("channelEndpoint", raw.channel_endpoint)?,
        };
        if !raw.has_signer {
            raw.credentials.check_present("credentials")?;
        }
        Ok(config)
    }

    /// Whether a message can name a recipient of this kind.
    ///
    /// # Errors
    /// `caller.invalidArgument`: a viewer names none, a master a text.
    pub fn check_recipient<'a>(&self, recipient: Given<'a>) -> Result<Option<&'a str>, Error> {
        let recipient = match recipient {
            Given::Undefined | Given::Null | Given::Text("") => return Ok(None),
            Given::Text(text) => text,
            Given::Other => return Err(Error::argument("recipientClientId", "must be a string")),
        };
        if self.client_id.is_some() {
            let problem = "recipient client id. As the VIEWER, messages must not be sent with a recipient client id.";
            return Err(Error::argument("Unexpected", problem));
        }
        Ok(Some(recipient))
    }
}

/// Whether a message can have this correlation id; an empty one is none.
///
/// # Errors
/// `caller.invalidArgument`.
pub fn check_correlation_id(id: Given<'_>) -> Result<Option<&str>, Error> {
    let misfit = || Error::argument("Correlation", "id does not fit the constraint!");
    match id {
        Given::Undefined | Given::Null | Given::Text("") => Ok(None),
        Given::Text(text) => CorrelationId::parse(text).map(|_| Some(text)).map_err(|_| misfit()),
        Given::Other => Err(misfit()),
    }
}

fn text(name: &str, value: Given<'_>) -> Result<String, Error> {
    value.check_present(name)?;
    match value {
        Given::Text(text) => Ok(text.to_owned()),
        Given::Undefined | Given::Null | Given::Other => {
            Err(Error::argument(name, "must be a string"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    const VIEWER: RawConfig<'static> = RawConfig {
        config: Given::Other,
        role: Given::Text("VIEWER"),
        client_id: Given::Text("v"),
        channel_arn: Given::Text("arn"),
        region: Given::Text("us-west-2"),
        channel_endpoint: Given::Text("wss://host"),
        credentials: Given::Other,
        has_signer: false,
    };

    #[test]
    fn both_roles_are_taken_as_they_are() {
        let viewer = Config::check(VIEWER).unwrap();
        assert_eq!(viewer.client_id.as_deref(), Some("v"));
        let role = Given::Text("MASTER");
        for client_id in [Given::Undefined, Given::Null, Given::Text("")] {
            let master = Config::check(RawConfig { role, client_id, ..VIEWER }).unwrap();
            assert_eq!(master, Config { client_id: None, ..viewer.clone() });
        }
    }

    #[test]
    fn what_is_missing_is_named_in_the_words_of_the_javascript_sdk() {
        type Change = fn(&mut RawConfig<'static>, Given<'static>);
        let changes: [(&str, Change); 7] = [
            ("SignalingClientConfig", |raw, value| raw.config = value),
            ("role", |raw, value| raw.role = value),
            ("clientId", |raw, value| raw.client_id = value),
            ("channelARN", |raw, value| raw.channel_arn = value),
            ("region", |raw, value| raw.region = value),
            ("channelEndpoint", |raw, value| raw.channel_endpoint = value),
            ("credentials", |raw, value| raw.credentials = value),
        ];
        for (name, change) in changes {
            for (value, word) in
                [(Given::Null, "null"), (Given::Undefined, "undefined"), (Given::Text(""), "empty")]
            {
                let mut raw = VIEWER;
                change(&mut raw, value);
                let error = Config::check(raw).unwrap_err();
                assert_eq!(error.message(), format!("{name} cannot be {word}"));
                assert_eq!(error.code(), Code::CallerInvalidArgument);
            }
        }
        let signer = RawConfig { credentials: Given::Undefined, has_signer: true, ..VIEWER };
        assert!(Config::check(signer).is_ok());
    }

    #[test]
    fn what_is_of_the_wrong_kind_is_named_too() {
        for (raw, message) in [
            (RawConfig { role: Given::Text("x"), ..VIEWER }, "role must be 'MASTER' or 'VIEWER'"),
            (RawConfig { role: Given::Text("MASTER"), ..VIEWER }, "clientId should be null"),
            (RawConfig { client_id: Given::Other, ..VIEWER }, "clientId must be a string"),
            (RawConfig { region: Given::Other, ..VIEWER }, "region must be a string"),
        ] {
            assert_eq!(Config::check(raw).unwrap_err().message(), message);
        }
    }

    #[test]
    fn a_viewer_names_no_recipient_and_a_master_any() {
        let viewer = Config::check(VIEWER).unwrap();
        let master = Config { client_id: None, ..viewer.clone() };
        let error = viewer.check_recipient(Given::Text("x")).unwrap_err();
        assert!(error.message().starts_with("Unexpected recipient client id. As the VIEWER"));
        for config in [viewer, master.clone()] {
            assert_eq!(config.check_recipient(Given::Text("")), Ok(None));
            assert_eq!(config.check_recipient(Given::Null), Ok(None));
            assert!(config.check_recipient(Given::Other).is_err());
        }
        assert_eq!(master.check_recipient(Given::Text("x")), Ok(Some("x")));
    }

    #[test]
    fn correlation_ids_are_of_the_services_characters() {
        assert_eq!(check_correlation_id(Given::Text("a.B-9_")), Ok(Some("a.B-9_")));
        assert_eq!(check_correlation_id(Given::Text("")), Ok(None));
        for id in [Given::Text("a b"), Given::Text("é"), Given::Other] {
            let error = check_correlation_id(id).unwrap_err();
            assert_eq!(error.message(), "Correlation id does not fit the constraint!");
        }
        assert!(check_correlation_id(Given::Text(&"x".repeat(257))).is_err());
    }
}
