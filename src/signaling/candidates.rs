//! Holds candidates that overtook the description they belong to.

use std::collections::BTreeMap;

use super::frame::Dropped;
use crate::ice::{Candidate, ufrags};
use crate::ids::ClientId;

/// Held candidates of one sender at the most: a browser with many interfaces makes some 40.
const MAX_PER_SENDER: usize = 64;

/// Senders with held candidates or a known generation at the most; a channel has ten viewers.
const MAX_SENDERS: usize = 64;

/// The service promises no order between a description and its candidates, so one that comes
/// first waits here. A description opens a generation: its own candidates, and those that name
/// none, are released after it; what was held for an older generation is dropped.
#[derive(Debug, Default)]
pub struct CandidateBuffer {
    senders: BTreeMap<Option<ClientId>, Sender>,
}

#[derive(Debug, Default)]
struct Sender {
    /// The `ice-ufrag`s of the newest description; `None` before the first.
    generation: Option<Vec<String>>,
    held: Vec<Candidate>,
}

impl Sender {
    fn has_opened(&self, candidate: &Candidate) -> bool {
        let Some(generation) = &self.generation else { return false };
        match candidate.ufrag() {
            // A sender that names no generation, on either side, is taken at its word.
            None => true,
            Some(_) if generation.is_empty() => true,
            Some(ufrag) => generation.iter().any(|known| known == ufrag),
        }
    }
}

impl CandidateBuffer {
    /// A candidate came: gives it back where its description is known, else holds it.
    ///
    /// # Errors
    /// The candidate was dropped, since too many are held.
    pub fn candidate(
        &mut self,
        sender: &Option<ClientId>,
        candidate: Candidate,
    ) -> Result<Option<Candidate>, Dropped> {
        if !self.senders.contains_key(sender) && self.senders.len() >= MAX_SENDERS {
            return Err(Dropped::TooManyCandidates);
        }
        let entry = self.senders.entry(sender.clone()).or_default();
        if entry.has_opened(&candidate) {
            return Ok(Some(candidate));
        }
        if entry.held.len() >= MAX_PER_SENDER {
            return Err(Dropped::TooManyCandidates);
        }
        entry.held.push(candidate);
        Ok(None)
    }

    /// A description came: gives the candidates that waited for it, in their order, and how
    /// many of older generations were dropped.
    pub fn description(&mut self, sender: &Option<ClientId>, sdp: &str) -> (Vec<Candidate>, usize) {
        if !self.senders.contains_key(sender) && self.senders.len() >= MAX_SENDERS {
            self.evict_one();
        }
        let entry = self.senders.entry(sender.clone()).or_default();
        entry.generation = Some(ufrags(sdp).into_iter().map(str::to_owned).collect());
        let held = std::mem::take(&mut entry.held);
        let before = held.len();
        let released: Vec<_> =
            held.into_iter().filter(|candidate| entry.has_opened(candidate)).collect();
        let dropped = before - released.len();
        (released, dropped)
    }

    /// Makes room for a sender that has said something useful, best at the cost of one that
    /// only ever sent candidates.
    fn evict_one(&mut self) {
        let idle = self.senders.iter().find(|(_, sender)| sender.generation.is_none());
        let victim = idle.or_else(|| self.senders.iter().next()).map(|(id, _)| id.clone());
        if let Some(id) = victim {
            self.senders.remove(&id);
        }
    }

    /// The sender has left: nothing of it is kept.
    pub fn forget(&mut self, sender: &Option<ClientId>) {
        self.senders.remove(sender);
    }

    /// A new connection: nothing is kept.
    pub fn clear(&mut self) {
        self.senders.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(line: &str, ufrag: Option<&str>) -> Candidate {
        Candidate {
            candidate: line.into(),
            username_fragment: ufrag.map(str::to_owned),
            ..Candidate::default()
        }
    }

    fn viewer(id: &str) -> Option<ClientId> {
        ClientId::from_remote(id)
    }

    const FIRST: &str = "v=0\r\na=ice-ufrag:one\r\n";
    const SECOND: &str = "v=0\r\na=ice-ufrag:two\r\n";

    #[test]
    fn candidates_wait_for_their_description_and_come_out_in_order() {
        let mut buffer = CandidateBuffer::default();
        for line in ["a", "b"] {
            assert_eq!(buffer.candidate(&None, candidate(line, Some("one"))), Ok(None));
        }
        let (released, dropped) = buffer.description(&None, FIRST);
        assert_eq!((released.len(), dropped), (2, 0));
        assert_eq!(released[0].candidate, "a");
        let late = candidate("c", Some("one"));
        assert_eq!(buffer.candidate(&None, late.clone()), Ok(Some(late)));
    }

    #[test]
    fn senders_do_not_release_each_others_candidates_whatever_their_names() {
        for (one, other) in [("a", "b"), ("__proto__", "constructor"), ("MASTER", "x")] {
            let mut buffer = CandidateBuffer::default();
            assert_eq!(buffer.candidate(&viewer(one), candidate("a", None)), Ok(None));
            assert_eq!(buffer.candidate(&None, candidate("m", None)), Ok(None));
            assert!(buffer.description(&viewer(other), FIRST).0.is_empty());
            assert_eq!(buffer.description(&viewer(one), FIRST).0.len(), 1);
        }
    }

    #[test]
    fn a_new_description_drops_what_was_held_for_an_older_generation() {
        let mut buffer = CandidateBuffer::default();
        buffer.description(&None, FIRST);
        assert_eq!(buffer.candidate(&None, candidate("new", Some("two"))), Ok(None));
        assert_eq!(buffer.candidate(&None, candidate("old", Some("zero"))), Ok(None));
        let (released, dropped) = buffer.description(&None, SECOND);
        assert_eq!((released.len(), dropped), (1, 1));
        assert_eq!(released[0].candidate, "new");
    }

    #[test]
    fn candidates_without_a_generation_pass_once_any_description_is_known() {
        let mut buffer = CandidateBuffer::default();
        buffer.description(&None, FIRST);
        assert!(buffer.candidate(&None, candidate("x", None)).unwrap().is_some());
        let mut silent = CandidateBuffer::default();
        silent.description(&None, "v=0");
        assert!(silent.candidate(&None, candidate("x", Some("any"))).unwrap().is_some());
    }

    #[test]
    fn a_flood_is_bounded_per_sender_and_in_all() {
        let mut buffer = CandidateBuffer::default();
        for _ in 0..MAX_PER_SENDER {
            assert_eq!(buffer.candidate(&None, candidate("a", None)), Ok(None));
        }
        assert_eq!(buffer.candidate(&None, candidate("a", None)), Err(Dropped::TooManyCandidates));
        for n in 1..MAX_SENDERS {
            buffer.candidate(&viewer(&format!("v{n}")), candidate("a", None)).unwrap();
        }
        assert_eq!(
            buffer.candidate(&viewer("one-more"), candidate("a", None)),
            Err(Dropped::TooManyCandidates)
        );
        buffer.description(&viewer("one-more"), FIRST);
        assert!(buffer.candidate(&viewer("one-more"), candidate("a", None)).unwrap().is_some());
        for n in 0..200 {
            buffer.description(&viewer(&format!("d{n}")), FIRST);
        }
        assert_eq!(buffer.senders.len(), MAX_SENDERS);
        buffer.clear();
        assert_eq!(buffer.candidate(&viewer("one-more"), candidate("a", None)), Ok(None));
        buffer.forget(&viewer("one-more"));
        assert!(buffer.description(&viewer("one-more"), FIRST).0.is_empty());
    }
}
