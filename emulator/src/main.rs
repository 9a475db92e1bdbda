//! The command `kvs-emulator`.

mod cli;
mod turn_flags;

use std::{
    io::{self, IsTerminal as _, Write as _},
    process::ExitCode,
};

use clap::Parser as _;
use kvs_emulator::Emulator;
use tracing_subscriber::{
    Layer as _, filter::Targets, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

/// What a wrong command line ends with, too.
const CANNOT_START: u8 = 2;
/// What it ends with where it ran, and then could not go on.
const CANNOT_GO_ON: u8 = 1;

#[tokio::main]
async fn main() -> ExitCode {
    let args = cli::Args::parse();
    // Only what this program says itself: the signer's own log would print signed URLs.
    let own = Targets::new().with_target("kvs_emulator", args.log);
    let log = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_target(false);
    tracing_subscriber::registry().with(log.with_filter(own)).init();
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
    let config = args.into_config().map_err(Failure::at_start)?;
    let serves_page = config.site.is_some();
    let emulator = Emulator::bind(config).await.map_err(Failure::at_start)?;
    let interrupted = interruption()
        .map_err(|error| Failure::at_start(format!("cannot wait for Ctrl-C: {error}")))?;
    // Nobody may be reading, and that is no reason to stop.
    announce(&emulator, serves_page).ok();
    let ended = emulator.run_until(interrupted).await;
    ended.map_err(|error| Failure { code: CANNOT_GO_ON, sentence: error.to_string() })
}

/// The first line is for scripts, the rest for people.
fn announce(emulator: &Emulator, serves_page: bool) -> io::Result<()> {
    let http = emulator.http_addr();
    let local = http.ip().is_loopback() || http.ip().is_unspecified();
    let host = if local { "localhost".to_owned() } else { http.ip().to_string() };
    let (port, turn) = (http.port(), emulator.turn_addr().port());
    let mut out = io::stdout().lock();
    writeln!(out, "kvs-emulator listening on http://{host}:{port} (TURN {turn})")?;
    if serves_page {
        writeln!(out, "  Open http://{host}:{port}/ in a browser.")?;
    }
    writeln!(
        out,
        "  Clients use http://{host}:{port} as their endpoint; any access key id will do."
    )?;
    writeln!(out, "  Ctrl-C ends it; channels are kept in memory only.")?;
    out.flush()
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
