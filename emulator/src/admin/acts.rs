//! What happens to connections now. Each act takes `target`, which connections it is for (all of
//! them where it is left out), and answers how many it hit.

use axum::response::Response;
use kvs_hub::{Close, Hub, Millis, Target};
use serde::{Deserialize, Serialize};

use super::ask::{Ask, Refusal};
use crate::{app::App, error::json};

/// Close codes that an endpoint may send.
///
/// Source: RFC 6455, section 7.4.
const CODES: [std::ops::RangeInclusive<u16>; 3] = [1000..=1003, 1007..=1014, 3000..=4999];
/// Longest reason of a close, in bytes.
///
/// Source: RFC 6455, section 5.5: 125 bytes, of which the code takes two.
const MAX_REASON: usize = 123;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct At {
    #[serde(default)]
    target: Target,
}

#[derive(Serialize)]
struct Hit {
    connections: usize,
}

fn act(
    app: &App,
    target: &Target,
    act: impl FnOnce(&mut Hub, &Target, Millis) -> usize,
) -> Result<Response, Refusal> {
    let connections = app.driver.act(|hub, now| act(hub, target, now));
    Ok(json(&Hit { connections }))
}

pub(super) fn go_away(app: &App, ask: &Ask<'_>) -> Result<Response, Refusal> {
    act(app, &ask.read::<At>()?.target, Hub::go_away)
}

pub(super) fn reconnect_ice_server(app: &App, ask: &Ask<'_>) -> Result<Response, Refusal> {
    act(app, &ask.read::<At>()?.target, Hub::reconnect_ice_server)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CloseThem {
    #[serde(default)]
    target: Target,
    /// 1001 unless said otherwise.
    code: Option<u16>,
    reason: Option<String>,
    /// Whether to drop the TCP connection without a word instead.
    #[serde(default)]
    abrupt: bool,
}

pub(super) fn close(app: &App, ask: &Ask<'_>) -> Result<Response, Refusal> {
    let CloseThem { target, code, reason, abrupt } = ask.read()?;
    let close = if abrupt {
        if code.is_some() || reason.is_some() {
            return Err(Refusal::bad("an abrupt end has neither code nor reason"));
        }
        Close::Abrupt
    } else {
        let (code, reason) = (code.unwrap_or(1001), reason.unwrap_or_default());
        if !CODES.iter().any(|codes| codes.contains(&code)) {
            return Err(Refusal::bad(
                "code must be one that an endpoint may send: 1000 to 1003, 1007 to 1014, or 3000 \
                 to 4999",
            ));
        }
        if reason.len() > MAX_REASON {
            return Err(Refusal::bad(format!("reason is longer than {MAX_REASON} bytes")));
        }
        Close::Normal { code, reason }
    };
    act(app, &target, |hub, target, _| hub.close(target, &close))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Stall {
    #[serde(default)]
    target: Target,
    stalled: bool,
}

pub(super) fn stall(app: &App, ask: &Ask<'_>) -> Result<Response, Refusal> {
    let Stall { target, stalled } = ask.read()?;
    Ok(json(&Hit { connections: app.driver.stall(&target, stalled) }))
}

pub(super) fn restart(app: &App, ask: &Ask<'_>) -> Result<Response, Refusal> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Nothing {}
    let Nothing {} = ask.read()?;
    act(app, &Target::default(), |hub, _, now| hub.restart(now))
}
