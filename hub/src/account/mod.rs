//! The account: which channels and streams there are, whoever is connected to them.

mod channel;
mod channels;
mod page;
mod record;
mod storage;
mod stream;
mod streams;
mod tags;

use std::collections::BTreeMap;

use crate::{ChannelName, ErrorKind, Limits, ResourceArn, ServiceError, StreamName};

pub use channel::{Channel, CreateChannel, UpdateChannel};
pub use page::{Page, PageRequest, PageToken};
pub use record::{AccountRecord, ChannelRecord, StreamRecord};
pub use stream::{CreateStream, Stream};
pub use tags::{TagKeys, Tags};

/// Longest version, in characters.
const MAX_VERSION: usize = 64;

/// The resources of one account in one region.
#[derive(Clone, Debug)]
pub struct Account {
    region: String,
    limits: Limits,
    channels: BTreeMap<ChannelName, Channel>,
    streams: BTreeMap<StreamName, Stream>,
    revision: u64,
}

impl Account {
    pub(crate) const fn new(region: String, limits: Limits) -> Self {
        Self { region, limits, channels: BTreeMap::new(), streams: BTreeMap::new(), revision: 0 }
    }

    /// The region that everything is in.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Another number after each change.
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// The tags of a channel or stream.
    ///
    /// # Errors
    /// `ResourceNotFound`.
    ///
    /// Source: ListTagsForResource.
    pub fn tags(&self, resource: &ResourceArn) -> Result<&Tags, ServiceError> {
        match resource {
            ResourceArn::Channel(arn) => self.describe_channel_by_arn(arn).map(Channel::tags),
            ResourceArn::Stream(arn) => self.describe_stream_by_arn(arn).map(Stream::tags),
        }
    }

    /// Gives a channel or stream more tags, over those of the same key.
    ///
    /// # Errors
    /// `ResourceNotFound`; `TagsPerResourceExceededLimit` where it would have more than 50, and
    /// then it gets none of them.
    ///
    /// Source: TagResource.
    pub fn tag(&mut self, resource: &ResourceArn, tags: Tags) -> Result<(), ServiceError> {
        self.tags_mut(resource)?.add(tags)?;
        self.changed();
        Ok(())
    }

    /// Takes tags from a channel or stream; one that it has not is no error.
    ///
    /// # Errors
    /// `ResourceNotFound`.
    ///
    /// Source: UntagResource.
    pub fn untag(&mut self, resource: &ResourceArn, keys: &TagKeys) -> Result<(), ServiceError> {
        self.tags_mut(resource)?.remove(keys);
        self.changed();
        Ok(())
    }

    fn tags_mut(&mut self, resource: &ResourceArn) -> Result<&mut Tags, ServiceError> {
        match resource {
            ResourceArn::Channel(arn) => self.channel_mut(arn).map(|channel| &mut channel.tags),
            ResourceArn::Stream(arn) => self.stream_mut(arn).map(|stream| &mut stream.tags),
        }
    }

    const fn changed(&mut self) {
        self.revision = self.revision.wrapping_add(1);
    }
}

/// Checks that the caller knows the current version.
fn check_version(known: &str, current: &str) -> Result<(), ServiceError> {
    let good = known.chars().all(|c| c.is_ascii_alphanumeric());
    if known.is_empty() || known.len() > MAX_VERSION || !good {
        return Err(ServiceError::invalid("CurrentVersion must be 1 to 64 letters and digits"));
    }
    if known == current {
        return Ok(());
    }
    Err(ServiceError::new(
        ErrorKind::VersionMismatch,
        "CurrentVersion is not the latest version: describe the resource to get it",
    ))
}
