//! What comes from npm, each set in a folder of its own beside the other tools: clients that the
//! tests run against the emulator, and what the package is built, tested and documented with.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::Part;
use super::clients::{checksum, in_staging};
use crate::process;
use crate::tools::Tools;
use crate::workspace::Workspace;

/// The AWS SDK for JavaScript, the reference SDK, and what looks for barriers on the page.
pub(crate) struct NodeClients<'a> {
    pub(crate) workspace: &'a Workspace,
    pub(crate) tools: &'a Tools,
}

impl<'a> NodeClients<'a> {
    /// The folder of their modules.
    pub(crate) fn modules(&self) -> Result<PathBuf> {
        self.locked().modules()
    }

    const fn locked(&self) -> Locked<'a> {
        let (workspace, tools) = (self.workspace, self.tools);
        Locked { workspace, tools, lock: "e2e/clients/node", name: "node" }
    }
}

impl Part for NodeClients<'_> {
    fn name(&self) -> String {
        "the AWS SDK for JavaScript, the reference SDK and axe-core".into()
    }

    fn why(&self) -> &'static str {
        "the tests run them against the emulator, and on the page"
    }

    fn find(&self) -> Result<Option<String>> {
        Ok(self.modules().ok().map(|_| self.name()))
    }

    fn install(&self) -> Result<()> {
        self.locked().install()
    }

    fn by_hand(&self) -> String {
        BY_HAND.into()
    }
}

/// esbuild, which the package is built with; bundlers, TypeScript and package checkers, which it is
/// tested with.
pub(crate) struct PackageTools<'a> {
    pub(crate) workspace: &'a Workspace,
    pub(crate) tools: &'a Tools,
}

impl<'a> PackageTools<'a> {
    /// The folder of their modules.
    pub(crate) fn modules(&self) -> Result<PathBuf> {
        self.locked().modules()
    }

    const fn locked(&self) -> Locked<'a> {
        let (workspace, tools) = (self.workspace, self.tools);
        Locked { workspace, tools, lock: "npm/tools", name: "package" }
    }
}

impl Part for PackageTools<'_> {
    fn name(&self) -> String {
        "esbuild, Vite, webpack, TypeScript, publint and attw".into()
    }

    fn why(&self) -> &'static str {
        "the npm package is built and tested with them"
    }

    fn find(&self) -> Result<Option<String>> {
        Ok(self.modules().ok().map(|_| self.name()))
    }

    fn install(&self) -> Result<()> {
        self.locked().install()
    }

    fn by_hand(&self) -> String {
        BY_HAND.into()
    }
}

/// TypeDoc, with the TypeScript that it is for.
pub(crate) struct DocTools<'a> {
    pub(crate) workspace: &'a Workspace,
    pub(crate) tools: &'a Tools,
}

impl<'a> DocTools<'a> {
    /// The folder of its modules.
    pub(crate) fn modules(&self) -> Result<PathBuf> {
        self.locked().modules()
    }

    const fn locked(&self) -> Locked<'a> {
        let (workspace, tools) = (self.workspace, self.tools);
        Locked { workspace, tools, lock: "npm/docs", name: "docs" }
    }
}

impl Part for DocTools<'_> {
    fn name(&self) -> String {
        "TypeDoc".into()
    }

    fn why(&self) -> &'static str {
        "the npm package's reference is made with it"
    }

    fn find(&self) -> Result<Option<String>> {
        Ok(self.modules().ok().map(|_| self.name()))
    }

    fn install(&self) -> Result<()> {
        self.locked().install()
    }

    fn by_hand(&self) -> String {
        BY_HAND.into()
    }
}

const BY_HAND: &str = "give npm a way to its registry, then setup again";

/// The modules that a lock file names.
struct Locked<'a> {
    workspace: &'a Workspace,
    tools: &'a Tools,
    /// The folder of `package.json` and `package-lock.json` in the repository.
    lock: &'static str,
    /// What the folder beside the other tools begins with.
    name: &'static str,
}

impl Locked<'_> {
    const FILES: [&'static str; 2] = ["package.json", "package-lock.json"];

    fn modules(&self) -> Result<PathBuf> {
        let modules = self.root()?.join("node_modules");
        ensure!(modules.is_dir(), "what {} names is not installed: `cargo xtask setup`", self.lock);
        Ok(modules)
    }

    fn install(&self) -> Result<()> {
        let npm = self.tools.first_of(&["npm"]).context("npm is not on PATH")?;
        in_staging(self.tools, &self.root()?, |staging| {
            fs::create_dir_all(staging)
                .with_context(|| format!("{} cannot be made", staging.display()))?;
            for (file, name) in self.files().iter().zip(Self::FILES) {
                fs::copy(file, staging.join(name))
                    .with_context(|| format!("{} cannot be copied", file.display()))?;
            }
            let mut install = Command::new(npm);
            install.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
            process::run(install.current_dir(staging))
        })
    }

    fn root(&self) -> Result<PathBuf> {
        let locked = checksum(&self.files())?;
        Ok(self.tools.dir().join(format!("{}-{locked:08x}", self.name)))
    }

    fn files(&self) -> [PathBuf; 2] {
        Self::FILES.map(|name| self.workspace.root.join(self.lock).join(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_package_has_its_exact_version() {
        let workspace = Workspace::find().unwrap();
        for lock in ["e2e/clients/node", "npm/tools", "npm/docs"] {
            let manifest = workspace.root.join(lock).join("package.json");
            let text = fs::read_to_string(manifest).unwrap();
            let json: serde_json::Value = serde_json::from_str(&text).unwrap();
            let packages = json["dependencies"].as_object().unwrap();
            assert!(!packages.is_empty());
            for (name, version) in packages {
                let version = version.as_str().unwrap();
                let version = version.rsplit_once('@').map_or(version, |(_, version)| version);
                assert!(
                    version.chars().all(|c| c.is_ascii_digit() || c == '.'),
                    "{name} {version}"
                );
            }
        }
    }
}
