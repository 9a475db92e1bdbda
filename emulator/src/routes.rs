//! Which path goes where, and what every response of the service carries.

use std::{path::Path, sync::Arc, time::Duration};

use axum::{
    Router,
    http::{HeaderName, HeaderValue, Method, header},
    middleware::map_response,
    response::Response,
    routing::{MethodRouter, get, post},
};
use tower::ServiceBuilder;
use tower_http::cors::{Any, CorsLayer};
use uuid::{Builder, Uuid};

use crate::{api, app::App, error::ERROR_TYPE, page, socket};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
/// How long browsers may remember a preflight; they cap it themselves.
const PREFLIGHT_MAX_AGE: Duration = Duration::from_secs(2 * 60 * 60);

/// POST is the service, the two prefixes are WebSockets and what the page may know, and every
/// other GET is the page.
pub(crate) fn router(app: Arc<App>, site: Option<&Path>, pkg: Option<&Path>) -> Router {
    let service: MethodRouter<_> =
        post(api::call).layer(ServiceBuilder::new().layer(map_response(identify)).layer(cors()));
    // A call that goes to a socket's path is one to an unknown path.
    let sockets: MethodRouter<_> =
        get(socket::connect).layer(map_response(identify)).merge(service.clone());
    Router::new()
        .route("/_kvs/{endpoint}/{channel}", sockets)
        .route("/_emulator/about.json", get(page::about))
        .fallback(service.get_service(page::service(site, pkg)))
        .with_state(app)
}

/// A random version 4 UUID; nil where the system gives no random bytes, as nothing depends on it.
pub(crate) fn random_uuid() -> Uuid {
    let mut bytes = [0; 16];
    match getrandom::fill(&mut bytes) {
        Ok(()) => Builder::from_random_bytes(bytes).into_uuid(),
        Err(_) => Uuid::nil(),
    }
}

/// Any origin may call: what it may do, its signature says.
///
/// Source: the CORS section of the service's model, and the headers that AWS SDKs send.
fn cors() -> CorsLayer {
    let allowed = [
        "amz-sdk-invocation-id",
        "amz-sdk-request",
        "credentials",
        "x-amz-content-sha256",
        "x-amz-date",
        "x-amz-security-token",
        "x-amz-user-agent",
        "x-api-key",
    ];
    let allowed = allowed.into_iter().map(HeaderName::from_static);
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::POST])
        .allow_headers(
            [header::AUTHORIZATION, header::CONTENT_TYPE]
                .into_iter()
                .chain(allowed)
                .collect::<Vec<_>>(),
        )
        .expose_headers([
            REQUEST_ID,
            ERROR_TYPE,
            HeaderName::from_static("x-amzn-errormessage"),
            // Without it a browser cannot tell that its clock is wrong.
            header::DATE,
        ])
        .max_age(PREFLIGHT_MAX_AGE)
}

/// Gives a response its request id. `Date` is the HTTP library's doing.
async fn identify(mut response: Response) -> Response {
    if let Ok(id) = HeaderValue::from_str(&random_uuid().to_string()) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}
