//! The measurements that a viewer and a master make together on the data channel, where both
//! were told to.
//!
//! The viewer sends a probe as soon as the channel opens; each side fills in the next time and
//! sends it back, until the viewer has filled in the last one. Then the master reports its
//! start-up.

use crate::ids::{ClientId, Role};
use crate::time::Now;

use super::probe::{self, Message, Probe};
use super::timeline::{Phase, Timeline};
use crate::session::io::PeerId;

/// Connections that a master answers on at the most.
const MAX_PEERS: usize = 64;

/// What a viewer writes beside its times, for people who read along.
const FROM_VIEWER: &str = "Opened data channel by viewer";
/// What a master writes.
const FROM_MASTER: &str = "This message is from the KVS Master";

/// The measurements of one session.
#[derive(Debug)]
pub(super) struct Profile {
    role: Role,
    peers: Vec<(PeerId, Step)>,
}

/// How far one connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// A viewer's probe is out, or a master has answered it once.
    First(Now),
    /// The viewer's second message is out, or the master has answered it.
    Second,
    /// All times are filled in; a viewer waits for this many reports.
    Reports(u8),
}

/// What comes of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// Nothing of ours: it is the application's.
    NotOurs,
    /// It is ours, and this is to be sent.
    Answer(Option<String>),
    /// It is a viewer's last one: its master is to report.
    LastProbe,
}

impl Profile {
    pub(super) const fn new(role: Role) -> Self {
        Self { role, peers: Vec::new() }
    }

    /// A new run.
    pub(super) fn clear(&mut self) {
        self.peers.clear();
    }

    /// A connection is gone.
    pub(super) fn forget(&mut self, id: PeerId) {
        if let Some(index) = self.peers.iter().position(|(peer, _)| *peer == id) {
            self.peers.swap_remove(index);
        }
    }

    /// The data channel is open; what is to be sent on it.
    pub(super) fn opened(&mut self, id: PeerId, now: Now) -> Option<String> {
        match self.role {
            Role::Master => None,
            Role::Viewer => {
                self.set(id, Step::First(now));
                Some(Probe { times: vec![now.wall] }.write(FROM_VIEWER))
            }
        }
    }

    /// A text came. `measured` takes what is found out; `viewer` is whom the connection belongs to
    /// where we are the master.
    pub(super) fn text(
        &mut self,
        id: PeerId,
        text: &str,
        viewer: Option<&ClientId>,
        measured: Measured<'_>,
        now: Now,
    ) -> Heard {
        match (probe::read(text, now.wall), self.role) {
            (None, _) => Heard::NotOurs,
            (Some(Message::Probe(probe)), Role::Viewer) => {
                Heard::Answer(self.answer_master(id, probe, measured, now))
            }
            (Some(Message::Report(report)), Role::Viewer) => {
                if let Some(Step::Reports(left @ 1..)) = self.step(id) {
                    self.set(id, Step::Reports(left - 1));
                    probe::add(report, measured.of_other);
                }
                Heard::Answer(None)
            }
            (Some(Message::Probe(probe)), Role::Master) => {
                self.answer_viewer(id, probe, viewer, measured, now)
            }
            // Viewers report nothing.
            (Some(Message::Report(_)), Role::Master) => Heard::NotOurs,
        }
    }

    fn answer_master(
        &mut self,
        id: PeerId,
        mut probe: Probe,
        measured: Measured<'_>,
        now: Now,
    ) -> Option<String> {
        match (self.step(id), probe.times.as_slice()) {
            (Some(Step::First(sent)), [first, _]) if *first == sent.wall => {
                self.set(id, Step::Second);
                measured.of_us.begin(Phase::DataChannel, None, sent);
                measured.of_us.end(Phase::DataChannel, None, now);
            }
            (Some(Step::Second), [_, begun, _, ended]) => {
                self.set(id, Step::Reports(3));
                let took = ended.0.checked_sub(begun.0);
                if took.is_some_and(|took| took < 60_000) && probe::is_plausible(*begun, now.wall) {
                    measured.of_other.add(Phase::DataChannel, *begun, Some(*ended));
                }
            }
            // Out of turn: a master that repeats itself, or makes times up.
            _ => return None,
        }
        probe.times.push(now.wall);
        Some(probe.write(FROM_VIEWER))
    }

    fn answer_viewer(
        &mut self,
        id: PeerId,
        mut probe: Probe,
        viewer: Option<&ClientId>,
        measured: Measured<'_>,
        now: Now,
    ) -> Heard {
        match (self.step(id), probe.times.len()) {
            (None, 1) => self.set(id, Step::First(now)),
            (Some(Step::First(sent)), 3) => {
                self.set(id, Step::Second);
                measured.of_us.begin(Phase::DataChannel, viewer, sent);
                measured.of_us.end(Phase::DataChannel, viewer, now);
            }
            (Some(Step::Second), 5) => {
                self.set(id, Step::Reports(0));
                return Heard::LastProbe;
            }
            // Out of turn; each viewer gets three answers.
            _ => return Heard::Answer(None),
        }
        probe.times.push(now.wall);
        Heard::Answer(Some(probe.write(FROM_MASTER)))
    }

    fn step(&self, id: PeerId) -> Option<Step> {
        self.peers.iter().find(|(peer, _)| *peer == id).map(|(_, step)| *step)
    }

    fn set(&mut self, id: PeerId, step: Step) {
        if let Some((_, current)) = self.peers.iter_mut().find(|(peer, _)| *peer == id) {
            *current = step;
        } else if self.peers.len() < MAX_PEERS {
            self.peers.push((id, step));
        }
    }
}

/// Where what was measured goes.
#[derive(Debug)]
pub(super) struct Measured<'a> {
    pub(super) of_us: &'a mut Timeline,
    pub(super) of_other: &'a mut Timeline,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{Millis, UnixMillis};

    const ID: PeerId = PeerId(1);

    struct Side {
        profile: Profile,
        viewer: Option<ClientId>,
        of_us: Timeline,
        of_other: Timeline,
    }

    impl Side {
        fn new(role: Role) -> Self {
            Self {
                profile: Profile::new(role),
                viewer: (role == Role::Master).then(|| ClientId::parse("v").unwrap()),
                of_us: Timeline::default(),
                of_other: Timeline::default(),
            }
        }

        fn hear(&mut self, text: &str, now: Now) -> Heard {
            let measured = Measured { of_us: &mut self.of_us, of_other: &mut self.of_other };
            self.profile.text(ID, text, self.viewer.as_ref(), measured, now)
        }

        fn answer(&mut self, text: &str, now: Now) -> String {
            match self.hear(text, now) {
                Heard::Answer(Some(text)) => text,
                other => panic!("{other:?} to {text}"),
            }
        }
    }

    fn at(millis: u64) -> Now {
        Now { mono: Millis(millis), wall: UnixMillis(1_700_000_000_000 + millis) }
    }

    fn took(timeline: &Timeline, phase: Phase, viewer: Option<&ClientId>) -> u64 {
        let span = timeline.last(phase, viewer).unwrap();
        span.ended.unwrap().0 - span.begun.0
    }

    const NOTHING: Heard = Heard::Answer(None);

    #[test]
    fn a_viewer_and_a_master_measure_the_round_trip_and_the_master_reports_once() {
        let (mut viewer, mut master) = (Side::new(Role::Viewer), Side::new(Role::Master));
        assert_eq!(master.profile.opened(ID, at(100)), None);
        let first = viewer.profile.opened(ID, at(100)).unwrap();
        let second = viewer.answer(&master.answer(&first, at(120)), at(140));
        let last = viewer.answer(&master.answer(&second, at(160)), at(180));
        assert_eq!(master.hear(&last, at(200)), Heard::LastProbe);
        assert_eq!(took(&viewer.of_us, Phase::DataChannel, None), 40);
        assert_eq!(took(&viewer.of_other, Phase::DataChannel, None), 40);
        assert_eq!(took(&master.of_us, Phase::DataChannel, master.viewer.as_ref()), 40);

        let reports = probe::write_reports(&|phase| match phase {
            Phase::Connect => (1_000, 1_030),
            Phase::PeerConnection => (2_000, 2_040),
            _ => (0, 0),
        });
        assert_eq!(reports.len(), 3);
        for report in &reports {
            assert_eq!(viewer.hear(report, at(300)), NOTHING);
        }
        assert_eq!(took(&viewer.of_other, Phase::Connect, None), 30);
        assert_eq!(took(&viewer.of_other, Phase::PeerConnection, None), 40);
        assert!(viewer.of_other.last(Phase::Credentials, None).is_none());
        // A fourth is one too many.
        let before = viewer.of_other.spans().len();
        assert_eq!(viewer.hear(&reports[1], at(300)), NOTHING);
        assert_eq!(viewer.of_other.spans().len(), before);
        // And whoever asks a master again gets nothing more.
        assert_eq!(master.hear(&last, at(400)), NOTHING);
    }

    #[test]
    fn a_side_that_is_out_of_turn_gets_no_answer_and_measures_nothing() {
        let (mut viewer, mut master) = (Side::new(Role::Viewer), Side::new(Role::Master));
        let five = Probe { times: vec![UnixMillis(5); 5] }.write("");
        assert_eq!(master.hear(&five, at(1)), NOTHING);
        let made_up = Probe { times: vec![UnixMillis(5); 2] }.write("");
        assert_eq!(viewer.hear(&made_up, at(1)), NOTHING);
        viewer.profile.opened(ID, at(100));
        assert_eq!(viewer.hear(&made_up, at(101)), NOTHING);
        assert_eq!((viewer.of_us.spans(), viewer.of_other.spans()), (&[][..], &[][..]));
        let report = r#"{"peerConnectionStartTime":1,"peerConnectionEndTime":2}"#;
        assert_eq!(viewer.hear(report, at(102)), NOTHING);
        assert_eq!(viewer.of_other.spans().len(), 0, "a report comes after the probe");
        assert_eq!(master.hear(report, at(102)), Heard::NotOurs);
        assert_eq!(master.hear("hello", at(102)), Heard::NotOurs);
    }

    #[test]
    fn a_masters_times_that_cannot_be_measure_nothing() {
        for (begun, ended) in [(9, 8), (u64::MAX - 5, u64::MAX), (1, 99_999_999)] {
            let mut viewer = Side::new(Role::Viewer);
            viewer.profile.opened(ID, at(0));
            let one = Probe { times: vec![at(0).wall, UnixMillis(begun)] }.write("");
            viewer.answer(&one, at(1));
            let times = vec![at(0).wall, UnixMillis(begun), at(1).wall, UnixMillis(ended)];
            viewer.answer(&Probe { times }.write(""), at(2));
            assert_eq!(viewer.of_other.spans().len(), 0, "{begun} to {ended}");
        }
    }

    #[test]
    fn a_connection_that_is_gone_is_forgotten_and_they_are_bounded() {
        let mut master = Profile::new(Role::Master);
        for number in 0..1_000 {
            master.set(PeerId(number), Step::Second);
        }
        assert_eq!(master.peers.len(), MAX_PEERS);
        master.forget(PeerId(3));
        assert_eq!((master.step(PeerId(3)), master.peers.len()), (None, MAX_PEERS - 1));
        master.clear();
        assert_eq!(master.peers.len(), 0);
    }
}
