//! Who may call: a program or a person at this machine, and no web page but the emulator's own.
//!
//! A page of another origin cannot set a header without asking first by `OPTIONS`, and is not
//! told that it may; one that makes its own name resolve to this machine names itself in `Host`.

use std::net::{IpAddr, Ipv4Addr};

use axum::http::{HeaderMap, HeaderName, StatusCode, header::ORIGIN};

use super::ask::Refusal;
use crate::{app::App, connection::Wire, hosts::Authority};

/// The header that a request has to have.
const HEADER: HeaderName = HeaderName::from_static("x-kvs-emulator");
const VALUE: &str = "1";
/// By which browsers say where a request comes from.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether the connection is this machine's with itself.
pub(super) fn is_here(wire: &Wire) -> bool {
    let loopback = |ip: IpAddr| ip.to_canonical().is_loopback();
    loopback(wire.local.ip()) && loopback(wire.peer.ip())
}

/// `Host` has to be a name of this machine's.
pub(super) fn check_host(app: &App, headers: &HeaderMap) -> Result<(), Refusal> {
    let known = Authority::of(headers).is_some_and(|Authority { host, .. }| {
        host.eq_ignore_ascii_case("localhost")
            || host == "[::1]"
            || host.parse().is_ok_and(|ip: Ipv4Addr| ip.is_loopback())
            || app.endpoints.are_at(&host)
            || app.allowed_hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(&host))
    });
    if known {
        return Ok(());
    }
    Err(forbidden(
        "the emulator does not go by this host name: call it localhost or 127.0.0.1, or start it \
         with --allow-host NAME",
    ))
}

/// A request that says where it comes from has to come from here.
pub(super) fn check_origin(wire: &Wire, headers: &HeaderMap) -> Result<(), Refusal> {
    let scheme = if wire.tls { "https" } else { "http" };
    let ours = Authority::of(headers).map(|authority| format!("{scheme}://{authority}"));
    let foreign = headers.get_all(ORIGIN).iter().any(|origin| {
        ours.as_ref().is_none_or(|ours| !origin.as_bytes().eq_ignore_ascii_case(ours.as_bytes()))
    });
    let sites = headers.get_all(FETCH_SITE);
    let elsewhere = sites.iter().any(|site| site != "same-origin" && site != "none");
    if foreign || elsewhere {
        return Err(forbidden("only the emulator's own page may call this, and no other"));
    }
    Ok(())
}

/// What no page can add to a request by itself.
pub(super) fn check_header(headers: &HeaderMap) -> Result<(), Refusal> {
    if headers.get(HEADER).is_some_and(|value| value == VALUE) {
        return Ok(());
    }
    Err(forbidden(
        "the header X-Kvs-Emulator is missing: add `X-Kvs-Emulator: 1`, with curl by \
         -H 'X-Kvs-Emulator: 1'",
    ))
}

fn forbidden(sentence: &str) -> Refusal {
    Refusal::new(StatusCode::FORBIDDEN, sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(local: &str, peer: &str) -> Wire {
        let port = |ip: &str| (ip.parse::<IpAddr>().unwrap(), 1).into();
        Wire { local: port(local), peer: port(peer), tls: false }
    }

    #[test]
    fn both_ends_have_to_be_here() {
        for (local, peer, here) in [
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "127.9.9.9", true),
            ("::1", "::1", true),
            ("::ffff:127.0.0.1", "::ffff:127.0.0.1", true),
            ("192.0.2.1", "192.0.2.1", false),
            ("127.0.0.1", "192.0.2.1", false),
            ("192.0.2.1", "127.0.0.1", false),
        ] {
            assert_eq!(is_here(&wire(local, peer)), here, "{local} {peer}");
        }
    }
}
