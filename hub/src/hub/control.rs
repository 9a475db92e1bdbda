//! What is done to connections from outside.

use super::{Hub, Stage, count};
use crate::{
    ChannelName, Close, ConnectionId, ErrorKind, Millis, Target,
    connection::Backlog,
    wire::{self, Notice},
};

impl Hub {
    /// Sends GO_AWAY: the connections work on during the grace, then they are closed. Answers how
    /// many they are. Afterwards drain [`Hub::poll`].
    pub fn go_away(&mut self, target: &Target, now: Millis) -> usize {
        self.advance(now);
        let hit = self.hit(target);
        for id in &hit {
            let Some(connection) = self.connections.get_mut(id) else { continue };
            connection.timing.drain(&self.config.timers, self.moment);
            self.deadlines.put(*id, &mut connection.timing, &self.config.timers);
            count(&mut self.counters.go_aways);
            self.send(*id, wire::notice(Notice::GoAway));
        }
        hit.len()
    }

    /// Sends RECONNECT_ICE_SERVER; answers to how many. Afterwards drain [`Hub::poll`].
    pub fn reconnect_ice_server(&mut self, target: &Target, now: Millis) -> usize {
        self.advance(now);
        let hit = self.hit(target);
        for id in &hit {
            self.send(*id, wire::notice(Notice::ReconnectIceServer));
        }
        hit.len()
    }

    /// Closes connections; answers how many. Afterwards drain [`Hub::poll`].
    pub fn close(&mut self, target: &Target, how: &Close) -> usize {
        let hit = self.hit(target);
        for id in &hit {
            self.end(*id, how.clone());
        }
        hit.len()
    }

    /// Stalls connections, or lets them go on: while stalled, nothing is read from them or sent
    /// to them, and frames wait, as many as [`Limits`](crate::Limits) allows. Their timers run
    /// on. Answers how many were not so already. Before, tell the hub the time by an
    /// [`Input::Tick`](crate::Input::Tick); afterwards drain [`Hub::poll`].
    pub fn stall(&mut self, target: &Target, stalled: bool) -> usize {
        let mut hit = self.hit(target);
        hit.retain(|id| self.is_stalled(*id) != stalled);
        for id in &hit {
            if !stalled {
                self.go_on(*id);
            } else if let Some(connection) = self.connections.get_mut(id) {
                connection.backlog = Some(Box::default());
            }
        }
        hit.len()
    }

    /// Whether the connection is stalled: a driver that can should not read from it either.
    pub fn is_stalled(&self, id: ConnectionId) -> bool {
        self.connections.get(&id).is_some_and(|connection| connection.backlog.is_some())
    }

    /// A connection is no longer stalled: what waited comes and goes now.
    fn go_on(&mut self, id: ConnectionId) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let Some(backlog) = connection.backlog.take() else { return };
        self.stalled_bytes = self.stalled_bytes.saturating_sub(backlog.bytes());
        let Backlog { incoming, outgoing } = *backlog;
        for frame in outgoing.frames {
            self.send(id, frame);
        }
        for frame in incoming.frames {
            self.received(id, &frame);
        }
    }

    /// Ends as a crash would: every connection is closed without a word, what waits and what was
    /// used of quotas is forgotten; channels and faults stay. Answers how many connections there
    /// were. Afterwards drain [`Hub::poll`].
    pub fn restart(&mut self, now: Millis) -> usize {
        self.set_now(now);
        let ids = self.ids(|_| true);
        for id in &ids {
            self.end(*id, Close::Abrupt);
        }
        for ticket in self.alexa.take_all(None) {
            self.answer(ticket, ErrorKind::ResourceNotFound, "the service was restarted");
        }
        self.end_sessions(None);
        self.store.clear();
        self.held.clear();
        self.connects.clear();
        self.calls.clear();
        ids.len()
    }

    /// Forgets what belongs to a deleted channel: its connections are closed, what waits for its
    /// peers is dropped. Afterwards drain [`Hub::poll`].
    pub fn forget_channel(&mut self, name: &ChannelName) {
        for id in self.ids(|connection| connection.place.channel == *name) {
            self.end(id, Close::channel_deleted());
        }
        for ticket in self.alexa.take_all(Some(name)) {
            self.answer(ticket, ErrorKind::ResourceNotFound, "the channel was deleted");
        }
        self.end_sessions(Some(name));
        self.store.forget(name);
        self.held.forget(name);
    }

    /// The open connections that fit.
    fn hit(&self, target: &Target) -> Vec<ConnectionId> {
        self.ids(|connection| connection.stage != Stage::Opening && target.fits(&connection.place))
    }

    /// The connections that are wanted, the oldest first.
    fn ids(&self, wanted: impl Fn(&crate::connection::Connection) -> bool) -> Vec<ConnectionId> {
        let wanted = self.connections.iter().filter(|(_, connection)| wanted(connection));
        let mut ids: Vec<_> = wanted.map(|(id, _)| *id).collect();
        ids.sort_unstable();
        ids
    }
}
