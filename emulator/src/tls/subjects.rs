//! Whom a certificate is for.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};

use crate::config::Config;

/// An address of the documentation's range. Nothing is ever sent there: it is only asked for the
/// way out.
///
/// Source: RFC 5737, TEST-NET-1.
const ELSEWHERE: (Ipv4Addr, u16) = (Ipv4Addr::new(192, 0, 2, 1), 9);

/// Everything by which a client may reach the emulator.
#[derive(Clone, Debug)]
pub(crate) struct Subjects {
    /// Host names; the first label may be `*`.
    pub(crate) names: Vec<String>,
    /// Addresses, each once.
    pub(crate) addresses: Vec<IpAddr>,
}

impl Subjects {
    /// By what this configuration is reached: this machine's own names for itself, where it
    /// listens, what is advertised, and what other names it is given.
    pub(crate) fn of(config: &Config) -> Self {
        let hosts = &config.network.hosts;
        let mut names = hosts.names(&config.region);
        names.push("localhost".to_owned());
        let mut addresses: Vec<IpAddr> = vec![Ipv6Addr::LOCALHOST.into()];
        addresses.extend([Ipv4Addr::LOCALHOST, config.host, config.reachable_ip()].map(IpAddr::V4));
        addresses.extend(hosts.addresses().into_iter().map(IpAddr::V4));
        if config.host.is_unspecified() {
            addresses.extend(way_out());
        }
        for host in &config.allowed_hosts {
            match host.parse() {
                Ok(address) => addresses.push(address),
                Err(_) => names.push(host.to_ascii_lowercase()),
            }
        }
        addresses.retain(|address| !address.is_unspecified());
        names.sort();
        names.dedup();
        addresses.sort();
        addresses.dedup();
        Self { names, addresses }
    }
}

/// The address by which this machine reaches others, and most likely they it.
fn way_out() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect(ELSEWHERE).ok()?;
    Some(socket.local_addr().ok()?.ip())
}
