//! What one peer connection has to say on the signaling channel, in the right order.

use crate::ice::Candidate;

/// Local candidates kept at the most; a browser with many interfaces makes some 40.
const MAX_CANDIDATES: usize = 128;

/// Holds the local description and the local candidates until they may be sent: the
/// description first, each candidate after it. It can say everything once more, for a master
/// that was not there.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    description: Option<String>,
    description_sent: bool,
    candidates: Vec<Candidate>,
    candidates_sent: usize,
}

/// The next thing to be sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The offer or answer.
    Description(String),
    /// A candidate.
    Candidate(Candidate),
}

impl Outbox {
    /// The local description is there.
    pub(super) fn describe(&mut self, sdp: String) {
        self.description = Some(sdp);
        self.description_sent = false;
    }

    /// A local candidate is there; the mark of their end is not sent.
    pub(super) fn candidate(&mut self, candidate: Candidate) {
        if !candidate.is_end() && self.candidates.len() < MAX_CANDIDATES {
            self.candidates.push(candidate);
        }
    }

    /// Whether the description has been sent.
    pub(super) fn is_described(&self) -> bool {
        self.description_sent
    }

    /// Everything is to be said once more.
    pub(super) fn rewind(&mut self) {
        self.description_sent = false;
        self.candidates_sent = 0;
    }

    /// Takes the next thing to be sent.
    pub(super) fn next(&mut self) -> Option<Next> {
        let description = self.description.as_ref()?;
        if !self.description_sent {
            self.description_sent = true;
            return Some(Next::Description(description.clone()));
        }
        let candidate = self.candidates.get(self.candidates_sent)?;
        self.candidates_sent += 1;
        Some(Next::Candidate(candidate.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(line: &str) -> Candidate {
        Candidate { candidate: line.into(), ..Candidate::default() }
    }

    #[test]
    fn candidates_wait_for_the_description_and_all_is_said_once() {
        let mut outbox = Outbox::default();
        outbox.candidate(candidate("a"));
        assert_eq!(outbox.next(), None);
        outbox.describe("v=0".into());
        assert!(!outbox.is_described());
        assert_eq!(outbox.next(), Some(Next::Description("v=0".into())));
        assert_eq!(outbox.next(), Some(Next::Candidate(candidate("a"))));
        assert_eq!(outbox.next(), None);
        outbox.candidate(candidate(""));
        assert_eq!(outbox.next(), None);
        outbox.candidate(candidate("b"));
        assert_eq!(outbox.next(), Some(Next::Candidate(candidate("b"))));
    }

    #[test]
    fn everything_can_be_said_once_more() {
        let mut outbox = Outbox::default();
        outbox.describe("v=0".into());
        outbox.candidate(candidate("a"));
        let all = |outbox: &mut Outbox| std::iter::from_fn(|| outbox.next()).count();
        assert_eq!(all(&mut outbox), 2);
        outbox.rewind();
        assert_eq!(all(&mut outbox), 2);
    }

    #[test]
    fn candidates_are_bounded() {
        let mut outbox = Outbox::default();
        outbox.describe("v=0".into());
        for _ in 0..500 {
            outbox.candidate(candidate("a"));
        }
        assert_eq!(std::iter::from_fn(|| outbox.next()).count(), 1 + MAX_CANDIDATES);
    }
}
