//! What is signed: the canonical request and the string to sign.
//!
//! Source: "Create a signed AWS API request", IAM user guide.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use super::encode::hex;
use crate::time::UnixMillis;

/// The SHA-256 of no bytes.
const HASH_OF_NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// The only algorithm there is.
pub(super) const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// A request reduced to what the signature covers.
pub(super) struct CanonicalRequest<'a> {
    pub(super) method: &'static str,
    /// Beginning with a slash.
    pub(super) path: &'a str,
    /// Encoded and sorted, without the question mark.
    pub(super) query: &'a str,
    /// Lower-case names in alphabetical order, with trimmed values.
    pub(super) headers: &'a [(&'static str, &'a str)],
    pub(super) body: &'a str,
}

impl CanonicalRequest<'_> {
    /// The names of the signed headers, joined by semicolons.
    pub(super) fn signed_headers(&self) -> String {
        let names: Vec<&str> = self.headers.iter().map(|&(name, _)| name).collect();
        names.join(";")
    }

    /// The SHA-256 of the canonical request, in hexadecimal digits.
    pub(super) fn hash(&self) -> String {
        let mut parts = vec![self.method, "\n", self.path, "\n", self.query, "\n"];
        for &(name, value) in self.headers {
            parts.extend([name, ":", value, "\n"]);
        }
        let (names, body) = (self.signed_headers(), hash_of_body(self.body));
        parts.extend(["\n", &names, "\n", &body]);
        sha256_hex(&parts.concat())
    }
}

/// When and for what a signature is made.
pub(super) struct Stamp {
    /// `yyyymmddThhmmssZ`.
    pub(super) date_time: String,
    /// `yyyymmdd/<region>/<service>/aws4_request`.
    pub(super) scope: String,
}

impl Stamp {
    pub(super) fn new(at: UnixMillis, region: &str, service: &str) -> Self {
        let date_time = at.amz_date();
        let day = date_time.split('T').next().unwrap_or_default();
        let scope = [day, "/", region, "/", service, "/aws4_request"].concat();
        Self { date_time, scope }
    }

    /// `yyyymmdd`.
    pub(super) fn day(&self) -> &str {
        self.scope.split('/').next().unwrap_or_default()
    }

    pub(super) fn string_to_sign(&self, request: &CanonicalRequest<'_>) -> String {
        [ALGORITHM, "\n", &self.date_time, "\n", &self.scope, "\n", &request.hash()].concat()
    }
}

/// Most requests that are signed have none.
fn hash_of_body(body: &str) -> Cow<'static, str> {
    if body.is_empty() { Cow::Borrowed(HASH_OF_NOTHING) } else { sha256_hex(body).into() }
}

fn sha256_hex(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}
