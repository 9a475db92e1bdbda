//! `bench`: figures from a real browser, for what a person waits for.

use anyhow::Result;
use clap::Subcommand;

use crate::setup::Browser;
use crate::tools::Tools;
use crate::workspace::Workspace;
use crate::{build, process};

/// Measure, in a real browser on this machine.
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
}

pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    let What::FirstFrame { runs } = args.what;
    let browser = Browser::Chrome;
    let driver = browser.driver(&Tools::new(workspace)?)?;
    build::release(workspace)?;
    let mut cargo = workspace.cargo();
    cargo.args(["run", "--package", "kvs-e2e", "--bin", "first_frame", "--", "--runs"]);
    cargo.arg(runs.to_string()).env("KVS_BROWSER", browser.name()).env("CHROMEDRIVER", driver);
    process::run(&mut cargo)
}
