//! The library's nonces, given to more than one client each: it remembers every nonce that it
//! ever made, so it is not asked for one by every stranger.

use std::time::{Duration, Instant};

/// How long a nonce is given to new clients.
const OFFERED: Duration = Duration::from_secs(30 * 60);
/// How long the library takes a nonce.
const TAKEN: Duration = Duration::from_secs(60 * 60);

/// The last two: no third one is young enough to be taken.
#[derive(Default)]
pub(super) struct Nonces([Option<(String, Instant)>; 2]);

impl Nonces {
    /// One to give to a new client; `None` where the library has to make one.
    pub(super) fn offered(&self, now: Instant) -> Option<&str> {
        self.current().filter(|(_, made)| now < *made + OFFERED).map(|(nonce, _)| nonce.as_str())
    }

    /// One that the library takes, though it may soon no longer do so.
    pub(super) fn taken(&self, now: Instant) -> Option<&str> {
        self.current().filter(|(_, made)| now < *made + TAKEN).map(|(nonce, _)| nonce.as_str())
    }

    /// Whether the library takes this one.
    pub(super) fn knows(&self, nonce: &str, now: Instant) -> bool {
        self.0.iter().flatten().any(|(known, made)| known == nonce && now < *made + TAKEN)
    }

    /// The library has made this one.
    pub(super) fn learn(&mut self, nonce: &str, now: Instant) {
        if self.current().is_none_or(|(current, _)| current != nonce) {
            let [newest, _] = std::mem::take(&mut self.0);
            self.0 = [Some((nonce.to_owned(), now)), newest];
        }
    }

    fn current(&self) -> Option<&(String, Instant)> {
        let [newest, _] = &self.0;
        newest.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_offered_for_half_an_hour_and_taken_for_one() {
        let (mut nonces, start) = (Nonces::default(), Instant::now());
        let at = |minutes: u64| start + Duration::from_secs(minutes * 60);
        assert_eq!((nonces.offered(start), nonces.knows("", start)), (None, false));
        nonces.learn("one", start);
        nonces.learn("one", at(20));
        assert_eq!(nonces.offered(at(29)), Some("one"));
        assert_eq!((nonces.offered(at(30)), nonces.taken(at(30))), (None, Some("one")));
        nonces.learn("two", at(40));
        assert_eq!(nonces.offered(at(41)), Some("two"));
        assert!(nonces.knows("one", at(59)) && !nonces.knows("one", at(60)));
        assert!(nonces.knows("two", at(99)) && !nonces.knows("two", at(100)));
        assert_eq!(nonces.taken(at(100)), None);
    }
}
