//! Which connections an act is for.

use serde::{Deserialize, Serialize};

use crate::{Pattern, RoleName, role::Place};

/// Which open connections an act is for: those that fit all that is given; by default, all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Target {
    /// Channels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<Pattern>,
    /// Client ids; a master has none, so it fits no pattern.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<Pattern>,
    /// Masters or viewers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleName>,
}

impl Target {
    pub(crate) fn fits(&self, place: &Place) -> bool {
        let id = place.role.client_id();
        self.channel.as_ref().is_none_or(|pattern| pattern.fits(place.channel.as_str()))
            && self.role.is_none_or(|role| role == place.role.name())
            && self
                .client_id
                .as_ref()
                .is_none_or(|pattern| id.is_some_and(|id| pattern.fits(id.as_str())))
    }
}
