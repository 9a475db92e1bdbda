//! What can be done with streams.

use super::{Account, CreateStream, Page, PageRequest, Stream, check_version, page::page};
use crate::{ErrorKind, ServiceError, StreamArn, StreamName, UnixMillis};

/// How many streams are kept.
const MAX_STREAMS: usize = 1000;

impl Account {
    /// Creates a stream.
    ///
    /// # Errors
    /// `ResourceInUse` where the name is taken, `InvalidArgument` where a member is malformed,
    /// `AccountStreamLimitExceeded` where there are 1000 streams.
    ///
    /// Source: CreateStream.
    pub fn create_stream(
        &mut self,
        request: CreateStream,
        now: UnixMillis,
    ) -> Result<&StreamArn, ServiceError> {
        let name = request.name.clone();
        if self.streams.contains_key(&name) {
            return Err(ServiceError::new(
                ErrorKind::ResourceInUse,
                format!("a stream named {name} exists already"),
            ));
        }
        if self.streams.len() >= MAX_STREAMS {
            return Err(ServiceError::new(
                ErrorKind::AccountStreamLimitExceeded,
                "the account has its maximum number of streams",
            ));
        }
        let arn = StreamArn::of(&self.region, &name, now);
        let stream = Stream::new(arn, request, now)?;
        self.changed();
        Ok(self.streams.entry(name).or_insert(stream).arn())
    }

    /// The stream of this name.
    ///
    /// # Errors
    /// `ResourceNotFound`.
    pub fn describe_stream(&self, name: &StreamName) -> Result<&Stream, ServiceError> {
        self.streams.get(name).ok_or_else(not_found)
    }

    /// The stream of this ARN.
    ///
    /// # Errors
    /// `ResourceNotFound`, also where a stream has the name but not the ARN.
    pub fn describe_stream_by_arn(&self, arn: &StreamArn) -> Result<&Stream, ServiceError> {
        let stream = self.describe_stream(arn.name())?;
        if stream.arn() == arn { Ok(stream) } else { Err(not_found()) }
    }

    /// Deletes a stream.
    ///
    /// # Errors
    /// `ResourceNotFound`; `VersionMismatch` where the caller gives a version and it is another;
    /// `ResourceInUse` while a channel's media storage is mapped to it.
    ///
    /// Source: DeleteStream.
    pub fn delete_stream(
        &mut self,
        arn: &StreamArn,
        current_version: Option<&str>,
    ) -> Result<(), ServiceError> {
        let stream = self.describe_stream_by_arn(arn)?;
        if let Some(version) = current_version {
            check_version(version, stream.version())?;
        }
        if let Some(channel) = self.channel_mapped_to(arn) {
            return Err(ServiceError::new(
                ErrorKind::ResourceInUse,
                format!(
                    "the stream is mapped to {}: disable its media storage first",
                    channel.arn()
                ),
            ));
        }
        self.streams.remove(arn.name());
        self.changed();
        Ok(())
    }

    /// The streams, by name, a page at a time.
    ///
    /// # Errors
    /// `InvalidArgument` where the page is too long, or the token is another list's.
    ///
    /// Source: ListStreams.
    pub fn list_streams(
        &self,
        request: &PageRequest<StreamName>,
    ) -> Result<Page<'_, Stream>, ServiceError> {
        page(&self.streams, request)
    }

    pub(super) fn stream_mut(&mut self, arn: &StreamArn) -> Result<&mut Stream, ServiceError> {
        let stream = self.streams.get_mut(arn.name());
        stream.filter(|stream| stream.arn() == arn).ok_or_else(not_found)
    }
}

fn not_found() -> ServiceError {
    ServiceError::new(
        ErrorKind::ResourceNotFound,
        "the requested stream is not found or not active",
    )
}
