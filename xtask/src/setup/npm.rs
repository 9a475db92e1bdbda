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
/// One set: the modules that a lock file names.
pub(crate) struct Npm<'a> {
    workspace: &'a Workspace,
    tools: &'a Tools,
    set: &'static Set,
}

struct Set {
    name: &'static str,
    why: &'static str,
    /// The folder of `package.json` and `package-lock.json` in the repository.
    lock: &'static str,
    /// What the folder beside the other tools begins with.
    folder: &'static str,
}

const CLIENTS: Set = Set {
    name: "the AWS SDK for JavaScript, the reference SDK and axe-core",
    why: "the tests run them against the emulator and on the page",
    lock: "e2e/clients/node",
    folder: "node",
};

const PACKAGE: Set = Set {
    name: "esbuild, Vite, webpack, TypeScript, publint and attw",
    why: "the npm package is built and tested with them",
    lock: "npm/tools",
    folder: "package",
};

const DOCS: Set = Set {
    name: "TypeDoc",
    why: "the npm package's reference is made with it",
    lock: "npm/docs",
    folder: "docs",
};

impl<'a> Npm<'a> {
    /// Clients that the tests run against the emulator, and what looks for barriers on the page.
    pub(crate) const fn clients(workspace: &'a Workspace, tools: &'a Tools) -> Self {
        Self { workspace, tools, set: &CLIENTS }
    }

    /// What the package is built and tested with.
    pub(crate) const fn package_tools(workspace: &'a Workspace, tools: &'a Tools) -> Self {
        Self { workspace, tools, set: &PACKAGE }
    }

    /// What the package is documented with.
    pub(crate) const fn doc_tools(workspace: &'a Workspace, tools: &'a Tools) -> Self {
        Self { workspace, tools, set: &DOCS }
    }
}

impl Part for Npm<'_> {
    fn name(&self) -> String {
        self.set.name.into()
    }

    fn why(&self) -> &'static str {
        self.set.why
    }

    fn find(&self) -> Result<Option<String>> {
        Ok(self.modules().ok().map(|_| self.name()))
    }

    fn install(&self) -> Result<()> {
        self.fetch()
    }

    fn by_hand(&self) -> String {
        "give npm a way to its registry, then setup again".into()
    }
}

impl Npm<'_> {
    const FILES: [&'static str; 2] = ["package.json", "package-lock.json"];

    /// The folder of the modules.
    pub(crate) fn modules(&self) -> Result<PathBuf> {
        let modules = self.root()?.join("node_modules");
        ensure!(
            modules.is_dir(),
            "what {} names is not installed: `cargo xtask setup`",
            self.set.lock
        );
        Ok(modules)
    }

    fn fetch(&self) -> Result<()> {
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
        Ok(self.tools.dir().join(format!("{}-{locked:08x}", self.set.folder)))
    }

    fn files(&self) -> [PathBuf; 2] {
        Self::FILES.map(|name| self.workspace.root.join(self.set.lock).join(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_package_has_its_exact_version() {
        let workspace = Workspace::find().unwrap();
        for lock in [CLIENTS.lock, PACKAGE.lock, DOCS.lock] {
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
