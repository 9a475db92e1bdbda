//! `bench page`: the built page as a person far away has it, and what the page does in each frame.

use anyhow::Result;

use crate::setup::Browser;
use crate::tools::Tools;
use crate::workspace::Workspace;
use crate::{build, process, site};

#[derive(clap::Args)]
pub(super) struct Args {
    /// What to measure; all where none is named
    #[arg(value_enum)]
    parts: Vec<Part>,

    /// How many times the page is opened over the slow line
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,

    /// How long the ten tiles are watched, in seconds
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=600))]
    seconds: u16,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// How soon the built page is usable over a slow line, and what it loads
    Loading,
    /// A master's page that shows ten viewers' pictures
    Tiles,
    /// A log of 10,000 lines
    Log,
}

pub(super) fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    let wanted = |part| args.parts.is_empty() || args.parts.contains(&part);
    if wanted(Part::Loading) {
        loading(workspace, args.runs)?;
    }
    let frames: Vec<_> = [(Part::Tiles, "tiles"), (Part::Log, "log")]
        .into_iter()
        .filter_map(|(part, name)| wanted(part).then_some(name))
        .collect();
    if frames.is_empty() { Ok(()) } else { in_frames(workspace, &frames, args.seconds) }
}

fn loading(workspace: &Workspace, runs: u32) -> Result<()> {
    let driver = Browser::Chrome.driver(&Tools::new(workspace)?)?;
    let folder = site::page(workspace)?;
    let mut cargo = workspace.cargo();
    cargo.args(["run", "--package", "kvs-e2e", "--bin", "bench_page", "--", "--runs"]);
    cargo.arg(runs.to_string());
    process::run(cargo.env("CHROMEDRIVER", driver).env("KVS_SITE", folder))
}

fn in_frames(workspace: &Workspace, parts: &[&str], seconds: u16) -> Result<()> {
    let driver = Browser::Chrome.driver(&Tools::new(workspace)?)?;
    build::release(workspace)?;
    let mut cargo = workspace.cargo();
    cargo.args(["run", "--package", "kvs-e2e", "--bin", "bench_frames", "--"]).args(parts);
    cargo.arg("--seconds").arg(seconds.to_string());
    process::run(cargo.env("CHROMEDRIVER", driver))
}
