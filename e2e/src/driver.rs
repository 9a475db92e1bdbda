//! The chromedriver process, and with it every browser that it starts.

use std::{
    env,
    io::ErrorKind,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStdin, ChildStdout, Command},
    time::timeout,
};

/// How long chromedriver may take to say that it is ready.
const START_LIMIT: Duration = Duration::from_secs(20);

/// How long the folder of profiles may take to be removed once its browsers are killed.
const CLEAN_LIMIT: Duration = Duration::from_secs(3);

/// Runs chromedriver beside a shell that waits for its standard input to end, and then kills the
/// whole process group: chromedriver and its browsers. The other end of that input is ours, so
/// they end when this process does, however it ends; a signal handler could not promise that.
const LEASH: &str = r#""$0" --port=0 & exec >&-; read -r _; kill -KILL 0"#;

/// A running chromedriver. Dropping it ends it and every browser started by it, and removes their
/// profiles.
#[derive(Debug)]
pub struct Driver {
    url: String,
    leash: Option<ChildStdin>,
    shell: Child,
    profiles: TempDir,
}

impl Driver {
    /// Starts chromedriver on a free port: the one that the variable `CHROMEDRIVER` names, else
    /// the one on PATH.
    ///
    /// # Errors
    /// Where there is none, or it does not start.
    pub async fn start() -> Result<Self> {
        let program = find()?;
        let profiles = TempDir::with_prefix("kvs-e2e-").context("no temporary folder")?;
        let mut shell = Command::new("sh")
            .args(["-c", LEASH])
            .arg(&program)
            .env("TMPDIR", profiles.path())
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("sh does not start")?;
        let leash = shell.stdin.take();
        let stdout = shell.stdout.take().context("sh has no standard output")?;
        let port = timeout(START_LIMIT, port_said_on(stdout))
            .await
            .with_context(|| format!("{} did not become ready", program.display()))??;
        Ok(Self { url: format!("http://127.0.0.1:{port}"), leash, shell, profiles })
    }

    /// Where it listens, e.g. `http://127.0.0.1:38361`.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.leash.take());
        // The last writes of a killed browser may still be under way.
        let deadline = Instant::now() + CLEAN_LIMIT;
        while Instant::now() < deadline {
            let ended = !matches!(self.shell.try_wait(), Ok(None));
            if ended && is_gone(std::fs::remove_dir_all(self.profiles.path())) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn is_gone(removed: std::io::Result<()>) -> bool {
    match removed {
        Ok(()) => true,
        Err(error) => error.kind() == ErrorKind::NotFound,
    }
}

fn find() -> Result<PathBuf> {
    if let Some(named) = env::var_os("CHROMEDRIVER").map(PathBuf::from) {
        if named.is_file() {
            return Ok(named);
        }
        bail!("CHROMEDRIVER names {}, which is no file", named.display());
    }
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .map(|folder| folder.join("chromedriver"))
        .find(|candidate| Path::is_file(candidate))
        .context("there is no chromedriver on PATH: run `cargo xtask setup`, or name one in CHROMEDRIVER")
}

/// The port in "ChromeDriver was started successfully on port 38361.".
async fn port_said_on(stdout: ChildStdout) -> Result<u16> {
    let mut lines = BufReader::new(stdout).lines();
    while let Some(line) = lines.next_line().await? {
        let Some((_, rest)) = line.split_once("started successfully on port ") else { continue };
        return rest.trim_end_matches('.').parse().with_context(|| format!("no port in {line:?}"));
    }
    bail!("it ended at once");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::{Browser, Camera};

    #[tokio::test]
    async fn nothing_is_left_of_a_dropped_driver() {
        let driver = Driver::start().await.unwrap();
        let browser = Browser::start(&driver, Camera::Granted).await.unwrap();
        let profiles = driver.profiles.path().to_path_buf();
        assert!(profiles.read_dir().unwrap().next().is_some(), "the profile lies elsewhere");
        drop(driver);
        assert!(!profiles.exists(), "{} is still there", profiles.display());
        assert!(browser.leave().await.is_err(), "the browser still answers");
    }
}
