//! The machine. What it does to a connection is here; the rest is in the modules below.

mod alexa;
mod clockwork;
mod control;
mod faults;
mod messages;
mod quotas;
mod storage;
mod view;

use std::collections::{HashMap, VecDeque};

use crate::{
    Account, ChannelArn, ChannelName, Close, ConnectionId, Counters, ErrorKind, HubConfig, Input,
    Millis, OnReplaced, Output, Role, RoleName, ServiceError,
    bucket::Buckets,
    connection::{Connection, Lane, Stage},
    counters::count,
    faults::{Faults, Held},
    log::{Log, Outcome},
    pace::{Moment, Pace},
    rooms::Rooms,
    sessions::Sessions,
    store::Store,
    timing::{Deadlines, Timing},
};

/// The signaling service; its contract is at the top of this crate.
#[derive(Debug)]
pub struct Hub {
    config: HubConfig,
    account: Account,
    /// Every admitted connection.
    connections: HashMap<ConnectionId, Connection>,
    /// Which of them has which place.
    rooms: Rooms,
    sessions: Sessions,
    store: Store,
    held: Held,
    alexa: alexa::Offers,
    deadlines: Deadlines,
    connects: Buckets<(ChannelName, RoleName)>,
    calls: Buckets<(&'static str, Option<ChannelName>)>,
    faults: Faults,
    outputs: VecDeque<Output>,
    /// What waits on stalled connections, in bytes.
    stalled_bytes: usize,
    last_connection: u64,
    pace: Pace,
    /// The last time that the hub was told of, on both clocks.
    now: Millis,
    moment: Moment,
    log: Log,
    counters: Counters,
}

impl Hub {
    /// A hub without channels.
    pub fn new(config: HubConfig) -> Self {
        Self {
            account: Account::new(config.region.clone(), config.limits.clone()),
            config,
            connections: HashMap::new(),
            rooms: Rooms::default(),
            sessions: Sessions::default(),
            store: Store::default(),
            held: Held::default(),
            alexa: alexa::Offers::default(),
            deadlines: Deadlines::default(),
            connects: Buckets::default(),
            calls: Buckets::default(),
            faults: Faults::default(),
            outputs: VecDeque::new(),
            stalled_bytes: 0,
            last_connection: 0,
            pace: Pace::default(),
            now: Millis(0),
            moment: Moment::default(),
            log: Log::default(),
            counters: Counters::default(),
        }
    }

    /// The resources that the hub serves.
    pub const fn account(&self) -> &Account {
        &self.account
    }

    /// The same, to change them. Whoever deletes a channel calls [`Hub::forget_channel`] too.
    pub const fn account_mut(&mut self) -> &mut Account {
        &mut self.account
    }

    /// Admits a connection whose socket is about to open: it has a place from now on, and
    /// receives from [`Input::Opened`] on.
    ///
    /// # Errors
    /// `ResourceNotFound` where there is no such channel, `ClientLimitExceeded` where too many
    /// connect in a second, or where the channel has all its viewers or the hub all its
    /// connections.
    pub fn admit(
        &mut self,
        arn: &ChannelArn,
        role: Role,
        now: Millis,
    ) -> Result<ConnectionId, ServiceError> {
        self.set_now(now);
        let name = role.name();
        let admitted = self.try_admit(arn, role);
        match (&admitted, name) {
            (Err(error), _) => self.counters.refused(error),
            (Ok(_), RoleName::Master) => count(&mut self.counters.master_connects),
            (Ok(_), RoleName::Viewer) => count(&mut self.counters.viewer_connects),
        }
        admitted
    }

    fn try_admit(&mut self, arn: &ChannelArn, role: Role) -> Result<ConnectionId, ServiceError> {
        self.account.describe_channel_by_arn(arn)?;
        self.count_connect(arn.name(), &role)?;
        if self.connections.len() >= self.config.limits.connections {
            return Err(ServiceError::new(
                ErrorKind::ClientLimitExceeded,
                "there are too many connections",
            ));
        }
        let place = self.rooms.reserve(arn.name(), role, self.config.max_viewers)?;
        let id = ConnectionId(self.last_connection.saturating_add(1));
        self.last_connection = id.0;
        self.connections.insert(id, Connection::new(place));
        Ok(id)
    }

    /// Takes in what happened. Afterwards drain [`Hub::poll`].
    pub fn handle(&mut self, input: Input<'_>, now: Millis) {
        self.advance(now);
        match input {
            Input::Opened(id) => self.opened(id),
            Input::Received(id, frame) => self.received(id, frame),
            Input::Alive(id) => self.alive(id),
            Input::Closed(id) => drop(self.forget(id)),
            Input::Tick => {}
        }
    }

    /// The next thing to do; `None` when all is done.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to call `handle(Input::Tick, now)` at the latest, if nothing else happens before. It
    /// may be too early, but only now and then.
    pub fn poll_timeout(&self) -> Option<Millis> {
        let scaled = [
            self.store.next_expiry(),
            self.deadlines.next(),
            self.alexa.next_expiry(),
            self.sessions.next_expiry(&self.config.storage),
        ];
        let scaled = scaled.into_iter().flatten().min().map(|moment| self.pace.real(moment));
        scaled.into_iter().chain(self.held.next_due()).min()
    }

    fn opened(&mut self, id: ConnectionId) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        if connection.stage != Stage::Opening {
            return;
        }
        connection.stage = Stage::Open;
        connection.timing = Timing::start(&self.config.timers, self.moment);
        self.deadlines.put(id, &mut connection.timing, &self.config.timers);
        let place = connection.place.clone();
        let replaced = self.rooms.open(&place, id);
        for parcel in self.store.take_for(&place) {
            self.deliver(parcel, id);
        }
        if let Some(old) = replaced {
            self.replaced(old);
        }
    }

    /// A newer connection has taken the place of this one.
    fn replaced(&mut self, id: ConnectionId) {
        match (self.config.on_replaced, self.connections.get_mut(&id)) {
            (OnReplaced::Linger, Some(connection)) => connection.stage = Stage::Replaced,
            (OnReplaced::Close | OnReplaced::Linger, _) => self.end(id, Close::replaced()),
        }
    }

    fn alive(&mut self, id: ConnectionId) {
        if let Some(connection) = self.connections.get_mut(&id)
            && connection.backlog.is_none()
        {
            connection.traffic(self.moment);
        }
    }

    /// Closes a connection from this side.
    fn end(&mut self, id: ConnectionId, how: Close) {
        if self.forget(id).is_some() {
            count(&mut self.counters.closed);
            self.outputs.push_back(Output::Close(id, how));
        }
    }

    /// A connection is no more, whichever side ended it.
    fn forget(&mut self, id: ConnectionId) -> Option<Connection> {
        let connection = self.connections.remove(&id)?;
        self.deadlines.remove(id, &connection.timing);
        match connection.stage {
            Stage::Opening => self.rooms.give_back(&connection.place),
            Stage::Open => self.rooms.leave(&connection.place, id),
            Stage::Replaced => {}
        }
        let waiting = connection.backlog.as_ref().map_or(0, |backlog| backlog.bytes());
        self.stalled_bytes = self.stalled_bytes.saturating_sub(waiting);
        Some(connection)
    }

    /// Sends a frame that counts as traffic.
    fn send(&mut self, id: ConnectionId, frame: String) {
        let moment = self.moment;
        if let Some(connection) = self.connections.get_mut(&id)
            && connection.backlog.is_none()
        {
            connection.traffic(moment);
        }
        self.push(id, frame);
    }

    /// Sends a frame, now or when the connection is no longer stalled.
    fn push(&mut self, id: ConnectionId, frame: String) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let Some(backlog) = &mut connection.backlog else {
            connection.sent = connection.sent.wrapping_add(1);
            return self.outputs.push_back(Output::Send(id, frame));
        };
        let limits = &self.config.limits;
        let size = Lane::size_of(&frame);
        self.stalled_bytes = self.stalled_bytes.saturating_add(size);
        backlog.outgoing.push(frame);
        if backlog.outgoing.bytes > limits.stalled_bytes
            || self.stalled_bytes > limits.stalled_bytes_together
        {
            self.end(id, Close::Abrupt);
        }
    }
}
