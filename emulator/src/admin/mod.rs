//! The admin API under `/_emulator/`: what happens in the emulator, and faults on purpose. JSON
//! in and JSON out, for whoever sits at this machine, and for no web page but its own.
//!
//! | module | what lives there |
//! |---|---|
//! | `calls` | every call on one page |
//! | `guard` | who may call |
//! | `ask` | what a call is given, and how it is refused |
//! | `look` | calls that only look |
//! | `faults` | the list of faults |
//! | `acts` | what happens to connections now |
//! | `settings` | the clock, quotas, latency |
//! | `relays` | TURN and what expires |
//! | `storage` | who is in storage sessions, and what flows |
//! | `page` | the small page |

mod acts;
mod ask;
mod calls;
mod faults;
mod guard;
mod look;
mod page;
mod relays;
mod settings;
mod storage;

use std::{sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    body::to_bytes,
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::any,
};
use tokio::time::timeout;

use crate::{app::App, connection::Wire, page::not_found};

use ask::{Ask, Refusal};
use calls::Found;

/// Where all of it is.
const PREFIX: &str = "/_emulator";
/// Longest body that is read, in bytes.
const MAX_BODY: usize = 16 * 1024;
/// How long a client may take to send its body.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// All of `/_emulator/`.
pub(crate) fn router() -> Router<Arc<App>> {
    let all = any(answer);
    Router::new()
        .route(PREFIX, all.clone())
        .route(&format!("{PREFIX}/"), all.clone())
        .route(&format!("{PREFIX}/{{*path}}"), all)
}

async fn answer(
    State(app): State<Arc<App>>,
    Extension(wire): Extension<Wire>,
    request: Request,
) -> Response {
    if !guard::is_here(&wire) {
        return not_found().await.into_response();
    }
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let response = match run(&app, &wire, request).await {
        Ok(response) => response,
        Err(refusal) => refusal.into_response(),
    };
    // The page asks each second, so that looking is not worth a line.
    if method != Method::GET {
        tracing::info!(%method, path, status = response.status().as_u16(), "admin");
    }
    response
}

async fn run(app: &App, wire: &Wire, request: Request) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    guard::check_host(app, &parts.headers)?;
    guard::check_origin(wire, &parts.headers)?;
    let path = parts.uri.path().strip_prefix(PREFIX).unwrap_or_default();
    if parts.method == Method::GET
        && let Some(file) = page::file(path)
    {
        return Ok(file);
    }
    guard::check_header(&parts.headers)?;
    let (call, id) = match calls::find(&parts.method, path) {
        Found::Call(call, id) => (call, id),
        Found::OtherMethod(allowed) => return Ok(other_method(&allowed)),
        Found::Nothing => {
            let sentence = format!("there is no such call; there are: {}", calls::list());
            return Err(Refusal::new(StatusCode::NOT_FOUND, sentence));
        }
    };
    let body = match timeout(BODY_TIMEOUT, to_bytes(body, MAX_BODY)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => {
            let sentence = format!("the body is longer than {MAX_BODY} bytes, or was cut short");
            return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, sentence));
        }
        Err(_) => {
            let sentence = "the body did not arrive in time";
            return Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, sentence));
        }
    };
    (call.run)(app, &Ask { id, query: parts.uri.query().unwrap_or_default(), body: &body })
}

fn other_method(allowed: &str) -> Response {
    let refusal = Refusal::new(
        StatusCode::METHOD_NOT_ALLOWED,
        format!("this call is not made like that, but with {allowed}"),
    );
    let mut response = refusal.into_response();
    if let Ok(allowed) = HeaderValue::from_str(allowed) {
        response.headers_mut().insert(header::ALLOW, allowed);
    }
    response
}
