//! The service's calls. Each is a signed POST to a path of its own, JSON in and JSON out; which
//! there are is in `operations`.

mod alexa_offer;
mod call;
mod create_channel;
mod create_stream;
mod delete_channel;
mod delete_stream;
mod describe_channel;
mod describe_stream;
mod get_endpoint;
mod get_ice_servers;
mod input;
mod join_storage;
mod list_channels;
mod list_streams;
mod mapped_resource;
mod media_storage;
mod operations;
mod tags;
mod update_channel;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{StatusCode, request::Parts},
    response::{IntoResponse as _, Response},
};
use tokio::time::timeout;
use tracing::{Instrument as _, Span, field::Empty};

use crate::{app::App, auth, clock::millis_since, error::ApiError, hosts::Plane};

use call::Asked;
use operations::Operation;
pub(crate) use operations::actions;

/// Longest body that is read, in bytes. The longest legal one has 50 tags of characters that
/// boto3 escapes by twelve bytes each.
const MAX_BODY: usize = 256 * 1024;
/// How long a client may take to send its body.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// Answers a POST to any path.
pub(crate) async fn call(State(app): State<Arc<App>>, request: Request) -> Response {
    let span = tracing::info_span!("call", operation = Empty, channel = Empty);
    let answering = async move {
        let started = Instant::now();
        let (parts, body) = request.into_parts();
        let answered = answer(&app, &parts, body).await;
        let error = answered.as_ref().err().map(|error| error.name().to_owned());
        let response = answered.unwrap_or_else(ApiError::into_response);
        let (status, millis) = (response.status().as_u16(), millis_since(started));
        tracing::info!(status, error, millis, "answered");
        response
    };
    answering.instrument(span).await
}

async fn answer(app: &App, parts: &Parts, body: Body) -> Result<Response, ApiError> {
    let operation = find(app, parts)?;
    let body = read(body).await?;
    carry_out(app, operation, parts, &body).await
}

fn find(app: &App, parts: &Parts) -> Result<&'static Operation, ApiError> {
    let operation = operations::at(parts.uri.path()).ok_or_else(|| {
        ApiError::front_end(
            StatusCode::NOT_FOUND,
            "UnknownOperationException",
            "there is no such operation",
        )
    })?;
    Span::current().record("operation", operation.name);
    check_plane(operation, app.plane_of(&parts.headers))?;
    Ok(operation)
}

/// A host that is of one plane serves no other, but that the page's serves the control plane too.
fn check_plane(operation: &Operation, host: Option<Plane>) -> Result<(), ApiError> {
    match host {
        Some(plane) if !plane.serves(operation.plane) => Err(ApiError::wrong_host()),
        Some(_) | None => Ok(()),
    }
}

async fn carry_out(
    app: &App,
    operation: &'static Operation,
    parts: &Parts,
    body: &[u8],
) -> Result<Response, ApiError> {
    let answered = async {
        let caller = auth::verify(parts, body, app)?;
        let asked = Asked { app, operation, caller: &caller, headers: &parts.headers, body };
        (operation.answer)(&asked).await
    };
    let response = answered.await.map_err(|error| match operation.plane {
        Plane::Storage => error.in_lower_case(),
        _ => error,
    })?;
    app.account_changed.notify_one();
    Ok(response)
}

async fn read(body: Body) -> Result<axum::body::Bytes, ApiError> {
    match timeout(BODY_TIMEOUT, to_bytes(body, MAX_BODY)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(_)) => Err(ApiError::front_end(
            StatusCode::PAYLOAD_TOO_LARGE,
            "RequestEntityTooLargeException",
            format!("the body is longer than {MAX_BODY} bytes, or was cut short"),
        )),
        Err(_) => Err(ApiError::front_end(
            StatusCode::REQUEST_TIMEOUT,
            "RequestTimeoutException",
            "the body did not arrive in time",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn refused(path: &str, host: Option<Plane>) -> Option<(StatusCode, String)> {
        let operation = operations::at(path).unwrap();
        let response = check_plane(operation, host).err()?.into_response();
        let status = response.status();
        assert_eq!(response.headers()["x-amzn-errortype"], "AccessDeniedException");
        assert_eq!(response.headers()["content-type"], "application/xml");
        let body = to_bytes(response.into_body(), MAX_BODY).await.unwrap();
        Some((status, String::from_utf8(body.to_vec()).unwrap()))
    }

    #[tokio::test]
    async fn a_host_of_another_plane_refuses_in_xml() {
        let (status, body) =
            refused("/v1/get-ice-server-config", Some(Plane::Control)).await.unwrap();
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert!(body.starts_with("<AccessDeniedException>"), "{body}");
        assert!(body.contains("<Message>Unable to determine service/operation name"), "{body}");
        assert!(refused("/createStream", Some(Plane::Storage)).await.is_some());
        assert!(refused("/joinStorageSession", Some(Plane::Data)).await.is_some());
        assert!(refused("/createStream", Some(Plane::Control)).await.is_none());
        assert!(refused("/joinStorageSession", None).await.is_none());
    }

    #[test]
    fn every_operation_has_a_name_and_a_path_of_its_own() {
        let names: std::collections::BTreeSet<_> = actions().collect();
        assert_eq!(names.len(), actions().count());
        for name in actions().filter(|name| !name.starts_with("Connect")) {
            assert!(name.starts_with(|c: char| c.is_ascii_uppercase()), "{name}");
        }
        assert!(operations::at("/tagResource").is_none());
        assert!(operations::at("/TagResource").is_some());
    }
}
