//! What one peer connection has to say on the signaling channel, in the right order.

use crate::ice::{Candidate, rank, reaches_beyond};
use crate::signaling::Pacer;
use crate::time::Millis;

/// Local candidates kept at the most; a browser with many interfaces makes some 40.
const MAX_CANDIDATES: usize = 128;

/// How long a description that carries its candidates waits for more of them, once it has one that
/// reaches beyond the local network.
const SHORT_WAIT: Millis = Millis(500);

/// How long it waits in any case: a server that never answers would hold it for 40 s.
const LONG_WAIT: Millis = Millis(3_000);

/// Holds the local description and the local candidates until they may be sent: the
/// description first, then the candidates, the most useful ones before the others, no faster than
/// the service takes them. It can say everything once more, for a master that was not there.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    description: Option<String>,
    description_sent: bool,
    candidates: Vec<Waiting>,
    gathering: Gathering,
}

/// Whether candidates travel one by one, or with the description.
#[derive(Debug, Default)]
enum Gathering {
    /// One by one.
    #[default]
    Trickle,
    /// With the description, which is not there yet.
    Wanted,
    /// With the description, which waits for them.
    Since { begun: Millis, reaches_out: bool },
    /// With the description, which is being read.
    Read,
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
    /// One that sends its candidates one by one, or with the description.
    pub(super) fn new(trickle: bool) -> Self {
        let gathering = if trickle { Gathering::Trickle } else { Gathering::Wanted };
        Self { gathering, ..Self::default() }
    }

    /// The local description is there.
    pub(super) fn describe(&mut self, sdp: String, now: Millis) {
        if let Gathering::Wanted = self.gathering {
            self.gathering = Gathering::Since { begun: now, reaches_out: false };
            return;
        }
        self.description = Some(sdp);
        self.description_sent = false;
    }

    /// No more candidates will come; whether the description is to be read now.
    pub(super) fn gathered(&mut self) -> bool {
        match self.gathering {
            Gathering::Since { .. } => {
                self.gathering = Gathering::Read;
                true
            }
            Gathering::Trickle | Gathering::Wanted | Gathering::Read => false,
        }
    }

    /// Whether the description has waited for candidates long enough, and is to be read now.
    pub(super) fn is_due(&mut self, now: Millis) -> bool {
        self.gathering_until().is_some_and(|until| now >= until) && self.gathered()
    }

    fn gathering_until(&self) -> Option<Millis> {
        match self.gathering {
            Gathering::Since { begun, reaches_out: true } => Some(begun + SHORT_WAIT),
            Gathering::Since { begun, reaches_out: false } => Some(begun + LONG_WAIT),
            Gathering::Trickle | Gathering::Wanted | Gathering::Read => None,
        }
    }

    /// A local candidate is there; the mark of their end is not sent.
    pub(super) fn candidate(&mut self, candidate: Candidate) {
        match &mut self.gathering {
            Gathering::Trickle => {}
            Gathering::Since { reaches_out, .. } => {
                return *reaches_out |= reaches_beyond(&candidate);
            }
            Gathering::Wanted | Gathering::Read => return,
        }
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
        if let Some(until) = self.gathering_until() {
            return Some(until);
        }
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
        outbox.describe("v=0".into(), NOW);
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
        outbox.describe("v=0".into(), NOW);
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
        outbox.describe("v=0".into(), NOW);
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
        outbox.describe("v=0".into(), NOW);
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

    #[test]
    fn with_trickle_off_the_description_waits_for_its_candidates() {
        let near = candidate("candidate:1 1 udp 1 10.0.0.1 9 typ host");
        let far = candidate("candidate:1 1 udp 1 1.2.3.4 9 typ srflx");
        let waiting = || {
            let mut outbox = Outbox::new(false);
            outbox.describe("bare".into(), NOW);
            outbox.candidate(near.clone());
            outbox
        };
        let mut pacer = Pacer::default();
        let mut ended = waiting();
        assert_eq!(ended.next(&mut pacer, NOW), None);
        assert!(ended.gathered() && !ended.gathered());
        ended.describe("whole".into(), NOW);
        assert_eq!(ended.next(&mut pacer, NOW), Some(Next::Description("whole".into())));
        assert_eq!(ended.next(&mut pacer, NOW), None);

        let mut reached = waiting();
        reached.candidate(far);
        assert_eq!(reached.until(&pacer), Some(NOW + SHORT_WAIT));
        assert!(!reached.is_due(Millis(1_499)) && reached.is_due(Millis(1_500)));

        let mut alone = waiting();
        assert!(!alone.is_due(Millis(3_999)) && alone.is_due(Millis(4_000)));
    }
}
