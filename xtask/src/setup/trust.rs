//! What makes a browser trust a certificate of the tests' own.

use anyhow::Result;

use super::{Part, system};
use crate::tools::Tools;

const PACKAGES: [&str; 1] = ["libnss3-tools"];

/// Writes into the database of certificates that Chromium reads.
pub(super) struct CertUtil<'a> {
    pub(super) tools: &'a Tools,
}

impl Part for CertUtil<'_> {
    fn name(&self) -> String {
        "certutil".into()
    }

    fn why(&self) -> &'static str {
        "a test's browser trusts the emulator's certificate by it"
    }

    fn find(&self) -> Result<Option<String>> {
        Ok(self.tools.first_of(&["certutil"]).map(|_| self.name()))
    }

    fn install(&self) -> Result<()> {
        system::apt_install(&PACKAGES, self.why())
    }

    fn by_hand(&self) -> String {
        format!("`{}`, or NSS's tools of another system", system::apt_line(&PACKAGES))
    }
}
