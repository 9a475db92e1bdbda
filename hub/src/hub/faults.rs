//! Faults on purpose.

use super::Hub;
use crate::{CallFault, ChannelName, FaultId, FaultSpec, Role, UpgradeFault};

impl Hub {
    /// Adds a fault, the last in a list of at most 100, and those that are over count. Of those
    /// that fit a message, the first hits it.
    ///
    /// # Errors
    /// What is wrong with it and how to mend it, as text; also where the list is full.
    pub fn add_fault(&mut self, spec: FaultSpec) -> Result<FaultId, String> {
        self.faults.add(spec)
    }

    /// Takes a fault from the list; `false` where it was not there. What it holds back comes when
    /// it is due.
    pub fn remove_fault(&mut self, id: FaultId) -> bool {
        self.faults.remove(id)
    }

    /// Empties the list of faults.
    pub fn clear_faults(&mut self) {
        self.faults.clear();
    }

    /// The faults in the list, and how many events each has hit.
    pub fn faults(&self) -> impl Iterator<Item = (FaultId, &FaultSpec, u64)> {
        self.faults.iter()
    }

    /// What is to go wrong with this call, before it is carried out.
    pub fn call_fault(&mut self, operation: &str, channel: Option<&ChannelName>) -> CallFault {
        self.faults.call(operation, channel)
    }

    /// What is to go wrong with this upgrade, before it is carried out.
    pub fn upgrade_fault(&mut self, channel: &str, role: &Role) -> UpgradeFault {
        self.faults.upgrade(channel, role)
    }
}
