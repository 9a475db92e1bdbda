//! AWS Signature Version 4, verified with the official signer: what the caller claims is signed
//! again with the caller's date and our secret, and the two signatures are compared.
//!
//! Source: "Signature Version 4 signing process"; kinesisvideo is the service's signing name for
//! REST and WebSocket alike.

mod caller;
mod claim;
mod clock;
mod signature;

use std::borrow::Cow;

use axum::http::{StatusCode, request::Parts};
use subtle::ConstantTimeEq as _;

use crate::{app::App, config::AuthLevel, error::ApiError};

pub(crate) use caller::Caller;
use claim::Claim;

/// The name of the service in every signature's scope.
const SERVICE: &str = "kinesisvideo";

/// Verifies a request's signature, in its headers or in its query, as closely as the emulator was
/// told to: whether it is well-formed, of this time, for this region and service, and of this body;
/// then whether there is such a key and it was signed with it.
pub(crate) fn verify(parts: &Parts, body: &[u8], app: &App) -> Result<Caller, ApiError> {
    if app.auth == AuthLevel::Off {
        return Ok(Caller::anybody());
    }
    let claim = Claim::read(parts)?;
    let now = app.clock.now();
    clock::check(&claim, now)?;
    check_scope(&claim, &app.region)?;
    signature::check_payload_header(parts, body)?;
    if app.auth == AuthLevel::Structure {
        return Ok(Caller::anybody());
    }
    let key = app.keys.find(&claim.access_key_id).ok_or_else(invalid_token)?;
    if !key.takes_token(claim.session_token(parts)) {
        return Err(invalid_token());
    }
    let expected = signature::expected(parts, body, &claim, key.secret())?;
    if !bool::from(expected.as_bytes().ct_eq(claim.signature.as_bytes())) {
        return Err(invalid_signature(
            "The request signature we calculated does not match the signature you provided. Check \
             your AWS Secret Access Key and signing method. Consult the service documentation for \
             details.",
        ));
    }
    if key.has_expired(now) {
        return Err(ApiError::front_end(
            StatusCode::FORBIDDEN,
            "ExpiredTokenException",
            "The security token included in the request is expired",
        ));
    }
    Ok(Caller::with(&key, &claim.access_key_id))
}

fn check_scope(claim: &Claim, region: &str) -> Result<(), ApiError> {
    if claim.region != region {
        return Err(invalid_signature(format!(
            "Credential should be scoped to a valid region. This emulator serves {region}."
        )));
    }
    if claim.service != SERVICE {
        return Err(invalid_signature(format!(
            "Credential should be scoped to correct service: '{SERVICE}'."
        )));
    }
    Ok(())
}

/// As the service says of a key that it does not know, and of a token that is not the key's.
fn invalid_token() -> ApiError {
    ApiError::front_end(
        StatusCode::FORBIDDEN,
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
    )
}

fn invalid_signature(message: impl Into<Cow<'static, str>>) -> ApiError {
    ApiError::front_end(StatusCode::FORBIDDEN, "InvalidSignatureException", message)
}

fn incomplete_signature(message: impl Into<Cow<'static, str>>) -> ApiError {
    ApiError::front_end(StatusCode::FORBIDDEN, "IncompleteSignatureException", message)
}

fn missing_token() -> ApiError {
    ApiError::front_end(
        StatusCode::FORBIDDEN,
        "MissingAuthenticationTokenException",
        "Missing Authentication Token",
    )
}
