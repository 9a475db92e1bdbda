//! Faults of calls, before they are carried out.

use axum::http::StatusCode;
use kvs_hub::ChannelArn;

use crate::{app::App, error::ApiError};

/// Lets a call pass, or not.
pub(crate) async fn call(
    app: &App,
    operation: &str,
    channel: Option<&ChannelArn>,
) -> Result<(), ApiError> {
    let fault = app.driver.ask(|hub| hub.call_fault(operation, channel.map(ChannelArn::name)));
    let Some(refusal) = fault.refusal else { return Ok(()) };
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::BAD_REQUEST);
    Err(ApiError::on_purpose(status, refusal.error))
}
