//! The process of a browser's driver, and with it every browser that it starts.

use std::{
    env,
    io::ErrorKind,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::{leash::Leashed, netns::Laptop, trust::Home};

/// How long chromedriver may take to say that it is ready.
const START_LIMIT: Duration = Duration::from_secs(20);

/// How long the folder of profiles may take to be removed once its browsers are killed.
const CLEAN_LIMIT: Duration = Duration::from_secs(3);

/// What a driver steers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Chromium or Google Chrome, by chromedriver.
    Chromium,
    /// Firefox, by geckodriver.
    Firefox,
}

impl Kind {
    /// The one that the variable `KVS_BROWSER` names: `firefox`, or else Chromium.
    pub fn wanted() -> Self {
        let firefox = env::var_os("KVS_BROWSER").is_some_and(|name| name == "firefox");
        if firefox { Self::Firefox } else { Self::Chromium }
    }

    /// The program, and the variable that names one which is not on PATH.
    const fn program(self) -> (&'static str, &'static str) {
        match self {
            Self::Chromium => ("chromedriver", "CHROMEDRIVER"),
            Self::Firefox => ("geckodriver", "GECKODRIVER"),
        }
    }

    /// What its driver is started with.
    const fn options(self) -> &'static [&'static str] {
        match self {
            Self::Chromium => &[],
            Self::Firefox => &["--allow-system-access"],
        }
    }

    /// The port in "ChromeDriver was started successfully on port 38361.", and in "1764259200000
    /// geckodriver INFO Listening on 127.0.0.1:38361".
    fn port_said(self, line: &str) -> Option<u16> {
        let before = match self {
            Self::Chromium => "started successfully on port ",
            Self::Firefox => "Listening on 127.0.0.1:",
        };
        let (_, rest) = line.split_once(before)?;
        rest.trim_end_matches('.').parse().ok()
    }
}

/// A running chromedriver or geckodriver. Dropping it ends it and every browser started by it, and
/// removes their profiles.
#[derive(Debug)]
pub struct Driver {
    kind: Kind,
    url: String,
    program: Option<Leashed>,
    profiles: TempDir,
    trusts: Option<String>,
}

impl Driver {
    /// Starts chromedriver on a free port: the one that the variable `CHROMEDRIVER` names, else
    /// the one on PATH.
    ///
    /// # Errors
    /// Where there is none, or it does not start.
    pub async fn start() -> Result<Self> {
        Self::run(Kind::Chromium, &[], "127.0.0.1", &[]).await
    }

    /// Starts geckodriver on a free port: the one that the variable `GECKODRIVER` names, else the
    /// one on PATH. It may change what its browser's person prefers, and steers one at a time.
    ///
    /// # Errors
    /// Where there is none, or it does not start.
    pub async fn start_firefox() -> Result<Self> {
        let kind = Kind::Firefox;
        Self::run(kind, &[], "127.0.0.1", kind.options()).await
    }

    /// As [`Driver::start`], on another machine of the network.
    ///
    /// # Errors
    /// Where there is none, or it does not start.
    pub async fn start_on(laptop: &Laptop) -> Result<Self> {
        let from = format!("--allowed-ips={}", laptop.sees_us_at());
        Self::run(Kind::Chromium, &laptop.enter(), &laptop.address().to_string(), &[&from]).await
    }

    /// As [`Driver::start`], for browsers that live in this home, which has to be there for as
    /// long as they are.
    ///
    /// # Errors
    /// Where there is none, or it does not start.
    pub async fn start_in(kind: Kind, home: &Home) -> Result<Self> {
        let folder = format!("HOME={}", home.path().display());
        let mut driver = Self::run(kind, &["env", &folder], "127.0.0.1", kind.options()).await?;
        driver.trusts = Some(home.ca().to_owned());
        Ok(driver)
    }

    async fn run(kind: Kind, prefix: &[&str], host: &str, options: &[&str]) -> Result<Self> {
        let driver = find(kind)?;
        let driver = driver.to_str().context("the path of the driver is no text")?;
        let profiles = TempDir::with_prefix("kvs-e2e-").context("no temporary folder")?;
        let words = [prefix, &[driver, "--port=0"], options].concat();
        let set = |command: &mut tokio::process::Command| {
            command.env("TMPDIR", profiles.path());
        };
        let said = |line: &str| kind.port_said(line);
        let (program, port) = Leashed::start(&words, set, START_LIMIT, said).await?;
        Ok(Self {
            kind,
            url: format!("http://{host}:{port}"),
            program: Some(program),
            profiles,
            trusts: None,
        })
    }

    /// Which browsers it starts.
    pub(crate) const fn kind(&self) -> Kind {
        self.kind
    }

    /// The certificate authority that its Firefox is to trust.
    pub(crate) fn trusts(&self) -> Option<&str> {
        self.trusts.as_deref()
    }

    /// Where it listens, e.g. `http://127.0.0.1:38361`.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.program.take());
        // The last writes of a killed browser may still be under way.
        let deadline = Instant::now() + CLEAN_LIMIT;
        while Instant::now() < deadline {
            if is_gone(std::fs::remove_dir_all(self.profiles.path())) {
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

fn find(kind: Kind) -> Result<PathBuf> {
    let (name, variable) = kind.program();
    if let Some(named) = env::var_os(variable).map(PathBuf::from) {
        if named.is_file() {
            return Ok(named);
        }
        bail!("{variable} names {}, which is no file", named.display());
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|candidate| Path::is_file(candidate));
    found.with_context(|| {
        format!("there is no {name} on PATH: run `cargo xtask setup`, or name one in {variable}")
    })
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
