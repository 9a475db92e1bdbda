//! Signatures, by the official signer.

use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{
        PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation, SigningSettings,
        sign,
    },
    sign::v4,
};

/// What the emulator serves, and whom it knows, unless told otherwise.
const REGION: &str = "us-west-2";
const ACCESS_KEY_ID: &str = "bench";
const SECRET: &str = "local";
/// How long a presigned URL holds, as clients have it.
const EXPIRES: Duration = Duration::from_secs(299);

/// The headers to send with a call of this URL and body, signature included.
pub(crate) fn headers(url: &str, body: &[u8]) -> Result<Vec<(String, String)>> {
    let content_type = ("content-type", "application/json");
    let settings = SigningSettings::default();
    let (mut headers, _) = signed("POST", url, &[content_type], body, settings)?;
    headers.push((content_type.0.to_owned(), content_type.1.to_owned()));
    Ok(headers)
}

/// This URL's query with its signature, as one opens a WebSocket.
pub(crate) fn presigned_query(url: &str) -> Result<String> {
    let mut settings = SigningSettings::default();
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(EXPIRES);
    let (_, parameters) = signed("GET", url, &[], b"", settings)?;
    let signature =
        form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    let (_, query) = url.split_once('?').context("the URL has no query")?;
    Ok(format!("{query}&{signature}"))
}

type Pairs = Vec<(String, String)>;

/// What signing adds: headers, and parameters of the query.
fn signed(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: &[u8],
    settings: SigningSettings,
) -> Result<(Pairs, Pairs)> {
    let identity = Credentials::new(ACCESS_KEY_ID, SECRET, None, None, "kvs-bench").into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(REGION)
        .name("kinesisvideo")
        .time(SystemTime::now())
        .settings(settings)
        .build()
        .context("the signer lacks something")?
        .into();
    let request =
        SignableRequest::new(method, url, headers.iter().copied(), SignableBody::Bytes(body))
            .context("the request cannot be signed")?;
    let (instructions, _) =
        sign(request, &parameters).context("the request cannot be signed")?.into_parts();
    let (headers, query) = instructions.into_parts();
    let headers = headers.iter().map(|it| (it.name().to_owned(), it.value().to_owned())).collect();
    let query = query.into_iter().map(|(name, value)| (name.to_owned(), value.into_owned()));
    Ok((headers, query.collect()))
}
