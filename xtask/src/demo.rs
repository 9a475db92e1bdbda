//! `demo`: a call between two windows of this machine's browser, without an AWS account.

use std::io::{BufRead, BufReader, ErrorKind};
use std::net::{Ipv4Addr, TcpListener};
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

/// Build everything and serve the test page from the emulator, until Ctrl-C.
///
/// Installs only what that needs: neither Node nor a browser's driver, and no wasm-opt.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The port of the page and of the emulated service
    #[arg(long, default_value_t = 8080)]
    port: u16,
}

pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<ExitCode> {
    check_port(args.port)?;
    if !setup::ensure(workspace, Purpose::Demo)? {
        return Ok(ExitCode::FAILURE);
    }
    build::release(workspace)?;
    process::run(workspace.cargo().args(["build", "--package", EMULATOR]))?;
    serve(workspace, args.port)
}

/// A port in use is to be known before minutes of building.
fn check_port(port: u16) -> Result<()> {
    let Err(error) = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)) else { return Ok(()) };
    match error.kind() {
        ErrorKind::AddrInUse => bail!(
            "port {port} is in use by another program: stop that one, or choose another port, \
             as in `cargo xtask demo --port {}`",
            port.checked_add(1).unwrap_or(8080),
        ),
        ErrorKind::PermissionDenied => {
            bail!("port {port} is not for ordinary users: choose one from 1024 on")
        }
        _ => Err(error).with_context(|| format!("port {port} cannot be listened on")),
    }
}

fn serve(workspace: &Workspace, port: u16) -> Result<ExitCode> {
    let stop = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&stop);
    ctrlc::set_handler(move || asked.store(true, Ordering::Relaxed))
        .context("Ctrl-C cannot be listened for")?;
    let program = workspace.target.join("debug").join(EMULATOR);
    let mut command = workspace.command(&program);
    command.args(["--port", &port.to_string(), "--site", "www", "--pkg", "pkg"]);
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

/// Passes the emulator's output on, and adds what to do once it listens.
fn greet(output: ChildStdout) {
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        println!("{line}");
        if let Some(address) = page_address(&line) {
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
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let refusal = check_port(port).unwrap_err().to_string();
        assert!(refusal.starts_with(&format!("port {port} is in use")), "{refusal}");
        assert!(refusal.contains("--port"), "{refusal}");
        drop(taken);
        check_port(port).unwrap();
    }

    #[test]
    fn the_address_is_taken_from_the_emulators_first_line() {
        let line = "kvs-emulator listening on http://localhost:8080 (TURN 3478)";
        assert_eq!(page_address(line), Some("http://localhost:8080"));
        assert_eq!(page_address("something else"), None);
    }
}
