//! `bench sdk`: our package beside the service's JavaScript SDK.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::esbuild::Esbuild;
use crate::setup::{Browser, Npm};
use crate::tools::Tools;
use crate::workspace::Workspace;
use crate::{package, process};

/// The bundle for browsers that the JavaScript SDK publishes: a script that leaves a global.
const REFERENCE: &str = "amazon-kinesis-video-streams-webrtc/dist/kvs-webrtc.min.js";

#[derive(clap::Args)]
pub(super) struct Args {
    /// Fewer and shorter rounds: seconds instead of minutes, and figures that vary more
    #[arg(long)]
    short: bool,
}

pub(super) fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    let tools = Tools::new(workspace)?;
    let browser = Browser::Chrome;
    let driver = browser.driver(&tools)?;
    let modules = Npm::clients(workspace, &tools).modules()?;
    package::run(workspace, &package::Args {})?;
    let reference = reference(workspace, &modules.join(REFERENCE))?;
    let mut cargo = workspace.cargo();
    cargo.args(["run", "--package", "kvs-e2e", "--bin", "bench_sdk", "--"]);
    cargo.arg("--package").arg(package::folder(workspace)).arg("--reference").arg(reference);
    if args.short {
        cargo.arg("--short");
    }
    process::run(cargo.env("CHROMEDRIVER", driver))
}

/// The folder of `reference.js`: the bundle as a module, which is how ours is loaded.
fn reference(workspace: &Workspace, bundle: &Path) -> Result<PathBuf> {
    let folder = workspace.target.join("bench-sdk");
    let unwritable = || format!("{} cannot be written", folder.display());
    fs::create_dir_all(&folder).with_context(unwritable)?;
    let entry = folder.join("entry.js");
    let bundle = bundle.display().to_string();
    let names = "Role, SigV4RequestSigner, SignalingClient";
    fs::write(&entry, format!("import {bundle:?};\nexport const {{ {names} }} = KVSWebRTC;\n"))
        .with_context(unwritable)?;
    let esbuild = Esbuild::find(workspace, &folder)?;
    let mut esbuild = esbuild.command(&["entry.js", "--bundle", "--format=esm"]);
    process::run(esbuild.arg(format!("--outfile={}", folder.join("reference.js").display())))?;
    Ok(folder)
}
