//! The service's error responses.

use std::borrow::Cow;

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use kvs_hub::{ErrorKind, ServiceError};
use serde::Serialize;

/// The header that names an error.
pub(crate) const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");

/// An error on its way to a client.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    name: Cow<'static, str>,
    message: Cow<'static, str>,
    form: Form,
}

/// How the body says what is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// `{"Message":…}`, as most of the service's own errors do.
    UpperCase,
    /// `{"message":…}`, as the front end does, and the storage service.
    LowerCase,
    /// As a front end does that cannot tell which service was meant.
    Xml,
}

#[derive(Serialize)]
struct UpperCase<'a> {
    #[serde(rename = "Message")]
    message: &'a str,
}

#[derive(Serialize)]
struct LowerCase<'a> {
    message: &'a str,
}

impl ApiError {
    /// An error of the front end, which checks signatures and finds operations.
    pub(crate) fn front_end(
        status: StatusCode,
        name: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { status, name: name.into(), message: message.into(), form: Form::LowerCase }
    }

    /// An error that whoever tests their client asked for.
    pub(crate) fn on_purpose(status: StatusCode, name: String) -> Self {
        Self {
            status,
            name: name.into(),
            message: "refused on purpose".into(),
            form: Form::UpperCase,
        }
    }

    /// The answer to a call on a host that does not serve it.
    pub(crate) fn wrong_host() -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            name: ErrorKind::AccessDenied.name().into(),
            message: "Unable to determine service/operation name to be authorized".into(),
            form: Form::Xml,
        }
    }

    /// The error's name, as clients see it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The same with its message in lower case, which the storage service has throughout.
    pub(crate) fn in_lower_case(mut self) -> Self {
        if self.form == Form::UpperCase {
            self.form = Form::LowerCase;
        }
        self
    }
}

impl From<ServiceError> for ApiError {
    fn from(error: ServiceError) -> Self {
        let form = match error.kind() {
            ErrorKind::InvalidClient | ErrorKind::SessionExpired => Form::LowerCase,
            _ => Form::UpperCase,
        };
        Self {
            status: StatusCode::from_u16(error.kind().status()).unwrap_or(StatusCode::BAD_REQUEST),
            name: error.kind().name().into(),
            message: error.message().to_owned().into(),
            form,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = match self.form {
            Form::UpperCase => json(&UpperCase { message: &self.message }),
            Form::LowerCase => json(&LowerCase { message: &self.message }),
            Form::Xml => {
                let (name, message) = (&self.name, &self.message);
                let body =
                    format!("<{name}>\n  <Message>{message}</Message>\n</{name}>\n").into_bytes();
                ([(CONTENT_TYPE, HeaderValue::from_static("application/xml"))], body)
                    .into_response()
            }
        };
        let mut response = (self.status, body).into_response();
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
