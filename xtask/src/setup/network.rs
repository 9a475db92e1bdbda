//! What makes networks of several machines on one.

use anyhow::Result;

use super::{Part, system};
use crate::tools::Tools;

const PACKAGES: [&str; 2] = ["iproute2", "util-linux"];
const PROGRAMS: [&str; 3] = ["ip", "nsenter", "unshare"];

/// `ip`, `nsenter` and `unshare`.
pub(super) struct Namespaces<'a> {
    pub(super) tools: &'a Tools,
}

impl Part for Namespaces<'_> {
    fn name(&self) -> String {
        PROGRAMS.join(", ")
    }

    fn why(&self) -> &'static str {
        "the tests make a network of two laptops"
    }

    fn is_optional(&self) -> bool {
        true
    }

    fn find(&self) -> Result<Option<String>> {
        let all = PROGRAMS.iter().all(|program| self.tools.first_of(&[program]).is_some());
        Ok(all.then(|| "iproute2".to_owned()))
    }

    fn install(&self) -> Result<()> {
        system::apt_install(&PACKAGES, self.why())
    }

    fn by_hand(&self) -> String {
        format!("`{}`", system::apt_line(&PACKAGES))
    }
}
