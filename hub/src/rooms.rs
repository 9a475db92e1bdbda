//! Who has a place on which channel.

use std::{collections::HashMap, sync::Arc};

use crate::{ChannelName, ClientId, ConnectionId, ErrorKind, Role, ServiceError, role::Place};

/// The channels where somebody is connected or about to be.
#[derive(Debug, Default)]
pub(crate) struct Rooms {
    rooms: HashMap<ChannelName, Room>,
}

#[derive(Debug, Default)]
struct Room {
    master: Option<Seat>,
    viewers: HashMap<ClientId, Seat>,
}

/// One identity's place. It is reserved before the socket is up, so that nothing is delivered
/// into a socket that then fails to open.
#[derive(Debug)]
struct Seat {
    place: Arc<Place>,
    open: Option<ConnectionId>,
    /// How many connections are about to open.
    opening: usize,
}

impl Rooms {
    /// Reserves a place, if there is one. Somebody who is there already, under the same id,
    /// has one: a reconnect never fails for want of places.
    pub(crate) fn reserve(
        &mut self,
        channel: &ChannelName,
        role: Role,
        max_viewers: usize,
    ) -> Result<Arc<Place>, ServiceError> {
        let room = self.rooms.get(channel);
        let is_new =
            role.client_id().is_some_and(|id| room.is_none_or(|r| !r.viewers.contains_key(id)));
        if is_new && room.map_or(0, |room| room.viewers.len()) >= max_viewers {
            return Err(ServiceError::new(
                ErrorKind::ClientLimitExceeded,
                format!("the channel has its maximum number of viewers, {max_viewers}"),
            ));
        }
        let room = self.rooms.entry(channel.clone()).or_default();
        let new_seat = |role| Seat {
            place: Arc::new(Place { channel: channel.clone(), role }),
            open: None,
            opening: 0,
        };
        let seat = match role {
            Role::Master => room.master.get_or_insert_with(|| new_seat(Role::Master)),
            Role::Viewer(id) => {
                room.viewers.entry(id.clone()).or_insert_with(|| new_seat(Role::Viewer(id)))
            }
        };
        seat.opening = seat.opening.saturating_add(1);
        Ok(Arc::clone(&seat.place))
    }

    /// A reserved place is taken; answers the older connection that loses it.
    pub(crate) fn open(&mut self, place: &Place, id: ConnectionId) -> Option<ConnectionId> {
        let seat = self.seat_mut(place)?;
        seat.opening = seat.opening.saturating_sub(1);
        seat.open.replace(id)
    }

    /// A reserved place is given back.
    pub(crate) fn give_back(&mut self, place: &Place) {
        if let Some(seat) = self.seat_mut(place) {
            seat.opening = seat.opening.saturating_sub(1);
        }
        self.tidy(place);
    }

    /// An open connection leaves, if the place is its.
    pub(crate) fn leave(&mut self, place: &Place, id: ConnectionId) {
        if let Some(seat) = self.seat_mut(place) {
            seat.open = seat.open.filter(|open| *open != id);
        }
        self.tidy(place);
    }

    /// The open connection of a place.
    pub(crate) fn connection_at(&self, place: &Place) -> Option<ConnectionId> {
        self.seat(&place.channel, &place.role)?.open
    }

    /// The place of a role: the one that is there, or a new one.
    pub(crate) fn place_of(&self, channel: &ChannelName, role: Role) -> Arc<Place> {
        match self.seat(channel, &role) {
            Some(seat) => Arc::clone(&seat.place),
            None => Arc::new(Place { channel: channel.clone(), role }),
        }
    }

    fn seat(&self, channel: &ChannelName, role: &Role) -> Option<&Seat> {
        let room = self.rooms.get(channel)?;
        match role {
            Role::Master => room.master.as_ref(),
            Role::Viewer(id) => room.viewers.get(id),
        }
    }

    fn seat_mut(&mut self, place: &Place) -> Option<&mut Seat> {
        let room = self.rooms.get_mut(&place.channel)?;
        match &place.role {
            Role::Master => room.master.as_mut(),
            Role::Viewer(id) => room.viewers.get_mut(id),
        }
    }

    /// Drops what nobody has or is about to have.
    fn tidy(&mut self, place: &Place) {
        let Some(room) = self.rooms.get_mut(&place.channel) else { return };
        let is_free = |seat: &Seat| seat.open.is_none() && seat.opening == 0;
        match &place.role {
            Role::Master => room.master = room.master.take().filter(|seat| !is_free(seat)),
            Role::Viewer(id) => {
                if room.viewers.get(id).is_some_and(is_free) {
                    room.viewers.remove(id);
                }
            }
        }
        if room.master.is_none() && room.viewers.is_empty() {
            self.rooms.remove(&place.channel);
        }
    }
}
