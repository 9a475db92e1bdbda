//! Whether this user may make networks of their own on this machine.

use std::process::Command;

use anyhow::{Context, Result};

use crate::process;

/// What the tests in such a network do first: a bridge takes a kernel that has them, too.
const TRIAL: &str = "ip link add name trial type bridge";

/// Tries it. The system makes nothing that outlives the trial.
///
/// # Errors
/// Why not: neither root nor allowed to be one in a user namespace, or programs are missing.
pub(super) fn can_be_made() -> Result<()> {
    try_by("unshare", TRIAL)
}

fn try_by(unshare: &str, trial: &str) -> Result<()> {
    let tried = |options: &[&str]| {
        process::capture(Command::new(unshare).args(options).args(["--", "sh", "-c", trial]))
    };
    // First as root, then as anybody on a system that lets everybody be root among themselves.
    tried(&["--net"])
        .or_else(|_| tried(&["--net", "--user", "--map-root-user"]))
        .map(drop)
        .context("network namespaces need root, or a system with user namespaces for everybody")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_they_cannot_be_made_the_reason_is_said() {
        for (unshare, trial, reason) in
            [("no-such-unshare", TRIAL, "could not be started"), ("unshare", "exit 3", "exit 3")]
        {
            let refusal = format!("{:#}", try_by(unshare, trial).unwrap_err());
            assert!(refusal.starts_with("network namespaces need root"), "{refusal}");
            assert!(refusal.contains(reason), "{refusal}");
        }
    }
}
