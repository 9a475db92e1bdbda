//! A project of somebody who has installed the package and nothing else, with the consumers of
//! `npm/consumers` in it.

use std::{
    env, fmt, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use anyhow::{Context, Result, bail, ensure};
use kvs_e2e::service::workspace;
use serde_json::Value;

/// Why a test failed, in its own words: what a backtrace adds would hide what a tool said.
pub(crate) struct Failure(anyhow::Error);

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", self.0)
    }
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

/// The project's folder, made once a run.
///
/// # Errors
/// Where the package cannot be installed, or brings along anything else.
pub(crate) fn project() -> Result<&'static Path> {
    static PROJECT: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let made = PROJECT.get_or_init(|| make().map_err(|error| format!("{error:#}")));
    made.as_deref().map_err(|error| anyhow::anyhow!("{error}"))
}

/// The folder of what npm has put there.
pub(crate) fn installed() -> Result<PathBuf> {
    Ok(project()?.join("node_modules/kvs-webrtc"))
}

fn make() -> Result<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("package");
    if folder.exists() {
        fs::remove_dir_all(&folder).context("the last run's project stays")?;
    }
    copy(&workspace().join("npm/consumers"), &folder)?;
    copy(&workspace().join("npm/types-test"), &folder)?;
    fs::write(
        folder.join("package.json"),
        r#"{ "name": "consumer", "private": true, "type": "module" }"#,
    )?;
    let tarball = named_by("KVS_PACKAGE")?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--offline", "--no-audit", "--no-fund"]).arg(tarball);
    let said = run(npm.current_dir(&folder))?;
    ensure!(said.contains("added 1 package in"), "more than the package was installed: {said}");
    let modules = fs::read_dir(folder.join("node_modules"))?;
    let names = modules.map(|entry| Ok(entry?.file_name())).collect::<Result<Vec<_>>>()?;
    let visible = names.iter().filter(|name| !name.to_string_lossy().starts_with('.'));
    ensure!(visible.eq(["kvs-webrtc"].iter()), "npm has installed {names:?}");
    Ok(folder)
}

/// Runs a program to its end and gives what it printed.
///
/// # Errors
/// Where it fails, or complains.
pub(crate) fn run(program: &mut Command) -> Result<String> {
    let output = program.stdin(Stdio::null()).output();
    let output = output.with_context(|| format!("{program:?} does not start"))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaints = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() || !complaints.trim().is_empty() {
        bail!("{program:?} ended with {}:\n{said}{complaints}", output.status);
    }
    Ok(said)
}

/// Runs Node in the project and reads the JSON that it prints last.
///
/// # Errors
/// Where it fails, complains, or prints none.
pub(crate) fn node(arguments: &[&str]) -> Result<Value> {
    let mut node = Command::new("node");
    let said = run(node.args(arguments).current_dir(project()?))?;
    let last = said.lines().last().with_context(|| format!("{arguments:?} printed nothing"))?;
    serde_json::from_str(last).with_context(|| format!("{arguments:?} printed {last}"))
}

/// The file or folder that a variable names: `cargo xtask test` sets them.
///
/// # Errors
/// Where it is not set, or what it names is not there.
pub(crate) fn named_by(variable: &str) -> Result<PathBuf> {
    let value = env::var_os(variable).with_context(|| {
        format!("{variable} is not set: `cargo xtask test` does it, see docs/DEVELOPING.md")
    })?;
    let path = PathBuf::from(value);
    ensure!(path.exists(), "{variable} names {}, which is not there", path.display());
    Ok(path)
}

/// A script of one of the tools' packages.
///
/// # Errors
/// Where the tools are not installed.
pub(crate) fn tool(script: &str) -> Result<PathBuf> {
    Ok(named_by("KVS_PACKAGE_TOOLS")?.join(script))
}

/// Copies a folder with all that is in it.
///
/// # Errors
/// Where a file cannot be read or written.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("{} cannot be made", to.display()))?;
    let entries = fs::read_dir(from).with_context(|| format!("{} is missing", from.display()))?;
    for entry in entries {
        let entry = entry?;
        let place = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &place)?;
        } else {
            fs::copy(entry.path(), &place)
                .with_context(|| format!("{} cannot be written", place.display()))?;
        }
    }
    Ok(())
}
