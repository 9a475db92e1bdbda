//! Holds candidates that overtook the description they belong to.

use super::frame::Dropped;
use crate::ids::ClientId;

/// Held candidates of one sender at the most: a browser with many interfaces makes some 40.
const MAX_PER_SENDER: usize = 64;

/// Held candidates of all senders at the most.
const MAX_IN_ALL: usize = 512;

/// Senders with held candidates or a known generation at the most; a channel has ten viewers.
const MAX_SENDERS: usize = 64;

/// Generations of one sender that are remembered after newer ones.
const MAX_OLDER: usize = 16;

/// The service promises no order between a description and its candidates, so one that comes
/// first waits here. A description opens a generation: its own candidates, and those that name
/// none, are released after it; what was held for an older generation is dropped.
///
/// `C` is a candidate, in whatever form it is passed on.
#[derive(Debug)]
pub struct CandidateBuffer<C> {
    senders: Vec<(Option<ClientId>, Sender<C>)>,
}

/// What becomes of a candidate.
#[derive(Debug, PartialEq, Eq)]
pub enum Admission<C> {
    /// Its description is known: it can be passed on.
    Now(C),
    /// It belongs to a description that a newer one has replaced.
    Outdated(C),
    /// It is held until its description comes.
    Held,
}

#[derive(Debug)]
struct Sender<C> {
    known: Known,
    held: Vec<Held<C>>,
}

/// Which candidates of a sender need not wait.
#[derive(Debug)]
enum Known {
    /// None: no description has come yet.
    Nothing,
    /// All: it names no generations, or is not asked for them.
    Everything,
    /// Those of the newest description; the `ice-ufrag`s of earlier ones are remembered.
    Generations { newest: Vec<String>, older: Vec<String> },
}

#[derive(Debug)]
struct Held<C> {
    ufrag: Option<String>,
    candidate: C,
}

impl<C> Default for CandidateBuffer<C> {
    fn default() -> Self {
        Self { senders: Vec::new() }
    }
}

impl Known {
    fn has(&self, ufrag: Option<&str>) -> bool {
        match (self, ufrag) {
            (Self::Nothing, _) => false,
            // A sender that names no generation is taken at its word.
            (Self::Everything, _) | (Self::Generations { .. }, None) => true,
            (Self::Generations { newest, .. }, Some(ufrag)) => newest.iter().any(|it| it == ufrag),
        }
    }

    fn had(&self, ufrag: Option<&str>) -> bool {
        match (self, ufrag) {
            (Self::Generations { older, .. }, Some(ufrag)) => older.iter().any(|it| it == ufrag),
            (Self::Nothing | Self::Everything | Self::Generations { .. }, _) => false,
        }
    }

    fn opened(self, ufrags: Vec<String>) -> Self {
        let mut older = match self {
            Self::Nothing | Self::Everything => Vec::new(),
            Self::Generations { newest, mut older } => {
                older.extend(newest);
                older
            }
        };
        if ufrags.is_empty() {
            return Self::Everything;
        }
        older.drain(..older.len().saturating_sub(MAX_OLDER));
        Self::Generations { newest: ufrags, older }
    }
}

impl<C> CandidateBuffer<C> {
    /// A candidate of this generation came: gives it back where it need not wait.
    ///
    /// # Errors
    /// The candidate was dropped, since too many are held.
    pub fn candidate(
        &mut self,
        sender: &Option<ClientId>,
        ufrag: Option<&str>,
        candidate: C,
    ) -> Result<Admission<C>, Dropped> {
        let in_all: usize = self.senders.iter().map(|(_, sender)| sender.held.len()).sum();
        let entry = self.entry(sender).ok_or(Dropped::TooManyCandidates)?;
        if entry.known.has(ufrag) {
            return Ok(Admission::Now(candidate));
        }
        if entry.known.had(ufrag) {
            return Ok(Admission::Outdated(candidate));
        }
        if entry.held.len() >= MAX_PER_SENDER || in_all >= MAX_IN_ALL {
            return Err(Dropped::TooManyCandidates);
        }
        entry.held.push(Held { ufrag: ufrag.map(str::to_owned), candidate });
        Ok(Admission::Held)
    }

    /// A description with these `ice-ufrag`s came: drops what is held for other generations, and
    /// tells how many that were.
    pub fn description(&mut self, sender: &Option<ClientId>, ufrags: Vec<String>) -> usize {
        let Some(entry) = self.room_for(sender) else { return 0 };
        entry.known = std::mem::replace(&mut entry.known, Known::Nothing).opened(ufrags);
        let before = entry.held.len();
        let Sender { known, held } = entry;
        held.retain(|it| known.has(it.ufrag.as_deref()));
        before - held.len()
    }

    /// Gives the held candidates whose description has come, in their order.
    pub fn release(&mut self, sender: &Option<ClientId>) -> Vec<C> {
        let Some(entry) = self.find(sender) else { return Vec::new() };
        let known = &entry.known;
        let (due, held) = std::mem::take(&mut entry.held)
            .into_iter()
            .partition(|it: &Held<C>| known.has(it.ufrag.as_deref()));
        entry.held = held;
        candidates(due)
    }

    /// Gives all held candidates, in their order; where no description has come yet, later ones
    /// do not wait for it.
    pub fn drain(&mut self, sender: &Option<ClientId>) -> Vec<C> {
        let Some(entry) = self.room_for(sender) else { return Vec::new() };
        match entry.known {
            Known::Nothing => entry.known = Known::Everything,
            Known::Everything | Known::Generations { .. } => {}
        }
        candidates(std::mem::take(&mut entry.held))
    }

    /// The held candidates, in their order.
    pub fn held(&self, sender: &Option<ClientId>) -> impl Iterator<Item = &C> {
        let entry = self.senders.iter().find(|(id, _)| id == sender);
        entry.into_iter().flat_map(|(_, sender)| sender.held.iter().map(|it| &it.candidate))
    }

    /// The sender has left, or begins again: nothing of it is kept.
    pub fn forget(&mut self, sender: &Option<ClientId>) {
        self.senders.retain(|(id, _)| id != sender);
    }

    /// A new connection: nothing is kept.
    pub fn clear(&mut self) {
        self.senders.clear();
    }

    /// Makes room for a sender that has said something useful, where there is none at the cost of
    /// another: best of one that only ever sent candidates, else of the oldest.
    fn room_for(&mut self, sender: &Option<ClientId>) -> Option<&mut Sender<C>> {
        if self.senders.len() >= MAX_SENDERS && self.find(sender).is_none() {
            let idle = |(_, sender): &(_, Sender<C>)| matches!(sender.known, Known::Nothing);
            let victim = self.senders.iter().position(idle).unwrap_or_default();
            self.senders.remove(victim);
        }
        self.entry(sender)
    }

    fn find(&mut self, sender: &Option<ClientId>) -> Option<&mut Sender<C>> {
        self.senders.iter_mut().find(|(id, _)| id == sender).map(|(_, sender)| sender)
    }

    /// What is known of a sender; `None` where there is no room for another one.
    fn entry(&mut self, sender: &Option<ClientId>) -> Option<&mut Sender<C>> {
        if !self.senders.iter().any(|(id, _)| id == sender) {
            if self.senders.len() >= MAX_SENDERS {
                return None;
            }
            self.senders.push((sender.clone(), Sender { known: Known::Nothing, held: Vec::new() }));
        }
        self.find(sender)
    }
}

fn candidates<C>(held: Vec<Held<C>>) -> Vec<C> {
    held.into_iter().map(|it| it.candidate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn viewer(id: &str) -> Option<ClientId> {
        ClientId::from_remote(id)
    }

    fn ufrags(names: &[&str]) -> Vec<String> {
        names.iter().map(|&it| it.to_owned()).collect()
    }

    #[test]
    fn candidates_wait_for_their_description_and_come_out_in_order() {
        let mut buffer = CandidateBuffer::default();
        for line in ["a", "b"] {
            assert_eq!(buffer.candidate(&None, Some("one"), line), Ok(Admission::Held));
        }
        assert_eq!(buffer.description(&None, ufrags(&["one"])), 0);
        assert_eq!(buffer.held(&None).count(), 2);
        assert_eq!(buffer.release(&None), ["a", "b"]);
        assert_eq!(buffer.candidate(&None, Some("one"), "c"), Ok(Admission::Now("c")));
    }

    #[test]
    fn senders_do_not_release_each_others_candidates_whatever_their_names() {
        for (one, other) in [("a", "b"), ("__proto__", "constructor"), ("MASTER", "x")] {
            let mut buffer = CandidateBuffer::default();
            assert_eq!(buffer.candidate(&viewer(one), None, "a"), Ok(Admission::Held));
            assert_eq!(buffer.candidate(&None, None, "m"), Ok(Admission::Held));
            buffer.description(&viewer(other), ufrags(&["u"]));
            assert!(buffer.release(&viewer(other)).is_empty());
            buffer.description(&viewer(one), ufrags(&["u"]));
            assert_eq!(buffer.release(&viewer(one)), ["a"]);
            assert_eq!(buffer.held(&None).count(), 1);
        }
    }

    #[test]
    fn a_new_description_drops_what_was_held_for_another_generation() {
        let mut buffer = CandidateBuffer::default();
        buffer.description(&None, ufrags(&["one"]));
        assert_eq!(buffer.candidate(&None, Some("two"), "new"), Ok(Admission::Held));
        assert_eq!(buffer.candidate(&None, Some("zero"), "old"), Ok(Admission::Held));
        assert!(buffer.release(&None).is_empty());
        assert_eq!(buffer.description(&None, ufrags(&["two"])), 1);
        assert_eq!(buffer.release(&None), ["new"]);
    }

    #[test]
    fn a_candidate_of_a_replaced_description_is_told_from_one_that_is_early() {
        let mut buffer = CandidateBuffer::default();
        for generation in 0..=MAX_OLDER {
            buffer.description(&None, vec![generation.to_string()]);
        }
        buffer.description(&None, ufrags(&["last"]));
        assert_eq!(buffer.candidate(&None, Some("16"), "late"), Ok(Admission::Outdated("late")));
        assert_eq!(buffer.candidate(&None, Some("0"), "forgotten"), Ok(Admission::Held));
        assert_eq!(buffer.candidate(&None, Some("last"), "now"), Ok(Admission::Now("now")));
    }

    #[test]
    fn candidates_without_a_generation_pass_once_any_description_is_known() {
        let mut buffer = CandidateBuffer::default();
        buffer.description(&None, ufrags(&["one"]));
        assert_eq!(buffer.candidate(&None, None, "x"), Ok(Admission::Now("x")));
        let mut silent = CandidateBuffer::default();
        silent.description(&None, Vec::new());
        assert_eq!(silent.candidate(&None, Some("any"), "x"), Ok(Admission::Now("x")));
    }

    #[test]
    fn draining_gives_all_and_opens_the_way_where_no_description_has_come() {
        let mut buffer = CandidateBuffer::default();
        assert!(buffer.drain(&None).is_empty());
        assert_eq!(buffer.candidate(&None, Some("u"), "x"), Ok(Admission::Now("x")));
        buffer.description(&None, ufrags(&["one"]));
        assert_eq!(buffer.candidate(&None, Some("two"), "y"), Ok(Admission::Held));
        assert_eq!(buffer.drain(&None), ["y"]);
        assert_eq!(buffer.candidate(&None, Some("two"), "z"), Ok(Admission::Held));
    }

    #[test]
    fn a_flood_is_bounded_per_sender_and_in_all() {
        let mut buffer = CandidateBuffer::default();
        for _ in 0..MAX_PER_SENDER {
            assert_eq!(buffer.candidate(&None, None, "a"), Ok(Admission::Held));
        }
        assert_eq!(buffer.candidate(&None, None, "a"), Err(Dropped::TooManyCandidates));
        let mut held = MAX_PER_SENDER;
        for n in 0..MAX_IN_ALL {
            let sender = viewer(&format!("v{}", n % (MAX_SENDERS - 1)));
            held += usize::from(buffer.candidate(&sender, None, "a").is_ok());
        }
        assert_eq!(held, MAX_IN_ALL);
        buffer.forget(&None);
        assert!(buffer.candidate(&None, None, "a").is_ok());
    }

    #[test]
    fn senders_are_bounded_and_one_that_describes_itself_has_precedence() {
        let mut buffer = CandidateBuffer::default();
        for n in 0..MAX_SENDERS {
            buffer.candidate(&viewer(&format!("v{n}")), None, "a").unwrap();
        }
        let another = viewer("one-more");
        assert_eq!(buffer.candidate(&another, None, "a"), Err(Dropped::TooManyCandidates));
        buffer.description(&another, ufrags(&["u"]));
        assert_eq!(buffer.candidate(&another, None, "a"), Ok(Admission::Now("a")));
        for n in 0..200 {
            buffer.description(&viewer(&format!("d{n}")), ufrags(&["u"]));
        }
        assert_eq!(buffer.senders.len(), MAX_SENDERS);
        buffer.clear();
        assert_eq!(buffer.candidate(&another, None, "a"), Ok(Admission::Held));
    }
}
