//! The account as plain data, to keep it over a restart.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Account, CreateChannel, CreateStream, Tags};
use crate::{ChannelName, ServiceError, StreamName, UnixMillis};

/// All that an account has. ARNs are not in it: they follow from region, name and time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AccountRecord {
    /// The region that everything is in.
    pub region: String,
    /// The channels, by name.
    pub channels: Vec<ChannelRecord>,
    /// The streams, by name.
    pub streams: Vec<StreamRecord>,
}

/// A channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ChannelRecord {
    name: String,
    /// Milliseconds since 1970.
    created: u64,
    message_ttl_seconds: u64,
    version: String,
    tags: BTreeMap<String, String>,
    /// The name of the stream that keeps its media.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    storage: Option<String>,
}

/// A stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct StreamRecord {
    name: String,
    /// Milliseconds since 1970.
    created: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    device_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    media_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kms_key_id: Option<String>,
    data_retention_in_hours: u32,
    version: String,
    tags: BTreeMap<String, String>,
}

impl Account {
    /// All that it has.
    pub fn export(&self) -> AccountRecord {
        let channels = self.channels.values().map(|channel| ChannelRecord {
            name: channel.name().to_string(),
            created: channel.created().0,
            message_ttl_seconds: channel.message_ttl_seconds(),
            version: channel.version().to_owned(),
            tags: record_tags(channel.tags()),
            storage: channel.storage().map(|stream| stream.name().to_string()),
        });
        let streams = self.streams.values().map(|stream| StreamRecord {
            name: stream.name().to_string(),
            created: stream.created().0,
            device_name: stream.device_name().map(str::to_owned),
            media_type: stream.media_type().map(str::to_owned),
            kms_key_id: stream.kms_key_id().map(str::to_owned),
            data_retention_in_hours: stream.data_retention_in_hours(),
            version: stream.version().to_owned(),
            tags: record_tags(stream.tags()),
        });
        AccountRecord {
            region: self.region.clone(),
            channels: channels.collect(),
            streams: streams.collect(),
        }
    }

    /// Takes everything over from a record, in place of what is there. Each resource is checked as
    /// if it were created now; where one is refused, nothing changes.
    ///
    /// # Errors
    /// What is wrong, and with which resource.
    pub fn import(&mut self, record: AccountRecord) -> Result<(), String> {
        if record.region != self.region {
            return Err(format!(
                "it is of the region {:?}, and this is {}",
                record.region, self.region
            ));
        }
        let mut account = Self::new(self.region.clone(), self.limits.clone());
        for stream in record.streams {
            let name = stream.name.clone();
            account.import_stream(stream).map_err(|error| format!("stream {name:?}: {error}"))?;
        }
        for channel in record.channels {
            let name = channel.name.clone();
            account
                .import_channel(channel)
                .map_err(|error| format!("channel {name:?}: {error}"))?;
        }
        account.revision = self.revision.wrapping_add(1);
        *self = account;
        Ok(())
    }

    fn import_stream(&mut self, record: StreamRecord) -> Result<(), ServiceError> {
        let request = CreateStream {
            name: StreamName::parse(&record.name)?,
            device_name: record.device_name,
            media_type: record.media_type,
            kms_key_id: record.kms_key_id,
            data_retention_in_hours: record.data_retention_in_hours,
            version: checked_version(record.version)?,
            tags: Tags::parse(record.tags.into_iter())?,
        };
        self.create_stream(request, UnixMillis(record.created)).map(drop)
    }

    fn import_channel(&mut self, record: ChannelRecord) -> Result<(), ServiceError> {
        let request = CreateChannel {
            name: ChannelName::parse(&record.name)?,
            message_ttl_seconds: Some(record.message_ttl_seconds),
            version: checked_version(record.version)?,
            tags: Tags::parse(record.tags.into_iter())?,
        };
        let arn = self.create_channel(request, UnixMillis(record.created))?.clone();
        if let Some(stream) = record.storage {
            let stream = self.describe_stream(&StreamName::parse(&stream)?)?.arn().clone();
            self.enable_storage(&arn, &stream)?;
        }
        Ok(())
    }
}

fn record_tags(tags: &Tags) -> BTreeMap<String, String> {
    tags.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

fn checked_version(version: String) -> Result<String, ServiceError> {
    super::check_version(&version, &version).map(|()| version)
}
