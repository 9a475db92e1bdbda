//! What a client calls the emulator.

use std::{
    fmt,
    net::{Ipv4Addr, Ipv6Addr},
};

use axum::http::{HeaderMap, header::HOST};

/// Longest host name, in characters.
///
/// Source: RFC 1035, section 2.3.4.
const MAX_NAME: usize = 253;
/// Longest label of a host name, in characters.
const MAX_LABEL: usize = 63;

/// A host, and a port unless it is the scheme's own, from a `Host` header. It ends up in URLs
/// that clients are given, so nothing but a host name or an address is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Authority {
    /// In lower case; an IPv6 address in brackets.
    pub(crate) host: String,
    pub(crate) port: Option<u16>,
}

impl Authority {
    /// What the request's one `Host` header says; `None` where it has none, several, or one
    /// that is malformed.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let mut all = headers.get_all(HOST).iter();
        let only = all.next()?;
        if all.next().is_some() {
            return None;
        }
        Self::parse(only.to_str().ok()?)
    }

    fn parse(text: &str) -> Option<Self> {
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (address, port) = rest.split_once(']')?;
                let address: Ipv6Addr = address.parse().ok()?;
                (format!("[{address}]"), port)
            }
            None => {
                let (host, port) = text.split_at(text.find(':').unwrap_or(text.len()));
                if !is_host_name(host) && host.parse::<Ipv4Addr>().is_err() {
                    return None;
                }
                (host.to_ascii_lowercase(), port)
            }
        };
        let port = match port.strip_prefix(':') {
            Some(number) => Some(parse_port(number)?),
            None if port.is_empty() => None,
            None => return None,
        };
        Some(Self { host, port })
    }
}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.host)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

/// Whether clients can look for it: up to 253 characters, labels of 1 to 63 letters, digits,
/// hyphens and low lines, the last of which is no number, as an address's is.
pub(crate) fn is_host_name(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let label = |label: &str| (1..=MAX_LABEL).contains(&label.len()) && label.chars().all(allowed);
    let number = |label: &str| label.chars().all(|c| c.is_ascii_digit());
    text.len() <= MAX_NAME
        && text.split('.').all(label)
        && !text.rsplit('.').next().is_some_and(number)
}

fn parse_port(text: &str) -> Option<u16> {
    let digits = text.chars().all(|c| c.is_ascii_digit());
    text.parse().ok().filter(|port| digits && *port != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn names_and_addresses_are_taken_as_they_are_meant() {
        for (text, shown) in [
            ("localhost:8080", "localhost:8080"),
            ("LocalHost", "localhost"),
            ("kvs_emulator-1:1", "kvs_emulator-1:1"),
            ("m-01234567.kinesisvideo.us-west-2.localhost:65535", ""),
            ("192.168.1.5:443", "192.168.1.5:443"),
            ("[::1]:8080", "[::1]:8080"),
            ("[0:0:0:0:0:0:0:1]", "[::1]"),
        ] {
            let shown = if shown.is_empty() { text } else { shown };
            assert_eq!(Authority::parse(text).unwrap().to_string(), shown);
        }
    }

    #[test]
    fn nothing_else_gets_into_a_url() {
        let long = format!("{}a", "a.".repeat(127));
        for text in [
            "",
            ":8080",
            "localhost:",
            "localhost:0",
            "localhost:65536",
            "localhost:+80",
            "localhost:80:80",
            "user@localhost",
            "localhost/path",
            "localhost?x",
            "localhost#x",
            "local host",
            "a..b",
            ".a",
            "a.",
            "1.2.3",
            "1.2.3.4.5",
            "300.1.1.1",
            "::1",
            "[::1",
            "[::1]8080",
            "[localhost]",
            "é",
            &long,
            &"a".repeat(64),
        ] {
            assert_eq!(Authority::parse(text), None, "{text}");
        }
    }

    #[test]
    fn two_host_headers_are_none() {
        let mut headers = HeaderMap::new();
        assert_eq!(Authority::of(&headers), None);
        headers.append(HOST, HeaderValue::from_static("one"));
        assert!(Authority::of(&headers).is_some());
        headers.append(HOST, HeaderValue::from_static("two"));
        assert_eq!(Authority::of(&headers), None);
    }
}
