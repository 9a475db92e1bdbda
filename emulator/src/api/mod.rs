//! The service's calls. Each is a signed POST to a path of its own, JSON in and JSON out.
//!
//! Source: the API references of Kinesis Video Streams (2017-09-30) and of its signaling
//! channels (2019-12-04).

mod create_channel;
mod describe_channel;
mod get_endpoint;
mod get_ice_servers;

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use kvs_hub::{ChannelArn, ServiceError};
use serde::{Serialize, de::DeserializeOwned};
use tokio::time::timeout;

use crate::{
    app::App,
    auth,
    error::{ApiError, json},
    hosts::Plane,
};

/// Longest body that is read, in bytes; the longest legal one, with 50 tags, is some 20 KB.
const MAX_BODY: usize = 64 * 1024;
/// How long a client may take to send its body.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// Answers a POST to any path.
pub(crate) async fn call(State(app): State<Arc<App>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    match answer(&app, request).await {
        Ok(response) => {
            tracing::info!(path, "answered");
            response
        }
        Err(error) => {
            tracing::info!(path, error = error.name(), "refused");
            error.into_response()
        }
    }
}

async fn answer(app: &App, request: Request) -> Result<Response, ApiError> {
    let operation = Operation::of(request.uri().path())?;
    let (parts, body) = request.into_parts();
    if app.plane_of(&parts.headers).is_some_and(|plane| !plane.serves(operation.plane())) {
        return Err(ApiError::wrong_host());
    }
    let body = read(body).await?;
    auth::verify(&parts, &body, &app.keys, &app.region, app.clock.now())?;
    match operation {
        Operation::CreateSignalingChannel => respond(&body, |r| create_channel::run(app, r)),
        Operation::DescribeSignalingChannel => respond(&body, |r| describe_channel::run(app, r)),
        Operation::GetSignalingChannelEndpoint => {
            respond(&body, |r| get_endpoint::run(app, &parts.headers, r))
        }
        Operation::GetIceServerConfig => {
            respond(&body, |r| get_ice_servers::run(app, &parts.headers, r))
        }
    }
}

#[derive(Clone, Copy)]
enum Operation {
    CreateSignalingChannel,
    DescribeSignalingChannel,
    GetSignalingChannelEndpoint,
    GetIceServerConfig,
}

impl Operation {
    fn of(path: &str) -> Result<Self, ApiError> {
        match path {
            "/createSignalingChannel" => Ok(Self::CreateSignalingChannel),
            "/describeSignalingChannel" => Ok(Self::DescribeSignalingChannel),
            "/getSignalingChannelEndpoint" => Ok(Self::GetSignalingChannelEndpoint),
            "/v1/get-ice-server-config" => Ok(Self::GetIceServerConfig),
            _ => Err(ApiError::front_end(
                StatusCode::NOT_FOUND,
                "UnknownOperationException",
                "there is no such operation",
            )),
        }
    }

    /// The part of the service that it belongs to.
    const fn plane(self) -> Plane {
        match self {
            Self::CreateSignalingChannel
            | Self::DescribeSignalingChannel
            | Self::GetSignalingChannelEndpoint => Plane::Control,
            Self::GetIceServerConfig => Plane::Data,
        }
    }
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

fn respond<Req: DeserializeOwned, Res: Serialize>(
    body: &[u8],
    run: impl FnOnce(Req) -> Result<Res, ApiError>,
) -> Result<Response, ApiError> {
    let request = serde_json::from_slice(body).map_err(|error| {
        ApiError::front_end(
            StatusCode::BAD_REQUEST,
            "SerializationException",
            format!("the body is not what the operation takes: {error}"),
        )
    })?;
    run(request).map(|response| json(&response))
}

/// A required ARN.
fn required_arn(text: Option<&str>) -> Result<ChannelArn, ServiceError> {
    text.map_or_else(|| Err(ServiceError::invalid("ChannelARN is missing")), ChannelArn::parse)
}
