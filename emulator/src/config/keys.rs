//! Whose signatures are accepted, and what they may do.

use std::{collections::HashMap, path::Path, sync::Arc, time::SystemTime};

use kvs_hub::Pattern;
use secrecy::{ExposeSecret as _, SecretString};

use super::{KeysFileError, keys_file};

/// The secret that goes with every access key id, unless configured: known to everybody.
pub(super) const PUBLIC_SECRET: &str = "local";

/// Access keys. Every access key id is accepted, unless there is a keys file; its secret is
/// `local` unless configured.
#[derive(Clone, Debug)]
pub struct Keys {
    of_all_others: Option<Arc<Key>>,
    by_id: HashMap<String, Arc<Key>>,
}

/// What goes with an access key id.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    /// What its user is called in messages; where there is no name, the access key id is.
    pub(super) name: Option<String>,
    pub(super) secret: SecretString,
    pub(super) token: SessionToken,
    /// From when on it is accepted no more.
    pub(super) expiration: Option<SystemTime>,
    pub(super) permissions: Permissions,
}

/// The session token that has to come with a key.
#[derive(Clone, Debug)]
pub(super) enum SessionToken {
    /// Any, or none: nobody said which.
    Any,
    /// None: the key is a long-term one.
    None,
    /// This one: the key is a temporary one.
    This(SecretString),
}

/// What a key may do: these actions, on channels and streams of these names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Permissions {
    /// `None` is all.
    pub(super) actions: Option<Vec<Pattern>>,
    /// `None` is all.
    pub(super) channels: Option<Vec<Pattern>>,
}

impl Default for Keys {
    fn default() -> Self {
        let of_all_others = Some(Arc::new(Key::unlimited(PUBLIC_SECRET.into())));
        Self { of_all_others, by_id: HashMap::new() }
    }
}

impl Keys {
    /// The secret of every access key id that has none of its own.
    #[must_use]
    pub fn with_secret(mut self, secret: SecretString) -> Self {
        self.of_all_others = Some(Arc::new(Key::unlimited(secret)));
        self
    }

    /// The secret of one access key id.
    #[must_use]
    pub fn with_access_key(mut self, id: String, secret: SecretString) -> Self {
        self.by_id.insert(id, Arc::new(Key::unlimited(secret)));
        self
    }

    /// The keys of a file, which are then all that there are: an access key id that is not in it
    /// is refused, unless it is added by [`Keys::with_access_key`], or [`Keys::with_secret`] says
    /// afterwards what goes with all others.
    ///
    /// The file is JSON: `{"keys": [{"accessKeyId": "…", "secretAccessKey": "…"}, …]}`. An entry
    /// may have more members:
    ///
    /// | member | what it is | default |
    /// |---|---|---|
    /// | `name` | what the user is called in messages | the access key id |
    /// | `sessionToken` | the token that has to come with the key | none may come |
    /// | `expiration` | when it expires, e.g. `2026-01-31T12:00:00Z` | never |
    /// | `actions` | what it may do, e.g. `["Describe*", "ConnectAsViewer"]` | everything |
    /// | `channels` | on channels and streams of which names, e.g. `["door-*"]` | all; only these may list |
    ///
    /// A file that others can read is used, with a warning in the log.
    ///
    /// # Errors
    /// [`KeysFileError`] where the file cannot be read or is malformed; no secret is in it.
    pub fn with_file(mut self, path: &Path) -> Result<Self, KeysFileError> {
        let keys = keys_file::read(path)?;
        self.of_all_others = None;
        self.by_id.extend(keys.into_iter().map(|(id, key)| (id, Arc::new(key))));
        Ok(self)
    }

    pub(super) fn get(&self, access_key_id: &str) -> Option<&Arc<Key>> {
        self.by_id.get(access_key_id).or(self.of_all_others.as_ref())
    }

    /// Whether the secret known to everybody is accepted, of whichever access key id.
    pub(super) fn has_public_secret(&self) -> bool {
        self.of_all_others.iter().chain(self.by_id.values()).any(|key| key.is_public())
    }

    /// The secret of this access key id where it is the one known to everybody.
    pub(super) fn public_secret_of(&self, access_key_id: &str) -> Option<&'static str> {
        self.get(access_key_id).is_some_and(|key| key.is_public()).then_some(PUBLIC_SECRET)
    }
}

impl Key {
    /// A key that may do everything, for ever.
    fn unlimited(secret: SecretString) -> Self {
        Self {
            name: None,
            secret,
            token: SessionToken::Any,
            expiration: None,
            permissions: Permissions::default(),
        }
    }

    fn is_public(&self) -> bool {
        self.secret.expose_secret() == PUBLIC_SECRET
    }
}

impl Permissions {
    /// Whether this action is among them, on a channel or stream of this name. The name of all
    /// together is `*`.
    pub(crate) fn allow(&self, action: &str, name: &str) -> bool {
        let fits = |patterns: &Option<Vec<Pattern>>, text: &str| {
            patterns.as_ref().is_none_or(|all| all.iter().any(|one| one.fits(text)))
        };
        fits(&self.actions, action) && fits(&self.channels, name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_told_only_where_everybody_knows_it() {
        assert_eq!(Keys::default().public_secret_of("local"), Some("local"));
        let keys = Keys::default().with_access_key("local".to_owned(), "other".into());
        assert_eq!(keys.public_secret_of("local"), None);
        assert_eq!(Keys::default().with_secret("other".into()).public_secret_of("local"), None);
    }

    #[test]
    fn permissions_are_of_actions_and_of_channels() {
        let patterns =
            |all: &[&str]| Some(all.iter().map(|p| Pattern::parse(p).unwrap()).collect());
        let some = Permissions {
            actions: patterns(&["Describe*", "ListStreams"]),
            channels: patterns(&["door-*"]),
        };
        assert!(some.allow("DescribeStream", "door-1"));
        assert!(!some.allow("DeleteStream", "door-1"));
        assert!(!some.allow("DescribeStream", "gate"));
        assert!(!some.allow("ListStreams", "*"), "who lists sees all");
        let all = Permissions { actions: None, channels: patterns(&["*"]) };
        assert!(all.allow("ListStreams", "*") && all.allow("DeleteStream", "gate"));
        assert!(Permissions::default().allow("ListStreams", "*"));
    }
}
