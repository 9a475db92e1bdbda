//! Storage sessions: who is in one, and what is said between it and its peers. What is in the
//! messages, and the media, are the driver's.

use std::sync::Arc;

use super::{Hub, Outcome, count};
use crate::{
    Asker, ChannelArn, ChannelName, ErrorKind, MessageType, Millis, Output, Role, ServiceError,
    StorageOrder, StoragePeerId, StorageSnapshot, log::Way, role::Place, wire::Delivery,
};

impl Hub {
    /// Lets a connected peer join its channel's storage session, which is then ordered to send it
    /// an offer. Whoever was there in its place is no more: the newest wins. Afterwards drain
    /// [`Hub::poll`].
    ///
    /// # Errors
    /// In this order: `ResourceNotFound` where there is no such channel, `InvalidArgument` where it
    /// has no media storage, `ResourceNotFound` where who joins is not connected,
    /// `ClientLimitExceeded` where the session has its viewers.
    ///
    /// Source: JoinStorageSession, JoinStorageSessionAsViewer.
    pub fn join_storage(
        &mut self,
        arn: &ChannelArn,
        role: Role,
        now: Millis,
    ) -> Result<StoragePeerId, ServiceError> {
        self.advance(now);
        let joined = self.try_join_storage(arn, role);
        match &joined {
            Ok(_) => count(&mut self.counters.storage_joins),
            Err(error) => self.counters.refused(error),
        }
        joined
    }

    fn try_join_storage(
        &mut self,
        arn: &ChannelArn,
        role: Role,
    ) -> Result<StoragePeerId, ServiceError> {
        if self.account.describe_channel_by_arn(arn)?.storage().is_none() {
            return Err(ServiceError::invalid("the channel has no media storage"));
        }
        let place = self.rooms.place_of(arn.name(), role.clone());
        if self.rooms.connection_at(&place).is_none() {
            return Err(ServiceError::new(
                ErrorKind::ResourceNotFound,
                "who joins is not connected to the channel: open the WebSocket first",
            ));
        }
        let rules = &self.config.storage;
        if !self.sessions.has_room_for(&place, rules) {
            let most = rules.viewers;
            return Err(ServiceError::new(
                ErrorKind::ClientLimitExceeded,
                format!("the storage session has its maximum number of viewers, {most}"),
            ));
        }
        self.leave_storage(&place);
        let peer = self.sessions.join(&place, self.moment);
        let channel = arn.name().clone();
        self.outputs.push_back(Output::Storage(StorageOrder::Join { peer, channel, role }));
        Ok(peer)
    }

    /// The session says something to a peer: `payload` is base64. Whoever is not connected does not
    /// hear it. Afterwards drain [`Hub::poll`].
    pub fn storage_says(
        &mut self,
        peer: StoragePeerId,
        kind: MessageType,
        payload: &str,
        now: Millis,
    ) {
        self.advance(now);
        let Some(place) = self.sessions.place_of(peer).cloned() else { return };
        let Some(connection) = self.rooms.connection_at(&place) else { return };
        count(&mut self.counters.delivered);
        let message = Some((kind, payload.len()));
        self.log.add(self.now, Way::FromStorage(&place), message, Outcome::Delivered);
        self.send(connection, Delivery::new(kind, payload, None).into_frame());
    }

    /// Media can flow between a peer and the session.
    pub fn storage_connected(&mut self, peer: StoragePeerId, now: Millis) {
        self.advance(now);
        self.sessions.connected(peer);
    }

    /// What a peer sent is not what the session takes: its sender is told, if it asked to be.
    /// Afterwards drain [`Hub::poll`].
    pub fn storage_refuses(&mut self, asker: &Asker, error: &ServiceError, now: Millis) {
        self.advance(now);
        self.counters.refused(error);
        let Asker { connection, place, kind, length, correlation } = asker;
        let outcome = Outcome::Refused(error.kind().name());
        self.log.add(self.now, Way::ToStorage(place), Some((*kind, *length)), outcome);
        self.report(Some(*connection), correlation.as_ref(), error);
    }

    /// A peer's part is over, for a reason that the hub does not know. Its place is held for a
    /// while where it had been connected. Afterwards drain [`Hub::poll`].
    pub fn storage_left(&mut self, peer: StoragePeerId, now: Millis) {
        self.advance(now);
        let Some(place) = self.sessions.place_of(peer).cloned() else { return };
        let was_connected =
            self.sessions.peers().any(|(_, found)| found.id == peer && found.is_connected);
        self.leave_storage(&place);
        if was_connected {
            let until = self.moment.after(self.config.storage.held);
            self.sessions.hold(place, until);
        }
    }

    /// Ends a channel's session, as when it has no media storage any more. Afterwards drain
    /// [`Hub::poll`].
    pub fn end_storage(&mut self, channel: &ChannelName) {
        self.end_sessions(Some(channel));
    }

    /// Who is in storage sessions, the oldest first, as of the last moment that the hub was told of.
    pub fn storage_peers(&self) -> Vec<StorageSnapshot> {
        let rules = &self.config.storage;
        let mut peers: Vec<_> = self
            .sessions
            .peers()
            .map(|(place, peer)| StorageSnapshot {
                peer: peer.id,
                channel: place.channel.clone(),
                role: place.role.clone(),
                is_connected: peer.is_connected,
                age: self.moment.since(peer.joined),
                left: peer.end(place.role.name(), rules).since(self.moment),
            })
            .collect();
        peers.sort_unstable_by_key(|snapshot| snapshot.peer);
        peers
    }

    /// Ends the session of a channel, or all.
    pub(super) fn end_sessions(&mut self, channel: Option<&ChannelName>) {
        for place in self.sessions.places(channel) {
            self.leave_storage(&place);
        }
        self.sessions.let_go(channel);
    }

    /// Ends the parts of those whose time is over.
    pub(super) fn expire_storage(&mut self) {
        for place in self.sessions.expire(&self.config.storage, self.moment) {
            self.leave_storage(&place);
        }
    }

    /// Hands a message to the session.
    pub(super) fn tell_storage(&mut self, peer: StoragePeerId, payload: String, asker: Asker) {
        count(&mut self.counters.delivered);
        let message = Some((asker.kind, asker.length));
        self.log.add(self.now, Way::ToStorage(&asker.place), message, Outcome::Delivered);
        self.outputs.push_back(Output::Storage(StorageOrder::Message { peer, payload, asker }));
    }

    fn leave_storage(&mut self, place: &Arc<Place>) {
        if let Some(peer) = self.sessions.leave(place, self.moment) {
            self.outputs.push_back(Output::Storage(StorageOrder::Leave(peer)));
        }
    }
}
