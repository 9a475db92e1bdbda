//! The service's errors: their names, their status codes, and a sentence for people.

/// Which of the service's errors it is.
///
/// Source: the error tables of CreateSignalingChannel, DescribeSignalingChannel,
/// GetSignalingChannelEndpoint, GetIceServerConfig, ConnectAsMaster and ConnectAsViewer.
/// Exhaustive on purpose: whoever maps errors has to decide about each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// A member is missing, malformed or out of its range.
    InvalidArgument,
    /// No such channel.
    ResourceNotFound,
    /// A channel of this name exists.
    ResourceInUse,
    /// More channels than the account may have.
    AccountChannelLimitExceeded,
    /// More than 50 tags.
    TagsPerResourceExceededLimit,
    /// Too many connections, viewers or waiting messages.
    ClientLimitExceeded,
}

impl ErrorKind {
    /// The error's name on the wire, e.g. `ResourceNotFoundException`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InvalidArgument => "InvalidArgumentException",
            Self::ResourceNotFound => "ResourceNotFoundException",
            Self::ResourceInUse => "ResourceInUseException",
            Self::AccountChannelLimitExceeded => "AccountChannelLimitExceededException",
            Self::TagsPerResourceExceededLimit => "TagsPerResourceExceededLimitException",
            Self::ClientLimitExceeded => "ClientLimitExceededException",
        }
    }

    /// The HTTP status code that goes with it.
    pub const fn status(self) -> u16 {
        match self {
            Self::ResourceNotFound => 404,
            Self::InvalidArgument
            | Self::ResourceInUse
            | Self::AccountChannelLimitExceeded
            | Self::TagsPerResourceExceededLimit
            | Self::ClientLimitExceeded => 400,
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
