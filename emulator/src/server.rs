//! Ports, connections, the end.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use kvs_hub::{Hub, HubConfig};
use tokio::{
    sync::{Notify, Semaphore},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{
    app::App,
    clock::Clock,
    config::{Config, KeyRing, RunError, StartError},
    connection::Service,
    driver::Driver,
    gate::Latency,
    hosts::{Endpoints, Plane},
    listeners::Listeners,
    media::{MediaServer, Orders},
    page, routes,
    state::StateFile,
    tls::{Identity, Subjects},
    turn::Turn,
};

/// How long open connections have to end at the end.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(3);
/// How long to wait where accepting fails, as it does when files run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The emulator with its ports open, not yet serving.
pub struct Emulator {
    listeners: Listeners,
    identity: Option<Identity>,
    turn: Arc<Turn>,
    pub(crate) service: Service,
    max_connections: u32,
    pub(crate) app: Arc<App>,
    state: Option<StateFile>,
}

impl Emulator {
    /// Opens the ports. STUN and TURN answer from now on, the rest from
    /// [`Emulator::run_until`] on.
    ///
    /// # Errors
    /// [`StartError`] where a port cannot be had, or the configuration is wrong.
    pub async fn bind(config: Config) -> Result<Self, StartError> {
        config.check()?;
        let max_connections = config.network.max_connections;
        let mut hub_config =
            HubConfig { acknowledge: config.acknowledge, ..HubConfig::new(&config.region) };
        hub_config.limits.connections = max_connections as usize;
        config.behaviour.configure(&mut hub_config);
        let mut hub = Hub::new(hub_config);
        config.behaviour.begin(&mut hub).map_err(StartError::Behaviour)?;
        let state = match &config.state {
            Some(path) => Some(StateFile::load(path.clone(), hub.account_mut())?),
            None => None,
        };
        let listeners = Listeners::bind(&config)?;
        let http = listeners.addr();
        let reachable = config.reachable_ip();
        let identity = Identity::of(&config.network.tls, &Subjects::of(&config))?;
        let clock = Arc::new(Clock::default());
        clock.set_skew(config.behaviour.skew_millis());
        let tls = identity.as_ref().map(Identity::acceptor);
        let (host, port) = (config.host, config.turn_port);
        let turn = Turn::bind(host, port, reachable, &config.turn, tls, &clock).await?;
        let turn = Arc::new(turn);
        let endpoints = Endpoints::new(
            config.network.hosts,
            config.region.clone(),
            identity.is_some(),
            http.port(),
        );
        let orders = Arc::<Orders>::default();
        let media = MediaServer::new(host, reachable, Arc::clone(&orders));
        let app = Arc::new(App {
            region: config.region,
            keys: KeyRing::new(config.keys),
            auth: config.auth,
            clock,
            http,
            endpoints,
            turn: Arc::clone(&turn),
            allowed_hosts: config.allowed_hosts,
            ping_interval: config.ping_interval,
            latency: Latency::new(config.behaviour.latency),
            driver: Arc::new(Driver::new(hub, orders)),
            media,
            account_changed: Notify::new(),
            shutdown: CancellationToken::new(),
        });
        let service = Service {
            router: routes::router(&app, config.site.as_deref(), config.pkg.as_deref()),
            tls: identity.as_ref().map(Identity::acceptor),
            shutdown: app.shutdown.clone(),
        };
        Ok(Self { listeners, identity, turn, service, max_connections, app, state })
    }

    /// Where HTTP and WebSocket are, encrypted or not.
    pub fn http_addr(&self) -> SocketAddr {
        self.app.http
    }

    /// Where STUN and the first TURN server are.
    pub fn turn_addr(&self) -> SocketAddr {
        self.turn.addr()
    }

    /// The page's URL on this machine, such as `http://localhost:8080`; where `hosts` are kept
    /// apart by name, at their domain.
    pub fn page_url(&self) -> String {
        self.app.endpoints.origin(Plane::Page, &self.app.own_host())
    }

    /// The URL that clients on this machine are given as their endpoint: the control plane's.
    pub fn endpoint_url(&self) -> String {
        self.app.endpoints.origin(Plane::Control, &self.app.own_host())
    }

    /// The one region that is served.
    pub fn region(&self) -> &str {
        &self.app.region
    }

    /// An access key id and its secret, where everybody knows it. Every other id will do too,
    /// unless configured.
    pub fn public_key(&self) -> Option<(&'static str, &'static str)> {
        let id = page::ACCESS_KEY_ID;
        self.app.keys.public_secret_of(id).map(|secret| (id, secret))
    }

    /// What clients have to trust, in PEM form, where the certificate was made at start.
    pub fn tls_ca_pem(&self) -> Option<&str> {
        self.identity.as_ref()?.ca_pem()
    }

    /// Serves until `shutdown` is ready, then closes what is open and returns.
    ///
    /// # Errors
    /// [`RunError`] where a part of it ended by itself; the rest is closed as at any end.
    pub async fn run_until(self, shutdown: impl Future<Output = ()>) -> Result<(), RunError> {
        let Self { mut listeners, turn, service, max_connections, app, state, .. } = self;
        let permits = Arc::new(Semaphore::new(max_connections as usize));
        let mut storage = tokio::spawn({
            let app = Arc::clone(&app);
            async move { app.media.run(&app.driver, &app.shutdown).await }
        });
        let result = tokio::select! {
            () = accept(&mut listeners, &service, &permits) => Ok(()),
            () = app.driver.keep_time() => Ok(()),
            () = keep(state.as_ref(), &app) => Ok(()),
            addr = turn.stopped() => Err(RunError::TurnStopped(addr)),
            _ = &mut storage => Err(RunError::StorageStopped),
            () = shutdown => Ok(()),
        };
        drop(listeners);
        app.shutdown.cancel();
        // All permits are back once all connections have ended.
        timeout(DRAIN_TIMEOUT, permits.acquire_many(max_connections)).await.ok();
        if !storage.is_finished() {
            timeout(DRAIN_TIMEOUT, storage).await.ok();
        }
        if let Some(state) = &state {
            state.save(&app).await;
        }
        turn.close();
        result
    }
}

/// Keeps the state, where it is to be kept; never ends.
async fn keep(state: Option<&StateFile>, app: &Arc<App>) {
    match state {
        Some(state) => state.keep(app).await,
        None => std::future::pending().await,
    }
}

async fn accept(listeners: &mut Listeners, service: &Service, permits: &Arc<Semaphore>) {
    loop {
        let Ok(permit) = Arc::clone(permits).acquire_owned().await else { return };
        match listeners.accept().await {
            Ok((stream, peer)) => {
                tokio::spawn(service.clone().serve(stream, peer, Arc::new(permit)));
            }
            // The client's doing, and no reason to let others wait.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(error) => {
                tracing::warn!(%error, "cannot accept connections");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::turn::TurnOptions;
    use std::net::Ipv4Addr;
    use tokio::runtime::Runtime;

    #[test]
    fn the_end_of_turn_is_the_end_of_the_emulator() {
        let (serving, dying) = (Runtime::new().unwrap(), Runtime::new().unwrap());
        let config = Config { port: 0, turn_port: 0, ..Config::default() };
        let mut emulator = serving.block_on(Emulator::bind(config)).unwrap();
        let (here, clock) = (Ipv4Addr::LOCALHOST, Arc::default());
        let options = TurnOptions::default();
        let turn = dying.block_on(Turn::bind(here, 0, here, &options, None, &clock)).unwrap();
        emulator.turn = Arc::new(turn);
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

    #[tokio::test]
    async fn the_end_of_storage_sessions_is_the_end_of_the_emulator() {
        let config = Config { port: 0, turn_port: 0, ..Config::default() };
        let emulator = Emulator::bind(config).await.unwrap();
        // Their server ends with this, and nothing else does.
        emulator.app.shutdown.cancel();
        let running = emulator.run_until(std::future::pending());
        let ended = timeout(Duration::from_secs(20), running).await;
        let error = ended.expect("it goes on without storage sessions").unwrap_err();
        assert!(matches!(error, RunError::StorageStopped), "{error}");
        assert!(error.to_string().contains("storage sessions"), "{error}");
    }
}
