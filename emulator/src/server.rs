//! Ports, connections, the end.

use std::{net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, body::Body, http::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use kvs_hub::{Hub, HubConfig};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tower::Service as _;

use crate::{
    app::App,
    clock::Clock,
    config::{Config, RunError, StartError},
    driver::Driver,
    routes,
    turn::TurnServer,
    turn_credentials::TurnCredentials,
};

/// Open connections, HTTP and WebSocket together; more wait to be accepted.
const MAX_CONNECTIONS: u32 = 1024;
/// Most that a request's line and headers may take, in bytes. A presigned URL with a session
/// token is some 3 KB.
const MAX_HEAD: usize = 32 * 1024;
/// Most headers a request may have.
const MAX_HEADERS: usize = 64;
/// How long a client may take to send its headers, and how long an idle connection stays.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// How long open connections have to end at the end.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(3);
/// How long to wait where accepting fails, as it does when files run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// One connection's share of [`MAX_CONNECTIONS`], held by whatever serves it.
pub(crate) type Permit = Arc<OwnedSemaphorePermit>;

/// The emulator with its ports open, not yet serving.
pub struct Emulator {
    listener: TcpListener,
    turn: TurnServer,
    pub(crate) router: Router,
    app: Arc<App>,
}

impl Emulator {
    /// Opens the ports. STUN and TURN answer from now on, the rest from
    /// [`Emulator::run_until`] on.
    ///
    /// # Errors
    /// [`StartError`] where a port cannot be had, or the configuration is wrong.
    pub async fn bind(config: Config) -> Result<Self, StartError> {
        config.check()?;
        let failed =
            |source| StartError::listen((config.host, config.port).into(), "--port", source);
        let listener = TcpListener::bind((config.host, config.port)).await.map_err(failed)?;
        let http = listener.local_addr().map_err(failed)?;
        let reachable = config.reachable_ip();
        let turn_credentials = Arc::new(TurnCredentials::new().map_err(StartError::Random)?);
        let turn = TurnServer::bind(
            config.host,
            config.turn_port,
            reachable,
            Arc::clone(&turn_credentials),
        )
        .await?;
        let hub_config =
            HubConfig { acknowledge: config.acknowledge, ..HubConfig::new(&config.region) };
        let app = Arc::new(App {
            region: config.region,
            keys: config.keys,
            clock: Arc::new(Clock::default()),
            http,
            turn: (reachable, turn.addr().port()).into(),
            turn_credentials,
            allowed_hosts: config.allowed_hosts,
            ping_interval: config.ping_interval,
            driver: Arc::new(Driver::new(Hub::new(hub_config))),
            shutdown: CancellationToken::new(),
        });
        let router =
            routes::router(Arc::clone(&app), config.site.as_deref(), config.pkg.as_deref());
        Ok(Self { listener, turn, router, app })
    }

    /// Where HTTP and WebSocket are.
    pub fn http_addr(&self) -> SocketAddr {
        self.app.http
    }

    /// Where STUN and TURN are.
    pub const fn turn_addr(&self) -> SocketAddr {
        self.turn.addr()
    }

    /// Serves until `shutdown` is ready, then closes what is open and returns.
    ///
    /// # Errors
    /// [`RunError`] where a part of it ended by itself; the rest is closed as at any end.
    pub async fn run_until(self, shutdown: impl Future<Output = ()>) -> Result<(), RunError> {
        let Self { listener, turn, router, app } = self;
        let permits = Arc::new(Semaphore::new(MAX_CONNECTIONS as usize));
        let result = tokio::select! {
            () = accept(&listener, &router, &permits, &app.shutdown) => Ok(()),
            () = app.driver.keep_time() => Ok(()),
            () = turn.stopped() => Err(RunError::TurnStopped(turn.addr())),
            () = shutdown => Ok(()),
        };
        drop(listener);
        app.shutdown.cancel();
        // All permits are back once all connections have ended.
        timeout(DRAIN_TIMEOUT, permits.acquire_many(MAX_CONNECTIONS)).await.ok();
        drop(turn);
        result
    }
}

async fn accept(
    listener: &TcpListener,
    router: &Router,
    permits: &Arc<Semaphore>,
    shutdown: &CancellationToken,
) {
    loop {
        let Ok(permit) = Arc::clone(permits).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(serve(stream, router.clone(), Arc::new(permit), shutdown.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept connections");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Serves one connection to its end, or until an upgrade takes it over.
async fn serve(stream: TcpStream, router: Router, permit: Permit, shutdown: CancellationToken) {
    // Signaling is small messages, each of which somebody waits for.
    stream.set_nodelay(true).ok();
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Permit::clone(&permit));
        router.clone().call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(MAX_HEAD)
        .max_headers(MAX_HEADERS)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let result = tokio::select! {
        result = connection.as_mut() => result,
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "connection ended early");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;
    use tokio::runtime::Runtime;

    #[test]
    fn the_end_of_turn_is_the_end_of_the_emulator() {
        let (serving, dying) = (Runtime::new().unwrap(), Runtime::new().unwrap());
        let config = Config { port: 0, turn_port: 0, ..Config::default() };
        let mut emulator = serving.block_on(Emulator::bind(config)).unwrap();
        let credentials = Arc::new(TurnCredentials::new().unwrap());
        let here = Ipv4Addr::LOCALHOST;
        emulator.turn =
            dying.block_on(TurnServer::bind(here, 0, here, Arc::clone(&credentials))).unwrap();
        let port = emulator.turn.addr().port().to_string();
        // The tasks that listen end with what runs them.
        drop(dying);
        let ended = serving.block_on(async {
            let running = emulator.run_until(std::future::pending());
            timeout(Duration::from_secs(20), running).await
        });
        let error = ended.expect("it goes on without TURN").unwrap_err().to_string();
        assert!(error.contains("TURN") && error.contains(&port), "{error}");
    }
}
