//! AWS Signature Version 4: presigned WebSocket URLs and signed REST requests.
//!
//! Built on `hmac` and `sha2`; the official `aws-sigv4` crate judges it in
//! `tests/sigv4_against_aws.rs`.
//!
//! # The canonical path
//!
//! AWS services other than S3 normalise a path (dot segments, doubled slashes) and percent-encode
//! it a second time before they compare signatures; the service's own JavaScript SDK does neither.
//! Both give the same for a path of unreserved characters without dot segments and empty segments,
//! and an [`Endpoint`] has no other, so the path is signed as it stands, `/` where it is empty.
//!
//! Source: "Create a signed AWS API request", IAM user guide.

mod canonical;
mod encode;
mod key;

use std::borrow::Cow;

use crate::credentials::Credentials;
use crate::endpoints::Endpoint;
use crate::ids::Region;
use crate::rest::{Request, SignedRequest};
use crate::secret::Secret;
use crate::time::UnixMillis;

use canonical::{ALGORITHM, CanonicalRequest, Stamp};
use encode::Query;
use key::SigningKey;

/// The name under which all planes of the service sign.
const SERVICE: &str = "kinesisvideo";

/// Seconds that a presigned URL is valid: within the service's five minutes even if it rounds.
const EXPIRES_SECONDS: &str = "299";

const CONTENT_TYPE: &str = "application/json";

/// Signs requests to one service in one region. It keeps the key that it derived last, which is
/// good for a day and a key pair.
#[derive(Debug)]
pub struct Signer {
    region: Region,
    service: Cow<'static, str>,
    key: Option<SigningKey>,
}

impl Signer {
    /// A signer for Kinesis Video Streams in a region.
    pub const fn new(region: Region) -> Self {
        Self::for_service(region, Cow::Borrowed(SERVICE))
    }

    /// A signer for a service of any name.
    pub const fn for_service(region: Region, service: Cow<'static, str>) -> Self {
        Self { region, service, key: None }
    }

    /// The URL that opens a WebSocket: the endpoint's with `parameters` and the signature in the
    /// query. It is good from five minutes before `at` until 299 seconds after it, holds the
    /// session token, and opens the channel to whoever has it: hence a secret.
    ///
    /// Source: "Connect as master", developer guide.
    pub fn presign_websocket(
        &mut self,
        endpoint: &Endpoint,
        parameters: &[(&str, &str)],
        credentials: &Credentials,
        at: UnixMillis,
    ) -> Secret<String> {
        let stamp = self.stamp(at);
        let credential = credential(credentials, &stamp);
        let mut query = Query::default();
        for (name, value) in parameters {
            query.add(name, value);
        }
        query.add("X-Amz-Algorithm", ALGORITHM);
        query.add("X-Amz-Credential", &credential);
        query.add("X-Amz-Date", &stamp.date_time);
        query.add("X-Amz-Expires", EXPIRES_SECONDS);
        if let Some(token) = credentials.session_token() {
            query.add("X-Amz-Security-Token", token.expose());
        }
        query.add("X-Amz-SignedHeaders", "host");
        let query = query.into_canonical();

        let host = endpoint.host();
        let path = if endpoint.path().is_empty() { "/" } else { endpoint.path() };
        let canonical = CanonicalRequest {
            method: "GET",
            path,
            query: &query,
            headers: &[("host", &host)],
            body: "",
        };
        let signature = self.signature(&canonical, &stamp, credentials);
        let scheme = endpoint.scheme().as_str();
        Secret::new(
            [scheme, "://", &host, path, "?", &query, "&X-Amz-Signature=", &signature].concat(),
        )
    }

    /// The request with the headers that sign it, to be sent to `endpoint`.
    pub fn sign(
        &mut self,
        request: &Request,
        endpoint: &Endpoint,
        credentials: &Credentials,
        at: UnixMillis,
    ) -> SignedRequest {
        let stamp = self.stamp(at);
        let host = endpoint.host();
        let path = [endpoint.path().trim_end_matches('/'), request.path].concat();
        let mut headers =
            vec![("content-type", CONTENT_TYPE), ("host", &host), ("x-amz-date", &stamp.date_time)];
        if let Some(token) = credentials.session_token() {
            headers.push(("x-amz-security-token", token.expose()));
        }
        let canonical = CanonicalRequest {
            method: "POST",
            path: &path,
            query: "",
            headers: &headers,
            body: &request.body,
        };
        let signature = self.signature(&canonical, &stamp, credentials);
        let authorization = [
            ALGORITHM,
            " Credential=",
            &credential(credentials, &stamp),
            ", SignedHeaders=",
            &canonical.signed_headers(),
            ", Signature=",
            &signature,
        ]
        .concat();

        headers.retain(|&(name, _)| name != "host");
        headers.push(("authorization", &authorization));
        SignedRequest {
            url: [endpoint.scheme().as_str(), "://", &host, &path].concat(),
            headers: headers
                .into_iter()
                .map(|(name, value)| (name, Secret::new(value.to_owned())))
                .collect(),
            body: request.body.clone(),
        }
    }

    fn stamp(&self, at: UnixMillis) -> Stamp {
        Stamp::new(at, self.region.as_str(), &self.service)
    }

    fn signature(
        &mut self,
        request: &CanonicalRequest<'_>,
        stamp: &Stamp,
        credentials: &Credentials,
    ) -> String {
        let secret = credentials.secret_access_key();
        let kept = self.key.take().filter(|key| key.is_for(secret, stamp.day()));
        let key = self.key.insert(kept.unwrap_or_else(|| {
            SigningKey::derive(secret, stamp.day(), self.region.as_str(), &self.service)
        }));
        key.sign(&stamp.string_to_sign(request))
    }
}

fn credential(credentials: &Credentials, stamp: &Stamp) -> String {
    [credentials.access_key_id(), "/", &stamp.scope].concat()
}

#[cfg(test)]
mod tests;
