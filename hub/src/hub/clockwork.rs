//! What happens because time has passed.

use super::{Hub, Outcome, count};
use crate::{
    Close, ConnectionId, ErrorKind, Millis, ServiceError,
    timing::Due,
    wire::{self, Notice},
};

impl Hub {
    /// Lets timers and times to live run `scale` times as fast from the last moment on that the
    /// hub was told of: 0.001 to 1,000,000, default 1; what is outside becomes the nearer end, and
    /// what is no number changes nothing. Quotas and faults stay in real time. Before, tell the
    /// hub the time by an [`Input::Tick`](crate::Input::Tick); afterwards ask [`Hub::poll_timeout`] anew.
    pub fn set_time_scale(&mut self, scale: f64) {
        self.pace.set(scale, self.now);
    }

    /// How many times as fast timers and times to live run.
    pub const fn time_scale(&self) -> f64 {
        self.pace.scale()
    }

    /// It is `now`; a clock that goes back is taken to stand still.
    pub(super) fn set_now(&mut self, now: Millis) {
        self.now = self.now.max(now);
        self.moment = self.pace.scaled(self.now);
    }

    /// It is `now`, and what was due by then happens.
    pub(super) fn advance(&mut self, now: Millis) {
        self.set_now(now);
        self.expire();
        self.expire_alexa_offers();
        self.expire_storage();
        while let Some(parcel) = self.held.take_due(self.now) {
            self.route(parcel);
        }
        while let Some(id) = self.deadlines.take_first_by(self.moment) {
            self.act_on(id);
        }
    }

    /// Drops messages whose recipient did not come in time.
    fn expire(&mut self) {
        while let Some(parcel) = self.store.take_expired(self.moment) {
            count(&mut self.counters.expired);
            self.note(&parcel, Outcome::Expired);
            let error = ServiceError::new(
                ErrorKind::ResourceNotFound,
                "the recipient did not connect in time",
            );
            self.report(parcel.sent_over, parcel.correlation.as_ref(), &error);
        }
    }

    /// Does what is due on a connection, and notes when to look again.
    fn act_on(&mut self, id: ConnectionId) {
        loop {
            let (timers, moment) = (&self.config.timers, self.moment);
            let Some(connection) = self.connections.get_mut(&id) else { return };
            match connection.timing.due(timers, moment) {
                None => return self.deadlines.put(id, &mut connection.timing, timers),
                Some(Due::End) => return self.end(id, Close::going_away()),
                Some(Due::KeepAlive) => {
                    count(&mut self.counters.keep_alives);
                    self.push(id, wire::EMPTY.to_owned());
                }
                Some(Due::GoAway) => {
                    connection.timing.drain(timers, moment);
                    count(&mut self.counters.go_aways);
                    self.send(id, wire::notice(Notice::GoAway));
                }
            }
        }
    }
}
