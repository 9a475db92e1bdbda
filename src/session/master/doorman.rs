//! Who is turned away before anything is made for them.

use std::collections::VecDeque;

use crate::ids::ClientId;
use crate::time::Millis;

/// How long a rejected viewer's messages are passed over.
const REJECTED_FOR: Millis = Millis::from_secs(30);

/// Rejected viewers remembered at the most; the oldest is forgotten first.
const MAX_REJECTED: usize = 256;

/// Offers of one viewer in [`OFFERS_WITHIN`] at the most: each costs a peer connection.
const MAX_OFFERS: usize = 5;
const OFFERS_WITHIN: Millis = Millis::from_secs(10);

/// Viewers whose offers are counted at the most.
const MAX_COUNTED: usize = 64;

/// Remembers whom the person has rejected and who makes too many offers.
#[derive(Debug, Default)]
pub(super) struct Doorman {
    rejected: VecDeque<(ClientId, Millis)>,
    offers: VecDeque<(ClientId, VecDeque<Millis>)>,
}

impl Doorman {
    /// The person has rejected this viewer.
    pub(super) fn reject(&mut self, viewer: ClientId, now: Millis) {
        self.rejected.retain(|(known, _)| *known != viewer);
        if self.rejected.len() >= MAX_REJECTED {
            self.rejected.pop_front();
        }
        self.rejected.push_back((viewer, now + REJECTED_FOR));
    }

    /// Whether what this viewer says is passed over.
    pub(super) fn is_rejected(&mut self, viewer: &ClientId, now: Millis) -> bool {
        self.rejected.retain(|(_, until)| *until > now);
        self.rejected.iter().any(|(known, _)| known == viewer)
    }

    /// Counts an offer; whether it is one too many.
    pub(super) fn is_flood(&mut self, viewer: &ClientId, now: Millis) -> bool {
        let at = match self.offers.iter().position(|(known, _)| known == viewer) {
            Some(at) => at,
            None => {
                if self.offers.len() >= MAX_COUNTED {
                    self.offers.pop_front();
                }
                self.offers.push_back((viewer.clone(), VecDeque::new()));
                self.offers.len() - 1
            }
        };
        let Some((_, times)) = self.offers.get_mut(at) else { return false };
        times.retain(|time| *time + OFFERS_WITHIN > now);
        if times.len() >= MAX_OFFERS {
            return true;
        }
        times.push_back(now);
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> ClientId {
        ClientId::parse(text).unwrap()
    }

    #[test]
    fn a_rejected_viewer_is_passed_over_for_thirty_seconds() {
        let mut doorman = Doorman::default();
        doorman.reject(id("a"), Millis(1_000));
        assert!(doorman.is_rejected(&id("a"), Millis(30_999)));
        assert!(!doorman.is_rejected(&id("b"), Millis(30_999)));
        assert!(!doorman.is_rejected(&id("a"), Millis(31_000)));
    }

    #[test]
    fn the_sixth_offer_in_ten_seconds_is_one_too_many() {
        let mut doorman = Doorman::default();
        for at in 0..5 {
            assert!(!doorman.is_flood(&id("a"), Millis(at)));
        }
        assert!(doorman.is_flood(&id("a"), Millis(9_999)));
        assert!(!doorman.is_flood(&id("b"), Millis(9_999)));
        assert!(!doorman.is_flood(&id("a"), Millis(10_000)));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut doorman = Doorman::default();
        for number in 0..1_000 {
            let viewer = id(&format!("v{number}"));
            doorman.reject(viewer.clone(), Millis(0));
            doorman.is_flood(&viewer, Millis(0));
        }
        assert_eq!((doorman.rejected.len(), doorman.offers.len()), (MAX_REJECTED, MAX_COUNTED));
    }
}
