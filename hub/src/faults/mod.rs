//! Faults on purpose: one list for calls, upgrades and messages.

mod parse;
mod spec;

use serde::{Deserialize, Serialize};

use crate::Millis;

pub use spec::{FaultName, FaultSpec, Refusal};

/// Most faults in the list, those that are over included.
const MAX_FAULTS: usize = 100;

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

/// The list.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    rules: Vec<Rule>,
    last: u64,
}

#[derive(Debug)]
struct Rule {
    id: FaultId,
    spec: FaultSpec,
    hits: u64,
}

impl Faults {
    pub(crate) fn add(&mut self, spec: FaultSpec) -> Result<FaultId, String> {
        spec.check()?;
        if self.rules.len() >= MAX_FAULTS {
            return Err(format!("there are {MAX_FAULTS} faults already: remove some first"));
        }
        self.last = self.last.saturating_add(1);
        let id = FaultId(self.last);
        self.rules.push(Rule { id, spec, hits: 0 });
        Ok(id)
    }

    pub(crate) fn remove(&mut self, id: FaultId) -> bool {
        let before = self.rules.len();
        self.rules.retain(|rule| rule.id != id);
        self.rules.len() < before
    }

    pub(crate) fn clear(&mut self) {
        self.rules.clear();
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (FaultId, &FaultSpec, u64)> {
        self.rules.iter().map(|rule| (rule.id, &rule.spec, rule.hits))
    }
}
