//! The command `kvs-emulator`.

mod announce;
mod cli;
mod cli_behaviour;
mod cli_network;
mod cli_turn;
mod log;

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use clap::Parser as _;
use kvs_emulator::Emulator;

use announce::Announcement;

/// What a wrong command line ends with, too.
const CANNOT_START: u8 = 2;
/// What it ends with where it ran, and then could not go on.
const CANNOT_GO_ON: u8 = 1;

/// Files that are open besides connections: TURN's above all.
const OTHER_FILES: u64 = 2048;

#[tokio::main]
async fn main() -> ExitCode {
    let args = cli::Args::parse();
    log::start(args.log, args.log_format);
    match run(args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure { code, sentence }) => {
            writeln!(io::stderr(), "kvs-emulator: {sentence}").ok();
            ExitCode::from(code)
        }
    }
}

/// How the program ends where it does not end well.
struct Failure {
    code: u8,
    sentence: String,
}

impl Failure {
    fn at_start(reason: impl ToString) -> Self {
        Self { code: CANNOT_START, sentence: reason.to_string() }
    }
}

async fn run(args: cli::Args) -> Result<(), Failure> {
    let ca_file = args.network.tls_ca.clone();
    let config = args.into_config().map_err(Failure::at_start)?;
    let (serves_page, keeps_state) = (config.site.is_some(), config.state.is_some());
    allow_open_files(config.network.max_connections);
    let emulator = Emulator::bind(config).await.map_err(Failure::at_start)?;
    let ca_file = emulator.tls_ca_pem().map(|pem| {
        let port = emulator.http_addr().port();
        let file = ca_file.unwrap_or_else(|| cli_network::default_ca_file(port));
        cli_network::write_ca_file(&file, pem).map(|()| file)
    });
    let ca_file = ca_file.transpose().map_err(Failure::at_start)?;
    let interrupted = interruption()
        .map_err(|error| Failure::at_start(format!("cannot wait for Ctrl-C: {error}")))?;
    let announcement =
        Announcement { emulator: &emulator, ca_file: ca_file.as_deref(), serves_page, keeps_state };
    // Nobody may be reading, and that is no reason to stop.
    announce(&announcement).ok();
    let ended = emulator.run_until(interrupted).await;
    ended.map_err(|error| Failure { code: CANNOT_GO_ON, sentence: error.to_string() })
}

fn announce(announcement: &Announcement<'_>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    write!(out, "{announcement}")?;
    out.flush()
}

/// Raises this process's limit of open files so far that so many connections can be open, or as
/// far as the system lets us.
fn allow_open_files(connections: u32) {
    let wanted = u64::from(connections) + OTHER_FILES;
    let allowed = rlimit::increase_nofile_limit(wanted);
    if !allowed.is_ok_and(|allowed| allowed >= wanted) {
        tracing::warn!(
            "the system allows fewer than {wanted} open files, so that fewer than {connections} \
             connections can be open: raise it with ulimit -n, or lower --max-connections"
        );
    }
}

/// Listens for the person or the system asking the program to end, from now on; the answer is
/// ready when one does.
#[cfg(unix)]
fn interruption() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Listens for the person asking the program to end; the answer is ready when that happens.
#[cfg(not(unix))]
fn interruption() -> io::Result<impl Future<Output = ()>> {
    Ok(async { tokio::signal::ctrl_c().await.unwrap_or_default() })
}
