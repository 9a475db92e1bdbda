//! A call between two laptops, by `cargo xtask demo --lan`: the emulator, the master's browser and
//! the viewer's have a network namespace each.
//!
//! Runs in a network of its own (`kvs_e2e::netns`), for which it needs root, or a system that
//! lets everybody make user namespaces.

mod calls;
mod demo;

use std::{process::ExitCode, sync::Arc, time::Duration};

use kvs_e2e::netns::{is_alone, leave_this_network};
use libtest_mimic::{Arguments, Conclusion, Failed, Trial};
use tokio::{runtime::Runtime, time::timeout};

/// A call that takes longer hangs.
const CALL_LIMIT: Duration = Duration::from_secs(360);

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // A call takes both cores of a small machine.
    arguments.test_threads = Some(1);
    if !arguments.list
        && !is_alone()
        && let Err(error) = demo::build().and_then(|()| leave_this_network())
    {
        eprintln!("{error:#}");
        return ExitCode::FAILURE;
    }
    match run(&arguments) {
        Ok(conclusion) => conclusion.exit_code(),
        Err(error) => {
            eprintln!("the tests do not start: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> std::io::Result<Conclusion> {
    let runtime = Arc::new(Runtime::new()?);
    let trials = calls::ALL.iter().map(|(name, call)| {
        let runtime = Arc::clone(&runtime);
        Trial::test(*name, move || {
            let over = runtime.block_on(async { timeout(CALL_LIMIT, call()).await });
            let over = over.unwrap_or_else(|_| anyhow::bail!("not over after {CALL_LIMIT:?}"));
            over.map_err(|error| Failed::from(format!("{error:#}")))
        })
    });
    Ok(libtest_mimic::run(arguments, trials.collect()))
}
