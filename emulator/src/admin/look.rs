//! Calls that only look. What they answer has no secrets in it: the hub keeps none, and of a
//! message neither its payload.

use axum::response::Response;
use kvs_hub::Snapshot;
use serde::Serialize;

use super::{
    ask::{Ask, Refusal},
    faults::{self, Listed},
    relays::{Servers, servers_of},
    settings::{ClockNow, Settings, clock_of, settings_of},
    storage::{StoragePeer, peers_of},
};
use crate::{app::App, error::json};

/// How things stand.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct State<'a> {
    version: &'static str,
    region: &'a str,
    /// For how long the emulator runs.
    uptime_millis: u64,
    clock: ClockNow,
    settings: Settings,
    turn: Servers,
    faults: Vec<Listed>,
    storage: Vec<StoragePeer>,
    hub: Snapshot,
}

pub(super) fn state(app: &App, _: &Ask<'_>) -> Result<Response, Refusal> {
    let (hub, faults) = app.driver.ask(|hub| (hub.snapshot(), faults::all(hub)));
    Ok(json(&State {
        version: env!("CARGO_PKG_VERSION"),
        region: &app.region,
        uptime_millis: app.driver.now().0,
        clock: clock_of(app),
        settings: settings_of(app, &hub),
        turn: servers_of(app),
        faults,
        storage: peers_of(app),
        hub,
    }))
}

/// `GET /messages?after=N`: the last thousand steps of messages, or those with greater numbers.
pub(super) fn messages(app: &App, ask: &Ask<'_>) -> Result<Response, Refusal> {
    let mut after = 0;
    for (name, value) in form_urlencoded::parse(ask.query.as_bytes()) {
        if name != "after" {
            return Err(Refusal::bad("the one parameter is `after`, e.g. /messages?after=17"));
        }
        after = value.parse().map_err(|_| {
            Refusal::bad("`after` takes the `seq` of a message, a whole number, e.g. 17")
        })?;
    }
    #[derive(Serialize)]
    struct Messages<'a> {
        messages: Vec<&'a kvs_hub::LogEntry>,
    }
    Ok(app.driver.ask(|hub| json(&Messages { messages: hub.messages_after(after).collect() })))
}

pub(super) fn counters(app: &App, _: &Ask<'_>) -> Result<Response, Refusal> {
    Ok(app.driver.ask(|hub| json(hub.counters())))
}
