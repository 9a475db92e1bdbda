//! What a call is given, and how it is refused.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::error::json;

/// A call that was let in.
pub(super) struct Ask<'a> {
    /// What stands in the path where the table says `{id}`.
    pub(super) id: Option<&'a str>,
    pub(super) query: &'a str,
    pub(super) body: &'a [u8],
}

impl Ask<'_> {
    /// The body; nothing at all is an object without members.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        let body = if self.body.trim_ascii().is_empty() { b"{}" } else { self.body };
        serde_json::from_slice(body)
            .map_err(|error| Refusal::bad(format!("the body is not what the call takes: {error}")))
    }
}

/// A call that is refused, with one sentence that says why.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    sentence: String,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, sentence: impl Into<String>) -> Self {
        Self { status, sentence: sentence.into() }
    }

    /// What was sent is wrong.
    pub(super) fn bad(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, sentence)
    }

    /// There is nothing of this name.
    pub(super) fn missing(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, sentence)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        struct Body {
            error: String,
        }
        (self.status, json(&Body { error: self.sentence })).into_response()
    }
}
