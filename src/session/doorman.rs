//! Who is turned away before anything is made for them.

use std::collections::VecDeque;

use super::answering::Party;
use crate::time::Millis;

/// The span in which the offers of one party are counted: each costs a peer connection.
const OFFERS_WITHIN: Millis = Millis::from_secs(10);

/// Parties whose offers are counted at the most.
const MAX_COUNTED: usize = 64;

/// Counts the offers of each party; who was quiet for the longest is first.
#[derive(Debug, Default)]
pub(super) struct Doorman {
    offers: VecDeque<(Party, Vec<Millis>)>,
}

impl Doorman {
    /// Counts an offer; whether it is more than so many in ten seconds.
    pub(super) fn is_flood(&mut self, party: &Party, most: usize, now: Millis) -> bool {
        let at = self.offers.iter().position(|(known, _)| known == party);
        let mut times = at.and_then(|at| self.offers.remove(at)).map_or_else(Vec::new, |it| it.1);
        times.retain(|time| *time + OFFERS_WITHIN > now);
        let is_flood = times.len() >= most;
        if !is_flood {
            times.push(now);
        }
        if self.offers.len() >= MAX_COUNTED {
            self.offers.pop_front();
        }
        self.offers.push_back((party.clone(), times));
        is_flood
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ClientId;

    fn id(text: &str) -> Party {
        Party::of(ClientId::from_remote(text))
    }

    #[test]
    fn the_sixth_offer_in_ten_seconds_is_one_too_many() {
        let mut doorman = Doorman::default();
        for at in 0..5 {
            assert!(!doorman.is_flood(&id("a"), 5, Millis(at)));
        }
        assert!(doorman.is_flood(&id("a"), 5, Millis(9_999)));
        assert!(!doorman.is_flood(&id("b"), 5, Millis(9_999)));
        assert!(!doorman.is_flood(&id("a"), 5, Millis(10_000)));
    }

    #[test]
    fn what_is_remembered_is_bounded_and_the_quietest_is_forgotten_first() {
        let mut doorman = Doorman::default();
        for number in 0..1_000 {
            doorman.is_flood(&id(&format!("v{number}")), 1, Millis(number));
            assert_eq!(doorman.is_flood(&id("busy"), 1, Millis(number)), number > 0);
        }
        assert_eq!(doorman.offers.len(), MAX_COUNTED);
    }
}
