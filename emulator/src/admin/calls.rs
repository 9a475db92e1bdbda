//! Every call on one page.

use axum::{http::Method, response::Response};

use super::{
    acts,
    ask::{Ask, Refusal},
    faults, look, relays, settings, storage,
};
use crate::app::App;

/// One call. Its path may end with `{id}`.
pub(super) struct Call {
    method: Method,
    path: &'static str,
    pub(super) run: fn(&App, &Ask<'_>) -> Result<Response, Refusal>,
}

const CALLS: &[Call] = &[
    Call { method: Method::GET, path: "/state", run: look::state },
    Call { method: Method::GET, path: "/messages", run: look::messages },
    Call { method: Method::GET, path: "/counters", run: look::counters },
    Call { method: Method::GET, path: "/storage", run: storage::peers },
    Call { method: Method::GET, path: "/faults", run: faults::list },
    Call { method: Method::POST, path: "/faults", run: faults::add },
    Call { method: Method::DELETE, path: "/faults", run: faults::clear },
    Call { method: Method::DELETE, path: "/faults/{id}", run: faults::remove },
    Call { method: Method::POST, path: "/go-away", run: acts::go_away },
    Call { method: Method::POST, path: "/reconnect-ice-server", run: acts::reconnect_ice_server },
    Call { method: Method::POST, path: "/close", run: acts::close },
    Call { method: Method::POST, path: "/stall", run: acts::stall },
    Call { method: Method::POST, path: "/restart", run: acts::restart },
    Call { method: Method::GET, path: "/clock", run: settings::clock },
    Call { method: Method::PUT, path: "/clock", run: settings::set_clock },
    Call { method: Method::GET, path: "/settings", run: settings::get },
    Call { method: Method::PUT, path: "/settings", run: settings::set },
    Call { method: Method::POST, path: "/expire-credentials", run: relays::expire },
    Call { method: Method::GET, path: "/turn", run: relays::servers },
    Call { method: Method::PUT, path: "/turn", run: relays::set_servers },
];

/// What a method and a path lead to.
pub(super) enum Found<'a> {
    /// A call, and its id where it has one.
    Call(&'static Call, Option<&'a str>),
    /// Calls of this path with other methods, as the header `Allow` has them.
    OtherMethod(String),
    /// Nothing.
    Nothing,
}

/// Finds a call; the path begins after the prefix.
pub(super) fn find<'a>(method: &Method, path: &'a str) -> Found<'a> {
    let mut allowed = Vec::new();
    for call in CALLS {
        let id = match call.path.strip_suffix("{id}") {
            Some(start) => path.strip_prefix(start).filter(|id| !id.is_empty()),
            None => None,
        };
        if id.is_none() && call.path != path {
            continue;
        }
        if call.method == method {
            return Found::Call(call, id);
        }
        allowed.push(call.method.as_str());
    }
    if allowed.is_empty() { Found::Nothing } else { Found::OtherMethod(allowed.join(", ")) }
}

/// All calls, for whoever asks for one that is not there.
pub(super) fn list() -> String {
    let all: Vec<_> = CALLS.iter().map(|call| format!("{} {}", call.method, call.path)).collect();
    all.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_found_by_method_and_path() {
        assert!(matches!(find(&Method::GET, "/state"), Found::Call(_, None)));
        assert!(matches!(find(&Method::DELETE, "/faults/7"), Found::Call(_, Some("7"))));
        assert!(matches!(find(&Method::DELETE, "/faults"), Found::Call(_, None)));
        for nothing in ["", "/", "/stat", "/state/", "/faults/", "/faultsx", "/{id}"] {
            assert!(matches!(find(&Method::GET, nothing), Found::Nothing), "{nothing}");
        }
        let Found::OtherMethod(allowed) = find(&Method::PATCH, "/faults") else { panic!() };
        assert_eq!(allowed, "GET, POST, DELETE");
    }
}
