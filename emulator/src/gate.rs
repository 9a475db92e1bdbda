//! What stands between a request and the service: latency and faults, wanted by whoever tests
//! their client against them.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use axum::http::StatusCode;
use kvs_hub::{ChannelArn, Millis, Refusal, Role};
use tokio::time::timeout;

use crate::{app::App, error::ApiError};

/// How long a request is left without an answer; clients give up long before.
const HANG: Duration = Duration::from_secs(10 * 60);

/// How long every call and every upgrade takes at least.
#[derive(Debug, Default)]
pub(crate) struct Latency(AtomicU64);

impl Latency {
    pub(crate) fn new(latency: Duration) -> Self {
        let new = Self::default();
        new.set(u64::try_from(latency.as_millis()).unwrap_or(u64::MAX));
        new
    }

    /// In milliseconds.
    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn set(&self, millis: u64) {
        self.0.store(millis, Ordering::Relaxed);
    }
}

/// Lets a call pass, late or not at all. To be asked before the call is carried out.
pub(crate) async fn call(
    app: &App,
    operation: &str,
    channel: Option<&ChannelArn>,
) -> Result<(), ApiError> {
    let fault = app.driver.ask(|hub| hub.call_fault(operation, channel.map(ChannelArn::name)));
    delay(app, fault.delay).await;
    fault.refusal.map_or(Ok(()), |refusal| Err(refuse(refusal)))
}

/// The same for the upgrade of a WebSocket. One that hangs is answered after ten minutes, or at
/// the emulator's end; a client that does not wait for it ends it.
pub(crate) async fn upgrade(app: &App, channel: &str, role: &Role) -> Result<(), ApiError> {
    let fault = app.driver.ask(|hub| hub.upgrade_fault(channel, role));
    delay(app, fault.delay).await;
    if fault.hang {
        timeout(HANG, app.shutdown.cancelled()).await.ok();
        return Err(ApiError::front_end(
            StatusCode::SERVICE_UNAVAILABLE,
            "ServiceUnavailableException",
            "the upgrade was left without an answer on purpose",
        ));
    }
    fault.refusal.map_or(Ok(()), |refusal| Err(refuse(refusal)))
}

async fn delay(app: &App, fault: Option<Millis>) {
    let millis = app.latency.get().saturating_add(fault.map_or(0, |delay| delay.0));
    if millis > 0 {
        // The end does not wait for it.
        timeout(Duration::from_millis(millis).min(HANG), app.shutdown.cancelled()).await.ok();
    }
}

fn refuse(refusal: Refusal) -> ApiError {
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::BAD_REQUEST);
    ApiError::on_purpose(status, refusal.error)
}
