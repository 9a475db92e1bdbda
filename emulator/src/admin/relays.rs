//! STUN and TURN that say nothing, and credentials that expire before their time.

use axum::{http::StatusCode, response::Response};
use serde::{Deserialize, Serialize};

use super::ask::{Ask, Refusal};
use crate::{app::App, error::json};

/// Whose credentials are to expire: of an access key, of TURN, or both.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Expire {
    access_key_id: Option<String>,
    #[serde(default)]
    turn: bool,
}

pub(super) fn expire(app: &App, ask: &Ask<'_>) -> Result<Response, Refusal> {
    #[derive(Serialize)]
    struct Expired {
        expired: bool,
    }
    let Expire { access_key_id, turn } = ask.read()?;
    if access_key_id.is_none() && !turn {
        return Err(Refusal::bad(
            "nothing is to expire: name a key by accessKeyId, or set turn to true",
        ));
    }
    if access_key_id.is_some_and(|id| !app.keys.expire(&id)) {
        return Err(Refusal::missing(
            "there is no such access key, or too many are expired already",
        ));
    }
    if turn {
        app.turn.expire_credentials().map_err(|error| {
            let sentence = format!("the system gives no random numbers: {error}");
            Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, sentence)
        })?;
    }
    Ok(json(&Expired { expired: true }))
}

/// What a server does with requests.
#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Does {
    /// It answers.
    Serve,
    /// It takes them and says nothing.
    Silent,
}

impl Does {
    const fn of(silent: bool) -> Self {
        if silent { Self::Silent } else { Self::Serve }
    }

    const fn is_silent(self) -> bool {
        matches!(self, Self::Silent)
    }
}

/// What both do.
#[derive(Serialize)]
pub(super) struct Servers {
    stun: Does,
    turn: Does,
}

pub(super) fn servers_of(app: &App) -> Servers {
    let (stun, turn) = app.turn.silence();
    Servers { stun: Does::of(stun), turn: Does::of(turn) }
}

pub(super) fn servers(app: &App, _: &Ask<'_>) -> Result<Response, Refusal> {
    Ok(json(&servers_of(app)))
}

/// What both are to do; what is left out stays as it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetServers {
    stun: Option<Does>,
    turn: Option<Does>,
}

pub(super) fn set_servers(app: &App, ask: &Ask<'_>) -> Result<Response, Refusal> {
    let SetServers { stun, turn } = ask.read()?;
    let now = app.turn.silence();
    let (stun, turn) = (stun.map_or(now.0, Does::is_silent), turn.map_or(now.1, Does::is_silent));
    app.turn.set_silence(stun, turn);
    servers(app, ask)
}
