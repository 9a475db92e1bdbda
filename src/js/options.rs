//! Reads what JavaScript gives.

use js_sys::Function;
use wasm_bindgen::JsValue;

use crate::error::Error;
use crate::ice::{CandidateFilter, TurnFilter};
use crate::ids::{ClientId, Role};
use crate::session::{ClientIdRule, MasterOptions, Options, RawOptions, ViewerOptions};
use crate::web::credentials::Provider;
use crate::web::driver::KeySource;
use crate::web::insight::InsightSettings;
use crate::web::media::{MediaSettings, data_channel};
use crate::web::members::{boolean, function, string, whole};
use crate::web::reflect::{get, get_some};

/// Everything that a session is made of.
pub(crate) struct SessionParts {
    pub(crate) options: Options,
    pub(crate) source: KeySource,
    pub(crate) web_socket: Option<Function>,
    pub(crate) fetch: Option<Function>,
    pub(crate) media: MediaSettings,
    pub(crate) insight: InsightSettings,
}

/// Reads the options that viewer and master share.
///
/// # Errors
/// `caller.invalidArgument`, `keys.missing`.
pub(crate) fn session(options: &JsValue, role: Role) -> Result<SessionParts, Error> {
    if !options.is_object() {
        return Err(Error::argument("options", "must be an object"));
    }
    let channel_name = string(options, "channelName")?;
    let channel_arn = string(options, "channelARN")?;
    let region = string(options, "region")?;
    let endpoint = string(options, "endpoint")?;
    let stun_url = string(options, "stunUrl")?;
    let nat_traversal = string(options, "natTraversal")?;
    let media = MediaSettings::from_js(options, role == Role::Master)?;
    let raw = RawOptions {
        channel_name: channel_name.as_deref(),
        channel_arn: channel_arn.as_deref(),
        region: region.as_deref(),
        endpoint: endpoint.as_deref(),
        stun_url: stun_url.as_deref(),
        nat_traversal: nat_traversal.as_deref(),
    };
    let (source, parsed) = match function(options, "session")? {
        Some(session) => (KeySource::Backend(session), Options::of_backend(raw, media.request())?),
        None => {
            let parsed = Options::parse(raw, media.request())?;
            (KeySource::Keys(Provider::from_js(&get(options, "credentials"))?), parsed)
        }
    };
    Ok(SessionParts {
        options: Options {
            send: candidates(options, "send")?,
            accept: candidates(options, "accept")?,
            turn: turn(options)?,
            trickle: boolean(options, "trickle")?.unwrap_or(true),
            ..parsed
        },
        source,
        web_socket: function(options, "WebSocket")?,
        fetch: function(options, "fetch")?,
        media,
        insight: InsightSettings::from_js(options, role)?,
    })
}

/// Reads the options of a master alone.
///
/// # Errors
/// `caller.invalidArgument`.
pub(crate) fn master(options: &JsValue) -> Result<MasterOptions, Error> {
    let mut own = MasterOptions::default();
    if let Some(viewers) = whole(options, "maxViewers", 1, 32)? {
        own = own.with_max_viewers(viewers as usize)?;
    }
    Ok(own.with_reconnect(boolean(options, "reconnect")?.unwrap_or(true)))
}

/// Reads `turn`: which TURN servers are used.
fn turn(options: &JsValue) -> Result<TurnFilter, Error> {
    let mut filter = TurnFilter::default();
    let Some(given) = get_some(options, "turn") else { return Ok(filter) };
    if !given.is_object() {
        return Err(Error::argument("turn", "must be an object"));
    }
    for (name, switch) in [
        ("udp", &mut filter.udp),
        ("tlsUdp", &mut filter.tls_udp),
        ("tlsTcp", &mut filter.tls_tcp),
        ("oneSetOnly", &mut filter.one_set_only),
    ] {
        if let Some(on) = boolean(&given, name)? {
            *switch = on;
        }
    }
    Ok(filter)
}

/// Reads `clientId`: a text, or an object that says it is fixed.
fn client_id(options: &JsValue) -> Result<ClientIdRule, Error> {
    let Some(given) = get_some(options, "clientId") else { return Ok(ClientIdRule::Random) };
    if let Some(id) = given.as_string() {
        return ClientId::parse(&id).map(ClientIdRule::Preferred);
    }
    match string(&given, "fixed")? {
        Some(id) => ClientId::parse(&id).map(ClientIdRule::Fixed),
        None => Err(Error::argument("clientId", "must be a string or { fixed: string }")),
    }
}

/// Reads `candidates`: which kinds are sent and accepted.
fn candidates(options: &JsValue, way: &str) -> Result<CandidateFilter, Error> {
    let mut filter = CandidateFilter::default();
    let Some(both) = get_some(options, "candidates") else { return Ok(filter) };
    if !both.is_object() {
        return Err(Error::argument("candidates", "must be an object with send and accept"));
    }
    let Some(given) = get_some(&both, way) else { return Ok(filter) };
    if !given.is_object() {
        return Err(Error::argument(&["candidates.", way].concat(), "must be an object"));
    }
    for (name, switch) in [
        ("host", &mut filter.host),
        ("srflx", &mut filter.srflx),
        ("prflx", &mut filter.prflx),
        ("relay", &mut filter.relay),
        ("tcp", &mut filter.tcp),
        ("udp", &mut filter.udp),
    ] {
        if let Some(on) = boolean(&given, name)? {
            *switch = on;
        }
    }
    Ok(filter)
}

/// Reads the options of a viewer alone.
///
/// # Errors
/// `caller.invalidArgument`.
pub(crate) fn viewer(options: &JsValue) -> Result<ViewerOptions, Error> {
    let profile = boolean(options, "profile")?.unwrap_or(false);
    Ok(ViewerOptions {
        client_id: client_id(options)?,
        // What is measured together with the master is told on the data channel.
        data_channel: data_channel(options)? || profile,
    })
}
