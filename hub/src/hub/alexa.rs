//! Offers that come by a call, and whose answer goes back by it.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use super::Hub;
use crate::{
    ChannelArn, ChannelName, ClientId, ErrorKind, MessageType, Millis, Output, Role, ServiceError,
    TicketId,
    pace::Moment,
    role::Place,
    store::Parcel,
    wire::{self, Delivery},
};

/// Offers without an answer, one from each sender at most.
#[derive(Debug, Default)]
pub(super) struct Offers {
    tickets: HashMap<Arc<Place>, (TicketId, Moment)>,
    expiries: BTreeMap<(Moment, TicketId), Arc<Place>>,
    last: u64,
}

impl Offers {
    pub(super) fn len(&self) -> usize {
        self.tickets.len()
    }

    pub(super) fn next_expiry(&self) -> Option<Moment> {
        self.expiries.first_key_value().map(|((expiry, _), _)| *expiry)
    }

    /// The offer that a message answers: it is over.
    pub(super) fn answered_by(&mut self, parcel: &Parcel) -> Option<TicketId> {
        if parcel.kind != MessageType::SdpAnswer || parcel.from.role != Role::Master {
            return None;
        }
        self.take(&parcel.to)
    }

    fn add(&mut self, place: Arc<Place>, expiry: Moment) -> TicketId {
        self.last = self.last.saturating_add(1);
        let ticket = TicketId(self.last);
        self.expiries.insert((expiry, ticket), Arc::clone(&place));
        self.tickets.insert(place, (ticket, expiry));
        ticket
    }

    fn take(&mut self, place: &Place) -> Option<TicketId> {
        let (ticket, expiry) = self.tickets.remove(place)?;
        self.expiries.remove(&(expiry, ticket));
        Some(ticket)
    }

    fn take_expired(&mut self, now: Moment) -> Option<TicketId> {
        let (_, place) = self.expiries.first_key_value().filter(|((at, _), _)| *at <= now)?;
        let place = Arc::clone(place);
        self.take(&place)
    }

    /// Takes out those on one channel, or all; the oldest first.
    pub(super) fn take_all(&mut self, channel: Option<&ChannelName>) -> Vec<TicketId> {
        let goes = |place: &Place| channel.is_none_or(|name| place.channel == *name);
        let places: Vec<_> = self.tickets.keys().filter(|place| goes(place)).cloned().collect();
        let mut tickets: Vec<_> = places.iter().filter_map(|place| self.take(place)).collect();
        tickets.sort_unstable();
        tickets
    }
}

impl Hub {
    /// Delivers an Alexa offer to the master as an ordinary offer of that sender, at once or when
    /// the master comes. The master's answer to that id comes as [`Output::Answered`]; where none
    /// comes within the channel's time to live, `ResourceNotFound` does; where the same sender
    /// offers again, `ClientLimitExceeded` does for the older offer. Afterwards drain
    /// [`Hub::poll`].
    ///
    /// # Errors
    /// `ResourceNotFound` where there is no such channel, `InvalidArgument` where the payload is
    /// not 1 to 10,000 characters of base64, `ClientLimitExceeded` where too many offers wait.
    ///
    /// Source: SendAlexaOfferToMaster.
    pub fn send_alexa_offer(
        &mut self,
        arn: &ChannelArn,
        sender: ClientId,
        payload: String,
        now: Millis,
    ) -> Result<TicketId, ServiceError> {
        self.advance(now);
        let sent = self.try_send_alexa_offer(arn, sender, &payload);
        if let Err(error) = &sent {
            self.counters.refused(error);
        }
        sent
    }

    fn try_send_alexa_offer(
        &mut self,
        arn: &ChannelArn,
        sender: ClientId,
        payload: &str,
    ) -> Result<TicketId, ServiceError> {
        let ttl = self.account.describe_channel_by_arn(arn)?.message_ttl();
        wire::check_alexa_payload(payload)?;
        let from = self.rooms.place_of(arn.name(), Role::Viewer(sender));
        if let Some(older) = self.alexa.take(&from) {
            self.answer(older, ErrorKind::ClientLimitExceeded, "a newer offer took its place");
        }
        if self.alexa.len() >= self.config.limits.alexa_offers {
            return Err(ServiceError::new(
                ErrorKind::ClientLimitExceeded,
                "too many offers wait for their answer",
            ));
        }
        let ticket = self.alexa.add(Arc::clone(&from), self.moment.after(ttl));
        let kind = MessageType::SdpOffer;
        let accepted = self.accept(Parcel {
            sent_over: None,
            to: self.rooms.place_of(arn.name(), Role::Master),
            kind,
            delivery: Delivery::new(kind, payload, from.role.client_id()),
            from: Arc::clone(&from),
            correlation: None,
        });
        if accepted {
            return Ok(ticket);
        }
        self.alexa.take(&from);
        Err(ServiceError::new(ErrorKind::ClientLimitExceeded, "Rate exceeded"))
    }

    /// Ends offers that were not answered in time.
    pub(super) fn expire_alexa_offers(&mut self) {
        while let Some(ticket) = self.alexa.take_expired(self.moment) {
            self.answer(ticket, ErrorKind::ResourceNotFound, "the master did not answer in time");
        }
    }

    /// Ends an offer without an answer.
    pub(super) fn answer(&mut self, ticket: TicketId, kind: ErrorKind, why: &str) {
        let error = ServiceError::new(kind, why);
        self.counters.refused(&error);
        self.outputs.push_back(Output::Answered(ticket, Err(error)));
    }
}
