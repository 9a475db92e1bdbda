//! A back end that keeps the AWS keys: a page asks it for a session bundle and never sees a key.
//!
//! `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN` are the keys,
//! `KVS_CHANNEL_ARN` the channel, `KVS_ENDPOINT` an emulator, `LISTEN` our address, `SITE` our page.

use std::{env::var, sync::Arc, time::SystemTime};

use anyhow::{Context as _, Result};
use axum::http::{StatusCode, header};
use axum::{Router, extract::State, response::IntoResponse, routing::post};
use kvs_webrtc::error::{Code, Error};
use kvs_webrtc::rest::{Response, SignedRequest};
use kvs_webrtc::{backend::BundleIssuer, credentials::Credentials, endpoints::Endpoint, ids};
use tokio::{net::TcpListener, task::spawn_blocking};

#[tokio::main]
async fn main() -> Result<()> {
    let channel = ids::ChannelArn::parse(&var("KVS_CHANNEL_ARN").context("no KVS_CHANNEL_ARN")?)?;
    let issuer = match var("KVS_ENDPOINT") {
        Ok(endpoint) => BundleIssuer::at(channel, Endpoint::parse_override(&endpoint)?),
        Err(_) => BundleIssuer::new(channel),
    };
    let page = tower_http::services::ServeDir::new(var("SITE").unwrap_or("www".into()));
    let app =
        Router::new().route("/session", post(session)).with_state(Arc::new((issuer, keys()?)));
    let listener = TcpListener::bind(var("LISTEN").unwrap_or("127.0.0.1:8787".into())).await?;
    println!("listening on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, app.fallback_service(page)).await?)
}

fn keys() -> Result<Credentials, Error> {
    let key = |name: &str| var(["AWS_", name].concat()).unwrap_or_default();
    Credentials::new(&key("ACCESS_KEY_ID"), &key("SECRET_ACCESS_KEY"), Some(&key("SESSION_TOKEN")))
}

/// Answers `fetch("/session", { method: "POST", body: JSON.stringify(request) })`. An application
/// asks its own login first: who is this, and may they be this channel's master or this viewer?
async fn session(
    State(app): State<Arc<(BundleIssuer, Credentials)>>,
    body: String,
) -> impl IntoResponse {
    let (status, json) = app.0.answer(&body, &app.1, SystemTime::now().into(), send).await;
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (StatusCode::from_u16(status).unwrap_or_default(), headers, json)
}

async fn send(request: SignedRequest) -> Result<Response, Error> {
    let answered = spawn_blocking(move || {
        let mut post = ureq::post(&request.url).config().http_status_as_error(false).build();
        for (name, value) in &request.headers {
            post = post.header(*name, value.expose());
        }
        let mut answer = post.send(&request.body)?;
        let header = |name| Some(answer.headers().get(name)?.to_str().ok()?.to_owned());
        let (error_type, date) = (header("x-amzn-ErrorType"), header("date"));
        let (status, body) = (answer.status().as_u16(), answer.body_mut().read_to_string()?);
        anyhow::Ok(Response { status, error_type, body, date })
    });
    let answer = answered.await.map_err(anyhow::Error::from).flatten();
    answer.map_err(|error| Error::new(Code::NetworkUnreachable, error.to_string()))
}
