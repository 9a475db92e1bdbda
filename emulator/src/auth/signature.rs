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

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    /// The signature that a request should have whose own is `00`.
    fn expected_of(request: axum::http::request::Builder, body: &str) -> String {
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let claim = Claim::read(&parts).unwrap();
        expected(&parts, body.as_bytes(), &claim, &SECRET.into()).unwrap()
    }

    /// Computed with botocore.
    #[test]
    fn headers_are_signed_as_botocore_signs_them() {
        let request = Request::post("/describeSignalingChannel")
            .header("host", "kinesisvideo.us-west-2.amazonaws.com")
            .header("content-type", "application/json")
            .header("x-amz-date", "20250102T030405Z")
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 \
                 Credential=AKIDEXAMPLE/20250102/us-west-2/kinesisvideo/aws4_request, \
                 SignedHeaders=content-type;host;x-amz-date, Signature=00",
            );
        assert_eq!(
            expected_of(request, r#"{"ChannelName":"demo-channel"}"#),
            "510b8862d05bce2d86f341ac06bb6dd1711a07271c591e809dbc7172bdc01593"
        );
    }

    /// Computed with botocore, and equal to the JavaScript SDK's.
    #[test]
    fn presigned_urls_are_signed_as_botocore_signs_them() {
        for (host, path, region, resource, rest, signature) in [
            (
                "m-a1b2c3d4.kinesisvideo.us-west-2.amazonaws.com",
                "/",
                "us-west-2",
                "123456789012:channel/demo-channel",
                "",
                "e1ab8773b39dca4c245fac2d51d48a949f799829fb83f516f630891c894af1d8",
            ),
            (
                "v-a1b2c3d4.kinesisvideo.us-west-2.amazonaws.com",
                "/",
                "us-west-2",
                "123456789012:channel/demo-channel",
                "X-Amz-ClientId=viewer_1.a-b&X-Amz-Security-Token=FwoGZXIv%2Babc%2FDEF%3D%3D",
                "fdc501598fb98d448049f81e9a3bc55ed519add61c9f83cfc6ce0fdaf1c00b16",
            ),
            (
                "localhost:8443",
                "/ws/v-1",
                "us-east-1",
                "000000000000:channel/emu",
                "X-Amz-ClientId=v1&X-Amz-Security-Token=tok",
                "60b0fc0bbe2f9b6fd37f5d5804e359ccb4441109f0fcc40ebe116d7b43d8f3e3",
            ),
        ] {
            let query = form_urlencoded::Serializer::new(String::new())
                .append_pair(
                    "X-Amz-ChannelARN",
                    &format!("arn:aws:kinesisvideo:{region}:{resource}/1700000000000"),
                )
                .append_pair("X-Amz-Algorithm", "AWS4-HMAC-SHA256")
                .append_pair(
                    "X-Amz-Credential",
                    &format!("AKIDEXAMPLE/20250102/{region}/kinesisvideo/aws4_request"),
                )
                .append_pair("X-Amz-Date", "20250102T030405Z")
                .append_pair("X-Amz-Expires", "299")
                .append_pair("X-Amz-Signature", "00")
                .append_pair("X-Amz-SignedHeaders", "host")
                .finish();
            let request = Request::get(format!("{path}?{query}&{rest}")).header("host", host);
            assert_eq!(expected_of(request, ""), signature, "{host}");
        }
    }
}
