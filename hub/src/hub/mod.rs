//! The machine.

use std::collections::{HashMap, VecDeque};

use crate::{
    Account, CallFault, CallRates, ChannelArn, ChannelName, ClientId, Close, ConnectionId,
    Counters, ErrorKind, FaultId, FaultSpec, HubConfig, Input, LogEntry, Millis, Output, Role,
    ServiceError, Snapshot, Target, TicketId, UpgradeFault,
    faults::Faults,
    ids::CorrelationId,
    log::Log,
    peers::Peers,
    store::{Parcel, Store},
    wire::{self, Message, Unusable},
};

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
    time_scale: f64,
    faults: Faults,
    log: Log,
    counters: Counters,
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
            time_scale: 1.0,
            faults: Faults::default(),
            log: Log::default(),
            counters: Counters::default(),
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
    pub fn admit(
        &mut self,
        arn: &ChannelArn,
        role: Role,
        _now: Millis,
    ) -> Result<ConnectionId, ServiceError> {
        self.account.describe_channel_by_arn(arn)?;
        if self.connections.len() >= self.config.limits.connections {
            return Err(ServiceError::new(
                ErrorKind::ClientLimitExceeded,
                "there are too many connections",
            ));
        }
        let id = ConnectionId(self.last_connection.saturating_add(1));
        let mut peers = self.peers.remove(arn.name()).unwrap_or_default();
        let reserved = peers.reserve(id, role, self.config.max_viewers);
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
            Input::Alive(_) | Input::Tick => {}
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

    /// Delivers an Alexa offer to the master as an ordinary offer of that sender. The master's
    /// answer to it comes as [`Output::Answered`], or where none comes within the channel's time
    /// to live, `ResourceNotFound`.
    ///
    /// # Errors
    /// `ResourceNotFound` where there is no such channel, `InvalidArgument` where the payload is
    /// not 1 to 10,000 characters of base64, `ClientLimitExceeded` where too many wait already.
    pub fn send_alexa_offer(
        &mut self,
        arn: &ChannelArn,
        _sender: ClientId,
        _payload: String,
        _now: Millis,
    ) -> Result<TicketId, ServiceError> {
        self.account.describe_channel_by_arn(arn)?;
        Err(ServiceError::new(ErrorKind::ResourceNotFound, "the master did not answer in time"))
    }

    /// Forgets what belongs to a deleted channel: its connections are closed, what waits for its
    /// peers is dropped.
    pub fn forget_channel(&mut self, _name: &ChannelName) {}

    /// Counts a call against its quotas, of the account and of the channel.
    ///
    /// # Errors
    /// `ClientLimitExceeded` where a quota is used up, and quotas are enforced.
    pub fn count_call(
        &mut self,
        _operation: &'static str,
        _channel: Option<&ChannelArn>,
        _rates: CallRates,
        _now: Millis,
    ) -> Result<(), ServiceError> {
        Ok(())
    }

    /// Lets timers and times to live run `scale` times as fast from the last moment on that the
    /// hub was told of: 0.001 to 1,000,000; what is outside becomes the nearer end. Quotas and
    /// faults stay in real time.
    pub fn set_time_scale(&mut self, scale: f64) {
        self.time_scale = scale;
    }

    /// How many times as fast timers and times to live run.
    pub const fn time_scale(&self) -> f64 {
        self.time_scale
    }

    /// Whether quotas are enforced from now on.
    pub const fn set_quotas_enforced(&mut self, enforced: bool) {
        self.config.quotas.enforced = enforced;
    }

    /// Whether accepted messages are acknowledged by an empty frame from now on.
    pub const fn set_acknowledge(&mut self, acknowledge: bool) {
        self.config.acknowledge = acknowledge;
    }

    /// Adds a fault, the last in the list.
    ///
    /// # Errors
    /// What is wrong with it and how to mend it, as text; also where the list is full.
    pub fn add_fault(&mut self, spec: FaultSpec) -> Result<FaultId, String> {
        self.faults.add(spec)
    }

    /// Takes a fault from the list; `false` where it was not there.
    pub fn remove_fault(&mut self, id: FaultId) -> bool {
        self.faults.remove(id)
    }

    /// Empties the list of faults.
    pub fn clear_faults(&mut self) {
        self.faults.clear();
    }

    /// The faults in the list, and how many events each has hit.
    pub fn faults(&self) -> impl Iterator<Item = (FaultId, &FaultSpec, u64)> {
        self.faults.iter()
    }

    /// What is to go wrong with this call, before it is carried out.
    pub fn call_fault(&mut self, _operation: &str, _channel: Option<&ChannelName>) -> CallFault {
        CallFault::default()
    }

    /// What is to go wrong with this upgrade, before it is carried out.
    pub fn upgrade_fault(&mut self, _channel: &str, _role: &Role) -> UpgradeFault {
        UpgradeFault::default()
    }

    /// Sends GO_AWAY: the connections work on during the grace, then they are closed. Answers how
    /// many they are. Afterwards drain [`Hub::poll`].
    pub fn go_away(&mut self, _target: &Target, _now: Millis) -> usize {
        0
    }

    /// Sends RECONNECT_ICE_SERVER; answers to how many. Afterwards drain [`Hub::poll`].
    pub fn reconnect_ice_server(&mut self, _target: &Target, _now: Millis) -> usize {
        0
    }

    /// Closes connections; answers how many. Afterwards drain [`Hub::poll`].
    pub fn close(&mut self, _target: &Target, _how: &Close) -> usize {
        0
    }

    /// Stalls connections, or lets them go on: while stalled, nothing is read from them or sent
    /// to them, and frames wait. Answers how many. Afterwards drain [`Hub::poll`].
    pub fn stall(&mut self, _target: &Target, _stalled: bool) -> usize {
        0
    }

    /// Whether the connection is stalled.
    pub fn is_stalled(&self, _id: ConnectionId) -> bool {
        false
    }

    /// Ends as a crash would: every connection is closed without a word, waiting messages and
    /// used quotas are forgotten; channels and faults stay. Answers how many connections there
    /// were. Afterwards drain [`Hub::poll`].
    pub fn restart(&mut self, _now: Millis) -> usize {
        0
    }

    /// How things stand.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            time_scale: self.time_scale,
            quotas_enforced: self.config.quotas.enforced,
            acknowledge: self.config.acknowledge,
            connections: self.connections.len(),
            waiting: 0,
            held: 0,
            alexa_offers: 0,
            faults: self.faults.iter().count(),
            channels: Vec::new(),
        }
    }

    /// What has happened, counted.
    pub const fn counters(&self) -> &Counters {
        &self.counters
    }

    /// The last 1000 steps of messages on their way whose number is greater, the oldest first.
    pub fn messages_after(&self, seq: u64) -> impl Iterator<Item = &LogEntry> {
        self.log.after(seq)
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
            self.outputs.push_back(Output::Close(old, Close::replaced()));
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
