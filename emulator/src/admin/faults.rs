//! The list of faults.

use axum::response::Response;
use kvs_hub::{FaultId, FaultSpec, Hub};
use serde::{Deserialize, Serialize};

use super::ask::{Ask, Refusal};
use crate::{app::App, error::json};

/// One fault of the list.
#[derive(Serialize)]
pub(super) struct Listed {
    id: FaultId,
    /// How many events it has hit.
    hits: u64,
    spec: FaultSpec,
}

pub(super) fn all(hub: &mut Hub) -> Vec<Listed> {
    hub.faults().map(|(id, spec, hits)| Listed { id, hits, spec: spec.clone() }).collect()
}

pub(super) fn list(app: &App, _: &Ask<'_>) -> Result<Response, Refusal> {
    #[derive(Serialize)]
    struct Faults {
        faults: Vec<Listed>,
    }
    Ok(json(&Faults { faults: app.driver.ask(all) }))
}

/// Adds a fault: an object with the fault's members, or `{"spec": "drop,times=3"}` as on the
/// command line.
pub(super) fn add(app: &App, ask: &Ask<'_>) -> Result<Response, Refusal> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct AsText {
        spec: String,
    }
    #[derive(Serialize)]
    struct Added {
        id: FaultId,
    }
    let spec = match ask.read::<AsText>() {
        Ok(AsText { spec }) => FaultSpec::parse(&spec).map_err(Refusal::bad)?,
        Err(_) => ask.read::<FaultSpec>()?,
    };
    let id = app.driver.ask(|hub| hub.add_fault(spec)).map_err(Refusal::bad)?;
    Ok(json(&Added { id }))
}

pub(super) fn clear(app: &App, _: &Ask<'_>) -> Result<Response, Refusal> {
    #[derive(Serialize)]
    struct Removed {
        removed: usize,
    }
    let removed = app.driver.ask(|hub| {
        let removed = hub.faults().count();
        hub.clear_faults();
        removed
    });
    Ok(json(&Removed { removed }))
}

pub(super) fn remove(app: &App, ask: &Ask<'_>) -> Result<Response, Refusal> {
    #[derive(Serialize)]
    struct Removed {
        removed: bool,
    }
    let id = ask.id.and_then(|id| id.parse().ok()).map(FaultId);
    if id.is_some_and(|id| app.driver.ask(|hub| hub.remove_fault(id))) {
        return Ok(json(&Removed { removed: true }));
    }
    Err(Refusal::missing("there is no fault of this id; GET /_emulator/faults lists them"))
}
