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
#[derive(Clone, Copy, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Does {
    /// It answers.
    Serve,
    /// It takes them and says nothing.
    Silent,
}

/// What both do; what is left out serves.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Servers {
    #[serde(default = "Servers::serve")]
    stun: Does,
    #[serde(default = "Servers::serve")]
    turn: Does,
}

impl Servers {
    const fn serve() -> Does {
        Does::Serve
    }
}

pub(super) fn silence(app: &App, ask: &Ask<'_>) -> Result<Response, Refusal> {
    let servers: Servers = ask.read()?;
    app.turn.set_silence(servers.stun == Does::Silent, servers.turn == Does::Silent);
    Ok(json(&servers))
}
