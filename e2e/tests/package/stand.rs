//! A page of a consumer, served by the emulator, which it also talks to. The emulator's policy for
//! pages is strict: `script-src 'self' 'wasm-unsafe-eval'`, and Trusted Types.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use kvs_e2e::{Browser, Camera, Driver, Page, SOON, Service, story::check};
use kvs_emulator::Config;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::{Mutex, MutexGuard};

/// One browser at a time, since the machine is small.
static BROWSER: Mutex<()> = Mutex::const_new(());

/// A folder that is served, with its page in `index.html`.
pub(crate) struct Stand {
    site: TempDir,
}

impl Stand {
    /// A site whose page has these tags in its head.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub(crate) fn new(head: &str) -> Result<Self> {
        let site = TempDir::with_prefix("kvs-package-")?;
        let page = format!(
            "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n<title>A consumer</title>\n\
             <link rel=icon href=data:,>\n{head}\n"
        );
        fs::write(site.path().join("index.html"), page)?;
        Ok(Self { site })
    }

    /// Where its files go.
    pub(crate) fn path(&self) -> &Path {
        self.site.path()
    }

    /// Opens the page and gives what it tells; nothing may go wrong on it.
    ///
    /// # Errors
    /// Where it tells nothing, or complains on its console.
    pub(crate) async fn result(&self) -> Result<Value> {
        self.open().await?.result().await
    }

    /// Opens the page, on which something is to go wrong.
    ///
    /// # Errors
    /// Where there is no browser.
    pub(crate) async fn open(&self) -> Result<Open> {
        self.open_with(Camera::Missing, Service::config()).await
    }

    /// Opens the page in a browser with this camera, on a service that is set up like this.
    ///
    /// # Errors
    /// Where there is no browser.
    pub(crate) async fn open_with(&self, camera: Camera, config: Config) -> Result<Open> {
        let config = Config { site: Some(self.path().to_path_buf()), ..config };
        let service = Service::run(config).await?;
        let url = service.page_url("name=package");
        Open::with(camera, service, &url).await
    }
}

/// A page that is open.
pub(crate) struct Open {
    page: Page,
    _driver: Driver,
    _service: Service,
    _turn: MutexGuard<'static, ()>,
}

impl Open {
    /// Opens a page, which talks to this service.
    ///
    /// # Errors
    /// Where there is no browser.
    pub(crate) async fn new(service: Service, url: &str) -> Result<Self> {
        Self::with(Camera::Missing, service, url).await
    }

    async fn with(camera: Camera, service: Service, url: &str) -> Result<Self> {
        let turn = BROWSER.lock().await;
        let driver = Driver::start().await?;
        let browser = Browser::start(&driver, camera).await?;
        let page = browser.open("consumer", url).await?;
        Ok(Self { page, _driver: driver, _service: service, _turn: turn })
    }

    /// What the page tells; nothing may go wrong on it.
    ///
    /// # Errors
    /// Where it tells nothing, or complains on its console.
    pub(crate) async fn result(&self) -> Result<Value> {
        let result = self.told().await?;
        check(&self.page).await?;
        let complaints = self.complaints().await?;
        ensure!(complaints.is_empty(), "the console says {complaints:?}; the page {result}");
        Ok(result)
    }

    /// Waits for what the page tells.
    ///
    /// # Errors
    /// Where it does not: with what its console says.
    pub(crate) async fn told(&self) -> Result<Value> {
        let told = "document.documentElement.dataset.result";
        let over = format!("{told} || probe.errors.length");
        self.page.until("the page tells its result", SOON, &over).await?;
        if let Err(error) = self.page.until("the page told it", Duration::ZERO, told).await {
            let said = self.page.browser().console().await?;
            return Err(error.context(format!("the console says {said:?}")));
        }
        let text = self.page.value(told).await?;
        serde_json::from_str(text.as_str().unwrap_or_default()).context("it tells no JSON")
    }

    /// Errors and warnings on its console.
    ///
    /// # Errors
    /// Where the browser does not answer.
    pub(crate) async fn complaints(&self) -> Result<Vec<String>> {
        let mut said = self.page.browser().console().await?;
        said.retain(|line| line.starts_with("SEVERE") || line.starts_with("WARNING"));
        Ok(said)
    }
}

/// What the reference SDK signs the URL of `npm/consumers/check.js` with.
const SIGNATURE: &str = "da197e9be199cd24b16d07004dd9a25299818e0525081dfbd6cc3e9fd335a574";

/// What every consumer finds; `more` is what only this one does.
pub(crate) fn expected(more: Value) -> Value {
    let mut all = json!({
        "version": true,
        "roles": { "MASTER": "MASTER", "VIEWER": "VIEWER" },
        "channel": "package",
        "refusal": "caller.invalidArgument",
        "signature": SIGNATURE,
    });
    if let (Some(all), Value::Object(more)) = (all.as_object_mut(), more) {
        all.extend(more);
    }
    all
}

/// The files below a folder whose names end like this.
///
/// # Errors
/// Where it cannot be read.
pub(crate) fn files_ending(folder: &Path, end: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(end) {
                found.push(path);
            }
        }
    }
    Ok(found)
}
