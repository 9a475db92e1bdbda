//! The built site as a distant server publishes it: packed with gzip, over a long line.

use std::{
    collections::BTreeMap,
    env, fs,
    io::{self, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use axum::{
    Router,
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    serve::Listener,
};
use flate2::{Compression, write::GzEncoder};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::sleep,
};

use crate::service::workspace;

/// What the page is made of; the documentation below it is not.
const TYPES: [(&str, &str); 6] = [
    ("html", "text/html; charset=utf-8"),
    ("js", "text/javascript"),
    ("css", "text/css"),
    ("json", "application/json"),
    ("svg", "image/svg+xml"),
    ("wasm", "application/wasm"),
];

/// The folder that `cargo xtask site` makes: the variable `KVS_SITE`, or else the usual one.
///
/// # Errors
/// Where no site is there.
pub fn folder() -> Result<PathBuf> {
    let named = env::var_os("KVS_SITE").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| workspace().join("target/site"));
    let there = folder.join("index.html").is_file();
    ensure!(there, "{} has no site: run `cargo xtask site`", folder.display());
    Ok(folder)
}

/// A file as it is sent.
#[derive(Debug)]
struct Packed {
    kind: &'static str,
    bytes: Vec<u8>,
}

/// The files of the page, packed, by their paths.
#[derive(Clone, Debug)]
pub struct Site(Arc<BTreeMap<String, Packed>>);

impl Site {
    /// Reads and packs them.
    ///
    /// # Errors
    /// Where a file cannot be read.
    pub fn read(folder: &Path) -> Result<Self> {
        let mut files = BTreeMap::new();
        gather(folder, "/", &mut files)?;
        Ok(Self(Arc::new(files)))
    }

    /// Serves them on an origin of their own, of which no browser has a thing in its cache. The
    /// first connection takes `connecting` more, as TCP and TLS do; further ones take nothing,
    /// since over HTTP/2 there is but one.
    ///
    /// # Errors
    /// Where no port can be had.
    pub async fn publish(&self, connecting: Duration) -> Result<Publication> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("there is no free port")?;
        let url = format!("http://{}/", listener.local_addr()?);
        let sent = Sent::default();
        let state = (self.clone(), sent.clone());
        let router = Router::new().fallback(answer).with_state(state);
        let listener = Distant { listener, connecting: Some(connecting) };
        let task = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Ok(Publication { url, sent, task })
    }
}

/// What was sent: paths and bytes, in their order.
type Sent = Arc<Mutex<Vec<(String, usize)>>>;

/// A running server; dropping it ends it.
#[derive(Debug)]
pub struct Publication {
    url: String,
    sent: Sent,
    task: JoinHandle<()>,
}

impl Publication {
    /// The address of the page.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Each file that was asked for, with the bytes that it takes on the line without its headers.
    pub fn sent(&self) -> Vec<(String, usize)> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Publication {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A listener whose first connection takes its time.
struct Distant {
    listener: TcpListener,
    connecting: Option<Duration>,
}

impl Listener for Distant {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        let accepted = Listener::accept(&mut self.listener).await;
        if let Some(time) = self.connecting.take() {
            sleep(time).await;
        }
        accepted
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

async fn answer(State((site, sent)): State<(Site, Sent)>, request: Request) -> Response {
    let path = match request.uri().path() {
        "/" => "/index.html",
        path => path,
    };
    let Some(Packed { kind, bytes }) = site.0.get(path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    sent.lock().unwrap_or_else(PoisonError::into_inner).push((path.to_owned(), bytes.len()));
    let headers = [(header::CONTENT_TYPE, *kind), (header::CONTENT_ENCODING, "gzip")];
    (headers, bytes.clone()).into_response()
}

fn gather(folder: &Path, below: &str, files: &mut BTreeMap<String, Packed>) -> Result<()> {
    let unreadable = || format!("{} cannot be read", folder.display());
    for entry in fs::read_dir(folder).with_context(unreadable)? {
        let path = entry.with_context(unreadable)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if name != "docs" {
                gather(&path, &format!("{below}{name}/"), files)?;
            }
            continue;
        }
        let ending = path.extension().unwrap_or_default().to_string_lossy().into_owned();
        if let Some((_, kind)) = TYPES.iter().find(|(known, _)| *known == ending) {
            let bytes = pack(&fs::read(&path).with_context(unreadable)?)?;
            files.insert(format!("{below}{name}"), Packed { kind, bytes });
        }
    }
    Ok(())
}

fn pack(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).context("gzip failed")?;
    encoder.finish().context("gzip failed")
}
