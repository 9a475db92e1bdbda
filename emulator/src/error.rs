//! The service's error responses.

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
    name: &'static str,
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
    /// As a front end writes it that cannot tell which service was meant.
    #[serde(skip)]
    Xml(&'static str),
}

impl ApiError {
    /// An error of the front end, which checks signatures and finds operations.
    pub(crate) fn front_end(
        status: StatusCode,
        name: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self { status, name, body: Body::FrontEnd { message: message.into() } }
    }

    /// The answer to a call on a host that does not serve it.
    pub(crate) const fn wrong_host() -> Self {
        let message = "Unable to determine service/operation name to be authorized";
        let name = "AccessDeniedException";
        Self { status: StatusCode::FORBIDDEN, name, body: Body::Xml(message) }
    }

    /// The error's name, as clients see it.
    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }
}

impl From<ServiceError> for ApiError {
    fn from(error: ServiceError) -> Self {
        Self {
            status: StatusCode::from_u16(error.kind().status()).unwrap_or(StatusCode::BAD_REQUEST),
            name: error.kind().name(),
            body: Body::Service { message: error.message().to_owned() },
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let name = self.name;
        let body = match self.body {
            Body::Xml(message) => {
                let kind = HeaderValue::from_static("application/xml");
                let body = format!("<{name}>\n  <Message>{message}</Message>\n</{name}>\n");
                ([(CONTENT_TYPE, kind)], body).into_response()
            }
            body => json(&body),
        };
        let mut response = (self.status, body).into_response();
        response.headers_mut().insert(ERROR_TYPE, HeaderValue::from_static(name));
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
