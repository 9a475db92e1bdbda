//! Running one step: its output goes to a file, a line now and then to the terminal.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, PipeReader, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::results::Results;
use crate::process;

/// How often a silent step shows that it lives.
const HEARTBEAT: Duration = Duration::from_secs(20);
/// Nothing here takes this long but what hangs.
const LIMIT: Duration = Duration::from_secs(25 * 60);
/// How much of a failed step's output is shown.
const TAIL: usize = 60;
/// How long what a finished program left running may keep its output open.
const LINGER: Duration = Duration::from_secs(2);

/// What became of a program.
pub(super) struct Ran {
    pub(super) success: bool,
    pub(super) results: Results,
    /// The end of its output less what went well, for whoever has to find out why it failed.
    pub(super) tail: Vec<String>,
}

/// Runs a program to its end, with its whole output in `log`.
pub(super) fn run(command: &mut Command, log: &Path) -> Result<Ran> {
    let line = process::describe(command);
    let unwritable = || format!("{} cannot be written", log.display());
    if let Some(dir) = log.parent() {
        fs::create_dir_all(dir).with_context(unwritable)?;
    }
    let mut log = File::create(log).with_context(unwritable)?;
    let (reader, writer) = io::pipe().context("no pipe for the output")?;
    command.env("CARGO_TERM_COLOR", "never").stdin(Stdio::null());
    command.stdout(writer.try_clone().context("no pipe for the output")?).stderr(writer);
    let mut child = command.spawn().with_context(|| format!("`{line}` could not be started"))?;
    // The command holds the pipe's writing end, without whose closing the output has no end.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut watch = Watch::new(&mut log);
    let status = watch.follow(&mut child, &lines_of(reader))?;
    let Watch { results, tail, .. } = watch;
    Ok(Ran { success: status.is_some_and(|it| it.success()), results, tail: tail.into() })
}

/// The lines that arrive, made readable whatever bytes they have.
fn lines_of(reader: PipeReader) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut reader = BufReader::new(reader);
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes).is_ok_and(|count| count > 0) {
            let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            bytes.clear();
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}

struct Watch<'a> {
    log: &'a mut File,
    results: Results,
    tail: VecDeque<String>,
    begun: Instant,
    last_sign: Instant,
    last_line: String,
}

impl<'a> Watch<'a> {
    fn new(log: &'a mut File) -> Self {
        let now = Instant::now();
        let (results, tail) = (Results::default(), VecDeque::new());
        Self { log, results, tail, begun: now, last_sign: now, last_line: String::new() }
    }

    /// Takes lines until the program is through. `None` when it had to be stopped.
    fn follow(
        &mut self,
        child: &mut Child,
        lines: &Receiver<String>,
    ) -> Result<Option<ExitStatus>> {
        const POLL: Duration = Duration::from_millis(100);
        let mut ended: Option<(ExitStatus, Instant)> = None;
        loop {
            match lines.recv_timeout(POLL) {
                Ok(line) => self.take(line)?,
                Err(RecvTimeoutError::Disconnected) => {
                    return child.wait().map(Some).context("the program was lost");
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
            if let Some((status, _)) = ended.filter(|(_, at)| at.elapsed() > LINGER) {
                return Ok(Some(status));
            }
            if ended.is_none() {
                let status = child.try_wait().context("the program was lost")?;
                ended = status.map(|status| (status, Instant::now()));
            }
            if self.begun.elapsed() > LIMIT {
                child.kill().context("the program could not be stopped")?;
                child.wait().context("the program was lost")?;
                self.take(format!("stopped: not finished after {} min", LIMIT.as_secs() / 60))?;
                return Ok(None);
            }
            self.show_sign_of_life();
        }
    }

    fn take(&mut self, line: String) -> Result<()> {
        writeln!(self.log, "{line}").context("the step's log cannot be written")?;
        self.results.read(&line);
        if !line.trim().is_empty() {
            self.last_line = line.trim().chars().take(90).collect();
        }
        if !is_all_well(&line) {
            if self.tail.len() == TAIL {
                self.tail.pop_front();
            }
            self.tail.push_back(line);
        }
        Ok(())
    }

    fn show_sign_of_life(&mut self) {
        if self.last_sign.elapsed() < HEARTBEAT {
            return;
        }
        self.last_sign = Instant::now();
        println!("      {:>4} s  {}", self.begun.elapsed().as_secs(), self.last_line);
    }
}

/// Lines that would hide, by their number, the ones that say what is wrong.
fn is_all_well(line: &str) -> bool {
    const CARGO: [&str; 6] =
        ["Compiling ", "Checking ", "Downloaded ", "Running ", "Doc-tests ", "running "];
    let line = line.trim();
    line.is_empty()
        || CARGO.iter().any(|start| line.starts_with(start))
        || line.starts_with("test result: ok")
        || (line.starts_with("test ") && line.ends_with(" ... ok"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> (Ran, String) {
        let dir = tempfile::tempdir().unwrap();
        let log = dir.path().join("logs/step.log");
        let ran = run(Command::new("sh").args(["-c", script]), &log).unwrap();
        (ran, fs::read_to_string(log).unwrap())
    }

    #[test]
    fn both_outputs_come_in_order_to_log_results_and_tail() {
        let (ran, log) = sh("echo 'Running tests/a.rs (d/a-1)' >&2; \
            echo 'test result: ok. 2 passed; 0 failed; 0 ignored; finished in 0.10s'; \
            printf 'bad \\377 byte\\n'; echo end >&2; exit 1");
        assert!(!ran.success);
        assert_eq!(ran.results.counts.passed, 2);
        assert_eq!(ran.results.programs.first().unwrap().0, "a (tests/a.rs)");
        assert_eq!(ran.tail.last().unwrap(), "end");
        assert_eq!(log.lines().count(), 4);
    }

    #[test]
    fn only_the_end_of_a_long_output_is_kept_in_memory() {
        let (ran, log) = sh("seq 1 500");
        assert!(ran.success);
        assert_eq!(ran.tail.len(), TAIL);
        assert_eq!(ran.tail.last().unwrap(), "500");
        assert_eq!(log.lines().count(), 500);
    }

    #[test]
    fn what_went_well_does_not_push_out_what_did_not() {
        let (ran, log) = sh("echo 'test a ... FAILED'; echo 'panicked at a.rs:1'; \
            for n in $(seq 100); do echo \"test b$n ... ok\"; done; \
            echo; echo '   Compiling c v1'; echo 'test result: ok. 100 passed'; exit 1");
        assert_eq!(ran.tail, ["test a ... FAILED", "panicked at a.rs:1"]);
        assert_eq!(log.lines().count(), 105);
    }

    #[test]
    fn what_a_program_leaves_running_does_not_hold_us_up() {
        let begun = Instant::now();
        let (ran, _) = sh("sleep 30 & echo done");
        assert!(ran.success);
        assert!(begun.elapsed() < Duration::from_secs(20));
    }
}
