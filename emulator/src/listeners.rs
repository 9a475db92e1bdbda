//! The addresses listened on, all with one port.

use std::{
    future::poll_fn,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    task::Poll,
};

use tokio::net::{TcpListener, TcpSocket, TcpStream};

use crate::config::{Config, StartError};

/// How many connections may wait to be accepted, on each address; the system may allow fewer.
const BACKLOG: u32 = 4096;
/// How often another port is tried where a free one is asked for: it has to be free on every
/// address.
const PORT_TRIES: u32 = 16;
/// The flag that chooses the port.
const FLAG: &str = "--port";

/// Open listening sockets.
pub(crate) struct Listeners {
    sockets: Vec<TcpListener>,
    addr: SocketAddr,
    /// Which of them is asked first next time, so that none waits for another that is busy.
    next: usize,
}

impl Listeners {
    /// Listens on the configured address, and besides, with the same port:
    /// - on 127.0.0.1, so that this machine reaches what is for it alone;
    /// - on `[::1]`, where the system has it, as `localhost` often leads there first;
    /// - on the addresses that parts of the service have of their own.
    pub(crate) fn bind(config: &Config) -> Result<Self, StartError> {
        let mut others: Vec<_> = if config.host.is_unspecified() {
            Vec::new()
        } else {
            let own = config.network.hosts.addresses();
            std::iter::once(Ipv4Addr::LOCALHOST).chain(own).map(IpAddr::V4).collect()
        };
        others.push(Ipv6Addr::LOCALHOST.into());
        others.sort();
        others.dedup();
        others.retain(|other| *other != config.host);
        for _ in 1..PORT_TRIES {
            match Self::bind_all(config.host.into(), &others, config.port) {
                Err(StartError::PortInUse { .. }) if config.port == 0 => {}
                result => return result,
            }
        }
        Self::bind_all(config.host.into(), &others, config.port)
    }

    fn bind_all(first: IpAddr, others: &[IpAddr], port: u16) -> Result<Self, StartError> {
        let first = listen((first, port).into())?;
        let failed =
            |source| StartError::listen((Ipv4Addr::UNSPECIFIED, port).into(), FLAG, source);
        let addr = first.local_addr().map_err(failed)?;
        let mut sockets = vec![first];
        for other in others {
            match listen((*other, addr.port()).into()) {
                Ok(socket) => sockets.push(socket),
                // Another program's, which whoever says `localhost` would reach.
                Err(error @ StartError::PortInUse { .. }) => return Err(error),
                Err(error) if other.is_ipv6() => tracing::debug!(%error, "no IPv6 here"),
                Err(error) => return Err(error),
            }
        }
        Ok(Self { sockets, addr, next: 0 })
    }

    /// The configured address, with the port there really is.
    pub(crate) const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The next connection, whichever address it comes to, and who it is from.
    pub(crate) async fn accept(&mut self) -> io::Result<(TcpStream, SocketAddr)> {
        poll_fn(|context| {
            for _ in 0..self.sockets.len() {
                let socket = self.sockets.get(self.next);
                self.next = (self.next + 1) % self.sockets.len();
                if let Some(Poll::Ready(accepted)) = socket.map(|s| s.poll_accept(context)) {
                    return Poll::Ready(accepted);
                }
            }
            Poll::Pending
        })
        .await
    }
}

fn listen(addr: SocketAddr) -> Result<TcpListener, StartError> {
    let open = || {
        let socket = if addr.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        // Elsewhere than on Windows, where it means another thing, it lets a port be had again at
        // once.
        if cfg!(not(windows)) {
            socket.set_reuseaddr(true)?;
        }
        socket.bind(addr)?;
        socket.listen(BACKLOG)
    };
    open().map_err(|source| StartError::listen(addr, FLAG, source))
}
