//! When a connection idles out, is told to go, and ends.

use std::collections::BTreeSet;

use crate::{ConnectionId, Millis, Timers, pace::Moment};

/// The times of one connection.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Timing {
    opened: Moment,
    /// When the last frame came or went.
    traffic: Moment,
    /// When the last empty frame went that keeps it up.
    kept_alive: Moment,
    /// When GO_AWAY is due, if it still is.
    warn: Option<Moment>,
    end: Moment,
    draining: bool,
    /// Where it is in the queue of [`Deadlines`].
    queued: Moment,
}

/// What is due on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// An empty frame.
    KeepAlive,
    /// GO_AWAY.
    GoAway,
    /// Its end.
    End,
}

impl Timing {
    /// The times of a connection that opens now.
    pub(crate) fn start(timers: &Timers, now: Moment) -> Self {
        let end = now.after(timers.lifetime);
        let warn = timers.go_away.then(|| end.before(timers.go_away_grace).max(now));
        Self { opened: now, traffic: now, kept_alive: now, warn, end, ..Self::default() }
    }

    /// A frame came or went.
    pub(crate) const fn traffic(&mut self, now: Moment) {
        self.traffic = now;
    }

    /// It is being told to go: it ends after the grace, if not before.
    pub(crate) fn drain(&mut self, timers: &Timers, now: Moment) {
        self.warn = None;
        self.draining = true;
        self.end = self.end.min(now.after(timers.go_away_grace));
    }

    pub(crate) const fn is_draining(&self) -> bool {
        self.draining
    }

    pub(crate) const fn age(&self, now: Moment) -> Millis {
        now.since(self.opened)
    }

    pub(crate) const fn idle(&self, now: Moment) -> Millis {
        now.since(self.traffic)
    }

    /// What is due by now, if anything is. It is answered once only.
    pub(crate) fn due(&mut self, timers: &Timers, now: Moment) -> Option<Due> {
        if self.end <= now || self.traffic.after(timers.idle) <= now {
            return Some(Due::End);
        }
        if self.warn.is_some_and(|at| at <= now) {
            self.warn = None;
            return Some(Due::GoAway);
        }
        if self.next_keep_alive(timers).is_some_and(|at| at <= now) {
            self.kept_alive = now;
            return Some(Due::KeepAlive);
        }
        None
    }

    /// When something is due next.
    fn next(&self, timers: &Timers) -> Moment {
        let sure = self.end.min(self.traffic.after(timers.idle));
        self.warn.into_iter().chain(self.next_keep_alive(timers)).fold(sure, Moment::min)
    }

    fn next_keep_alive(&self, timers: &Timers) -> Option<Moment> {
        let every = timers.keep_alive?.max(Millis(1));
        Some(self.traffic.max(self.kept_alive).after(every))
    }
}

/// The connections in the order in which something is due on them. A frame that puts a deadline
/// off does not touch it: what is found too early is put back.
#[derive(Debug, Default)]
pub(crate) struct Deadlines {
    queue: BTreeSet<(Moment, ConnectionId)>,
}

impl Deadlines {
    /// Puts a connection where it belongs, from where it was if it was there.
    pub(crate) fn put(&mut self, id: ConnectionId, timing: &mut Timing, timers: &Timers) {
        self.remove(id, timing);
        timing.queued = timing.next(timers);
        self.queue.insert((timing.queued, id));
    }

    pub(crate) fn remove(&mut self, id: ConnectionId, timing: &Timing) {
        self.queue.remove(&(timing.queued, id));
    }

    /// When to look again.
    pub(crate) fn next(&self) -> Option<Moment> {
        self.queue.first().map(|(at, _)| *at)
    }

    /// The first connection to look at by now.
    pub(crate) fn first_by(&self, now: Moment) -> Option<ConnectionId> {
        self.queue.first().filter(|(at, _)| *at <= now).map(|(_, id)| *id)
    }
}
