//! What one peer connection has to say on the signaling channel, in the right order.

use crate::ice::{Candidate, rank};
use crate::signaling::Pacer;
use crate::time::Millis;

/// Local candidates kept at the most; a browser with many interfaces makes some 40.
const MAX_CANDIDATES: usize = 128;

/// Holds the local description and the local candidates until they may be sent: the
/// description first, then the candidates, the most useful ones before the others, no faster than
/// the service takes them. It can say everything once more, for a master that was not there.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    description: Option<String>,
    description_sent: bool,
    candidates: Vec<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    candidate: Candidate,
    rank: u8,
    sent: bool,
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
            let rank = rank(&candidate);
            self.candidates.push(Waiting { candidate, rank, sent: false });
        }
    }

    /// Whether the description has been sent.
    pub(super) fn is_described(&self) -> bool {
        self.description_sent
    }

    /// Everything is to be said once more.
    pub(super) fn rewind(&mut self) {
        self.description_sent = false;
        for waiting in &mut self.candidates {
            waiting.sent = false;
        }
    }

    /// Takes the next thing to be sent, if it may be sent now.
    pub(super) fn next(&mut self, pacer: &mut Pacer, now: Millis) -> Option<Next> {
        let description = self.description.as_ref()?;
        if !self.description_sent {
            if !pacer.take_description(now) {
                return None;
            }
            self.description_sent = true;
            return Some(Next::Description(description.clone()));
        }
        let waiting = self.candidates.iter_mut().filter(|waiting| !waiting.sent);
        let next = waiting.min_by_key(|waiting| waiting.rank)?;
        if !pacer.take_candidate(now) {
            return None;
        }
        next.sent = true;
        Some(Next::Candidate(next.candidate.clone()))
    }

    /// When the next thing may be sent; `None` where nothing waits.
    pub(super) fn until(&self, pacer: &Pacer) -> Option<Millis> {
        self.description.as_ref()?;
        if !self.description_sent {
            return Some(pacer.next_description());
        }
        let waits = self.candidates.iter().any(|waiting| !waiting.sent);
        waits.then(|| pacer.next_candidate())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = Millis(1_000);

    fn candidate(line: &str) -> Candidate {
        Candidate { candidate: line.into(), ..Candidate::default() }
    }

    #[test]
    fn candidates_wait_for_the_description_and_all_is_said_once() {
        let mut pacer = Pacer::default();
        let mut outbox = Outbox::default();
        outbox.candidate(candidate("a"));
        assert_eq!(outbox.next(&mut pacer, NOW), None);
        outbox.describe("v=0".into());
        assert!(!outbox.is_described());
        assert_eq!(outbox.next(&mut pacer, NOW), Some(Next::Description("v=0".into())));
        assert_eq!(outbox.next(&mut pacer, NOW), Some(Next::Candidate(candidate("a"))));
        assert_eq!(outbox.next(&mut pacer, NOW), None);
        outbox.candidate(candidate(""));
        assert_eq!(outbox.next(&mut pacer, NOW), None);
        outbox.candidate(candidate("b"));
        assert_eq!(outbox.next(&mut pacer, NOW), Some(Next::Candidate(candidate("b"))));
    }

    #[test]
    fn everything_can_be_said_once_more() {
        let mut outbox = Outbox::default();
        outbox.describe("v=0".into());
        outbox.candidate(candidate("a"));
        let all = |outbox: &mut Outbox| {
            std::iter::from_fn(|| outbox.next(&mut Pacer::default(), NOW)).count()
        };
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
        assert_eq!(
            std::iter::from_fn(|| outbox.next(&mut Pacer::default(), NOW)).count(),
            1 + MAX_CANDIDATES
        );
    }

    #[test]
    fn the_most_useful_candidates_go_first_and_none_too_fast() {
        let line = |address: usize, end: &str| {
            candidate(&format!("candidate:1 1 {end}").replace('@', &address.to_string()))
        };
        let mut outbox = Outbox::default();
        outbox.describe("v=0".into());
        outbox.candidate(line(0, "tcp 1 10.0.0.@ 9 typ host"));
        outbox.candidate(line(1, "udp 1 10.0.0.@ 9 typ relay"));
        for address in 2..32 {
            outbox.candidate(line(address, "udp 1 10.0.0.@ 9 typ srflx"));
        }
        let mut pacer = Pacer::default();
        let mut sent = Vec::new();
        let mut now = NOW;
        while let Some(at) = outbox.until(&pacer) {
            now = now.max(at);
            let begun = sent.len();
            while let Some(next) = outbox.next(&mut pacer, now) {
                sent.push(next);
            }
            assert!(sent.len() > begun && sent.len() - begun <= 19);
        }
        assert_eq!((sent.len(), now), (33, Millis(2_000)));
        let Some(Next::Candidate(last)) = sent.pop() else { panic!("no candidate") };
        assert!(last.candidate.contains(" tcp "));
        let Some(Next::Candidate(relay)) = sent.pop() else { panic!("no candidate") };
        assert!(relay.candidate.contains(" relay"));
    }
}
