//! The back end of `examples/backend` as a process: it has the keys, its pages have none.

use std::{os::unix::fs::symlink, path::PathBuf, time::Duration};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::{
    leash::Leashed,
    service::{ACCESS_KEY_ID, SECRET, Service, package_is_built, pages, workspace},
    story::profile_folder,
};

const PROGRAM: &str = "kvs-webrtc-backend";
const START_LIMIT: Duration = Duration::from_secs(20);

/// A running back end for one channel. Dropping it ends it.
#[derive(Debug)]
pub struct Backend {
    origin: String,
    _program: Leashed,
    _site: TempDir,
}

impl Backend {
    /// Starts one for a channel of this service, with a page that has the package and talks to it.
    ///
    /// # Errors
    /// Where it is not built, or does not start.
    pub async fn start(service: &Service, channel_arn: &str) -> Result<Self> {
        package_is_built()?;
        let program = program()?;
        let program = program.to_str().context("the path of the back end is no text")?;
        let site = site()?;
        let set = |command: &mut tokio::process::Command| {
            command
                .env("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID)
                .env("AWS_SECRET_ACCESS_KEY", SECRET)
                .env_remove("AWS_SESSION_TOKEN")
                .env("KVS_CHANNEL_ARN", channel_arn)
                .env("KVS_ENDPOINT", service.endpoint())
                .env("LISTEN", "127.0.0.1:0")
                .env("SITE", site.path())
                .env("NO_PROXY", "*");
        };
        let said = |line: &str| line.strip_prefix("listening on ").map(str::to_owned);
        let (program, origin) = Leashed::start(&[program], set, START_LIMIT, said).await?;
        Ok(Self { origin, _program: program, _site: site })
    }

    /// Where it listens, e.g. `http://127.0.0.1:38361`.
    pub fn origin(&self) -> &str {
        &self.origin
    }
}

fn program() -> Result<PathBuf> {
    let path = profile_folder().join(PROGRAM);
    let build = format!("cargo build --package {PROGRAM}");
    ensure!(path.is_file(), "{} is missing: run `{build}` first", path.display());
    Ok(path)
}

/// Its page, with the package beside it.
fn site() -> Result<TempDir> {
    let site = TempDir::with_prefix("kvs-backend-")?;
    for file in ["index.html", "page.js"] {
        let from = pages().join("backend").join(file);
        let copied = std::fs::copy(&from, site.path().join(file));
        copied.with_context(|| format!("{} cannot be copied", from.display()))?;
    }
    symlink(workspace().join("pkg"), site.path().join("pkg"))?;
    Ok(site)
}
