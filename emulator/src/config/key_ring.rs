//! The keys in use: they can be expired while the emulator runs.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;

use super::{
    Keys, Permissions,
    keys::{Key, SessionToken},
};

/// How many access key ids may be expired at run time: where every id is accepted, each of them
/// could be.
const MAX_EXPIRED: usize = 1000;

/// The keys, and which of them have been expired since the start.
#[derive(Debug)]
pub(crate) struct KeyRing {
    keys: Keys,
    expired: Mutex<HashSet<String>>,
}

/// A key that somebody claims to have.
#[derive(Debug)]
pub(crate) struct KnownKey {
    key: Arc<Key>,
    expired: bool,
}

impl KeyRing {
    pub(crate) fn new(keys: Keys) -> Self {
        Self { keys, expired: Mutex::default() }
    }

    /// The key of this id, also where it has expired.
    pub(crate) fn find(&self, access_key_id: &str) -> Option<KnownKey> {
        let key = Arc::clone(self.keys.get(access_key_id)?);
        let expired = self.expired.lock().unwrap_or_else(PoisonError::into_inner);
        Some(KnownKey { key, expired: expired.contains(access_key_id) })
    }

    /// Expires a key: from now on it is refused as the service refuses expired ones. Answers
    /// whether there is such a key, and room to remember it.
    pub(crate) fn expire(&self, access_key_id: &str) -> bool {
        if self.keys.get(access_key_id).is_none() {
            return false;
        }
        let mut expired = self.expired.lock().unwrap_or_else(PoisonError::into_inner);
        if expired.len() >= MAX_EXPIRED && !expired.contains(access_key_id) {
            return false;
        }
        expired.insert(access_key_id.to_owned());
        true
    }

    /// The secret of this access key id where it is the one known to everybody.
    pub(crate) fn public_secret_of(&self, access_key_id: &str) -> Option<&'static str> {
        self.keys.public_secret_of(access_key_id)
    }
}

impl KnownKey {
    pub(crate) fn secret(&self) -> &SecretString {
        &self.key.secret
    }

    /// What its user is called; `None` where that is its id.
    pub(crate) fn name(&self) -> Option<&str> {
        self.key.name.as_deref()
    }

    pub(crate) fn permissions(&self) -> &Permissions {
        &self.key.permissions
    }

    pub(crate) fn has_expired(&self, now: SystemTime) -> bool {
        self.expired || self.key.expiration.is_some_and(|end| end <= now)
    }

    /// Whether this session token goes with it, or none does.
    pub(crate) fn takes_token(&self, token: Option<&str>) -> bool {
        match (&self.key.token, token) {
            (SessionToken::Any, _) | (SessionToken::None, None) => true,
            (SessionToken::This(right), Some(token)) => {
                right.expose_secret().as_bytes().ct_eq(token.as_bytes()).into()
            }
            (SessionToken::None, Some(_)) | (SessionToken::This(_), None) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_expired_by_its_id() {
        let ring = KeyRing::new(Keys::default());
        assert!(ring.expire("a"));
        assert!(ring.find("a").unwrap().has_expired(SystemTime::UNIX_EPOCH));
        assert!(!ring.find("b").unwrap().has_expired(SystemTime::now()));
    }

    #[test]
    fn only_so_many_expired_keys_are_remembered() {
        let ring = KeyRing::new(Keys::default());
        for n in 0..MAX_EXPIRED {
            assert!(ring.expire(&n.to_string()));
        }
        assert!(!ring.expire("one more"));
        assert!(ring.expire("7"), "it is remembered already");
    }
}
