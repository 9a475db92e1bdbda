//! `bench`: figures, from a real browser for what a person waits for, from a load for the emulator.

mod emulator;
mod page;
mod sdk;

use anyhow::Result;
use clap::Subcommand;

use crate::setup::Browser;
use crate::tools::Tools;
use crate::workspace::Workspace;
use crate::{build, process};

/// Measure on this machine: the package and a call in a real browser, the emulator under load.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Time from the viewer's click to its first remote frame
    FirstFrame {
        /// Calls to make
        #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
        runs: u32,
    },
    /// What the emulator carries: sockets, messages, memory, time, beside their targets
    Emulator(emulator::Args),
    /// The built page over a slow line, and the page's work in each frame, beside what they may take
    Page(page::Args),
    /// Our package beside the JavaScript SDK in one browser: signing, frames, time to load
    Sdk(sdk::Args),
}

pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    match &args.what {
        What::FirstFrame { runs } => first_frame(workspace, *runs),
        What::Emulator(args) => emulator::run(workspace, args),
        What::Page(args) => page::run(workspace, args),
        What::Sdk(args) => sdk::run(workspace, args),
    }
}

fn first_frame(workspace: &Workspace, runs: u32) -> Result<()> {
    let browser = Browser::Chrome;
    let driver = browser.driver(&Tools::new(workspace)?)?;
    build::release(workspace)?;
    let mut cargo = workspace.cargo();
    cargo.args(["run", "--package", "kvs-e2e", "--bin", "first_frame", "--", "--runs"]);
    cargo.arg(runs.to_string()).env("KVS_BROWSER", browser.name()).env("CHROMEDRIVER", driver);
    process::run(&mut cargo)
}
