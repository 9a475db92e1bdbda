//! The server of the page and of both packages, whose files browsers may keep.

use std::path::Path;

use anyhow::{Context, Result};
use axum::{
    Router,
    http::{HeaderValue, header},
    middleware::map_response,
    response::Response,
};
use kvs_e2e::service::workspace;
use tokio::{net::TcpListener, task::JoinHandle};
use tower_http::services::ServeDir;

/// As sites say of files whose names change with their content.
const CACHED: &str = "public, max-age=31536000, immutable";

/// A running server; dropping it ends it.
pub(crate) struct Site {
    origin: String,
    task: JoinHandle<()>,
}

impl Site {
    /// Serves our package at `/kvs-webrtc/` and the reference at `/reference/`.
    ///
    /// # Errors
    /// Where no port can be had.
    pub(crate) async fn serve(package: &Path, reference: &Path) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("there is no free port")?;
        let origin = format!("http://{}", listener.local_addr()?);
        let page = workspace().join("e2e/src/bin/bench_sdk/page");
        let files = Router::new()
            .nest_service("/kvs-webrtc", ServeDir::new(package))
            .nest_service("/reference", ServeDir::new(reference))
            .fallback_service(ServeDir::new(page))
            .layer(map_response(cached));
        let task = tokio::spawn(async move {
            let _ = axum::serve(listener, files).await;
        });
        Ok(Self { origin, task })
    }

    /// The address of a file.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.origin)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn cached(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(CACHED));
    response
}
