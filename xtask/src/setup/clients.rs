//! Other people's clients from PyPI, which the tests run against the emulator: boto3 and aiortc in
//! a Python environment of our own.
//!
//! Each is what its lock file says, in a folder of the tools whose name carries the file's
//! checksum: whether it is there takes no call of pip or npm, and a changed file makes a new one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use flate2::Crc;

use super::{Part, system};
use crate::process;
use crate::tools::{OLDEST_PYTHON, Tools};
use crate::workspace::Workspace;

const PYTHON_PACKAGES: [&str; 2] = ["python3", "python3-venv"];

/// Clients from PyPI, and the Python that runs them.
pub(crate) struct PythonClients<'a> {
    pub(crate) workspace: &'a Workspace,
    pub(crate) tools: &'a Tools,
}

impl PythonClients<'_> {
    /// The interpreter of our own environment.
    pub(crate) fn python(&self) -> Result<PathBuf> {
        let python = self.root()?.join("bin").join("python");
        ensure!(python.is_file(), "the Python clients are not installed");
        Ok(python)
    }

    /// An environment lasts no longer than the Python it was made with.
    fn root(&self) -> Result<PathBuf> {
        let (_, version) = self.tools.python().with_context(too_old_or_missing)?;
        let locked = checksum(&[&self.requirements()])?;
        let name = format!("python-{}.{}-{locked:08x}", version.major(), version.minor());
        Ok(self.tools.dir().join(name))
    }

    fn requirements(&self) -> PathBuf {
        self.workspace.root.join("e2e/clients/python/requirements.txt")
    }
}

impl Part for PythonClients<'_> {
    fn name(&self) -> String {
        "boto3 and aiortc".into()
    }

    fn why(&self) -> &'static str {
        "the tests run them against the emulator"
    }

    fn find(&self) -> Result<Option<String>> {
        Ok(self.python().ok().map(|_| self.name()))
    }

    fn install(&self) -> Result<()> {
        let can_make_environments = |python: &Path| {
            process::capture(Command::new(python).args(["-c", "import ensurepip, venv"])).is_ok()
        };
        if !self.tools.python().is_some_and(|(python, _)| can_make_environments(&python)) {
            system::apt_install(&PYTHON_PACKAGES, self.why())?;
        }
        let (python, _) = self.tools.python().with_context(too_old_or_missing)?;
        in_staging(self.tools, &self.root()?, |staging| {
            process::run(Command::new(python).args(["-m", "venv"]).arg(staging))?;
            let mut pip = Command::new(staging.join("bin").join("python"));
            // A built package runs no code of its own while it is installed.
            pip.args(["-m", "pip", "install", "--only-binary=:all:", "--no-deps", "--quiet"]);
            process::run(pip.args(["--disable-pip-version-check", "-r"]).arg(self.requirements()))
        })
    }

    fn by_hand(&self) -> String {
        let packages = system::apt_line(&PYTHON_PACKAGES);
        format!("Python {OLDEST_PYTHON} or later with venv (`{packages}`), then setup again")
    }
}

fn too_old_or_missing() -> String {
    format!("there is no Python {OLDEST_PYTHON} or later on PATH")
}

/// Makes a folder under another name first: under its own there is never half of it.
pub(super) fn in_staging(
    tools: &Tools,
    root: &Path,
    make: impl FnOnce(&Path) -> Result<()>,
) -> Result<()> {
    let mut staging = root.as_os_str().to_owned();
    staging.push(".new");
    let staging = PathBuf::from(staging);
    drop(fs::remove_dir_all(&staging));
    fs::create_dir_all(tools.dir())
        .with_context(|| format!("{} cannot be made", tools.dir().display()))?;
    make(&staging)?;
    drop(fs::remove_dir_all(root));
    fs::rename(&staging, root).with_context(|| format!("{} cannot be made", root.display()))
}

/// Of what the files say, the same on every machine.
pub(super) fn checksum(files: &[impl AsRef<Path>]) -> Result<u32> {
    let mut crc = Crc::new();
    for file in files.iter().map(AsRef::as_ref) {
        let text = fs::read(file).with_context(|| format!("{} is missing", file.display()))?;
        crc.update(&text);
    }
    Ok(crc.sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_lock_file_is_another_folder() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("requirements.txt");
        fs::write(&file, "boto3==1.44.8\n").unwrap();
        let first = checksum(&[&file]).unwrap();
        assert_eq!(checksum(&[&file]).unwrap(), first);
        fs::write(&file, "boto3==1.44.9\n").unwrap();
        assert_ne!(checksum(&[&file]).unwrap(), first);
        let missing = checksum(&[folder.path().join("none")]).unwrap_err();
        assert!(missing.to_string().contains("none is missing"), "{missing}");
    }

    #[test]
    fn every_client_has_its_exact_version() {
        let requirements = include_str!("../../../e2e/clients/python/requirements.txt");
        assert!(requirements.lines().count() > 0);
        for line in requirements.lines() {
            assert!(
                line.split_once("==").is_some_and(|(_, version)| !version.is_empty()),
                "{line}"
            );
        }
    }
}
