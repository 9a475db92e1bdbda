//! Rooms are opened when somebody joins, and closed when nobody is left.

use std::{
    collections::{HashMap, HashSet},
    net::Ipv4Addr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use kvs_hub::{ChannelName, Role, StorageOrder, StoragePeerId};
use str0m::config::CryptoProvider;
use tokio::{
    net::UdpSocket,
    sync::mpsc::{self, error::TrySendError},
    task::{Id, JoinSet},
};
use tokio_util::sync::CancellationToken;

use super::{
    crypto,
    figures::{Figures, Seen},
    orders::Orders,
    room::{Order, Room},
    task,
};
use crate::driver::Driver;

/// How many orders wait for one room.
const MAX_ORDERS: usize = 64;

/// Serves the storage sessions of all channels.
pub(crate) struct MediaServer {
    /// The address to listen on, and the one at which peers are told that it is: TURN's.
    host: Ipv4Addr,
    advertised: Ipv4Addr,
    crypto: Arc<CryptoProvider>,
    orders: Arc<Orders>,
    figures: Mutex<HashMap<StoragePeerId, Arc<Figures>>>,
}

/// The rooms there are.
#[derive(Default)]
struct Rooms {
    rooms: HashMap<ChannelName, Open>,
    channels: HashMap<StoragePeerId, ChannelName>,
    tasks: JoinSet<()>,
}

/// One that is open. It ends when this is dropped.
struct Open {
    orders: mpsc::Sender<Order>,
    peers: HashSet<StoragePeerId>,
    task: Id,
}

impl MediaServer {
    pub(crate) fn new(host: Ipv4Addr, advertised: Ipv4Addr, orders: Arc<Orders>) -> Self {
        let (crypto, figures) = (Arc::new(crypto::provider()), Mutex::default());
        Self { host, advertised, crypto, orders, figures }
    }

    /// How much has come from a peer and gone to it.
    pub(crate) fn seen(&self, peer: StoragePeerId) -> Seen {
        self.figures().get(&peer).map(|figures| figures.seen()).unwrap_or_default()
    }

    /// Carries out what the hub orders, until the end; then closes what is open.
    pub(crate) async fn run(&self, driver: &Arc<Driver>, end: &CancellationToken) {
        let mut rooms = Rooms::default();
        self.serve(&mut rooms, driver, end).await;
        rooms.rooms.clear();
        while rooms.tasks.join_next().await.is_some() {}
    }

    async fn serve(&self, rooms: &mut Rooms, driver: &Arc<Driver>, end: &CancellationToken) {
        loop {
            tokio::select! {
                order = self.orders.next() => self.carry_out(order, rooms, driver).await,
                Some(ended) = rooms.tasks.join_next_with_id() => {
                    let task = ended.map_or_else(|error| error.id(), |(id, ())| id);
                    close(rooms, task, driver);
                }
                () = end.cancelled() => return,
            }
        }
    }

    async fn carry_out(&self, order: StorageOrder, rooms: &mut Rooms, driver: &Arc<Driver>) {
        match order {
            StorageOrder::Join { peer, channel, role } => {
                let figures = Arc::<Figures>::default();
                self.figures().insert(peer, Arc::clone(&figures));
                let Some(room) = self.room(&channel, rooms, driver).await else {
                    return driver.act(|hub, now| hub.storage_left(peer, now));
                };
                room.peers.insert(peer);
                let role = Role::name(&role);
                room.tell(Order::Join { peer, role, figures }).await;
                rooms.channels.insert(peer, channel);
            }
            StorageOrder::Message { peer, payload, asker } => {
                let channel = rooms.channels.get(&peer);
                if let Some(room) = channel.and_then(|name| rooms.rooms.get(name)) {
                    room.say(Order::Message { peer, payload, asker });
                }
            }
            StorageOrder::Leave(peer) => {
                self.figures().remove(&peer);
                let Some(channel) = rooms.channels.remove(&peer) else { return };
                let Some(room) = rooms.rooms.get_mut(&channel) else { return };
                room.peers.remove(&peer);
                if room.peers.is_empty() {
                    rooms.rooms.remove(&channel);
                } else {
                    room.tell(Order::Leave(peer)).await;
                }
            }
        }
    }

    /// A channel's room, which is opened where it is not; `None` where there is no port for it.
    async fn room<'a>(
        &self,
        channel: &ChannelName,
        rooms: &'a mut Rooms,
        driver: &Arc<Driver>,
    ) -> Option<&'a mut Open> {
        if !rooms.rooms.contains_key(channel) {
            let bound = UdpSocket::bind((self.host, 0)).await;
            let bound = bound.and_then(|socket| Ok((socket.local_addr()?.port(), socket)));
            let (port, socket) = bound
                .inspect_err(|error| tracing::warn!(%error, "no port for a storage session"))
                .ok()?;
            let room = Room::new((self.advertised, port).into(), Arc::clone(&self.crypto));
            let (orders, given) = mpsc::channel(MAX_ORDERS);
            let task = rooms.tasks.spawn(task::run(room, socket, given, Arc::clone(driver))).id();
            let open = Open { orders, peers: HashSet::new(), task };
            rooms.rooms.insert(channel.clone(), open);
        }
        rooms.rooms.get_mut(channel)
    }

    /// A map has no state that a panic elsewhere could leave half changed.
    fn figures(&self) -> MutexGuard<'_, HashMap<StoragePeerId, Arc<Figures>>> {
        self.figures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Closes the room that a task has run, if it is still open. Then the task ended by a panic: who is
/// there has nobody.
fn close(rooms: &mut Rooms, task: Id, driver: &Driver) {
    for peer in rooms.take_ended(task) {
        driver.act(|hub, now| hub.storage_left(peer, now));
    }
}

impl Rooms {
    /// Who is in the room that a task has run, which is open no more.
    fn take_ended(&mut self, task: Id) -> HashSet<StoragePeerId> {
        let ended = self.rooms.extract_if(|_, room| room.task == task).next();
        ended.map(|(_, room)| room.peers).unwrap_or_default()
    }
}

impl Open {
    /// Gives an order. A room that has ended is noticed elsewhere.
    async fn tell(&self, order: Order) {
        self.orders.send(order).await.ok();
    }

    /// Passes on what a peer says, unless so much waits that nobody will hear it.
    fn say(&self, order: Order) {
        if let Err(TrySendError::Full(_)) = self.orders.try_send(order) {
            tracing::warn!("too much is said to a storage session: a message is lost");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::rig::{Rig, soon, viewer};
    use kvs_hub::Role::Master;

    fn server(rig: &Rig) -> MediaServer {
        MediaServer::new(Ipv4Addr::LOCALHOST, Ipv4Addr::LOCALHOST, Arc::clone(&rig.orders))
    }

    /// Serves until somebody is sent an offer.
    async fn offer(rig: &Rig, media: &MediaServer, rooms: &mut Rooms, role: &Role) {
        let end = CancellationToken::new();
        let offered = async {
            rig.offered(role).await;
            end.cancel();
        };
        tokio::join!(media.serve(rooms, &rig.driver, &end), offered);
    }

    #[tokio::test]
    async fn a_room_that_has_ended_takes_no_orders() {
        let (early, late) = (viewer("early"), viewer("late"));
        let (mut rig, mut rooms) = (Rig::new(), Rooms::default());
        let media = server(&rig);
        rig.join(&Master);
        offer(&rig, &media, &mut rooms, &Master).await;
        rooms.tasks.abort_all();
        let ended = soon(rooms.tasks.join_next_with_id()).await.unwrap().unwrap_err().id();
        // One joins, and speaks, while nobody knows that nobody is there; another after that.
        rig.join(&early);
        rig.say(&early);
        for order in rig.waiting() {
            soon(media.carry_out(order, &mut rooms, &rig.driver)).await;
        }
        let late_peer = rig.join(&late);
        close(&mut rooms, ended, &rig.driver);
        assert_eq!(rig.peers(), [late_peer]);
        offer(&rig, &media, &mut rooms, &late).await;
        rig.join(&early);
        offer(&rig, &media, &mut rooms, &early).await;
        assert_eq!(rig.peers().len(), 2);
    }

    #[tokio::test]
    async fn what_is_said_to_a_room_that_is_busy_holds_nobody_up_and_who_leaves_is_told() {
        let (mut rig, mut rooms) = (Rig::new(), Rooms::default());
        let media = server(&rig);
        let peers = [rig.join(&Master), rig.join(&viewer("v1"))];
        rig.waiting();
        let (orders, mut given) = mpsc::channel(MAX_ORDERS);
        let task = rooms.tasks.spawn(std::future::pending()).id();
        let room = Open { orders, peers: peers.into(), task };
        rooms.rooms.insert(rig.channel.clone(), room);
        rooms.channels = peers.map(|peer| (peer, rig.channel.clone())).into();
        for _ in 0..=MAX_ORDERS {
            rig.say(&Master);
        }
        rig.leave(peers[0]);
        let mut waiting = rig.waiting();
        let leave = waiting.pop().unwrap();
        for message in waiting {
            soon(media.carry_out(message, &mut rooms, &rig.driver)).await;
        }
        let read = async {
            for _ in 0..MAX_ORDERS {
                assert!(matches!(given.recv().await, Some(Order::Message { .. })));
            }
            assert!(matches!(given.recv().await, Some(Order::Leave(peer)) if peer == peers[0]));
        };
        soon(async { tokio::join!(media.carry_out(leave, &mut rooms, &rig.driver), read) }).await;
    }
}
