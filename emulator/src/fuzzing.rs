//! The whole service without its ports' traffic: requests in, responses out. For fuzzing, and no
//! part of the interface.

use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    http::{Request, Response},
};
use tokio::{runtime::Runtime, sync::Semaphore};
use tower::Service as _;

use crate::{Config, Emulator, StartError, server::Permit};

/// Longest response that is taken, in bytes.
const MAX_RESPONSE: usize = 1024 * 1024;

/// An emulator that is asked directly.
pub struct Service {
    runtime: Runtime,
    emulator: Emulator,
}

impl Service {
    /// One with what a person gets who starts it without flags, on free ports.
    ///
    /// # Errors
    /// Where it cannot be started.
    pub fn start() -> Result<Self, StartError> {
        let config = Config { port: 0, turn_port: 0, ..Config::default() };
        let failed = |source| StartError::listen((config.host, 0).into(), "--port", source);
        let runtime = Runtime::new().map_err(failed)?;
        let emulator = runtime.block_on(Emulator::bind(config.clone()))?;
        Ok(Self { runtime, emulator })
    }

    /// What the emulator answers to this request, as if it had come over a connection that cannot
    /// be upgraded. `None` where the answer is longer than a megabyte.
    pub fn answer(&self, request: Request<Vec<u8>>) -> Option<Response<Vec<u8>>> {
        self.runtime.block_on(async {
            let mut request = request.map(Body::from);
            let permit = Arc::new(Semaphore::new(1)).acquire_owned().await.ok()?;
            request.extensions_mut().insert(Permit::new(permit));
            let answer = self.emulator.router.clone().call(request).await;
            let (head, body) = answer.ok()?.into_parts();
            let body = to_bytes(body, MAX_RESPONSE).await.ok()?;
            Some(Response::from_parts(head, body.to_vec()))
        })
    }
}
