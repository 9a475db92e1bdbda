//! The emulator as a process of its own.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, ensure};

/// How long it may take to start, or to answer.
const SOON: Duration = Duration::from_secs(10);

/// A running emulator on free ports of this machine; dropping it ends it.
#[derive(Debug)]
pub struct Emulator {
    child: Child,
    addr: SocketAddr,
    /// Held open, for what it says besides.
    _stdout: BufReader<ChildStdout>,
}

impl Emulator {
    /// Starts this program, and waits until it says its port.
    ///
    /// # Errors
    /// Where it does not start, or says no port in time.
    pub fn start(program: &Path, flags: &[&str]) -> Result<Self> {
        let mut child = Command::new(program)
            .args(["--port", "0", "--turn-port", "0", "--log", "warn"])
            .args(flags)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} cannot be started", program.display()))?;
        let announced = child.stdout.take().context("no output").and_then(first_line);
        let announced = announced.and_then(|(stdout, line)| {
            let port = port_in(&line)
                .with_context(|| format!("it says {:?} where its port should be", line.trim()))?;
            Ok((stdout, port))
        });
        match announced {
            Ok((stdout, port)) => {
                let addr = (Ipv4Addr::LOCALHOST, port).into();
                Ok(Self { child, addr, _stdout: stdout })
            }
            Err(error) => {
                child.kill().ok();
                child.wait().ok();
                Err(error.context("the emulator did not start"))
            }
        }
    }

    /// The number of its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Where HTTP and WebSocket are.
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Asks it anything, and waits for the answer.
    ///
    /// # Errors
    /// Where it answers nothing, or something that is not HTTP.
    pub fn ask(&self) -> Result<()> {
        let mut stream = TcpStream::connect_timeout(&self.addr, SOON)?;
        stream.set_read_timeout(Some(SOON))?;
        write!(stream, "GET / HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.addr)?;
        let mut begin = [0; 8];
        stream.read_exact(&mut begin).context("the emulator does not answer")?;
        ensure!(begin == *b"HTTP/1.1", "the emulator answers something that is not HTTP");
        Ok(())
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// How long it takes from the start of the process to its first answer, as often as said.
///
/// # Errors
/// As [`Emulator::start`] and [`Emulator::ask`].
pub fn start_times(program: &Path, runs: usize) -> Result<Vec<Duration>> {
    (0..runs)
        .map(|_| {
            let begun = Instant::now();
            let emulator = Emulator::start(program, &[])?;
            emulator.ask()?;
            Ok(begun.elapsed())
        })
        .collect()
}

/// Runs a program that prints JSON in one line, and reads that; kills it past its limit.
///
/// # Errors
/// Where it fails, takes too long or prints something else.
pub fn run<T: serde::de::DeserializeOwned>(command: &mut Command, limit: Duration) -> Result<T> {
    const POLL: Duration = Duration::from_millis(20);
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("{name} cannot be started"))?;
    let deadline = Instant::now() + limit;
    // One line fits into the pipe, so that it need not be read meanwhile.
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if Instant::now() > deadline {
            child.kill().ok();
            child.wait().ok();
            return Err(anyhow!("{name} was not through after {} s", limit.as_secs()));
        }
        thread::sleep(POLL);
    };
    let mut text = String::new();
    child.stdout.take().context("no output")?.read_to_string(&mut text)?;
    ensure!(status.success(), "{name} failed ({status}); it said why above");
    serde_json::from_str(&text).with_context(|| format!("{name} printed {text:?}"))
}

/// The first line, within [`SOON`]; a program that says nothing would hold us up otherwise.
fn first_line(stdout: ChildStdout) -> Result<(BufReader<ChildStdout>, String)> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut stdout = BufReader::new(stdout);
        let mut line = String::new();
        let read = stdout.read_line(&mut line);
        sender.send(read.map(|_| (stdout, line))).ok();
    });
    Ok(receiver.recv_timeout(SOON).context("it says no port")??)
}

/// The port in the first address of a line.
fn port_in(line: &str) -> Option<u16> {
    let (_, address) = line.split_once("://")?;
    let (_, rest) = address.split_once(':')?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_found_in_the_first_line() {
        let line = "kvs-emulator listening on http://localhost:39001 (TURN 39002)\n";
        assert_eq!(port_in(line), Some(39001));
        assert_eq!(port_in("https://127.0.0.1:8443/"), Some(8443));
        assert_eq!(port_in("error: no port"), None);
    }

    #[test]
    fn a_program_that_hangs_or_says_nothing_fails_in_time() {
        let begun = Instant::now();
        let hangs =
            run::<u32>(Command::new("sleep").arg("60"), Duration::from_millis(100)).unwrap_err();
        assert!(hangs.to_string().contains("not through"), "{hangs}");
        assert_eq!(run::<u32>(Command::new("echo").arg("7"), SOON).unwrap(), 7);
        assert!(run::<u32>(&mut Command::new("false"), SOON).is_err());
        let silent = Emulator::start(Path::new("true"), &[]).unwrap_err();
        assert!(silent.to_string().contains("did not start"), "{silent}");
        assert!(begun.elapsed() < Duration::from_secs(30));
    }
}
