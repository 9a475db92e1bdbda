//! Programs that end when this process does, however it ends.

use std::{
    collections::VecDeque,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
    time::timeout,
};

/// Runs a program beside a shell that waits for its standard input to end, and then kills the
/// whole process group: the program and all that it has started. The other end of that input is
/// ours, so they end when this process does; a signal handler could not promise that.
const LEASH: &str = r#""$0" "$@" 2>&1 & exec >&-; read -r _; kill -KILL 0"#;

/// How long the killed may take to be gone.
const END_LIMIT: Duration = Duration::from_secs(3);

/// How many of the last lines that it printed a program is reported with that did not start.
const TAIL: usize = 12;

/// A running program. Dropping this ends it, and all that it has started.
#[derive(Debug)]
pub struct Leashed {
    leash: Option<ChildStdin>,
    shell: Child,
}

impl Leashed {
    /// Starts `program`, given as its words, and waits until `look` finds in a line of its output
    /// what tells that it is ready; `set` prepares its environment and folder.
    ///
    /// # Errors
    /// Where it is not ready within the time, with the last lines that it printed.
    pub async fn start<T>(
        program: &[&str],
        set: impl FnOnce(&mut Command),
        within: Duration,
        look: impl FnMut(&str) -> Option<T>,
    ) -> Result<(Self, T)> {
        let mut command = Command::new("sh");
        command.args(["-c", LEASH]).args(program).process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        set(&mut command);
        let mut shell = command.spawn().context("sh does not start")?;
        let leash = shell.stdin.take();
        let stdout = shell.stdout.take().context("sh has no standard output")?;
        let leashed = Self { leash, shell };
        let mut lines = BufReader::new(stdout).lines();
        let mut tail = VecDeque::new();
        let found = timeout(within, find(&mut lines, &mut tail, look)).await;
        let found = found.unwrap_or_else(|_| bail!("it is not ready after {within:?}"));
        let found = found.with_context(|| {
            let said = tail.iter().map(|line| format!("\n    | {line}")).collect::<String>();
            format!("`{}` does not start; it said:{said}", program.join(" "))
        })?;
        // Nobody reads on, and it must not wait for that.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok((leashed, found))
    }

    /// The id of the program's process group, in which the program is with all that it starts.
    ///
    /// # Errors
    /// Where it has ended.
    pub fn group(&self) -> Result<u32> {
        self.shell.id().context("it has ended")
    }
}

async fn find<T>(
    lines: &mut Lines<BufReader<ChildStdout>>,
    tail: &mut VecDeque<String>,
    mut look: impl FnMut(&str) -> Option<T>,
) -> Result<T> {
    while let Some(line) = lines.next_line().await? {
        if let Some(found) = look(&line) {
            return Ok(found);
        }
        if tail.len() == TAIL {
            tail.pop_front();
        }
        tail.push_back(line);
    }
    bail!("it ended at once")
}

impl Drop for Leashed {
    fn drop(&mut self) {
        drop(self.leash.take());
        let deadline = Instant::now() + END_LIMIT;
        while Instant::now() < deadline && matches!(self.shell.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_secs(20);

    async fn sh(script: &str) -> Result<(Leashed, String)> {
        let ready = |line: &str| line.strip_prefix("ready ").map(str::to_owned);
        Leashed::start(&["sh", "-c", script], |_| {}, SOON, ready).await
    }

    #[tokio::test]
    async fn it_ends_with_all_that_it_has_started() {
        let (leashed, pid) = sh("sleep 600 & echo ready $!; wait").await.unwrap();
        let process = std::path::PathBuf::from(format!("/proc/{pid}"));
        assert!(process.exists());
        drop(leashed);
        let deadline = Instant::now() + SOON;
        while std::fs::read_to_string(process.join("stat")).is_ok_and(|stat| !stat.contains(") Z"))
        {
            assert!(Instant::now() < deadline, "{pid} still runs");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    #[tokio::test]
    async fn one_that_does_not_start_is_reported_with_what_it_said() {
        let report = format!("{:#}", sh("echo no luck >&2; exit 3").await.unwrap_err());
        assert!(report.contains("| no luck") && report.contains("ended at once"), "{report}");
    }
}
