//! Faults on purpose: one list for calls, upgrades and messages.

mod held;
mod list;
mod parse;
mod spec;

use serde::{Deserialize, Serialize};

use crate::Millis;

pub(crate) use held::Held;
pub(crate) use list::{Faults, MessageFault};
pub use spec::{FaultName, FaultSpec, Refusal};

/// The name of a fault in the list; never given out twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FaultId(pub u64);

/// What is to go wrong with a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallFault {
    /// How long to wait first, in real time.
    pub delay: Option<Millis>,
    /// Then, how to refuse it.
    pub refusal: Option<Refusal>,
}

/// What is to go wrong with an upgrade.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UpgradeFault {
    /// How long to wait first, in real time.
    pub delay: Option<Millis>,
    /// Then, how to refuse it.
    pub refusal: Option<Refusal>,
    /// Whether never to answer; it goes before a refusal.
    pub hang: bool,
}
