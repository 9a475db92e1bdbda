//! A browser and the driver that lets programs steer it.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;

use super::{Part, system};
use crate::tools::Tools;

/// The browsers that tests can run in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Browser {
    /// Chromium or Google Chrome, with chromedriver
    Chrome,
    /// Firefox, with geckodriver
    Firefox,
}

impl Browser {
    /// What the programs that we start call it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Chrome => "chrome",
            Self::Firefox => "firefox",
        }
    }

    /// Its driver; fails, saying what is missing, where tests cannot run in it.
    pub(crate) fn driver(self, tools: &Tools) -> Result<PathBuf> {
        match self {
            Self::Chrome => Chrome { tools }.pair().map(|(_, driver)| driver),
            Self::Firefox => {
                Firefox { tools }.program().context("no Firefox on PATH")?;
                tools.geckodriver().context("no geckodriver")
            }
        }
    }
}

const PACKAGES: [&str; 2] = ["chromium", "chromium-driver"];
const BROWSERS: [&str; 4] =
    ["chromium", "google-chrome-stable", "google-chrome", "chromium-browser"];

/// Chromium or Chrome, and chromedriver.
pub(super) struct Chrome<'a> {
    pub(super) tools: &'a Tools,
}

impl Chrome<'_> {
    fn pair(&self) -> Result<(PathBuf, PathBuf)> {
        let browser = self.tools.first_of(&BROWSERS).context("no Chromium or Chrome on PATH")?;
        let driver = self.tools.first_of(&["chromedriver"]).context("no chromedriver on PATH")?;
        Ok((browser, driver))
    }
}

impl Part for Chrome<'_> {
    fn name(&self) -> String {
        "Chromium and its driver".into()
    }

    fn why(&self) -> &'static str {
        "the tests make calls in it"
    }

    fn find(&self) -> Result<Option<String>> {
        Ok(self.pair().ok().map(|(browser, _)| {
            let name = browser.file_name().unwrap_or_default().to_string_lossy().into_owned();
            format!("{name} with chromedriver")
        }))
    }

    fn install(&self) -> Result<()> {
        ensure!(system::has_apt(), "this system has no apt-get");
        system::apt_install(&PACKAGES, self.why())
    }

    fn by_hand(&self) -> String {
        format!(
            "`{}`, or Chrome and the chromedriver of its version, both on PATH",
            system::apt_line(&PACKAGES)
        )
    }
}

const FIREFOX_PACKAGES: [&str; 1] = ["firefox-esr"];
const FIREFOXES: [&str; 2] = ["firefox", "firefox-esr"];

/// Firefox; its driver is a part of its own.
pub(super) struct Firefox<'a> {
    pub(super) tools: &'a Tools,
}

impl Firefox<'_> {
    fn program(&self) -> Option<PathBuf> {
        self.tools.first_of(&FIREFOXES)
    }
}

impl Part for Firefox<'_> {
    fn name(&self) -> String {
        "Firefox".into()
    }

    fn why(&self) -> &'static str {
        "the browser tests run in it too"
    }

    fn find(&self) -> Result<Option<String>> {
        Ok(self
            .program()
            .map(|program| program.file_name().unwrap_or_default().to_string_lossy().into_owned()))
    }

    fn install(&self) -> Result<()> {
        ensure!(system::has_apt(), "this system has no apt-get");
        system::apt_install(&FIREFOX_PACKAGES, self.why())
    }

    fn by_hand(&self) -> String {
        format!("`{}`, or Firefox on PATH", system::apt_line(&FIREFOX_PACKAGES))
    }
}
