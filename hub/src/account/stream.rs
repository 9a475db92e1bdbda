//! One stream's record.

use super::Tags;
use crate::{ServiceError, StreamArn, StreamName, UnixMillis};

/// Longest device name and media type, in characters.
const MAX_TEXT: usize = 128;
/// Longest id of a key, in characters.
const MAX_KEY_ID: usize = 2048;

/// What a new stream is to be.
#[derive(Clone, Debug)]
pub struct CreateStream {
    /// Its name, unique in the hub.
    pub name: StreamName,
    /// The device that writes to it: 1 to 128 of `a-z A-Z 0-9 _ . -`.
    pub device_name: Option<String>,
    /// What is in it, 1 to 128 characters: `type/subtype`, several with commas between.
    pub media_type: Option<String>,
    /// The key that it is encrypted with, 1 to 2048 characters. Default: the account's own.
    pub kms_key_id: Option<String>,
    /// How long it keeps data, in hours; 0 keeps none.
    pub data_retention_in_hours: u32,
    /// Its first version: an opaque text of up to 64 letters and digits.
    pub version: String,
    /// Its tags.
    pub tags: Tags,
}

/// A stream. It is active from the moment it exists, and keeps no data: here it is only what a
/// channel's media storage is mapped to.
#[derive(Clone, Debug)]
pub struct Stream {
    arn: StreamArn,
    created: UnixMillis,
    device_name: Option<String>,
    media_type: Option<String>,
    kms_key_id: Option<String>,
    data_retention_in_hours: u32,
    version: String,
    pub(super) tags: Tags,
}

impl Stream {
    /// Its ARN.
    pub const fn arn(&self) -> &StreamArn {
        &self.arn
    }

    /// Its name.
    pub const fn name(&self) -> &StreamName {
        self.arn.name()
    }

    /// When it was created.
    pub const fn created(&self) -> UnixMillis {
        self.created
    }

    /// The device that writes to it.
    pub fn device_name(&self) -> Option<&str> {
        self.device_name.as_deref()
    }

    /// What is in it.
    pub fn media_type(&self) -> Option<&str> {
        self.media_type.as_deref()
    }

    /// The key that it is encrypted with, where it is not the account's own.
    pub fn kms_key_id(&self) -> Option<&str> {
        self.kms_key_id.as_deref()
    }

    /// How long it keeps data, in hours; 0 keeps none.
    pub const fn data_retention_in_hours(&self) -> u32 {
        self.data_retention_in_hours
    }

    /// Its version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Its tags.
    pub const fn tags(&self) -> &Tags {
        &self.tags
    }

    pub(super) fn new(
        arn: StreamArn,
        request: CreateStream,
        created: UnixMillis,
    ) -> Result<Self, ServiceError> {
        let id = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
        check("DeviceName", request.device_name.as_deref(), MAX_TEXT, |name| name.chars().all(id))?;
        check("MediaType", request.media_type.as_deref(), MAX_TEXT, is_media_type)?;
        check("KmsKeyId", request.kms_key_id.as_deref(), MAX_KEY_ID, |id| !id.contains('\n'))?;
        Ok(Self {
            arn,
            created,
            device_name: request.device_name,
            media_type: request.media_type,
            kms_key_id: request.kms_key_id,
            data_retention_in_hours: request.data_retention_in_hours,
            version: request.version,
            tags: request.tags,
        })
    }
}

fn check(
    what: &str,
    text: Option<&str>,
    max: usize,
    good: impl Fn(&str) -> bool,
) -> Result<(), ServiceError> {
    match text {
        Some(text) if !(1..=max).contains(&text.chars().count()) || !good(text) => {
            Err(ServiceError::invalid(format!("{what} is malformed, empty or longer than {max}")))
        }
        Some(_) | None => Ok(()),
    }
}

/// Source: the pattern `[\w\-\.\+]+/[\w\-\.\+]+(,[\w\-\.\+]+/[\w\-\.\+]+)*` of MediaType.
fn is_media_type(text: &str) -> bool {
    let word = |part: &str| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '+');
        !part.is_empty() && part.chars().all(allowed)
    };
    text.split(',').all(|one| one.split_once('/').is_some_and(|(a, b)| word(a) && word(b)))
}
