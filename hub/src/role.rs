//! Who somebody is.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{ChannelName, ClientId};

/// Who somebody is on a channel.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The one that viewers talk to.
    Master,
    /// One of up to ten that talk to the master.
    Viewer(ClientId),
}

impl Role {
    /// A viewer's id; the master has none.
    pub const fn client_id(&self) -> Option<&ClientId> {
        match self {
            Self::Master => None,
            Self::Viewer(id) => Some(id),
        }
    }

    /// Which of the two it is.
    pub const fn name(&self) -> RoleName {
        match self {
            Self::Master => RoleName::Master,
            Self::Viewer(_) => RoleName::Viewer,
        }
    }
}

/// `master`, or `viewer:` and its client id; a colon is in no client id.
impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Master => f.write_str("master"),
            Self::Viewer(id) => write!(f, "viewer:{id}"),
        }
    }
}

/// A role without whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RoleName {
    /// A channel's master.
    Master,
    /// Any of its viewers.
    Viewer,
}

/// Somebody of some channel, whether connected or not.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub(crate) channel: ChannelName,
    pub(crate) role: Role,
}
