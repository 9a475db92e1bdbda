//! The service's host names: which endpoint a channel has, and what a request was sent to.

mod authority;
mod plane;

use std::{fmt, net::Ipv4Addr};

use axum::http::{HeaderMap, request::Parts};
use kvs_hub::ChannelArn;
use sha2::{Digest as _, Sha256};

use crate::{network::Hosts, socket::Endpoint};

pub(crate) use authority::{Authority, is_host_name};
pub(crate) use plane::Plane;

/// What WebSocket paths begin with where everything is at one origin.
const SOCKETS: &str = "/_kvs/";

/// Makes the URLs of endpoints, and tells which one a request came to.
#[derive(Debug)]
pub(crate) struct Endpoints {
    hosts: Hosts,
    region: String,
    tls: bool,
    port: u16,
}

/// The WebSocket endpoint that a request came to. It shows as its channel, as far as that is
/// known.
#[derive(Debug)]
pub(crate) struct Door {
    pub(crate) endpoint: Endpoint,
    whose: Whose,
}

/// How much of a name is shown: as long as a channel's may be.
const MAX_SHOWN: usize = 256;

/// Whose endpoint it is.
#[derive(Debug)]
enum Whose {
    /// Every channel's.
    Any,
    /// That of the channel of this name.
    Named(String),
    /// That of the channel which this host name is made for.
    Marked(String),
}

impl Endpoints {
    pub(crate) const fn new(hosts: Hosts, region: String, tls: bool, port: u16) -> Self {
        Self { hosts, region, tls, port }
    }

    /// Whether one host does for everything.
    pub(crate) const fn are_one(&self) -> bool {
        matches!(self.hosts, Hosts::One)
    }

    /// The URL of a channel's endpoint for this client, who finds it where it found us: at the
    /// same host, or at least at the same port, so that a forwarded port works.
    pub(crate) fn of(&self, arn: &ChannelArn, plane: Plane, headers: &HeaderMap) -> String {
        let authority = Authority::of(headers)
            .unwrap_or_else(|| Authority { host: "localhost".to_owned(), port: Some(self.port) });
        let host = match &self.hosts {
            Hosts::One => authority.host,
            Hosts::Addresses => plane.address().to_string(),
            Hosts::Names(domain) => self.name(plane, arn, domain),
        };
        let path = match (&self.hosts, plane.prefix()) {
            (Hosts::One, Some(prefix)) if plane.is_socket() => {
                format!("{SOCKETS}{prefix}/{}", arn.name())
            }
            _ => String::new(),
        };
        let authority = Authority { host, port: authority.port };
        format!("{}://{authority}{path}", self.scheme(plane))
    }

    /// Where the page is, or where calls of the control plane go, for somebody who calls this
    /// machine `host`.
    pub(crate) fn origin(&self, plane: Plane, host: &str) -> String {
        let host = match (&self.hosts, plane) {
            (Hosts::One, _) | (Hosts::Addresses, Plane::Page) => host.to_owned(),
            (Hosts::Addresses, _) => plane.address().to_string(),
            (Hosts::Names(domain), Plane::Page) => domain.clone(),
            (Hosts::Names(domain), _) => control_host(&self.region, domain),
        };
        format!("{}://{host}:{}", self.scheme(plane), self.port)
    }

    /// Whether this name is the page's own.
    pub(crate) fn are_at(&self, host: &str) -> bool {
        matches!(&self.hosts, Hosts::Names(domain) if domain == host)
    }

    /// What a request was sent to; `None` where one host does for everything. A name that is
    /// nothing else's is the page's.
    pub(crate) fn plane_of(&self, headers: &HeaderMap) -> Option<Plane> {
        self.place_of(headers).map(|(plane, _)| plane)
    }

    /// Whether a request was sent to an endpoint of this channel, as far as its host tells.
    pub(crate) fn are_of(&self, arn: &ChannelArn, headers: &HeaderMap) -> bool {
        self.place_of(headers).is_none_or(|(plane, whose)| whose.is_of(plane, arn))
    }

    /// The WebSocket endpoint that a request was sent to.
    pub(crate) fn door(&self, parts: &Parts) -> Option<Door> {
        let path = parts.uri.path();
        let (plane, whose) = match self.place_of(&parts.headers) {
            Some(place) if path == "/" => place,
            Some(_) => return None,
            None => {
                let (prefix, name) = path.strip_prefix(SOCKETS)?.split_once('/')?;
                (Plane::with_prefix(prefix)?, Whose::Named(name.to_owned()))
            }
        };
        let endpoint = match plane {
            Plane::Master => Endpoint::Master,
            Plane::Viewer => Endpoint::Viewer,
            Plane::Page | Plane::Control | Plane::Data | Plane::Storage => return None,
        };
        Some(Door { endpoint, whose })
    }

    /// Where else than to its own origin, and to what speaks TLS, a page may have to connect: as
    /// sources of a content-security policy.
    pub(crate) fn policy_sources(&self) -> String {
        match &self.hosts {
            Hosts::One => String::new(),
            Hosts::Names(domain) => format!(" http://*.{domain}:* ws://*.{domain}:*"),
            Hosts::Addresses => {
                let sources = Plane::ALL.map(|plane| {
                    let scheme = if plane.is_socket() { "ws" } else { "http" };
                    format!(" {scheme}://{}:*", plane.address())
                });
                sources.concat()
            }
        }
    }

    fn place_of(&self, headers: &HeaderMap) -> Option<(Plane, Whose)> {
        let page = (Plane::Page, Whose::Any);
        let host = Authority::of(headers).map(|authority| authority.host).unwrap_or_default();
        match &self.hosts {
            Hosts::One => None,
            Hosts::Addresses => {
                let plane = Plane::ALL.into_iter().find(|p| Ok(p.address()) == host.parse());
                Some(plane.map_or(page, |plane| (plane, Whose::Any)))
            }
            Hosts::Names(domain) => {
                let all = control_host(&self.region, domain);
                if host == all {
                    return Some((Plane::Control, Whose::Any));
                }
                let first = host.strip_suffix(&all).and_then(|first| first.strip_suffix('.'));
                let of_channel = first.and_then(|first| first.split_once('-'));
                let place = of_channel.and_then(|(prefix, mark)| {
                    Some((Plane::with_prefix(prefix)?, Whose::Marked(mark.to_owned())))
                });
                Some(place.unwrap_or(page))
            }
        }
    }

    fn name(&self, plane: Plane, arn: &ChannelArn, domain: &str) -> String {
        let all = control_host(&self.region, domain);
        match plane.prefix() {
            Some(prefix) => format!("{prefix}-{}.{all}", mark(prefix, arn)),
            None if plane == Plane::Page => domain.to_owned(),
            None => all,
        }
    }

    const fn scheme(&self, plane: Plane) -> &'static str {
        match (plane.is_socket(), self.tls) {
            (true, true) => "wss",
            (true, false) => "ws",
            (false, true) => "https",
            (false, false) => "http",
        }
    }
}

impl Door {
    /// Whether it is this channel's.
    pub(crate) fn is_of(&self, arn: &ChannelArn) -> bool {
        let plane = match self.endpoint {
            Endpoint::Master => Plane::Master,
            Endpoint::Viewer => Plane::Viewer,
        };
        self.whose.is_of(plane, arn)
    }
}

impl fmt::Display for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.whose {
            Whose::Any => f.write_str("any"),
            // Whoever asks has not said yet who it is, so that this may be any text.
            Whose::Named(name) | Whose::Marked(name) => write!(f, "{name:.MAX_SHOWN$}"),
        }
    }
}

impl Whose {
    fn is_of(&self, plane: Plane, arn: &ChannelArn) -> bool {
        match self {
            Self::Any => true,
            Self::Named(name) => arn.name().as_str() == name,
            Self::Marked(text) => plane.prefix().is_some_and(|prefix| mark(prefix, arn) == *text),
        }
    }
}

impl Hosts {
    /// Every name that the emulator is reached by in this region; the first label may be `*`.
    pub(crate) fn names(&self, region: &str) -> Vec<String> {
        match self {
            Self::One | Self::Addresses => Vec::new(),
            Self::Names(domain) => {
                let all = control_host(region, domain);
                vec![domain.clone(), format!("*.{all}"), all]
            }
        }
    }

    /// Every address that it needs for itself.
    pub(crate) fn addresses(&self) -> Vec<Ipv4Addr> {
        match self {
            Self::One | Self::Names(_) => Vec::new(),
            Self::Addresses => Plane::ALL.map(Plane::address).to_vec(),
        }
    }
}

/// The host of the control plane, below which the channels' are.
fn control_host(region: &str, domain: &str) -> String {
    format!("kinesisvideo.{region}.{domain}")
}

/// The eight hexadecimal digits in the names of a channel's hosts. They tell nothing, and differ
/// from endpoint to endpoint, so that nobody can make one name of another.
fn mark(prefix: &str, arn: &ChannelArn) -> String {
    let digest = Sha256::digest(format!("{prefix} {arn}"));
    digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
