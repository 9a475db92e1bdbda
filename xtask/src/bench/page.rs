//! `bench page`: the built page as a person far away has it.

use anyhow::Result;

use crate::setup::Browser;
use crate::tools::Tools;
use crate::workspace::Workspace;
use crate::{process, site};

#[derive(clap::Args)]
pub(super) struct Args {
    /// How many times the page is opened
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
}

pub(super) fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    let driver = Browser::Chrome.driver(&Tools::new(workspace)?)?;
    let folder = site::page(workspace)?;
    let mut cargo = workspace.cargo();
    cargo.args(["run", "--package", "kvs-e2e", "--bin", "bench_page", "--", "--runs"]);
    cargo.arg(args.runs.to_string());
    process::run(cargo.env("CHROMEDRIVER", driver).env("KVS_SITE", folder))
}
