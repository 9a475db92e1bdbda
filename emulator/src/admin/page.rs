//! The small page: files of its own, compiled in.

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};

use super::PREFIX;

/// What the page may load and where it may connect: here only. Nothing in it is ever parsed as
/// HTML.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors 'none'";
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-cache"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

struct File {
    path: &'static str,
    kind: &'static str,
    content: &'static str,
}

const SCRIPT: &str = "text/javascript; charset=utf-8";
const FILES: [File; 6] = [
    File { path: "/", kind: "text/html; charset=utf-8", content: include_str!("page/index.html") },
    File {
        path: "/page.css",
        kind: "text/css; charset=utf-8",
        content: include_str!("page/page.css"),
    },
    File { path: "/page.js", kind: SCRIPT, content: include_str!("page/page.js") },
    File { path: "/api.js", kind: SCRIPT, content: include_str!("page/api.js") },
    File { path: "/dom.js", kind: SCRIPT, content: include_str!("page/dom.js") },
    File { path: "/views.js", kind: SCRIPT, content: include_str!("page/views.js") },
];

/// The file of this path, which begins after the prefix.
pub(super) fn file(path: &str) -> Option<Response> {
    if path.is_empty() {
        // Its files are named relative to it.
        let there = [(header::LOCATION, HeaderValue::try_from(format!("{PREFIX}/")).ok()?)];
        return Some((StatusCode::PERMANENT_REDIRECT, there).into_response());
    }
    let file = FILES.iter().find(|file| file.path == path)?;
    let mut response = file.content.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.kind));
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Some(response)
}
