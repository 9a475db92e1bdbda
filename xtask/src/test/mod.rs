//! `test`: everything that must hold, from the rules of the house to calls in a browser.

pub(crate) mod in_page;
mod namespaces;
mod report;
mod results;
mod rules;
mod runner;
mod steps;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;

use crate::process;
use crate::setup::{self, Browser, Purpose};
use crate::workspace::Workspace;

/// Run all checks and tests: rules, format, lints, native, browser and end-to-end tests.
///
/// Sets up first what is missing. What cannot run on this machine is skipped with its reason;
/// with `CI=true` that is a failure. Each step's whole output is kept in target/xtask-logs/.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The browser that the browser tests and the page's run in, if not in each
    #[arg(long, value_enum)]
    browser: Option<Browser>,
    /// Run all of the page's tests in Firefox too, rather than the marked ones
    #[arg(long)]
    all: bool,
    /// Build the npm package and run its tests, and nothing else
    #[arg(long, conflicts_with_all = ["browser", "all"])]
    package: bool,
}

impl Args {
    fn runs_in(&self, browser: Browser) -> bool {
        self.browser.is_none_or(|only| only == browser)
    }
}

pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<ExitCode> {
    let begun = Instant::now();
    // What is missing shows again, and counts, as the steps that cannot run.
    setup::ensure(workspace, Purpose::Test)?;
    let outcomes = match args.package {
        true => steps::run_package(workspace, begun.elapsed())?,
        false => steps::run_all(workspace, args, begun.elapsed())?,
    };
    let report = report::Report::new(&outcomes);
    print!("\n{report}");
    Ok(if report.is_success(process::is_ci()) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
