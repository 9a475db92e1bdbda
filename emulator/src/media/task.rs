//! One channel's room and its UDP socket.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    net::UdpSocket,
    sync::mpsc,
    time::{Instant, sleep, sleep_until},
};

use super::room::{Order, Room, Word};
use crate::driver::Driver;

/// Longest datagram that is read, in bytes: nobody's path carries more in one piece.
const MAX_DATAGRAM: usize = 2000;
/// How long to wait where receiving fails.
const PAUSE: Duration = Duration::from_millis(100);
/// When to look again where nobody is there.
const FAR: Duration = Duration::from_secs(3600);

/// Runs a room until nobody gives it orders any more.
pub(super) async fn run(
    mut room: Room,
    socket: UdpSocket,
    mut orders: mpsc::Receiver<Order>,
    driver: Arc<Driver>,
) {
    let mut buffer = [0; MAX_DATAGRAM];
    loop {
        let due = room.poll_timeout().map_or_else(|| Instant::now() + FAR, Instant::from_std);
        let now = || Instant::now().into_std();
        tokio::select! {
            order = orders.recv() => match order {
                Some(order) => room.order(order, now()),
                None => break,
            },
            received = socket.recv_from(&mut buffer) => match received {
                Ok((length, source)) => {
                    room.receive(source, buffer.get(..length).unwrap_or_default(), now());
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot receive media");
                    sleep(PAUSE).await;
                }
            },
            () = sleep_until(due) => room.tick(now()),
        }
        carry_out(&mut room, &socket, &driver);
    }
    room.close(Instant::now().into_std());
    carry_out(&mut room, &socket, &driver);
}

fn carry_out(room: &mut Room, socket: &UdpSocket, driver: &Driver) {
    while let Some(word) = room.poll() {
        match word {
            Word::Transmit(transmit) => send(socket, &transmit.contents, transmit.destination),
            Word::Says(peer, kind, payload) => {
                driver.act(|hub, now| hub.storage_says(peer, kind, &payload, now));
            }
            Word::Refuses(asker, error) => {
                driver.act(|hub, now| hub.storage_refuses(&asker, &error, now));
            }
            Word::Connected(peer) => driver.act(|hub, now| hub.storage_connected(peer, now)),
            Word::Left(peer) => driver.act(|hub, now| hub.storage_left(peer, now)),
        }
    }
}

/// A datagram that cannot be sent now is lost, as any may be.
fn send(socket: &UdpSocket, bytes: &[u8], target: SocketAddr) {
    if let Err(error) = socket.try_send_to(bytes, target) {
        tracing::debug!(%error, %target, "a datagram is lost");
    }
}
