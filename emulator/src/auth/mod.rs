//! AWS Signature Version 4, verified with the official signer: what the caller claims is signed
//! again with the caller's date and our secret, and the two signatures are compared.
//!
//! Source: "Signature Version 4 signing process"; kinesisvideo is the service's signing name for
//! REST and WebSocket alike.

mod claim;
mod clock;
mod signature;

use std::time::SystemTime;

use axum::http::{StatusCode, request::Parts};
use subtle::ConstantTimeEq as _;

use crate::{config::Keys, error::ApiError};

use claim::Claim;

/// The name of the service in every signature's scope.
const SERVICE: &str = "kinesisvideo";

/// Verifies a request's signature, in its headers or in its query. Any access key id is taken;
/// the secret, the clock and the scope have to be right, and the body as it was signed.
pub(crate) fn verify(
    parts: &Parts,
    body: &[u8],
    keys: &Keys,
    region: &str,
    now: SystemTime,
) -> Result<(), ApiError> {
    let claim = Claim::read(parts)?;
    clock::check(&claim, now)?;
    check_scope(&claim, region)?;
    signature::check_payload_header(parts, body)?;
    let expected = signature::expected(parts, body, &claim, keys.secret_of(&claim.access_key_id))?;
    if bool::from(expected.as_bytes().ct_eq(claim.signature.as_bytes())) {
        return Ok(());
    }
    Err(invalid_signature(
        "The request signature we calculated does not match the signature you provided. Check \
         your AWS Secret Access Key and signing method. Consult the service documentation for \
         details.",
    ))
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

fn invalid_signature(message: impl Into<String>) -> ApiError {
    ApiError::front_end(StatusCode::FORBIDDEN, "InvalidSignatureException", message)
}

fn incomplete_signature(message: impl Into<String>) -> ApiError {
    ApiError::front_end(StatusCode::FORBIDDEN, "IncompleteSignatureException", message)
}

fn missing_token() -> ApiError {
    ApiError::front_end(
        StatusCode::FORBIDDEN,
        "MissingAuthenticationTokenException",
        "Missing Authentication Token",
    )
}
