//! STUN and TURN over UDP.

use std::{borrow::Cow, io, net::SocketAddr, time::Duration};

use async_trait::async_trait;
use medea_turn::{
    attr::Attribute,
    transport::{Error, Request, Transport},
};
use stun_codec::Message;
use tokio::{net::UdpSocket, time::sleep};
use tokio_util::sync::CancellationToken;

use super::{
    frame,
    guard::{Guard, Verdict},
};

/// UDP's protocol number.
///
/// Source: IANA, Assigned Internet Protocol Numbers.
pub(super) const PROTOCOL: u8 = 17;
/// How long to wait where receiving fails.
const PAUSE: Duration = Duration::from_millis(100);

/// The library's transport over a UDP socket, and the guard before it.
pub(super) struct Datagrams {
    socket: UdpSocket,
    addr: SocketAddr,
    guard: Guard,
    closed: CancellationToken,
}

impl Datagrams {
    pub(super) fn new(
        socket: UdpSocket,
        guard: Guard,
        closed: CancellationToken,
    ) -> io::Result<Self> {
        Ok(Self { addr: socket.local_addr()?, socket, guard, closed })
    }

    /// A datagram that cannot be sent now is lost, as any may be.
    fn send(&self, bytes: &[u8], target: SocketAddr) {
        if let Err(error) = self.socket.try_send_to(bytes, target) {
            tracing::debug!(%error, %target, "a datagram is lost");
        }
    }

    async fn receive(&self) -> (Request, SocketAddr) {
        loop {
            match Transport::recv_from(&self.socket).await {
                Ok(received) => return received,
                // To the library this would be the end; to the others nothing has happened.
                Err(Error::Io(error)) => {
                    tracing::warn!(%error, "cannot receive over UDP");
                    sleep(PAUSE).await;
                }
                Err(error) => tracing::debug!(%error, "a datagram that is not understood"),
            }
        }
    }
}

#[async_trait]
impl Transport for Datagrams {
    async fn recv_from(&self) -> Result<(Request, SocketAddr), Error> {
        loop {
            let (request, from) = tokio::select! {
                received = self.receive() => received,
                () = self.closed.cancelled() => return Err(Error::TransportIsDead),
            };
            match self.guard.judge(request, from) {
                Verdict::Pass(request) => return Ok((request, from)),
                Verdict::Answer(message) => {
                    if let Some(bytes) = frame::encode(*message) {
                        self.send(&bytes, from);
                    }
                }
                Verdict::Silence => {}
            }
        }
    }

    async fn send_to(&self, data: Cow<'_, [u8]>, target: SocketAddr) -> Result<(), Error> {
        if !self.guard.rules().dead_turn() {
            self.send(&data, target);
        }
        Ok(())
    }

    async fn send_msg_to(&self, msg: Message<Attribute>, dst: SocketAddr) -> Result<(), Error> {
        if !self.guard.lets_out(&msg, dst) {
            return Ok(());
        }
        if let Some(bytes) = frame::encode(msg) {
            self.send(&bytes, dst);
        }
        Ok(())
    }

    fn local_addr(&self) -> SocketAddr {
        self.addr
    }

    fn proto(&self) -> u8 {
        PROTOCOL
    }
}
