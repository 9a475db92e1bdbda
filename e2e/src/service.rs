//! The emulator, in this process, on free ports, serving the page.

use std::{
    io::Write as _,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use kvs_emulator::{Config, Emulator, Keys};
use tempfile::NamedTempFile;
use tokio::task::JoinHandle;

/// An access key id that the service knows, with [`SECRET`]. Every other goes with `local`, as
/// the page is filled in.
pub const ACCESS_KEY_ID: &str = "AKIDENDTOEND00000001";

/// Its secret: found nowhere else, so that a test can look for it.
pub const SECRET: &str = "NotToBeSeenAnywhere/0123456789+abcdefghi";

/// A running emulator; dropping it ends it.
#[derive(Debug)]
pub struct Service {
    addr: SocketAddr,
    origin: String,
    endpoint: String,
    ca: Option<NamedTempFile>,
    task: JoinHandle<()>,
}

impl Service {
    /// Starts one that knows no channel.
    ///
    /// # Errors
    /// Where the package is not built, or no port can be had.
    pub async fn start() -> Result<Self> {
        package_is_built()?;
        Self::run(Self::config()).await
    }

    /// How [`start`](Self::start) runs it: on free ports, with the page.
    pub fn config() -> Config {
        Config {
            port: 0,
            turn_port: 0,
            keys: Keys::default().with_access_key(ACCESS_KEY_ID.to_owned(), SECRET.into()),
            site: Some(workspace().join("www")),
            pkg: Some(workspace().join("pkg")),
            ..Config::default()
        }
    }

    /// As [`config`](Self::config), with a page that has the package and nothing else.
    pub fn plain() -> Config {
        Config { site: Some(pages().join("plain")), ..Self::config() }
    }

    /// Starts one that is set up otherwise.
    ///
    /// # Errors
    /// Where it does not start.
    pub async fn run(config: Config) -> Result<Self> {
        let emulator = Emulator::bind(config).await.context("the emulator does not start")?;
        let ca = emulator.tls_ca_pem().map(|pem| {
            let mut file = NamedTempFile::with_suffix(".pem")?;
            file.write_all(pem.as_bytes())?;
            Ok::<_, std::io::Error>(file)
        });
        let ca = ca.transpose().context("the certificate authority cannot be written")?;
        let scheme = if ca.is_some() { "https" } else { "http" };
        let addr = emulator.http_addr();
        let origin = format!("{scheme}://{addr}");
        let endpoint = emulator.endpoint_url();
        let task = tokio::spawn(async move {
            let _ = emulator.run_until(std::future::pending()).await;
        });
        Ok(Self { addr, origin, endpoint, ca, task })
    }

    /// The address on which it listens.
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What clients are given as their endpoint, e.g. `http://localhost:38361`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The file of the certificate authority that clients have to trust, where it speaks TLS.
    pub fn ca_file(&self) -> Option<&Path> {
        self.ca.as_ref().map(NamedTempFile::path)
    }

    /// The address of the page; `query` is what follows the `?`, empty for none.
    pub fn page_url(&self, query: &str) -> String {
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}/{mark}{query}", self.origin)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Says in one sentence what is missing where the page has no package to load.
///
/// # Errors
/// Where `pkg/` lacks the glue or the wasm.
pub fn package_is_built() -> Result<()> {
    let package = workspace().join("pkg");
    for file in ["kvs_webrtc.js", "kvs_webrtc_bg.wasm"] {
        ensure!(
            package.join(file).is_file(),
            "{} is missing: run `cargo xtask build` first",
            package.join(file).display()
        );
    }
    Ok(())
}

/// The folder of the workspace.
pub fn workspace() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// The folder of the tests' own pages.
pub(crate) fn pages() -> PathBuf {
    workspace().join("e2e/pages")
}
