//! Reads what JavaScript gives.

use js_sys::Function;
use wasm_bindgen::JsValue;

use crate::error::Error;
use crate::ice::{CandidateFilter, TurnFilter};
use crate::ids::{ClientId, Role};
use crate::session::{
    ClientIdRule, MasterLimit, MasterOptions, Options, RawOptions, ViewerOptions,
};
use crate::web::credentials::Provider;
use crate::web::driver::KeySource;
use crate::web::insight::InsightSettings;
use crate::web::media::{MediaSettings, data_channel};
use crate::web::members::{Members, Wrong, string};

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
    let wrong = Wrong::default();
    let members = wrong.members(options);
    let texts = RAW.map(|name| members.string(name));
    let [channel_name, channel_arn, region, endpoint, stun_url, nat_traversal] =
        texts.each_ref().map(Option::as_deref);
    let raw = RawOptions { channel_name, channel_arn, region, endpoint, stun_url, nat_traversal };
    let media = MediaSettings::from_js(&members, &wrong, role == Role::Master);
    let backend = members.function("session");
    let ingestion = members.boolean("ingestion").unwrap_or(false);
    if ingestion && !media.request().fits_storage(role) {
        let problem = "takes video and audio of a master, and no video of a viewer";
        members.wrong("ingestion", problem);
    }
    let more = |parsed| Options {
        send: candidates(&members, "send"),
        accept: candidates(&members, "accept"),
        turn: turn(&members),
        trickle: members.boolean("trickle").unwrap_or(true),
        ingestion,
        ..parsed
    };
    let parsed = match backend {
        Some(_) => Options::of_backend(raw, media.request()),
        None => Options::parse(raw, media.request()),
    };
    let parsed = wrong.unless(parsed).map(more);
    let credentials = match backend {
        Some(_) => None,
        None => wrong.unless(Provider::from_js(&members.value("credentials"))),
    };
    let (web_socket, fetch) = (members.function("WebSocket"), members.function("fetch"));
    let insight = InsightSettings::from_js(options, &members, &wrong, role);
    drop(members);
    wrong.found()?;
    let source = match (backend, credentials) {
        (Some(session), _) => KeySource::Backend(session),
        (None, Some(provider)) => KeySource::Keys(provider),
        (None, None) => return Err(unread()),
    };
    let options = parsed.ok_or_else(unread)?;
    Ok(SessionParts { options, source, web_socket, fetch, media, insight })
}

/// What is read as texts, in the order of [`RawOptions`].
const RAW: [&str; 6] =
    ["channelName", "channelARN", "region", "endpoint", "stunUrl", "natTraversal"];

/// What is missing without anything having been wrong: nothing is.
fn unread() -> Error {
    Error::argument("options", "cannot be read")
}

/// Reads the options of a master alone.
///
/// # Errors
/// `caller.invalidArgument`.
pub(crate) fn master(options: &JsValue) -> Result<MasterOptions, Error> {
    let wrong = Wrong::default();
    let members = wrong.members(options);
    let mut own = MasterOptions::default();
    for limit in MasterLimit::ALL {
        if let Some(value) = members.whole(limit.as_str(), 1, limit.most()) {
            own = own.with(limit, value)?;
        }
    }
    let own = own.with_reconnect(members.boolean("reconnect").unwrap_or(true));
    drop(members);
    wrong.found().map(|()| own)
}

/// Reads the options of a viewer alone.
///
/// # Errors
/// `caller.invalidArgument`.
pub(crate) fn viewer(options: &JsValue) -> Result<ViewerOptions, Error> {
    let wrong = Wrong::default();
    let members = wrong.members(options);
    let profile = members.boolean("profile").unwrap_or(false);
    let client_id = wrong.unless(client_id(&members));
    // What is measured together with the master is told on the data channel.
    let data_channel = data_channel(&members) || profile;
    drop(members);
    wrong.found()?;
    Ok(ViewerOptions { client_id: client_id.unwrap_or(ClientIdRule::Random), data_channel })
}

/// Reads `clientId`: a text, or an object that says it is fixed.
fn client_id(members: &Members<'_>) -> Result<ClientIdRule, Error> {
    let given = members.value("clientId");
    if given.is_undefined() || given.is_null() {
        return Ok(ClientIdRule::Random);
    }
    if let Some(id) = given.as_string() {
        return ClientId::parse(&id).map(ClientIdRule::Preferred);
    }
    match string(&given, "fixed")? {
        Some(id) => ClientId::parse(&id).map(ClientIdRule::Fixed),
        None => Err(Error::argument("clientId", "must be a string or { fixed: string }")),
    }
}

/// Reads `turn`: which TURN servers are used.
fn turn(members: &Members<'_>) -> TurnFilter {
    let mut filter = TurnFilter::default();
    if let Some(given) = members.object("turn") {
        given.switches(&mut [
            ("udp", &mut filter.udp),
            ("tlsUdp", &mut filter.tls_udp),
            ("tlsTcp", &mut filter.tls_tcp),
            ("oneSetOnly", &mut filter.one_set_only),
        ]);
    }
    filter
}

/// Reads `candidates`: which kinds are sent and accepted.
fn candidates(members: &Members<'_>, way: &str) -> CandidateFilter {
    let mut filter = CandidateFilter::default();
    let both = members.object("candidates");
    if let Some(given) = both.as_ref().and_then(|both| both.object(way)) {
        given.switches(&mut [
            ("host", &mut filter.host),
            ("srflx", &mut filter.srflx),
            ("prflx", &mut filter.prflx),
            ("relay", &mut filter.relay),
            ("tcp", &mut filter.tcp),
            ("udp", &mut filter.udp),
        ]);
    }
    filter
}
