//! A home folder whose browsers trust a certificate authority of the test's own, as a person's
//! browser does who has imported it. Chromium on Linux looks into `.pki/nssdb` there.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

/// The program that writes there, in Debian's package libnss3-tools.
const CERTUTIL: &str = "certutil";

/// A home folder, gone when this is dropped.
#[derive(Debug)]
pub struct Home {
    folder: TempDir,
    ca: String,
}

impl Home {
    /// A home that trusts the certificate authority in this file, which is in PEM form.
    ///
    /// # Errors
    /// Where there is no certutil, or it does not take the file.
    pub fn that_trusts(ca: &Path) -> Result<Self> {
        let home = TempDir::with_prefix("kvs-home-").context("no temporary folder")?;
        let folder = home.path().join(".pki").join("nssdb");
        fs::create_dir_all(&folder).with_context(|| format!("no folder {}", folder.display()))?;
        let database = format!("sql:{}", folder.display());
        certutil(Command::new(CERTUTIL).args(["-N", "--empty-password", "-d", &database]))?;
        // C: it may vouch for servers.
        let trust = ["-A", "-t", "C,,", "-n", "kvs-emulator", "-d", &database, "-i"];
        certutil(Command::new(CERTUTIL).args(trust).arg(ca))?;
        let ca = fs::read_to_string(ca).context("the certificate authority cannot be read")?;
        Ok(Self { folder: home, ca })
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The certificate authority, as PEM: Firefox does not look into the home.
    pub(crate) fn ca(&self) -> &str {
        &self.ca
    }
}

fn certutil(command: &mut Command) -> Result<()> {
    let output = command
        .output()
        .with_context(|| format!("{CERTUTIL} does not start: run `cargo xtask setup`"))?;
    ensure!(output.status.success(), "certutil: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
