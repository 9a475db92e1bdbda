//! `demo`: a call between two windows of this machine's browser, without an AWS account.

use std::io::{self, BufRead, BufReader, ErrorKind};
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::process::{Child, ChildStdout, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::setup::{self, Purpose};
use crate::workspace::Workspace;
use crate::{build, process};

const EMULATOR: &str = "kvs-emulator";
/// Where the emulator listens unless told otherwise.
const LOCAL: Ipv4Addr = Ipv4Addr::LOCALHOST;

/// Build everything and serve the test page from the emulator, until Ctrl-C.
///
/// Installs only what that needs: neither Node nor a browser's driver, and no wasm-opt.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The port of the page and of the emulated service
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The port of STUN and TURN, UDP and TCP
    #[arg(long, default_value_t = 3478)]
    turn_port: u16,
}

pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<ExitCode> {
    let (page, turn) = ((LOCAL, args.port), (LOCAL, args.turn_port));
    check_free("--port", args.port, TcpListener::bind(page).map(drop))?;
    check_free("--turn-port", args.turn_port, TcpListener::bind(turn).map(drop))?;
    check_free("--turn-port", args.turn_port, UdpSocket::bind(turn).map(drop))?;
    if !setup::ensure(workspace, Purpose::Demo)? {
        return Ok(ExitCode::FAILURE);
    }
    build::release(workspace)?;
    process::run(workspace.cargo().args(["build", "--package", EMULATOR]))?;
    serve(workspace, args)
}

/// A port in use is to be known before minutes of building.
fn check_free(option: &str, port: u16, trial: io::Result<()>) -> Result<()> {
    let Err(error) = trial else { return Ok(()) };
    match error.kind() {
        ErrorKind::AddrInUse => bail!(
            "port {port} is in use by another program: stop that one, or choose another port, \
             as in `cargo xtask demo {option} {}`",
            port.checked_add(1).unwrap_or(8080),
        ),
        ErrorKind::PermissionDenied => {
            bail!("port {port} is not for ordinary users: give {option} one from 1024 on")
        }
        _ => Err(error).with_context(|| format!("port {port} cannot be listened on")),
    }
}

fn serve(workspace: &Workspace, args: &Args) -> Result<ExitCode> {
    let stop = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&stop);
    ctrlc::set_handler(move || asked.store(true, Ordering::Relaxed))
        .context("Ctrl-C cannot be listened for")?;
    let program = workspace.target.join("debug").join(EMULATOR);
    let mut command = workspace.command(&program);
    command.args(["--port", &args.port.to_string(), "--turn-port", &args.turn_port.to_string()]);
    command.args(["--site", "www", "--pkg", "pkg"]);
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("{} could not be started", program.display()))?;
    let output = child.stdout.take().context("the emulator has no output")?;
    let greeter = thread::spawn(move || greet(output));
    let ended = wait(&mut child, &stop)?;
    drop(greeter.join());
    if !stop.load(Ordering::Relaxed) {
        // It has said why by itself.
        ensure!(ended, "the emulator ended");
    }
    Ok(ExitCode::SUCCESS)
}

/// Says what to do once the emulator listens. Its further lines would say it again.
fn greet(output: ChildStdout) {
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        if let Some(address) = page_address(&line) {
            println!("{line}");
            println!("\n  Open {address} in two windows of a browser.");
            println!("  Press \"Start master\" in the first and \"Start viewer\" in the second.");
            println!("  They see each other; Ctrl-C here ends it.\n");
        }
    }
}

fn page_address(line: &str) -> Option<&str> {
    let rest = line.split_once("listening on ")?.1;
    rest.split_whitespace().next()
}

/// Waits for the emulator's end, and sees to it when we are asked to stop. Whether it ended well.
fn wait(child: &mut Child, stop: &AtomicBool) -> Result<bool> {
    const POLL: Duration = Duration::from_millis(100);
    /// Ctrl-C reaches the emulator too, which then takes leave of its peers.
    const LEAVE: Duration = Duration::from_secs(2);
    let mut deadline = None;
    loop {
        if let Some(status) = child.try_wait().context("the emulator was lost")? {
            return Ok(status.success());
        }
        if stop.load(Ordering::Relaxed) {
            let deadline = *deadline.get_or_insert_with(|| Instant::now() + LEAVE);
            if Instant::now() >= deadline {
                child.kill().context("the emulator could not be stopped")?;
            }
        }
        thread::sleep(POLL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_in_use_is_said_in_a_sentence_with_a_way_out() {
        let taken = TcpListener::bind((LOCAL, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let again = TcpListener::bind((LOCAL, port)).map(drop);
        let refusal = check_free("--turn-port", port, again).unwrap_err().to_string();
        assert!(refusal.starts_with(&format!("port {port} is in use")), "{refusal}");
        assert!(refusal.contains("demo --turn-port"), "{refusal}");
        check_free("--port", port, Ok(())).unwrap();
    }

    #[test]
    fn the_address_is_taken_from_the_emulators_first_line() {
        let line = "kvs-emulator listening on http://localhost:8080 (TURN 3478)";
        assert_eq!(page_address(line), Some("http://localhost:8080"));
        assert_eq!(page_address("something else"), None);
    }
}
