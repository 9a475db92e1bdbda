//! `package`: the tarball that npm publishes.
//!
//! One glue and one wasm; the doors to them (`npm/entries`) differ only in how they come by its
//! bytes: fetched in a page, read in Node, as text in a module.

mod bundle;
mod glue;
mod lean;
mod names;
pub(crate) mod size;
mod types;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::build;
use crate::files::empty;
use crate::process;
use crate::tools::Tools;
use crate::workspace::Workspace;

const NAME: &str = "kvs-webrtc";
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The most that an installed package may take.
pub(crate) const MOST_INSTALLED: usize = 1_000_000;

/// Build the SDK and pack it for npm: the last line printed is the tarball's path.
///
/// Needs Node with npm, and esbuild, which `setup` installs.
#[derive(clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(workspace: &Workspace, _: &Args) -> Result<()> {
    build::release(workspace)?;
    let folder = assemble(workspace)?;
    let tarball = pack(workspace, &folder)?;
    println!("{}", tarball.display());
    Ok(())
}

/// The types of what is imported: those of what is required.
const TYPES_BY_IMPORT: &str = "\
export * from './index.cjs';
export { init as default } from './index.cjs';
export as namespace KVSWebRTC;
";

/// Where the package is put together.
pub(crate) fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target.join("package").join(NAME)
}

/// Its types: what `index.d.ts` says.
pub(crate) fn types(workspace: &Workspace) -> Result<String> {
    types::index(workspace)
}

/// Where `npm pack` leaves it.
pub(crate) fn tarball(workspace: &Workspace) -> PathBuf {
    workspace.target.join("package").join(format!("{NAME}-{VERSION}.tgz"))
}

/// Puts what the test page loads of the package into `out`: its glue and its wasm.
///
/// # Errors
/// Where the SDK or esbuild is not there.
pub(crate) fn for_page(workspace: &Workspace, out: &Path) -> Result<()> {
    let work = workspace.target.join("package").join("page");
    empty(&work)?;
    bundle::write_for_page(workspace, &work, out)
}

/// Puts the package together out of `pkg/`, `npm/` and the types.
fn assemble(workspace: &Workspace) -> Result<PathBuf> {
    let out = folder(workspace);
    let work = workspace.target.join("package").join("work");
    for dir in [&out, &work] {
        empty(dir)?;
    }
    bundle::write(workspace, &work, &out)?;

    let types = types::index(workspace)?;
    // To TypeScript, what is required is another file than what is imported, but one can tell of
    // the other: this way round, since what is required can import nothing.
    write(&out.join("index.d.cts"), &types)?;
    write(&out.join("index.d.ts"), TYPES_BY_IMPORT)?;

    let npm = workspace.root.join("npm");
    write(&out.join("package.json"), &stamped(&read(&npm.join("package.json"))?)?)?;
    copy(&npm.join("README.md"), &out.join("README.md"))?;
    copy(&workspace.root.join("LICENSE"), &out.join("LICENSE"))?;
    let size = size::installed(&size::files(workspace)?);
    ensure!(size <= MOST_INSTALLED, "it takes {size} bytes installed, of {MOST_INSTALLED} at most");
    Ok(out)
}

/// The manifest with the crate's version.
fn stamped(manifest: &str) -> Result<String> {
    const PLACE: &str = "\"version\": \"0.0.0\"";
    let times = manifest.matches(PLACE).count();
    ensure!(times == 1, "npm/package.json has {times} times, and not once, {PLACE}");
    Ok(manifest.replace(PLACE, &format!("\"version\": \"{VERSION}\"")))
}

/// Runs `npm pack`, which gives every file the same time: the same content is the same tarball.
fn pack(workspace: &Workspace, folder: &Path) -> Result<PathBuf> {
    let npm = Tools::new(workspace)?.first_of(&["npm"]).context("npm is not on PATH")?;
    let home = folder.parent().context("the package has no folder above it")?;
    let mut pack = workspace.command(npm);
    pack.args(["pack", "--ignore-scripts", "--silent", "--pack-destination"]).arg(home);
    process::capture(pack.current_dir(folder))?;
    let tarball = tarball(workspace);
    ensure!(tarball.is_file(), "npm pack made no {}", tarball.display());
    Ok(tarball)
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    write(to, &read(from)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_gets_the_crates_version_once() {
        let workspace = Workspace::find().unwrap();
        let manifest = read(&workspace.root.join("npm/package.json")).unwrap();
        let manifest = stamped(&manifest).unwrap();
        let json: serde_json::Value = serde_json::from_str(&manifest).unwrap();
        assert_eq!(json["version"], VERSION);
        for none in ["dependencies", "peerDependencies", "scripts"] {
            assert!(json.get(none).is_none(), "{none}");
        }
        assert!(stamped("{}").unwrap_err().to_string().contains("0 times"));
    }
}
