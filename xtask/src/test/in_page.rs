//! Running one program of browser tests: cargo starts this for each, and this wasm-bindgen's runner.
//!
//! That runner's server has four threads, each of which a connection keeps until it ends, and adds
//! one only where it sees none waiting: of two connections that come at once, the second now and
//! then waits for the end of another, and the page never loads. Here its four are taken before the
//! browser comes, so that every connection gets a thread of its own; and a page that does not load
//! nevertheless is loaded once more.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

/// What this is called by; nobody types it.
pub(crate) const TASK: &str = "page-of-tests";
/// How often a page may be loaded of which not one test begins.
const ATTEMPTS: usize = 3;
/// The threads that the server begins with.
const THREADS: usize = 4;

/// What cargo says: the program, and what it is told.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
    line: Vec<OsString>,
}

/// The setting that has cargo start this, a task of `xtask`, with each program of browser tests.
pub(super) fn cargo_setting(target: &str, xtask: &str) -> String {
    let runner = serde_json::json!([xtask, TASK, "--"]);
    format!("target.{target}.runner={runner}")
}

/// Runs the program's tests, with its output as it comes.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    for attempt in 1.. {
        let mut runner = Command::new("wasm-bindgen-test-runner");
        let ran = load(runner.args(&args.line))?;
        if ran.status.success() {
            return Ok(ExitCode::SUCCESS);
        }
        if ran.began || attempt == ATTEMPTS {
            break;
        }
        println!("the page with the tests did not load: once more");
    }
    Ok(ExitCode::FAILURE)
}

struct Loaded {
    status: ExitStatus,
    /// Whether the tests began.
    began: bool,
}

fn load(runner: &mut Command) -> Result<Loaded> {
    let address = free_address().context("no port for the page with the tests")?;
    runner.env("WASM_BINDGEN_TEST_ADDRESS", address.to_string());
    let mut child =
        runner.stdout(Stdio::piped()).spawn().context("no wasm-bindgen-test-runner starts")?;
    let output = child.stdout.take().context("the runner has no output")?;
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| take_threads(address, &is_over));
        let mut began = false;
        for line in BufReader::new(output).lines() {
            let line = line.context("the runner's output cannot be read")?;
            began |= is_beginning(&line);
            println!("{line}");
        }
        let status = child.wait().context("the runner was lost");
        is_over.store(true, Ordering::Relaxed);
        Ok(Loaded { status: status?, began })
    })
}

fn free_address() -> std::io::Result<SocketAddr> {
    TcpListener::bind("127.0.0.1:0")?.local_addr()
}

/// Opens as many connections as the server has threads, and keeps them until all is over.
fn take_threads(server: SocketAddr, is_over: &AtomicBool) {
    const POLL: Duration = Duration::from_millis(20);
    let mut taken = Vec::with_capacity(THREADS);
    while !is_over.load(Ordering::Relaxed) {
        if taken.len() < THREADS
            && let Ok(connection) = TcpStream::connect(server)
        {
            taken.push(connection);
        } else {
            thread::sleep(POLL);
        }
    }
}

/// Whether this is what the page says before its first test.
fn is_beginning(line: &str) -> bool {
    let count = line.strip_prefix("running ").and_then(|rest| rest.split_once(" test"));
    count.is_some_and(|(count, _)| count.parse::<u64>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_have_begun_when_they_are_counted() {
        assert!(is_beginning("running 9 tests"));
        assert!(is_beginning("running 1 test"));
        assert!(!is_beginning("Running headless tests in Chrome on `http://127.0.0.1:1/`"));
        assert!(!is_beginning("Loading scripts...Failed to detect test as having been run."));
    }

    #[test]
    fn a_path_with_a_blank_is_one_word_of_the_setting() {
        let setting = cargo_setting("wasm32", "/a \"b\"/xtask");
        assert_eq!(setting, r#"target.wasm32.runner=["/a \"b\"/xtask","page-of-tests","--"]"#);
    }

    #[test]
    fn the_servers_threads_are_taken_until_all_is_over() {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = server.local_addr().unwrap();
        let is_over = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| take_threads(address, &is_over));
            let mut connections: Vec<_> =
                (0..THREADS).map(|_| server.accept().unwrap().0).collect();
            server.set_nonblocking(true).unwrap();
            assert!(server.accept().is_err(), "and no more");
            let first = connections.first_mut().unwrap();
            first.set_nonblocking(true).unwrap();
            let open = first.peek(&mut [0]).unwrap_err();
            assert_eq!(open.kind(), std::io::ErrorKind::WouldBlock);
            is_over.store(true, Ordering::Relaxed);
            first.set_nonblocking(false).unwrap();
            assert_eq!(first.peek(&mut [0]).unwrap(), 0, "it is closed");
        });
    }
}
