//! Measures the emulator, each load on one of its own, and prints the figures as a table.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result};
use clap::Parser;
use kvs_bench::{
    emulator::{Emulator, run, start_times},
    raise_open_files,
    table::Report,
};

/// How often starting is measured.
const STARTS: usize = 10;
/// How long a load may take beside the time in which it counts.
const LOAD_LIMIT: Duration = Duration::from_secs(180);

/// Measure the emulator: sockets, messages, time, memory.
#[derive(Parser)]
struct Args {
    /// The emulator's program; the load's is looked for beside it
    #[arg(long, value_name = "FILE")]
    emulator: PathBuf,

    /// Channels, of a master and nine viewers each
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u16).range(1..=6000))]
    channels: u16,

    /// How long messages are counted, in seconds
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,

    /// Messages on their way from each sender to each recipient, quotas off
    #[arg(long, default_value_t = 1)]
    window: u32,

    /// Messages a second in all, quotas on
    #[arg(long, default_value_t = 1000)]
    rate: u32,

    /// Print the table as Markdown
    #[arg(long)]
    markdown: bool,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let sockets = u64::from(args.channels) * 10;
    // What is started from here inherits the limit: on each side a socket is a file.
    raise_open_files(sockets + 256)?;
    eprintln!("starting it {STARTS} times ...");
    let starts = start_times(&args.emulator, STARTS);
    eprintln!("{sockets} sockets, and as many messages as go through ...");
    let window = args.window.to_string();
    let capacity = load(&args, &["--no-quotas"], &["capacity", "--window", &window]);
    eprintln!("{sockets} sockets, and {} messages a second ...", args.rate);
    let rate = args.rate.to_string();
    let paced = load(&args, &[], &["paced", "--rate", &rate]);
    let report = Report {
        starts: starts.map_err(|error| format!("{error:#}")),
        capacity: capacity.map_err(|error| format!("{error:#}")),
        paced: paced.map_err(|error| format!("{error:#}")),
    };
    print!("{}", report.render(args.markdown));
    Ok(())
}

/// Loads an emulator of its own.
fn load<T: serde::de::DeserializeOwned>(args: &Args, flags: &[&str], what: &[&str]) -> Result<T> {
    let most = (u32::from(args.channels) * 10 + 64).to_string();
    let flags = [flags, &["--max-connections", &most]].concat();
    let emulator = Emulator::start(&args.emulator, &flags)?;
    let mut load = Command::new(load_program(&args.emulator)?);
    load.arg("--host").arg(emulator.addr().to_string());
    load.arg("--pid").arg(emulator.pid().to_string());
    load.arg("--channels").arg(args.channels.to_string());
    load.arg("--seconds").arg(args.seconds.to_string());
    load.args(what);
    run(&mut load, LOAD_LIMIT + Duration::from_secs(args.seconds))
}

fn load_program(emulator: &Path) -> Result<PathBuf> {
    let folder = emulator.parent().context("--emulator has no folder")?;
    Ok(folder.join("bench-load").with_extension(std::env::consts::EXE_EXTENSION))
}
