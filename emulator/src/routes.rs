//! Which path goes where, and what every response of the service carries.

use std::{path::Path, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, header},
    middleware::map_response_with_state,
    response::Response,
    routing::{MethodRouter, get, post},
};
use tower::{Service as _, ServiceBuilder};
use tower_http::cors::{Any, CorsLayer};
use uuid::{Builder, Uuid};

use crate::{admin, api, app::App, error::ERROR_TYPE, hosts::Plane, page, socket};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
/// How long browsers may remember a preflight; they cap it themselves.
const PREFLIGHT_MAX_AGE: Duration = Duration::from_secs(2 * 60 * 60);

/// POST is the service, one prefix is WebSockets, another what is the emulator's own, and every
/// other GET is the page. Where hosts are kept apart, the page's has no WebSockets, and every
/// other nothing but them and the service.
pub(crate) fn router(app: &Arc<App>, site: Option<&Path>, pkg: Option<&Path>) -> Router {
    let page = Router::new()
        .route("/_emulator/about.json", get(page::about))
        .merge(admin::router())
        .fallback(service(app).get_service(page::service(site, pkg, &app.endpoints)));
    if app.endpoints.are_one() {
        let all = page.route("/_kvs/{endpoint}/{channel}", channels(app));
        return all.with_state(Arc::clone(app));
    }
    let page = page.with_state(Arc::clone(app));
    let others = Router::new().fallback(channels(app)).with_state(Arc::clone(app));
    let by_host = async move |State(app): State<Arc<App>>, request: Request| {
        let at_page = matches!(app.plane_of(request.headers()), None | Some(Plane::Page));
        let router = if at_page { &page } else { &others };
        router.clone().call(request).await
    };
    Router::new().fallback(by_host).with_state(Arc::clone(app))
}

fn service(app: &Arc<App>) -> MethodRouter<Arc<App>> {
    let identify = map_response_with_state(Arc::clone(app), identify);
    post(api::call).layer(ServiceBuilder::new().layer(identify).layer(cors()))
}

/// The service, and WebSockets inside it: merged with them it would lose its preflights.
fn channels(app: &Arc<App>) -> MethodRouter<Arc<App>> {
    service(app).get_service(sockets(app).with_state(Arc::clone(app)))
}

fn sockets(app: &Arc<App>) -> MethodRouter<Arc<App>> {
    get(socket::connect).layer(map_response_with_state(Arc::clone(app), identify))
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

/// Gives a response its request id, and the date of the emulator's clock, by which clients set
/// theirs.
async fn identify(State(app): State<Arc<App>>, mut response: Response) -> Response {
    if let Ok(date) = HeaderValue::from_str(&httpdate::fmt_http_date(app.clock.now())) {
        response.headers_mut().insert(header::DATE, date);
    }
    if let Ok(id) = HeaderValue::from_str(&random_uuid().to_string()) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}
