//! `bench emulator`: figures of the emulator under load.

use anyhow::Result;

use crate::process;
use crate::workspace::Workspace;

/// Both sides of a load are built for speed.
const PROFILE: &str = "server";

#[derive(clap::Args)]
pub(super) struct Args {
    /// Channels, of a master and nine viewers each
    #[arg(long, default_value_t = 500)]
    channels: u16,

    /// How long messages are counted, in seconds
    #[arg(long, default_value_t = 10)]
    seconds: u64,

    /// Print the table as Markdown
    #[arg(long)]
    markdown: bool,
}

pub(super) fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--profile", PROFILE, "--package", "kvs-emulator"]);
    process::run(cargo.args(["--package", "kvs-bench", "--bins"]))?;
    let program = |name: &str| {
        workspace.target.join(PROFILE).join(name).with_extension(std::env::consts::EXE_EXTENSION)
    };
    let mut bench = workspace.command(program("bench-emulator"));
    bench.arg("--emulator").arg(program("kvs-emulator"));
    bench.arg("--channels").arg(args.channels.to_string());
    bench.arg("--seconds").arg(args.seconds.to_string());
    if args.markdown {
        bench.arg("--markdown");
    }
    process::run(&mut bench)
}
