//! The page, its policy, and what it may know of the emulator.

use std::{path::Path, sync::Arc};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::map_response_with_state,
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Serialize;
use tower_http::{compression::CompressionLayer, services::ServeDir};

use crate::{app::App, error::json, hosts::Endpoints};

/// What the page may load, and where it may connect, to which more can be added at the end. That
/// is wide because people enter endpoints; nothing else comes from elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; base-uri 'none'; \
    form-action 'none'; require-trusted-types-for 'script'; frame-ancestors 'none'; \
    connect-src 'self' https: wss: http://localhost:* ws://localhost:* http://127.0.0.1:* \
    ws://127.0.0.1:*";
/// On every response that is a page's, besides the policy.
const HEADERS: [(HeaderName, &str); 3] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    // A rebuilt page is seen at the next load; unchanged files are answered by 304.
    (header::CACHE_CONTROL, "no-cache"),
];
/// What the page is filled in with.
pub(crate) const ACCESS_KEY_ID: &str = "local";
const CHANNEL_NAME: &str = "demo-channel";

/// What a page served by the emulator is told about it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct About<'a> {
    emulator: bool,
    version: &'static str,
    region: &'a str,
    access_key_id: &'static str,
    /// Only where it is the one known to everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_access_key: Option<&'static str>,
    channel_name: &'static str,
    stun_url: String,
    /// Where other machines find the page, if they do.
    #[serde(skip_serializing_if = "Option::is_none")]
    lan_origin: Option<String>,
}

/// The files of the page: `site` at `/`, `pkg` at `/pkg/`.
pub(crate) fn service(site: Option<&Path>, pkg: Option<&Path>, endpoints: &Endpoints) -> Router {
    let policy = [POLICY, &endpoints.policy_sources()].concat();
    let policy = HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static(POLICY));
    let mut files = Router::new();
    if let Some(pkg) = pkg {
        files = files.nest_service("/pkg", ServeDir::new(pkg).not_found_service(get(not_found)));
    }
    files = match site {
        Some(site) => files.fallback_service(ServeDir::new(site).not_found_service(get(not_found))),
        None => files.route("/", get(no_page)).fallback(not_found),
    };
    files.layer(CompressionLayer::new()).layer(map_response_with_state(policy, protect))
}

/// `GET /_emulator/about.json`, for the page itself and no other.
pub(crate) async fn about(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    if !app.knows_host(&headers) {
        let hint = "The emulator does not go by this host name; --allow-host NAME makes it.\n";
        return (StatusCode::FORBIDDEN, hint).into_response();
    }
    let response = json(&About {
        emulator: true,
        version: env!("CARGO_PKG_VERSION"),
        region: &app.region,
        access_key_id: ACCESS_KEY_ID,
        secret_access_key: app.keys.public_secret_of(ACCESS_KEY_ID),
        channel_name: CHANNEL_NAME,
        stun_url: format!("stun:{}", app.turn.advertised()),
        lan_origin: app.lan_origin(),
    });
    let same_origin = HeaderName::from_static("cross-origin-resource-policy");
    let mut response = protect(State(HeaderValue::from_static(POLICY)), response).await;
    response.headers_mut().insert(same_origin, HeaderValue::from_static("same-origin"));
    response
}

async fn no_page() -> &'static str {
    "kvs-emulator is running. It serves no page: start it with --site FOLDER for one.\n"
}

pub(crate) async fn not_found() -> (StatusCode, &'static str) {
    (StatusCode::NOT_FOUND, "There is no such page.\n")
}

async fn protect(State(policy): State<HeaderValue>, mut response: Response) -> Response {
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
