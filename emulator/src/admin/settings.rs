//! The clock, quotas, acknowledgements, latency: what can be looked at and set.

use axum::response::Response;
use kvs_hub::Snapshot;
use serde::{Deserialize, Serialize};

use super::ask::{Ask, Refusal};
use crate::{app::App, behaviour, error::json};

/// What the clock says.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ClockNow {
    /// In milliseconds since 1970.
    now_millis: u64,
    skew_seconds: f64,
    time_scale: f64,
}

pub(super) fn clock_of(app: &App) -> ClockNow {
    ClockNow {
        now_millis: app.clock.unix().0,
        skew_seconds: std::time::Duration::from_millis(app.clock.skew().unsigned_abs())
            .as_secs_f64()
            .copysign(if app.clock.skew() < 0 { -1.0 } else { 1.0 }),
        time_scale: app.driver.ask(|hub| hub.time_scale()),
    }
}

pub(super) fn clock(app: &App, _: &Ask<'_>) -> Result<Response, Refusal> {
    Ok(json(&clock_of(app)))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SetClock {
    skew_seconds: Option<i64>,
    time_scale: Option<f64>,
}

pub(super) fn set_clock(app: &App, ask: &Ask<'_>) -> Result<Response, Refusal> {
    let SetClock { skew_seconds, time_scale } = ask.read()?;
    let skew = skew_seconds.map(behaviour::skew_millis).transpose().map_err(Refusal::bad)?;
    let scale = time_scale.map(behaviour::time_scale).transpose().map_err(Refusal::bad)?;
    if let Some(skew) = skew {
        app.clock.set_skew(skew);
    }
    if let Some(scale) = scale {
        app.driver.ask(|hub| hub.set_time_scale(scale));
    }
    clock(app, ask)
}

/// What can be switched.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Settings {
    quotas: bool,
    acknowledgements: bool,
    latency_millis: u64,
}

pub(super) fn settings_of(app: &App, hub: &Snapshot) -> Settings {
    Settings {
        quotas: hub.quotas_enforced,
        acknowledgements: hub.acknowledge,
        latency_millis: app.latency.get(),
    }
}

pub(super) fn get(app: &App, _: &Ask<'_>) -> Result<Response, Refusal> {
    Ok(json(&settings_of(app, &app.driver.ask(|hub| hub.snapshot()))))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Set {
    quotas: Option<bool>,
    acknowledgements: Option<bool>,
    latency_millis: Option<u64>,
}

pub(super) fn set(app: &App, ask: &Ask<'_>) -> Result<Response, Refusal> {
    let Set { quotas, acknowledgements, latency_millis } = ask.read()?;
    let latency = latency_millis.map(behaviour::latency).transpose().map_err(Refusal::bad)?;
    app.driver.ask(|hub| {
        if let Some(enforced) = quotas {
            hub.set_quotas_enforced(enforced);
        }
        if let Some(acknowledge) = acknowledgements {
            hub.set_acknowledge(acknowledge);
        }
    });
    if let Some(latency) = latency {
        app.latency.set(latency);
    }
    get(app, ask)
}
