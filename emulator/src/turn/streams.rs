//! STUN and TURN over TCP and, on the same port, over TLS.

use std::{
    borrow::Cow,
    collections::HashMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex as SyncMutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use medea_turn::{
    attr::Attribute,
    transport::{Error, Request, Transport},
};
use stun_codec::Message;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Mutex, OwnedSemaphorePermit, Semaphore, mpsc},
    time::sleep,
};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use super::{
    client,
    frame::{self, Mint},
    guard::{Guard, Verdict},
};

/// TCP's protocol number.
///
/// Source: IANA, Assigned Internet Protocol Numbers.
pub(super) const PROTOCOL: u8 = 6;
/// How many requests wait for the library; then their senders do.
const INCOMING: usize = 256;
/// How many frames wait for a client that reads slowly before it is given up.
const OUTGOING: usize = 256;
/// How long to wait where accepting fails, as it does when files run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How much is borne, and for how long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Connections at a time; those that come when there are so many are closed at once.
    pub(super) clients: usize,
    /// How long a client may take to speak TLS, or to send a frame that it has begun.
    pub(super) slowness: Duration,
    /// How long a client without a relay may be silent.
    pub(super) silence: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { clients: 1024, slowness: Duration::from_secs(10), silence: Duration::from_secs(60) }
    }
}

/// The clients of a TCP port, as one transport of the library's.
pub(super) struct Streams {
    addr: SocketAddr,
    incoming: Mutex<mpsc::Receiver<(Event, SocketAddr)>>,
    shared: Arc<Shared>,
}

/// What clients and the transport have in common.
pub(super) struct Shared {
    pub(super) guard: Guard,
    pub(super) limits: Limits,
    pub(super) tls: Option<TlsAcceptor>,
    pub(super) mint: Mint,
    pub(super) closed: CancellationToken,
    incoming: mpsc::Sender<(Event, SocketAddr)>,
    clients: SyncMutex<HashMap<SocketAddr, Outlet>>,
}

/// The way to a client.
struct Outlet {
    frames: mpsc::Sender<Vec<u8>>,
    given_up: CancellationToken,
}

/// What happens on a connection.
pub(super) enum Event {
    Request(Request),
    Gone,
}

impl Streams {
    /// Serves whoever connects, until `closed`.
    pub(super) async fn new(
        listener: TcpListener,
        tls: Option<TlsAcceptor>,
        guard: Guard,
        limits: Limits,
        closed: CancellationToken,
    ) -> io::Result<Self> {
        let addr = listener.local_addr()?;
        let (sender, incoming) = mpsc::channel(INCOMING);
        let shared = Arc::new(Shared {
            guard,
            limits,
            tls,
            mint: Mint::new().await?,
            closed,
            incoming: sender,
            clients: SyncMutex::default(),
        });
        tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self { addr, incoming: Mutex::new(incoming), shared })
    }
}

impl Shared {
    /// Hands a client's request to the library, or tells that it is gone; waits for its turn.
    pub(super) async fn tell(&self, event: Event, client: SocketAddr) {
        self.incoming.send((event, client)).await.ok();
    }

    /// The frames that are to go to a new client, and what says that it is given up.
    pub(super) fn enter(&self, client: SocketAddr) -> (mpsc::Receiver<Vec<u8>>, CancellationToken) {
        let (frames, receiver) = mpsc::channel(OUTGOING);
        let given_up = CancellationToken::new();
        self.clients().insert(client, Outlet { frames, given_up: given_up.clone() });
        (receiver, given_up)
    }

    /// Forgets a client.
    pub(super) fn leave(&self, client: SocketAddr) {
        self.clients().remove(&client);
    }

    /// Never waits for a client, since the others would wait with it.
    fn send(&self, frame: Vec<u8>, client: SocketAddr) -> Result<(), Error> {
        let mut clients = self.clients();
        let outlet = clients.get(&client).ok_or(Error::TransportIsDead)?;
        if outlet.frames.try_send(frame).is_ok() {
            return Ok(());
        }
        outlet.given_up.cancel();
        clients.remove(&client);
        tracing::warn!(%client, "closed: the client does not read what it is sent");
        Err(Error::TransportIsDead)
    }

    fn clients(&self) -> MutexGuard<'_, HashMap<SocketAddr, Outlet>> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Transport for Streams {
    async fn recv_from(&self) -> Result<(Request, SocketAddr), Error> {
        let mut incoming = self.incoming.lock().await;
        loop {
            let event = tokio::select! {
                event = incoming.recv() => event,
                () = self.shared.closed.cancelled() => None,
            };
            let (event, client) = event.ok_or(Error::TransportIsDead)?;
            let request = match event {
                Event::Request(request) => request,
                Event::Gone => match self.shared.guard.farewell(client) {
                    Some(request) => return Ok((request, client)),
                    None => continue,
                },
            };
            match self.shared.guard.judge(request, client) {
                Verdict::Pass(request) => return Ok((request, client)),
                Verdict::Answer(message) => {
                    if let Some(bytes) = frame::encode(*message) {
                        self.shared.send(bytes, client).ok();
                    }
                }
                Verdict::Silence => {}
            }
        }
    }

    async fn send_to(&self, data: Cow<'_, [u8]>, target: SocketAddr) -> Result<(), Error> {
        if self.shared.guard.rules().dead_turn() {
            return Ok(());
        }
        self.shared.send(data.into_owned(), target)
    }

    async fn send_msg_to(&self, msg: Message<Attribute>, dst: SocketAddr) -> Result<(), Error> {
        if !self.shared.guard.lets_out(&msg, dst) {
            return Ok(());
        }
        frame::encode(msg).map_or(Ok(()), |bytes| self.shared.send(bytes, dst))
    }

    fn local_addr(&self) -> SocketAddr {
        self.addr
    }

    fn proto(&self) -> u8 {
        PROTOCOL
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let permits = Arc::new(Semaphore::new(shared.limits.clients));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = shared.closed.cancelled() => return,
        };
        match accepted {
            Ok((stream, client)) => match Arc::clone(&permits).try_acquire_owned() {
                Ok(permit) => {
                    tokio::spawn(serve(stream, client, Arc::clone(&shared), permit));
                }
                Err(_) => tracing::warn!(%client, "closed: too many connections to TURN"),
            },
            Err(error) => {
                tracing::warn!(%error, "cannot accept connections to TURN");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn serve(
    stream: TcpStream,
    client: SocketAddr,
    shared: Arc<Shared>,
    _permit: OwnedSemaphorePermit,
) {
    let ended = tokio::select! {
        ended = client::serve(stream, client, &shared) => ended,
        () = shared.closed.cancelled() => return,
    };
    if let Err(error) = ended {
        tracing::debug!(%error, %client, "a connection to TURN has ended");
    }
}
