//! The signature that a request should have.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{
        PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation, SigningSettings,
        UriPathNormalizationMode, sign,
    },
    sign::v4,
};
use aws_smithy_runtime_api::client::identity::Identity;
use axum::http::request::Parts;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use super::{
    claim::{Claim, Form},
    incomplete_signature, invalid_signature,
};
use crate::error::ApiError;

/// The parameters that the signer writes itself.
const SIGNING_PARAMETERS: [&str; 7] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-Security-Token",
    "X-Amz-Signature",
    "X-Amz-SignedHeaders",
];

/// Signs the request as the caller says it did: its method, path, query and body, the headers
/// on its list, at its date.
pub(super) fn expected(
    parts: &Parts,
    body: &[u8],
    claim: &Claim,
    secret: &SecretString,
) -> Result<String, ApiError> {
    let mut settings = SigningSettings::default();
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    // The caller's list says what is signed, and nothing else does.
    settings.excluded_headers = None;
    let (query, session_token) = match &claim.form {
        Form::Headers => (parts.uri.query().unwrap_or_default().to_owned(), None),
        Form::Query { expires, session_token } => {
            settings.signature_location = SignatureLocation::QueryParams;
            settings.expires_in = Some(Duration::from_secs(*expires));
            let query = parts.uri.query().unwrap_or_default();
            (without_signing_parameters(query), session_token.clone())
        }
    };
    let identity: Identity = Credentials::new(
        claim.access_key_id.clone(),
        secret.expose_secret(),
        session_token,
        None,
        "kvs-emulator",
    )
    .into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(&claim.region)
        .name(&claim.service)
        .time(claim.time)
        .settings(settings)
        .build()
        .map_err(|_| unsignable())?
        .into();
    // The host that counts is the header's, which is always signed.
    let uri = format!("http://emulator{}?{query}", parts.uri.path());
    let headers = signed_headers(parts, claim)?;
    let signable = SignableRequest::new(
        parts.method.as_str(),
        uri,
        headers.iter().map(|(name, value)| (name.as_str(), value.as_str())),
        SignableBody::Bytes(body),
    )
    .map_err(|_| unsignable())?;
    sign(signable, &parameters).map(|signed| signed.into_parts().1).map_err(|_| unsignable())
}

/// Where the caller states its body's hash, the statement has to be true.
pub(super) fn check_payload_header(parts: &Parts, body: &[u8]) -> Result<(), ApiError> {
    let Some(stated) = parts.headers.get("x-amz-content-sha256") else { return Ok(()) };
    let actual: String = Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
    if stated.as_bytes() == actual.as_bytes() {
        return Ok(());
    }
    Err(invalid_signature(
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
    ))
}

fn signed_headers(parts: &Parts, claim: &Claim) -> Result<Vec<(String, String)>, ApiError> {
    let signed = parts.headers.iter().filter(|(name, _)| claim.signs(name.as_str()));
    signed
        .map(|(name, value)| match value.to_str() {
            Ok(value) => Ok((name.to_string(), value.to_owned())),
            Err(_) => Err(incomplete_signature(format!("The signed header '{name}' is not text."))),
        })
        .collect()
}

fn without_signing_parameters(query: &str) -> String {
    let own = |pair: &&str| {
        form_urlencoded::parse(pair.as_bytes())
            .all(|(name, _)| !SIGNING_PARAMETERS.contains(&name.as_ref()))
    };
    query.split('&').filter(own).collect::<Vec<_>>().join("&")
}

fn unsignable() -> ApiError {
    incomplete_signature("The request cannot be signed as it is.")
}
