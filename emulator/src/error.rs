//! The service's error responses.

use std::borrow::Cow;

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use kvs_hub::ServiceError;
use serde::Serialize;

/// The header that names an error.
pub(crate) const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");

/// An error on its way to a client.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    name: Cow<'static, str>,
    body: Body,
}

/// The service's own errors say `Message`, those of the front end before it `message`.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Body {
    Service {
        #[serde(rename = "Message")]
        message: String,
    },
    FrontEnd {
        message: String,
    },
}

impl ApiError {
    /// An error of the front end, which checks signatures and finds operations.
    pub(crate) fn front_end(
        status: StatusCode,
        name: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self { status, name: name.into(), body: Body::FrontEnd { message: message.into() } }
    }

    /// An error that somebody asked for, of any name.
    pub(crate) fn on_purpose(status: StatusCode, name: String) -> Self {
        let message = "a fault of the emulator's, on purpose".to_owned();
        Self { status, name: name.into(), body: Body::Service { message } }
    }

    /// The error's name, as clients see it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl From<ServiceError> for ApiError {
    fn from(error: ServiceError) -> Self {
        Self {
            status: StatusCode::from_u16(error.kind().status()).unwrap_or(StatusCode::BAD_REQUEST),
            name: error.kind().name().into(),
            body: Body::Service { message: error.message().to_owned() },
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = (self.status, json(&self.body)).into_response();
        if let Ok(name) = HeaderValue::from_str(&self.name) {
            response.headers_mut().insert(ERROR_TYPE, name);
        }
        response
    }
}

/// A compact JSON response.
pub(crate) fn json(body: &impl Serialize) -> Response {
    match serde_json::to_vec(body) {
        Ok(bytes) => {
            ([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], bytes).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
