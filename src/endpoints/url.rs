//! The address of a service, as a person or the service itself gives it.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::error::{Code, Error};

/// Source: RFC 1035 section 2.3.4.
const MAX_HOSTNAME_LENGTH: usize = 253;
const MAX_URL_LENGTH: usize = 1024;

/// How an [`Endpoint`] is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// HTTP in the clear: the emulator's.
    Http,
    /// HTTP over TLS.
    Https,
    /// WebSocket in the clear: the emulator's.
    Ws,
    /// WebSocket over TLS.
    Wss,
}

impl Scheme {
    /// The scheme as a URL writes it, e.g. `https`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Ws => "ws",
            Self::Wss => "wss",
        }
    }

    /// Whether nothing encrypts what is said.
    pub const fn is_plain(self) -> bool {
        matches!(self, Self::Http | Self::Ws)
    }

    /// Whether it is a WebSocket's.
    pub const fn is_websocket(self) -> bool {
        matches!(self, Self::Ws | Self::Wss)
    }

    const fn default_port(self) -> u16 {
        if self.is_plain() { 80 } else { 443 }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Http, Self::Https, Self::Ws, Self::Wss]
            .into_iter()
            .find(|scheme| scheme.as_str().eq_ignore_ascii_case(text))
    }
}

/// The address of the service or of one of a channel's data planes.
///
/// It is held in the form that a browser gives it, as the `Host` header is signed: a lower-case
/// host, no default port, IPv6 in its shortest form. Its path holds nothing but unreserved
/// characters, for which every way of canonicalising a path gives the same (see
/// [`sigv4`](crate::sigv4)).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint {
    scheme: Scheme,
    hostname: String,
    port: Option<u16>,
    path: String,
}

impl Endpoint {
    /// The address that a person gives instead of the region's: `https://` or `http://`, a host,
    /// perhaps a port and a path. Slashes at its end are taken off.
    ///
    /// # Errors
    /// [`Code::CallerInvalidArgument`] says what is wrong with it.
    pub fn parse_override(text: &str) -> Result<Self, Error> {
        let mut endpoint =
            Self::parse(text).map_err(|problem| Error::argument("endpoint", problem))?;
        if endpoint.scheme.is_websocket() {
            return Err(Error::argument("endpoint", "must begin with https:// or http://"));
        }
        endpoint.path.truncate(endpoint.path.trim_end_matches('/').len());
        Ok(endpoint)
    }

    /// An address that the service tells us. `allow_plain` is whether `http://` and `ws://` will
    /// do, which is so where the service itself was asked in the clear.
    ///
    /// # Errors
    /// [`Code::ServiceBadResponse`] says what is wrong with it.
    pub fn parse_service(text: &str, allow_plain: bool) -> Result<Self, Error> {
        let refused = |problem| {
            let message =
                ["the service gave an endpoint that cannot be used: it ", problem].concat();
            Error::new(Code::ServiceBadResponse, message)
        };
        let endpoint = Self::parse(text).map_err(refused)?;
        if endpoint.scheme.is_plain() && !allow_plain {
            return Err(refused("is not encrypted, though the request was"));
        }
        Ok(endpoint)
    }

    /// The endpoint of a channel's WebSocket as a program gives it: `wss://`, or `ws://` where the
    /// host is this computer.
    ///
    /// # Errors
    /// [`Code::CallerInvalidArgument`], in the words of the service's JavaScript SDK where that
    /// refuses too. A query is not quoted where it is a presigned URL's.
    pub fn parse_signaling(text: &str) -> Result<Self, Error> {
        let refused = |shown: &str, problem: &str| {
            let message = ["Endpoint '", shown, "' ", problem].concat();
            Error::new(Code::CallerInvalidArgument, message)
        };
        let shown = match text.split_once("?") {
            Some((address, query)) if query.contains("X-Amz-") => [address, "?…"].concat(),
            _ => text.to_owned(),
        };
        let endpoint = Self::parse(text.split('?').next().unwrap_or_default());
        let is_here = endpoint.as_ref().is_ok_and(Self::is_loopback);
        let is_fine = text.starts_with("wss://") || (text.starts_with("ws://") && is_here);
        if !is_fine {
            let problem = "is not a secure WebSocket endpoint. It should start with 'wss://'.";
            return Err(refused(&shown, problem));
        }
        if text.contains('?') {
            return Err(refused(&shown, "should not contain any query parameters."));
        }
        endpoint.map_err(|problem| Error::argument("endpoint", problem))
    }

    /// Whether its host is this computer, by name or address.
    fn is_loopback(&self) -> bool {
        let host = self.hostname.as_str();
        host == "localhost"
            || host.ends_with(".localhost")
            || host == "[::1]"
            || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
    }

    /// A host that is known to be well formed, over HTTPS.
    pub(super) const fn https(hostname: String) -> Self {
        Self { scheme: Scheme::Https, hostname, port: None, path: String::new() }
    }

    fn parse(text: &str) -> Result<Self, &'static str> {
        if text.is_empty() {
            return Err("is empty");
        }
        if text.len() > MAX_URL_LENGTH {
            return Err("is longer than 1024 characters");
        }
        if !text.bytes().all(|b| b.is_ascii_graphic()) {
            return Err("contains white space or a character that is not ASCII");
        }
        let (scheme, rest) = text
            .split_once("://")
            .and_then(|(scheme, rest)| Some((Scheme::parse(scheme)?, rest)))
            .ok_or("must be a URL such as https://host or http://localhost:8080")?;
        if rest.contains(['?', '#']) {
            return Err("must not have a query (?) or a fragment (#)");
        }
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err("must not have a user name or password");
        }
        let (hostname, port) = split_port(authority)?;
        Ok(Self {
            scheme,
            hostname: parse_hostname(hostname)?,
            port: port.filter(|&port| port != scheme.default_port()),
            path: parse_path(path)?,
        })
    }

    /// How to speak to it.
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host with its port where that is not the scheme's own, as the `Host` header has it.
    pub fn host(&self) -> String {
        match self.port {
            Some(port) => format!("{}:{port}", self.hostname),
            None => self.hostname.clone(),
        }
    }

    /// The host without a port; an IPv6 address is in brackets.
    pub fn hostname(&self) -> &str {
        &self.hostname
    }

    /// The path, empty or beginning with a slash.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole address, e.g. `https://localhost:8443/path`.
    pub fn url(&self) -> String {
        [self.scheme.as_str(), "://", &self.host(), &self.path].concat()
    }
}

fn split_port(authority: &str) -> Result<(&str, Option<u16>), &'static str> {
    let after_ipv6 = authority.rfind(']').unwrap_or(0);
    let Some(colon) = authority.rfind(':').filter(|&colon| colon >= after_ipv6) else {
        return Ok((authority, None));
    };
    let (hostname, port) = authority.split_at(colon);
    let digits = port.trim_start_matches(':');
    match digits.parse() {
        Ok(port) if port != 0 && !digits.starts_with('+') => Ok((hostname, Some(port))),
        _ => Err("has a port that is not a number from 1 to 65535"),
    }
}

/// The host as a browser would write it.
///
/// Source: URL Standard, host parsing and host serializing.
fn parse_hostname(text: &str) -> Result<String, &'static str> {
    if let Some(literal) = text.strip_prefix('[') {
        return literal
            .strip_suffix(']')
            .and_then(|literal| literal.parse::<Ipv6Addr>().ok())
            // Rust and browsers write these differently.
            .filter(|address| address.to_ipv4_mapped().is_none())
            .map(|address| format!("[{address}]"))
            .ok_or("has a host that is no IPv6 address");
    }
    if text.is_empty() || text.len() > MAX_HOSTNAME_LENGTH {
        return Err("has no host name, or one of more than 253 characters");
    }
    let is_label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    if !text.split('.').all(is_label) {
        return Err("has a host name with other characters than a-z 0-9 - _ between single dots");
    }
    // Browsers take 127.1 and 0x7f.0.0.1 for 127.0.0.1: a name whose last label is a number.
    let last = text.rsplit('.').next().unwrap_or_default();
    let is_hex = last.get(..2).is_some_and(|prefix| prefix.eq_ignore_ascii_case("0x"));
    let is_number = is_hex || last.bytes().all(|b| b.is_ascii_digit());
    if is_number && text.parse::<Ipv4Addr>().is_err() {
        return Err("has a host that is no IPv4 address of four decimal numbers");
    }
    Ok(text.to_ascii_lowercase())
}

fn parse_path(path: &str) -> Result<String, &'static str> {
    let is_unreserved = |b: u8| b.is_ascii_alphanumeric() || b"-._~/".contains(&b);
    if !path.bytes().all(is_unreserved) {
        return Err("has a path with other characters than a-z A-Z 0-9 - . _ ~ /");
    }
    let path = if path == "/" { "" } else { path };
    let mut segments = path.trim_end_matches('/').split('/').skip(1);
    if segments.any(|segment| matches!(segment, "" | "." | "..")) || path.ends_with("//") {
        return Err("has a path with an empty or dotted segment");
    }
    Ok(path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channels_endpoint_is_encrypted_or_on_this_computer() {
        for text in ["wss://v-1.kinesisvideo.us-west-2.amazonaws.com", "wss://host:8443/ws/v-1"] {
            assert_eq!(Endpoint::parse_signaling(text).unwrap().url(), text);
        }
        for text in ["ws://localhost:8080/ws", "ws://a.localhost", "ws://127.1.2.3", "ws://[::1]:1"]
        {
            assert!(Endpoint::parse_signaling(text).is_ok(), "{text}");
        }
        for text in ["", "https://host", "WSS://host", "ws://host", "ws://127.0.0.1.evil.com"] {
            let error = Endpoint::parse_signaling(text).unwrap_err();
            let message = format!(
                "Endpoint '{text}' is not a secure WebSocket endpoint. It should start with 'wss://'."
            );
            assert_eq!(error.message(), message);
        }
        let error = Endpoint::parse_signaling("wss://host/?a=b").unwrap_err();
        let message = "Endpoint 'wss://host/?a=b' should not contain any query parameters.";
        assert_eq!(error.message(), message);
        assert!(Endpoint::parse_signaling("wss://ho st").is_err());
    }

    #[test]
    fn a_presigned_url_that_is_given_as_an_endpoint_is_not_quoted() {
        for scheme in ["wss", "https"] {
            let url = format!("{scheme}://host/?X-Amz-Security-Token=hunter2");
            let error = Endpoint::parse_signaling(&url).unwrap_err();
            assert!(!error.message().contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn an_override_is_kept_as_a_browser_would_write_it() {
        for (text, url, host, hostname, path) in [
            ("https://h", "https://h", "h", "h", ""),
            ("HTTPS://Ab.Example:443/", "https://ab.example", "ab.example", "ab.example", ""),
            ("http://h:80", "http://h", "h", "h", ""),
            ("http://h:443", "http://h:443", "h:443", "h", ""),
            ("https://h:08443/a/B-._~/", "https://h:8443/a/B-._~", "h:8443", "h", "/a/B-._~"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "127.0.0.1:8080", "127.0.0.1", ""),
            ("http://[0::0:1]:8080/p", "http://[::1]:8080/p", "[::1]:8080", "[::1]", "/p"),
            ("http://[FE80::A]", "http://[fe80::a]", "[fe80::a]", "[fe80::a]", ""),
            (
                "http://kvs_emulator-1",
                "http://kvs_emulator-1",
                "kvs_emulator-1",
                "kvs_emulator-1",
                "",
            ),
        ] {
            let endpoint = Endpoint::parse_override(text).unwrap();
            assert_eq!(endpoint.url(), url, "{text}");
            assert_eq!(endpoint.host(), host, "{text}");
            assert_eq!(endpoint.hostname(), hostname, "{text}");
            assert_eq!(endpoint.path(), path, "{text}");
        }
    }

    #[test]
    fn an_override_that_cannot_be_used_says_why() {
        let long = format!("https://{}", "x".repeat(1017));
        for (text, problem) in [
            ("", "is empty"),
            (long.as_str(), "is longer than 1024"),
            (" https://h", "contains white space"),
            ("https://h/ü", "contains white space or a character that is not ASCII"),
            ("localhost:8080", "must be a URL such as"),
            ("ftp://h", "must be a URL such as"),
            ("wss://h", "must begin with https://"),
            ("ws://h", "must begin with https://"),
            ("https://h?x", "must not have a query"),
            ("https://h/p#x", "must not have a query"),
            ("https://me:pass@h", "must not have a user name"),
            ("https://", "has no host name"),
            ("https://:80", "has no host name"),
            ("https://h:", "has a port"),
            ("https://h:0", "has a port"),
            ("https://h:+1", "has a port"),
            ("https://h:65536", "has a port"),
            ("https://h:8x", "has a port"),
            ("https://a..b", "has a host name with other"),
            ("https://a.b.", "has a host name with other"),
            ("https://a%2eb", "has a host name with other"),
            ("https://a\\b", "has a host name with other"),
            ("https://::1", "has a host name with other"),
            ("https://127.1", "has a host that is no IPv4"),
            ("https://0x7f.0.0.0X1", "has a host that is no IPv4"),
            ("https://256.0.0.1", "has a host that is no IPv4"),
            ("https://127.0.0.01", "has a host that is no IPv4"),
            ("https://[::1", "has a host that is no IPv6"),
            ("https://[fe80::1%eth0]", "has a host that is no IPv6"),
            ("https://[::ffff:1.2.3.4]", "has a host that is no IPv6"),
            ("https://h/a b", "contains white space"),
            ("https://h/a%20b", "has a path with other"),
            ("https://h/a*b", "has a path with other"),
            ("https://h/a/../b", "has a path with an empty"),
            ("https://h/.", "has a path with an empty"),
            ("https://h//a", "has a path with an empty"),
            ("https://h/a//", "has a path with an empty"),
            ("https://h//", "has a path with an empty"),
        ] {
            let error = Endpoint::parse_override(text).unwrap_err();
            assert_eq!(error.code(), Code::CallerInvalidArgument, "{text}");
            assert!(error.message().starts_with(&format!("endpoint {problem}")), "{text}: {error}");
            assert!(!error.message().contains("pass@"), "{error}");
        }
    }

    #[test]
    fn the_service_is_believed_within_bounds() {
        for (text, scheme) in [
            ("wss://m-a1b2c3d4.kinesisvideo.us-west-2.amazonaws.com", Scheme::Wss),
            ("https://r-a1b2c3d4.kinesisvideo.us-west-2.amazonaws.com", Scheme::Https),
            ("wss://h/path/", Scheme::Wss),
        ] {
            let endpoint = Endpoint::parse_service(text, false).unwrap();
            assert_eq!((endpoint.scheme(), endpoint.url().as_str()), (scheme, text));
        }
        for text in ["", "h", "javascript:alert(1)", "wss://u@h", "wss://h?x=1", "wss://h/%2e"] {
            let error = Endpoint::parse_service(text, true).unwrap_err();
            assert_eq!(error.code(), Code::ServiceBadResponse, "{text}");
        }
    }

    #[test]
    fn encryption_is_not_lost_on_the_way() {
        for (text, scheme) in [("ws://h:1", Scheme::Ws), ("http://h:1", Scheme::Http)] {
            assert_eq!(Endpoint::parse_service(text, true).unwrap().scheme(), scheme);
            let error = Endpoint::parse_service(text, false).unwrap_err();
            assert_eq!(error.code(), Code::ServiceBadResponse);
            assert!(error.message().contains("not encrypted"), "{error}");
        }
    }
}
