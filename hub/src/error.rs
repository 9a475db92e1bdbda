//! The service's errors: their names, their status codes, and a sentence for people.

/// Which of the service's errors it is.
///
/// Source: the error tables of the operations of Kinesis Video Streams (2017-09-30), of its
/// signaling channels (2019-12-04) and of its WebRTC storage (2018-05-10).
/// Exhaustive on purpose: whoever maps errors has to decide about each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// A member is missing, malformed or out of its range.
    InvalidArgument,
    /// Too many calls, connections, viewers or waiting messages.
    ClientLimitExceeded,
    /// No such channel or stream.
    ResourceNotFound,
    /// The caller may not do this. Its models say 401 or 403; the service answers 403.
    AccessDenied,
    /// The caller is not authorized to perform the operation.
    NotAuthorized,
    /// The name is taken, or the resource belongs to another one.
    ResourceInUse,
    /// The version is not the resource's current one.
    VersionMismatch,
    /// More channels than the account may have.
    AccountChannelLimitExceeded,
    /// More streams than the account may have.
    AccountStreamLimitExceeded,
    /// More streams than a device may have.
    DeviceStreamLimitExceeded,
    /// No such device.
    InvalidDevice,
    /// A stream's ARN of the wrong form.
    InvalidResourceFormat,
    /// The stream keeps no data.
    NoDataRetention,
    /// More than 50 tags.
    TagsPerResourceExceededLimit,
    /// The stream has no edge configuration.
    StreamEdgeConfigurationNotFound,
    /// The client is not valid.
    InvalidClient,
    /// The session has lasted too long.
    SessionExpired,
}

impl ErrorKind {
    /// The error's name on the wire, e.g. `ResourceNotFoundException`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InvalidArgument => "InvalidArgumentException",
            Self::ClientLimitExceeded => "ClientLimitExceededException",
            Self::ResourceNotFound => "ResourceNotFoundException",
            Self::AccessDenied => "AccessDeniedException",
            Self::NotAuthorized => "NotAuthorizedException",
            Self::ResourceInUse => "ResourceInUseException",
            Self::VersionMismatch => "VersionMismatchException",
            Self::AccountChannelLimitExceeded => "AccountChannelLimitExceededException",
            Self::AccountStreamLimitExceeded => "AccountStreamLimitExceededException",
            Self::DeviceStreamLimitExceeded => "DeviceStreamLimitExceededException",
            Self::InvalidDevice => "InvalidDeviceException",
            Self::InvalidResourceFormat => "InvalidResourceFormatException",
            Self::NoDataRetention => "NoDataRetentionException",
            Self::TagsPerResourceExceededLimit => "TagsPerResourceExceededLimitException",
            Self::StreamEdgeConfigurationNotFound => "StreamEdgeConfigurationNotFoundException",
            Self::InvalidClient => "InvalidClientException",
            Self::SessionExpired => "SessionExpiredException",
        }
    }

    /// The HTTP status code that goes with it.
    pub const fn status(self) -> u16 {
        match self {
            Self::NotAuthorized => 401,
            Self::AccessDenied => 403,
            Self::ResourceNotFound | Self::StreamEdgeConfigurationNotFound => 404,
            Self::InvalidArgument
            | Self::ClientLimitExceeded
            | Self::ResourceInUse
            | Self::VersionMismatch
            | Self::AccountChannelLimitExceeded
            | Self::AccountStreamLimitExceeded
            | Self::DeviceStreamLimitExceeded
            | Self::InvalidDevice
            | Self::InvalidResourceFormat
            | Self::NoDataRetention
            | Self::TagsPerResourceExceededLimit
            | Self::InvalidClient
            | Self::SessionExpired => 400,
        }
    }
}

/// An error as the service reports it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ServiceError {
    kind: ErrorKind,
    message: String,
}

impl ServiceError {
    /// An error of this kind; `message` says what is wrong and with what.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// An [`ErrorKind::InvalidArgument`].
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidArgument, message)
    }

    /// Which error it is.
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What is wrong, for people.
    pub fn message(&self) -> &str {
        &self.message
    }
}
