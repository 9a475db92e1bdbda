//! A server of plain files, below a path as on GitHub Pages: it adds no header and knows no service.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use axum::{
    Router,
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use kvs_e2e::published::folder;
use tokio::{net::TcpListener, task::JoinHandle};
use tower_http::services::ServeDir;

/// The path that a repository of this name has.
const BELOW: &str = "/kvs-webrtc";

/// What was asked for, with what came of it: `404 /favicon.ico`.
type Answers = Arc<Mutex<Vec<String>>>;

/// A running server; dropping it ends it.
pub(crate) struct Server {
    origin: String,
    answers: Answers,
    task: JoinHandle<()>,
}

impl Server {
    /// Serves what `cargo xtask site` has made.
    ///
    /// # Errors
    /// Where that is not there, or no port can be had.
    pub(crate) async fn start() -> Result<Self> {
        let folder = folder()?;
        let listener = TcpListener::bind("127.0.0.1:0").await.context("there is no free port")?;
        let origin = format!("http://{}", listener.local_addr()?);
        let answers = Answers::default();
        let files = Router::new()
            .nest_service(BELOW, ServeDir::new(folder))
            .layer(from_fn_with_state(answers.clone(), note));
        let task = tokio::spawn(async move {
            let _ = axum::serve(listener, files).await;
        });
        Ok(Self { origin, answers, task })
    }

    /// The address of the site, with the slash at its end.
    pub(crate) fn url(&self) -> String {
        format!("{}{BELOW}/", self.origin)
    }

    /// What was answered, and how.
    pub(crate) fn answers(&self) -> Vec<String> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was asked for in vain.
    pub(crate) fn failures(&self) -> Vec<String> {
        let mut answers = self.answers();
        answers.retain(|answer| answer.starts_with(['4', '5']));
        answers
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn note(State(answers): State<Answers>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    let answer = format!("{} {path}", response.status().as_u16());
    answers.lock().unwrap_or_else(PoisonError::into_inner).push(answer);
    response
}
