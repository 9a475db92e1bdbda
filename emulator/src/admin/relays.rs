//! What expires before its time: access keys and the credentials for TURN.

use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::ask::{Ask, Refusal};
use crate::{app::App, error::json};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Expire {
    access_key_id: Option<String>,
}

pub(super) fn expire(app: &App, ask: &Ask<'_>) -> Result<Response, Refusal> {
    #[derive(Serialize)]
    struct Expired {
        expired: bool,
    }
    let Expire { access_key_id } = ask.read()?;
    let Some(id) = access_key_id else {
        return Err(Refusal::bad("accessKeyId is missing: say whose credentials are to expire"));
    };
    if !app.keys.expire(&id) {
        return Err(Refusal::missing(
            "there is no such access key, or too many are expired already",
        ));
    }
    Ok(json(&Expired { expired: true }))
}
