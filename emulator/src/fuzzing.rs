//! The whole service without what comes in at its ports: requests in, responses out. For fuzzing,
//! and no part of the interface.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    body::{Body, to_bytes},
    http::{Request, Response},
};
use tokio::{
    runtime::{Builder, Runtime},
    sync::Semaphore,
};
use tower::Service as _;

use crate::{
    AuthLevel, Config, Emulator, StartError,
    behaviour::Behaviour,
    connection::{Permit, Wire},
};

/// Longest response that is taken, in bytes.
const MAX_RESPONSE: usize = 1024 * 1024;
/// Who asks: somebody on this machine.
const PEER: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 1);
/// So fast that a call which waits for a master's answer is over at once.
const TIME_SCALE: f64 = 1e6;

/// An emulator that is asked directly.
pub struct Service {
    runtime: Runtime,
    emulator: Emulator,
}

impl Service {
    /// One on free ports that enforces no quotas, and looks at signatures this closely.
    ///
    /// # Errors
    /// Where it cannot be started.
    pub fn start(auth: AuthLevel) -> Result<Self, StartError> {
        let behaviour = Behaviour { quotas: false, time_scale: TIME_SCALE, ..Behaviour::default() };
        let config = Config { port: 0, turn_port: 0, auth, behaviour, ..Config::default() };
        let failed = |source| StartError::listen((config.host, 0).into(), "--port", source);
        let runtime = Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let emulator = runtime.block_on(Emulator::bind(config))?;
        Ok(Self { runtime, emulator })
    }

    /// What the emulator answers to this request, as if it had come over a connection that cannot
    /// be upgraded. `None` where the answer is longer than a megabyte.
    pub fn answer(&self, request: Request<Vec<u8>>) -> Option<Response<Vec<u8>>> {
        let answer = async {
            let mut request = request.map(Body::from);
            let permit = Arc::new(Semaphore::new(1)).acquire_owned().await.ok()?;
            request.extensions_mut().insert(Permit::new(permit));
            let wire = Wire { local: self.emulator.http_addr(), peer: PEER, tls: false };
            request.extensions_mut().insert(wire);
            let answer = self.emulator.service.router.clone().call(request).await;
            let (head, body) = answer.ok()?.into_parts();
            let body = to_bytes(body, MAX_RESPONSE).await.ok()?;
            Some(Response::from_parts(head, body.to_vec()))
        };
        self.runtime.block_on(async {
            tokio::select! {
                answer = answer => answer,
                () = self.emulator.app.driver.keep_time() => None,
            }
        })
    }
}
