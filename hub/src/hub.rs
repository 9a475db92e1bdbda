//! The machine.

use std::collections::{HashMap, VecDeque};

use crate::{
    Account, ChannelArn, ChannelName, ConnectionId, ErrorKind, Millis, Role, ServiceError,
    ids::CorrelationId,
    peers::Peers,
    store::{Parcel, Store},
    wire::{self, Message, Unusable},
};

/// What the hub is told.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// The socket of an admitted connection is up.
    Opened(ConnectionId),
    /// A text frame came in.
    Received(ConnectionId, &'a str),
    /// The connection is gone, whichever side ended it.
    Closed(ConnectionId),
    /// Time has passed.
    Tick,
}

/// What the driver is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send this text frame. An empty one is meant.
    Send(ConnectionId, String),
    /// Close this connection. The hub has forgotten it already.
    Close(ConnectionId, CloseReason),
}

/// Why the hub asks to close a connection. Exhaustive on purpose: its driver has to decide what
/// each means for the socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseReason {
    /// The same master or client id connected again, and the newest wins.
    Replaced,
}

/// What the hub is made of.
#[derive(Clone, Debug)]
pub struct HubConfig {
    /// The region in the channels' ARNs.
    pub region: String,
    /// Whether each accepted message is answered by an empty text frame, as the service does.
    /// Default: yes.
    pub acknowledge: bool,
    /// What is kept at most.
    pub limits: Limits,
}

impl HubConfig {
    /// The service's behaviour, in this region.
    pub fn new(region: impl Into<String>) -> Self {
        Self { region: region.into(), acknowledge: true, limits: Limits::default() }
    }
}

/// How much the hub keeps at most. A waiting message is some 10 KB at worst. Where one more would
/// be too many, the oldest gives way and its sender is told, so that the newest always waits: it
/// is the one that the peer who comes late can still use.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Channels. Default 1000.
    pub channels: usize,
    /// Connections of all channels together. Default 512.
    pub connections: usize,
    /// Candidates that wait from one sender for one recipient. Default 64. Of offers and of
    /// answers there is one each, the newest.
    pub candidates_per_sender: usize,
    /// Messages that wait for one recipient. Default 660: what ten viewers may leave their master.
    pub waiting_per_recipient: usize,
    /// Messages that wait, all together. Default 4096.
    pub waiting: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            channels: 1000,
            connections: 512,
            candidates_per_sender: 64,
            waiting_per_recipient: 660,
            waiting: 4096,
        }
    }
}

/// The signaling service; its contract is at the top of this crate.
#[derive(Debug)]
pub struct Hub {
    config: HubConfig,
    account: Account,
    /// Who is connected to which channel; channels without anybody are not in it.
    peers: HashMap<ChannelName, Peers>,
    /// Every admitted connection, and its channel.
    connections: HashMap<ConnectionId, ChannelName>,
    store: Store,
    outputs: VecDeque<Output>,
    last_connection: u64,
    gateway_errors: u64,
}

impl Hub {
    /// A hub without channels.
    pub fn new(config: HubConfig) -> Self {
        Self {
            account: Account::new(config.region.clone(), config.limits.clone()),
            config,
            peers: HashMap::new(),
            connections: HashMap::new(),
            store: Store::default(),
            outputs: VecDeque::new(),
            last_connection: 0,
            gateway_errors: 0,
        }
    }

    /// The resources that the hub serves.
    pub const fn account(&self) -> &Account {
        &self.account
    }

    /// The same, to change them.
    pub const fn account_mut(&mut self) -> &mut Account {
        &mut self.account
    }

    /// Admits a connection whose socket is about to open: it has a place from now on, and
    /// receives from [`Input::Opened`] on.
    ///
    /// # Errors
    /// `ResourceNotFound` where there is no such channel, `ClientLimitExceeded` where it has
    /// all its viewers or the hub all its connections.
    pub fn admit(&mut self, arn: &ChannelArn, role: Role) -> Result<ConnectionId, ServiceError> {
        self.account.describe_channel_by_arn(arn)?;
        if self.connections.len() >= self.config.limits.connections {
            return Err(ServiceError::new(
                ErrorKind::ClientLimitExceeded,
                "there are too many connections",
            ));
        }
        let id = ConnectionId(self.last_connection.saturating_add(1));
        let mut peers = self.peers.remove(arn.name()).unwrap_or_default();
        let reserved = peers.reserve(id, role);
        if !peers.is_empty() {
            self.peers.insert(arn.name().clone(), peers);
        }
        reserved?;
        self.last_connection = id.0;
        self.connections.insert(id, arn.name().clone());
        Ok(id)
    }

    /// Takes in what happened. Afterwards drain [`Hub::poll`].
    pub fn handle(&mut self, input: Input<'_>, now: Millis) {
        self.expire(now);
        match input {
            Input::Opened(id) => self.opened(id),
            Input::Received(id, frame) => self.received(id, frame, now),
            Input::Closed(id) => self.closed(id),
            Input::Tick => {}
        }
    }

    /// The next thing to do; `None` when all is done.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to call `handle(Input::Tick, now)` at the latest, if nothing else happens before.
    pub fn poll_timeout(&self) -> Option<Millis> {
        self.store.next_expiry()
    }

    fn opened(&mut self, id: ConnectionId) {
        let Some(name) = self.connections.get(&id) else { return };
        let Some((role, replaced)) = self.peers.get_mut(name).and_then(|p| p.open(id)) else {
            return;
        };
        for parcel in self.store.take_for(name, &role) {
            self.outputs.push_back(deliver(&parcel, id));
        }
        if let Some(old) = replaced {
            self.connections.remove(&old);
            self.outputs.push_back(Output::Close(old, CloseReason::Replaced));
        }
    }

    fn closed(&mut self, id: ConnectionId) {
        let Some(name) = self.connections.remove(&id) else { return };
        if let Some(peers) = self.peers.get_mut(&name) {
            peers.remove(id);
            if peers.is_empty() {
                self.peers.remove(&name);
            }
        }
    }

    fn received(&mut self, id: ConnectionId, frame: &str, now: Millis) {
        let Some(channel) = self.connections.get(&id) else { return };
        let Some(from) = self.peers.get(channel).and_then(|p| p.role_of(id)).cloned() else {
            return;
        };
        let message = match Message::parse(frame) {
            Ok(message) => message,
            Err(Unusable::NotAMessage) => {
                self.gateway_errors = self.gateway_errors.wrapping_add(1);
                let frame = wire::gateway_error(id, self.gateway_errors);
                return self.outputs.push_back(Output::Send(id, frame));
            }
            Err(Unusable::Invalid { correlation, error }) => {
                return self.report(id, correlation.as_ref(), &error);
            }
        };
        let to = match (&from, message.recipient) {
            // A viewer reaches the master only, whoever it names.
            (Role::Viewer(_), _) => Role::Master,
            (Role::Master, Some(viewer)) => Role::Viewer(viewer),
            (Role::Master, None) => {
                let error = ServiceError::invalid("recipientClientId is missing");
                return self.report(id, message.correlation.as_ref(), &error);
            }
        };
        let parcel = Parcel {
            channel: channel.clone(),
            sent_over: id,
            from,
            to,
            kind: message.kind,
            payload: message.payload,
            correlation: message.correlation,
        };
        self.route(parcel, now);
    }

    /// Delivers a message, or keeps it for a recipient who is not there.
    fn route(&mut self, parcel: Parcel, now: Millis) {
        let Ok(channel) = self.account.describe_channel(&parcel.channel) else { return };
        let sender = parcel.sent_over;
        let peers = self.peers.get(&parcel.channel);
        if let Some(recipient) = peers.and_then(|p| p.connection_of(&parcel.to)) {
            self.outputs.push_back(deliver(&parcel, recipient));
        } else {
            let expiry = now + channel.message_ttl();
            for oldest in self.store.make_room_for(&parcel, &self.config.limits) {
                let error = ServiceError::new(
                    ErrorKind::ClientLimitExceeded,
                    "too many messages were waiting, and newer ones took its place",
                );
                self.report(oldest.sent_over, oldest.correlation.as_ref(), &error);
            }
            self.store.keep(parcel, expiry);
        }
        if self.config.acknowledge {
            self.outputs.push_back(Output::Send(sender, wire::ACKNOWLEDGEMENT.to_owned()));
        }
    }

    /// Drops messages whose recipient did not come in time.
    fn expire(&mut self, now: Millis) {
        while let Some(parcel) = self.store.take_expired(now) {
            let error = ServiceError::new(
                ErrorKind::ResourceNotFound,
                "the recipient did not connect in time",
            );
            self.report(parcel.sent_over, parcel.correlation.as_ref(), &error);
        }
    }

    /// Reports a failure to its sender, if the sender asked for it and is still there.
    fn report(
        &mut self,
        sender: ConnectionId,
        correlation: Option<&CorrelationId>,
        error: &ServiceError,
    ) {
        let Some(correlation) = correlation else { return };
        if self.connections.contains_key(&sender) {
            self.outputs.push_back(Output::Send(sender, wire::failure(correlation, error)));
        }
    }
}

fn deliver(parcel: &Parcel, recipient: ConnectionId) -> Output {
    let frame = wire::delivery(parcel.kind, &parcel.payload, parcel.sender_id());
    Output::Send(recipient, frame)
}
