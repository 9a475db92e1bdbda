//! The repository as the tasks see it: its folders, and what its manifest and lock file say.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use toml::{Table, Value};

use crate::process;
use crate::versions::Version;

/// Where things are. Found once, at the start of a task.
pub(crate) struct Workspace {
    /// The folder of the root `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// Cargo's target folder, wherever its configuration puts it.
    pub(crate) target: PathBuf,
    /// This program. Asked for at the start: a test run may replace the file meanwhile.
    pub(crate) xtask: PathBuf,
    manifest: Table,
    lock: Table,
}

impl Workspace {
    pub(crate) fn find() -> Result<Self> {
        let xtask = std::env::current_exe().context("this program's own path is unknown")?;
        let here = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = here.parent().context("xtask is not inside the repository")?.to_path_buf();
        let manifest = read_toml(&root.join("Cargo.toml"))?;
        let lock = read_toml(&root.join("Cargo.lock"))?;
        let target = target_dir(&root)?;
        Ok(Self { root, target, xtask, manifest, lock })
    }

    /// The build's output: what a page loads.
    pub(crate) fn pkg(&self) -> PathBuf {
        self.root.join("pkg")
    }

    /// `cargo`, started in the root, as if by the person and not by a program of cargo's.
    ///
    /// `cargo xtask` is told about the package xtask in variables. Build scripts look at some of
    /// them, as ring's does, and would run anew, with minutes of compiling after them, whenever
    /// `cargo` is started here after a person has started it, and the other way round.
    pub(crate) fn cargo(&self) -> Command {
        let mut cargo = self.command("cargo");
        for (name, _) in std::env::vars_os().filter(|(name, _)| is_about_a_package(name)) {
            cargo.env_remove(name);
        }
        cargo
    }

    /// A program, started in the root.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }

    /// The version `Cargo.lock` has settled on.
    pub(crate) fn locked(&self, package: &str) -> Result<String> {
        locked_version(&self.lock, package)
    }

    /// The oldest Rust that compiles the workspace.
    pub(crate) fn rust_version(&self) -> Result<Version> {
        lookup(&self.manifest, &["workspace", "package", "rust-version"])
            .and_then(Value::as_str)
            .and_then(Version::find)
            .context("Cargo.toml: `workspace.package.rust-version` is missing")
    }

    /// What `wasm-opt` is told, the same for this program and for `wasm-pack build`.
    pub(crate) fn wasm_opt_flags(&self) -> Result<Vec<String>> {
        let path = ["package", "metadata", "wasm-pack", "profile", "release", "wasm-opt"];
        lookup(&self.manifest, &path)
            .and_then(Value::as_array)
            .and_then(|flags| flags.iter().map(|flag| flag.as_str().map(String::from)).collect())
            .with_context(|| format!("Cargo.toml: `{}` is not a list of texts", path.join(".")))
    }
}

/// Whether cargo tells a program by this variable which package it is of.
///
/// Source: The Cargo Book, "Environment variables Cargo sets for crates".
fn is_about_a_package(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
}

fn read_toml(path: &Path) -> Result<Table> {
    let text =
        fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    text.parse().with_context(|| format!("{} is not valid TOML", path.display()))
}

fn target_dir(root: &Path) -> Result<PathBuf> {
    let mut cargo = Command::new("cargo");
    cargo.args(["metadata", "--no-deps", "--offline", "--format-version=1"]).current_dir(root);
    let json: serde_json::Value = serde_json::from_str(&process::capture(&mut cargo)?)
        .context("`cargo metadata` answered something that is not JSON")?;
    let target = json.get("target_directory").and_then(serde_json::Value::as_str);
    target.map(PathBuf::from).context("`cargo metadata` names no target folder")
}

fn lookup<'a>(table: &'a Table, path: &[&str]) -> Option<&'a Value> {
    let (last, parents) = path.split_last()?;
    parents.iter().try_fold(table, |table, key| table.get(*key)?.as_table())?.get(*last)
}

fn locked_version(lock: &Table, package: &str) -> Result<String> {
    let packages = lock.get("package").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut versions = packages
        .iter()
        .filter(|entry| entry.get("name").and_then(Value::as_str) == Some(package))
        .filter_map(|entry| entry.get("version").and_then(Value::as_str));
    let version = versions.next().with_context(|| format!("Cargo.lock has no `{package}`"))?;
    ensure!(versions.next().is_none(), "Cargo.lock has more than one version of `{package}`");
    Ok(version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = r#"
        version = 4
        [[package]]
        name = "wasm-bindgen"
        version = "0.2.130"
        [[package]]
        name = "wasm-bindgen-shared"
        version = "0.2.129"
        [[package]]
        name = "syn"
        version = "1.0.109"
        [[package]]
        name = "syn"
        version = "2.0.119"
    "#;

    #[test]
    fn the_locked_version_is_that_of_the_very_package() {
        let lock = LOCK.parse().unwrap();
        assert_eq!(locked_version(&lock, "wasm-bindgen").unwrap(), "0.2.130");
        assert_eq!(locked_version(&lock, "wasm-bindgen-shared").unwrap(), "0.2.129");
    }

    #[test]
    fn an_absent_or_doubled_package_is_an_error_that_names_it() {
        let lock = LOCK.parse().unwrap();
        let absent = locked_version(&lock, "bindgen").unwrap_err().to_string();
        assert!(absent.contains("no `bindgen`"), "{absent}");
        let doubled = locked_version(&lock, "syn").unwrap_err().to_string();
        assert!(doubled.contains("more than one version of `syn`"), "{doubled}");
    }

    #[test]
    fn cargo_is_not_told_that_it_is_started_by_a_program_of_its_own() {
        assert!(std::env::var_os("CARGO_PKG_NAME").is_some(), "the test is not run by cargo");
        let workspace = Workspace::find().unwrap();
        let cargo = workspace.cargo();
        for name in ["CARGO_PKG_NAME", "CARGO_PKG_VERSION_MAJOR", "CARGO_MANIFEST_DIR"] {
            let removed = cargo.get_envs().any(|(set, value)| set == name && value.is_none());
            assert!(removed, "{name} stays");
        }
    }

    #[test]
    fn this_repository_says_all_that_the_tasks_ask_it() {
        let workspace = Workspace::find().unwrap();
        assert!(workspace.root.join("xtask").is_dir());
        assert!(workspace.rust_version().unwrap() > Version::new(1, 85, 0));
        assert!(workspace.wasm_opt_flags().unwrap().contains(&"-Oz".to_owned()));
    }
}
