//! What an application's back end gives a page that has no AWS keys: a session bundle.

use crate::ice::IceServer;
use crate::ids::{ChannelArn, ClientId, Role};
use crate::secret::Secret;

/// What a page asks its back end for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackendRequest {
    /// Who wants to connect.
    pub role: Role,
    /// As whom; a master has no id.
    pub client_id: Option<ClientId>,
    /// What is needed.
    pub need: Need,
    /// Why it is needed.
    pub reason: Reason,
}

/// What a page needs of its back end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// A presigned URL of the signaling socket, and TURN servers.
    Connect,
    /// TURN servers only.
    Ice,
}

impl Need {
    /// The name that JavaScript sees.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Ice => "ice",
        }
    }
}

/// Why a page asks its back end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A session starts.
    Start,
    /// The signaling socket was lost.
    Reconnect,
    /// What was given before is about to run out.
    Rollover,
    /// The service refused the URL that was given.
    Refused,
}

impl Reason {
    /// The name that JavaScript sees.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Reconnect => "reconnect",
            Self::Rollover => "rollover",
            Self::Refused => "refused",
        }
    }
}

/// What a back end answers. What is not there was not asked for, or is not to be had.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bundle {
    /// The presigned URL of the signaling socket.
    pub signed_url: Option<Secret<String>>,
    /// STUN and TURN servers.
    pub ice_servers: Vec<IceServer>,
    /// Seconds for which the TURN servers may be used.
    pub ice_ttl_seconds: Option<u32>,
    /// The channel.
    pub channel_arn: Option<ChannelArn>,
}
