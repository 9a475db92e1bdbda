//! What becomes of a client's message.

use super::{Hub, Outcome, Stage, count};
use crate::{
    Asker, ClientId, ConnectionId, ErrorKind, MessageType, Millis, Output, Role, ServiceError,
    StoragePeerId, UnknownRecipient,
    connection::Lane,
    faults::MessageFault,
    ids::CorrelationId,
    log::Way,
    role::Place,
    store::{Evicted, Parcel},
    wire::{self, Delivery, Message, Unusable},
};

/// How long a reordered message waits at most for others to pass, in real time.
const LONGEST_REORDER: Millis = Millis(2000);

impl Hub {
    /// A text frame came in.
    pub(super) fn received(&mut self, id: ConnectionId, frame: &str) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        if connection.backlog.is_some() {
            return self.wait(id, frame);
        }
        connection.received = connection.received.wrapping_add(1);
        connection.traffic(self.moment);
        if connection.stage != Stage::Open {
            return;
        }
        match Message::parse(frame) {
            Ok(message) => self.message(id, message),
            Err(Unusable::NotAMessage) => {
                count(&mut self.counters.gateway_errors);
                let frame = wire::gateway_error(id, self.counters.gateway_errors);
                self.send(id, frame);
            }
            Err(Unusable::Invalid { correlation, error }) => {
                self.refuse(id, correlation.as_ref(), None, &error);
            }
        }
    }

    /// A frame waits until its connection is no longer stalled.
    fn wait(&mut self, id: ConnectionId, frame: &str) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let Some(backlog) = &mut connection.backlog else { return };
        let limits = &self.config.limits;
        let size = Lane::size_of(frame);
        if backlog.incoming.bytes.saturating_add(size) > limits.stalled_bytes
            || self.stalled_bytes.saturating_add(size) > limits.stalled_bytes_together
        {
            return self.end(id, crate::Close::Abrupt);
        }
        self.stalled_bytes = self.stalled_bytes.saturating_add(size);
        backlog.incoming.push(frame.to_owned());
    }

    fn message(&mut self, id: ConnectionId, message: Message<'_>) {
        let Message { kind, payload, recipient, correlation } = message;
        self.counters.message(kind);
        let summary = (kind, payload.len());
        let Some(connection) = self.connections.get(&id) else { return };
        let (from, described) = (connection.place.clone(), connection.described);
        let to = match self.recipient_of(&from, kind, described, recipient.as_deref()) {
            Ok(to) => to,
            Err(error) => return self.refuse(id, correlation.as_ref(), Some(summary), &error),
        };
        let Some(connection) = self.connections.get_mut(&id) else { return };
        if let Err(rate) = connection.count(kind, &self.config.quotas, self.now) {
            count(&mut self.counters.over_quota);
            return self.refuse(id, correlation.as_ref(), Some(summary), &too_many(kind, rate));
        }
        if kind != MessageType::IceCandidate {
            connection.described = Some(kind);
        }
        let accepted = match to {
            Recipient::Storage(peer) => {
                let length = payload.len();
                let asker = Asker { connection: id, place: from, kind, length, correlation };
                self.tell_storage(peer, payload.into_owned(), asker);
                true
            }
            Recipient::Peer(role) => self.accept(Parcel {
                sent_over: Some(id),
                to: self.rooms.place_of(&from.channel, role),
                kind,
                delivery: Delivery::new(kind, &payload, from.role.client_id()),
                from,
                correlation,
            }),
        };
        if accepted && self.config.acknowledge {
            count(&mut self.counters.acknowledgements);
            self.send(id, wire::EMPTY.to_owned());
        }
    }

    /// Whom a message is for, which names somebody or not, of who sent such a description last. Who
    /// has joined a storage session speaks to that where it names nobody; but a session is offered
    /// nothing, and a viewer that offers something to the master has candidates for that.
    fn recipient_of(
        &self,
        from: &Place,
        kind: MessageType,
        described: Option<MessageType>,
        named: Option<&str>,
    ) -> Result<Recipient, ServiceError> {
        let is_to_master = match kind {
            MessageType::SdpOffer => true,
            MessageType::SdpAnswer => false,
            MessageType::IceCandidate => {
                from.role != Role::Master && described == Some(MessageType::SdpOffer)
            }
        };
        if named.is_none()
            && !is_to_master
            && let Some(peer) = self.sessions.peer_at(from)
        {
            return Ok(Recipient::Storage(peer));
        }
        match (&from.role, named) {
            // A viewer reaches the master only, whoever it names.
            (Role::Viewer(_), _) => Ok(Recipient::Peer(Role::Master)),
            (Role::Master, Some(viewer)) => {
                Ok(Recipient::Peer(Role::Viewer(ClientId::parse(viewer)?)))
            }
            (Role::Master, None) => Err(ServiceError::invalid(
                "recipientClientId is missing, and the sender is in no storage session",
            )),
        }
    }

    /// Takes a message that is as it should be, and does with it what faults say. Answers whether
    /// its sender is told that it was accepted.
    pub(super) fn accept(&mut self, parcel: Parcel) -> bool {
        let may_reorder = || !self.held.waits_for(&parcel.to);
        match self.faults.message(&parcel.from, parcel.kind, may_reorder) {
            None => self.pass(parcel),
            Some(MessageFault::Throttle) => {
                count(&mut self.counters.altered_by_faults);
                let error = ServiceError::new(ErrorKind::ClientLimitExceeded, "Rate exceeded");
                self.fail(&parcel, &error);
                return false;
            }
            Some(MessageFault::Drop) => {
                count(&mut self.counters.dropped_by_faults);
                self.note(&parcel, Outcome::Dropped);
            }
            Some(MessageFault::Delay(by)) => self.hold(parcel, by, None),
            Some(MessageFault::Reorder(hold)) => self.hold(parcel, LONGEST_REORDER, Some(hold)),
            Some(MessageFault::Duplicate) => {
                count(&mut self.counters.altered_by_faults);
                self.note(&parcel, Outcome::Duplicated);
                self.pass(parcel.clone());
                self.route(parcel);
            }
        }
        true
    }

    /// Holds a message back. Where too many are, it passes at once.
    fn hold(&mut self, parcel: Parcel, by: Millis, to_pass: Option<u32>) {
        if self.held.len() >= self.config.limits.held {
            return self.pass(parcel);
        }
        count(&mut self.counters.altered_by_faults);
        self.note(&parcel, Outcome::Delayed);
        self.held.hold(parcel, self.now + by, to_pass);
    }

    /// Routes a message, and after it those that waited for it to pass.
    fn pass(&mut self, parcel: Parcel) {
        let to = parcel.to.clone();
        self.route(parcel);
        for held in self.held.passed(&to) {
            self.route(held);
        }
    }

    /// Delivers a message, or keeps it for a recipient who is not there.
    pub(super) fn route(&mut self, parcel: Parcel) {
        if let Some(ticket) = self.alexa.answered_by(&parcel) {
            let answer = parcel.delivery.payload().to_owned();
            count(&mut self.counters.delivered);
            self.note(&parcel, Outcome::Delivered);
            return self.outputs.push_back(Output::Answered(ticket, Ok(answer)));
        }
        if let Some(recipient) = self.rooms.connection_at(&parcel.to) {
            return self.deliver(parcel, recipient);
        }
        let at_once = self.config.unknown_recipient == UnknownRecipient::AtOnce;
        if at_once && parcel.to.role != Role::Master {
            let error =
                ServiceError::new(ErrorKind::ResourceNotFound, "the recipient is not connected");
            return self.fail(&parcel, &error);
        }
        self.keep(parcel);
    }

    pub(super) fn deliver(&mut self, parcel: Parcel, recipient: ConnectionId) {
        count(&mut self.counters.delivered);
        self.note(&parcel, Outcome::Delivered);
        self.send(recipient, parcel.delivery.into_frame());
    }

    fn keep(&mut self, parcel: Parcel) {
        let Ok(channel) = self.account.describe_channel(&parcel.to.channel) else { return };
        let expiry = self.moment.after(channel.message_ttl());
        for evicted in self.store.make_room_for(&parcel, &self.config.limits) {
            count(&mut self.counters.replaced);
            let (Evicted::Replaced(old) | Evicted::CrowdedOut(old)) = &evicted;
            self.note(old, Outcome::Replaced);
            if let Evicted::CrowdedOut(old) = &evicted {
                let error = ServiceError::new(
                    ErrorKind::ClientLimitExceeded,
                    "too many messages were waiting, and newer ones took its place",
                );
                self.report(old.sent_over, old.correlation.as_ref(), &error);
            }
        }
        count(&mut self.counters.stored);
        self.note(&parcel, Outcome::Stored);
        self.store.keep(parcel, expiry);
    }

    /// A message on its way fails.
    fn fail(&mut self, parcel: &Parcel, error: &ServiceError) {
        self.counters.refused(error);
        self.note(parcel, Outcome::Refused(error.kind().name()));
        self.report(parcel.sent_over, parcel.correlation.as_ref(), error);
    }

    /// A message is not taken.
    fn refuse(
        &mut self,
        sender: ConnectionId,
        correlation: Option<&CorrelationId>,
        message: Option<(MessageType, usize)>,
        error: &ServiceError,
    ) {
        self.counters.refused(error);
        if let Some(connection) = self.connections.get(&sender) {
            let outcome = Outcome::Refused(error.kind().name());
            let way = Way::Peers(&connection.place, None);
            self.log.add(self.now, way, message, outcome);
        }
        self.report(Some(sender), correlation, error);
    }

    /// Reports a failure to its sender, if the sender asked for it and is still there.
    pub(super) fn report(
        &mut self,
        sender: Option<ConnectionId>,
        correlation: Option<&CorrelationId>,
        error: &ServiceError,
    ) {
        let (Some(sender), Some(correlation)) = (sender, correlation) else { return };
        if self.connections.get(&sender).is_some_and(|c| c.stage == Stage::Open) {
            count(&mut self.counters.status_responses);
            self.send(sender, wire::failure(correlation, error));
        }
    }

    /// Notes a step of a message on its way.
    pub(super) fn note(&mut self, parcel: &Parcel, outcome: Outcome) {
        let message = Some((parcel.kind, parcel.delivery.payload_length()));
        let way = Way::Peers(&parcel.from, Some(&parcel.to));
        self.log.add(self.now, way, message, outcome);
    }
}

/// Whom a message is for.
enum Recipient {
    Peer(Role),
    Storage(StoragePeerId),
}

fn too_many(kind: MessageType, rate: u32) -> ServiceError {
    let what = match kind {
        MessageType::SdpOffer => "offers",
        MessageType::SdpAnswer => "answers",
        MessageType::IceCandidate => "candidates",
    };
    let message = format!("Rate exceeded: a connection sends at most {rate} {what} per second");
    ServiceError::new(ErrorKind::ClientLimitExceeded, message)
}
