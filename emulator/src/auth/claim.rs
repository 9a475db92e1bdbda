//! What a caller claims: who it is, when it signed, what it signed, and the signature.

use std::time::SystemTime;

use axum::http::{HeaderMap, header::AUTHORIZATION, request::Parts};

use super::{clock, incomplete_signature, missing_token};
use crate::error::ApiError;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// How long a presigned URL may say that it is valid, in seconds.
const EXPIRES_RANGE: std::ops::RangeInclusive<u64> = 1..=604_800;
/// The header of a temporary key.
const SESSION_TOKEN: &str = "x-amz-security-token";
/// The one header for AWS that signers leave out of a presigned URL.
const UNSIGNED_IN_QUERY: &str = "x-amz-user-agent";

/// The signing parameters of a request, read but not yet believed.
pub(super) struct Claim {
    pub(super) access_key_id: String,
    pub(super) region: String,
    pub(super) service: String,
    /// The date as the caller wrote it, `yyyymmddThhmmssZ`.
    pub(super) date: String,
    pub(super) time: SystemTime,
    /// The names as the caller listed them, lower case.
    pub(super) signed_headers: Vec<String>,
    pub(super) signature: String,
    pub(super) form: Form,
}

/// Where the caller put them.
pub(super) enum Form {
    /// In the headers `Authorization` and `X-Amz-Date`.
    Headers,
    /// In the query, as a presigned URL.
    Query {
        /// Seconds from the date on.
        expires: u64,
        session_token: Option<String>,
    },
}

impl Claim {
    pub(super) fn read(parts: &Parts) -> Result<Self, ApiError> {
        let query = parts.uri.query().unwrap_or_default();
        let presigned = form_urlencoded::parse(query.as_bytes())
            .any(|(name, _)| name == "X-Amz-Algorithm" || name == "X-Amz-Signature");
        let claim =
            if presigned { Self::from_query(query)? } else { Self::from_headers(&parts.headers)? };
        claim.check_signed_headers(&parts.headers)?;
        Ok(claim)
    }

    fn from_query(query: &str) -> Result<Self, ApiError> {
        if one(query, "X-Amz-Algorithm")? != ALGORITHM {
            return Err(unsupported_algorithm());
        }
        let written = one(query, "X-Amz-Expires")?;
        let expires = written
            .parse()
            .ok()
            .filter(|seconds: &u64| {
                EXPIRES_RANGE.contains(seconds) && seconds.to_string() == written
            })
            .ok_or_else(|| incomplete_signature("X-Amz-Expires must be 1 to 604800 seconds"))?;
        let form =
            Form::Query { expires, session_token: at_most_one(query, "X-Amz-Security-Token")? };
        Self::assemble(
            &one(query, "X-Amz-Credential")?,
            one(query, "X-Amz-Date")?,
            &one(query, "X-Amz-SignedHeaders")?,
            one(query, "X-Amz-Signature")?,
            form,
        )
    }

    fn from_headers(headers: &HeaderMap) -> Result<Self, ApiError> {
        let value = headers.get(AUTHORIZATION).ok_or_else(missing_token)?;
        let value =
            value.to_str().map_err(|_| incomplete_signature("Authorization is not text"))?;
        let fields = value
            .strip_prefix(ALGORITHM)
            .filter(|rest| rest.starts_with(' '))
            .ok_or_else(unsupported_algorithm)?;
        if !fields.split(',').all(|field| field.contains('=')) {
            return Err(incomplete_signature(
                "Authorization header has a part that is no key=value pair (missing equal-sign).",
            ));
        }
        let field = |wanted: &str| {
            fields
                .split(',')
                .filter_map(|field| field.trim().split_once('='))
                .find(|(name, _)| *name == wanted)
                .map(|(_, value)| value)
                .ok_or_else(|| {
                    incomplete_signature(format!(
                        "Authorization header requires '{wanted}' parameter."
                    ))
                })
        };
        let date =
            headers.get("x-amz-date").and_then(|date| date.to_str().ok()).ok_or_else(|| {
                incomplete_signature(
                    "Authorization header requires existence of an 'X-Amz-Date' header.",
                )
            })?;
        Self::assemble(
            field("Credential")?,
            date.to_owned(),
            field("SignedHeaders")?,
            field("Signature")?.to_owned(),
            Form::Headers,
        )
    }

    fn assemble(
        credential: &str,
        date: String,
        signed_headers: &str,
        signature: String,
        form: Form,
    ) -> Result<Self, ApiError> {
        let time = clock::parse(&date).ok_or_else(|| {
            incomplete_signature("X-Amz-Date must be in the form yyyymmddThhmmssZ")
        })?;
        // An access key id may hold anything but the five parts after it.
        let mut scope = credential.rsplitn(5, '/');
        let malformed = || {
            incomplete_signature(
                "Credential must be {access key id}/{date}/{region}/{service}/aws4_request",
            )
        };
        let (Some("aws4_request"), Some(service), Some(region), Some(day), Some(access_key_id)) =
            (scope.next(), scope.next(), scope.next(), scope.next(), scope.next())
        else {
            return Err(malformed());
        };
        if access_key_id.is_empty() || !date.starts_with(day) || day.len() != 8 {
            return Err(malformed());
        }
        Ok(Self {
            access_key_id: access_key_id.to_owned(),
            region: region.to_owned(),
            service: service.to_owned(),
            time,
            date,
            signed_headers: signed_headers.split(';').map(str::to_owned).collect(),
            signature,
            form,
        })
    }

    /// The session token, from where the rest came from: only there is it signed.
    pub(super) fn session_token<'a>(&'a self, parts: &'a Parts) -> Option<&'a str> {
        match &self.form {
            Form::Headers => parts.headers.get(SESSION_TOKEN)?.to_str().ok(),
            Form::Query { session_token, .. } => session_token.as_deref(),
        }
    }

    /// Whether this header is signed.
    pub(super) fn signs(&self, name: &str) -> bool {
        self.signed_headers.iter().any(|signed| signed == name)
    }

    /// The host, and whatever speaks to AWS, has to be there once and signed: else it could be
    /// changed on the way. The list itself has one form only, as the signer will write it.
    fn check_signed_headers(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        let upper_case = |name: &String| name.bytes().any(|byte| byte.is_ascii_uppercase());
        let ascending = self.signed_headers.is_sorted_by(|one, next| one < next);
        if !ascending || self.signed_headers.iter().any(upper_case) {
            return Err(incomplete_signature(
                "SignedHeaders must be in lower case, in ascending order, each once.",
            ));
        }
        let in_query = matches!(self.form, Form::Query { .. });
        let required =
            headers.keys().map(|name| name.as_str()).filter(|name| name.starts_with("x-amz-"));
        for name in std::iter::once("host").chain(required) {
            if headers.get_all(name).iter().nth(1).is_some() {
                return Err(incomplete_signature(format!("The header '{name}' is given twice.")));
            }
            let exempt = in_query && name == UNSIGNED_IN_QUERY;
            if !exempt && !self.signs(name) {
                return Err(incomplete_signature(format!("'{name}' must be a signed header.")));
            }
        }
        match self.signed_headers.iter().find(|name| !headers.contains_key(name.as_str())) {
            Some(name) => {
                Err(incomplete_signature(format!("The signed header '{name}' was not sent.")))
            }
            None => Ok(()),
        }
    }
}

fn one(query: &str, name: &str) -> Result<String, ApiError> {
    at_most_one(query, name)?.ok_or_else(|| {
        incomplete_signature(format!("The query string requires the parameter '{name}'."))
    })
}

fn at_most_one(query: &str, wanted: &str) -> Result<Option<String>, ApiError> {
    let mut values = form_urlencoded::parse(query.as_bytes())
        .filter(|(name, _)| name == wanted)
        .map(|(_, value)| value.into_owned());
    let value = values.next();
    if values.next().is_some() {
        return Err(incomplete_signature(format!("The parameter '{wanted}' is given twice.")));
    }
    Ok(value)
}

fn unsupported_algorithm() -> ApiError {
    incomplete_signature(format!("Unsupported AWS 'algorithm': only {ALGORITHM} is known."))
}
