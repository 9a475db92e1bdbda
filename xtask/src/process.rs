//! Starting other programs.

use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// Runs a program whose output goes to ours; an error when it cannot start or fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = describe(command);
    let status = command.status().with_context(|| format!("`{line}` could not be started"))?;
    check(&line, status)
}

/// Runs a program in silence and returns what it printed to standard output.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let line = describe(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("`{line}` could not be started"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{line}` failed ({}): {}", output.status, said.trim());
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{line}` printed no valid text"))
}

/// As [`run`], but kills the program and fails when it takes longer than `limit`.
pub(crate) fn run_within(command: &mut Command, limit: Duration) -> Result<()> {
    const POLL: Duration = Duration::from_millis(50);
    let line = describe(command);
    let mut child = command.spawn().with_context(|| format!("`{line}` could not be started"))?;
    let deadline = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait().with_context(|| format!("`{line}` was lost"))? {
            return check(&line, status);
        }
        if Instant::now() >= deadline {
            child.kill().with_context(|| format!("`{line}` could not be stopped"))?;
            child.wait().with_context(|| format!("`{line}` was lost"))?;
            bail!("`{line}` did not finish within {} s", limit.as_secs());
        }
        thread::sleep(POLL);
    }
}

/// The command as one would type it.
pub(crate) fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| quote(&word.to_string_lossy())).collect::<Vec<_>>().join(" ")
}

/// Whether this run may not ask questions and takes no excuses: `CI=true`.
pub(crate) fn is_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true" || value == "1")
}

fn quote(word: &str) -> String {
    if word.contains(' ') { format!("'{word}'") } else { word.to_owned() }
}

fn check(line: &str, status: ExitStatus) -> Result<()> {
    if !status.success() {
        bail!("`{line}` failed ({status})");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_hangs_is_stopped_at_its_limit() {
        let begun = Instant::now();
        let error =
            run_within(Command::new("sleep").arg("60"), Duration::from_millis(200)).unwrap_err();
        assert!(begun.elapsed() < Duration::from_secs(30));
        assert!(error.to_string().contains("`sleep 60` did not finish"), "{error}");
    }

    #[test]
    fn failure_says_what_was_run_and_what_it_said() {
        let error = capture(Command::new("sh").args(["-c", "echo no luck >&2; exit 3"]))
            .unwrap_err()
            .to_string();
        assert!(error.contains("exit 3'"), "{error}");
        assert!(error.contains("no luck"), "{error}");
        let error = run(&mut Command::new("no-such-program")).unwrap_err().to_string();
        assert!(error.contains("`no-such-program` could not be started"), "{error}");
    }
}
