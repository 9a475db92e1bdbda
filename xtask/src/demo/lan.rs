//! Which of this machine's addresses other machines of the local network reach.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, UdpSocket};

use anyhow::{Context, Result, bail};
use if_addrs::IfAddr;

/// An address of this machine, and the network that it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lan {
    /// The name of the network interface, such as `eth0`.
    interface: String,
    pub(super) address: Ipv4Addr,
    netmask: Ipv4Addr,
}

impl Lan {
    /// The address that was asked for, else the one of the default route, else the only one.
    pub(super) fn find(asked: Option<Ipv4Addr>) -> Result<Self> {
        let all = addresses().context("this machine's network addresses cannot be read")?;
        choose(asked, address_of_default_route(), all)
    }

    /// The network, such as `192.168.1.0/24`.
    pub(super) fn network(&self) -> String {
        let bits = self.netmask.to_bits();
        let network = Ipv4Addr::from_bits(self.address.to_bits() & bits);
        format!("{network}/{}", bits.count_ones())
    }
}

impl fmt::Display for Lan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.address, self.interface)
    }
}

/// The IPv4 addresses that are not of this machine alone.
fn addresses() -> io::Result<Vec<Lan>> {
    let interfaces = if_addrs::get_if_addrs()?;
    let others = interfaces.into_iter().filter(|interface| !interface.is_loopback());
    Ok(others
        .filter_map(|interface| match interface.addr {
            IfAddr::V4(of) => {
                Some(Lan { interface: interface.name, address: of.ip, netmask: of.netmask })
            }
            IfAddr::V6(_) => None,
        })
        .collect())
}

/// The address from which this machine would speak to the world, if it can: connecting a UDP
/// socket has the system choose a route and a source address, and sends nothing.
fn address_of_default_route() -> Option<Ipv4Addr> {
    /// In the network that RFC 5737 keeps for documentation: nobody's neighbour.
    const SOMEWHERE: (Ipv4Addr, u16) = (Ipv4Addr::new(198, 51, 100, 1), 9);
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect(SOMEWHERE).ok()?;
    match socket.local_addr().ok()?.ip() {
        IpAddr::V4(address) => Some(address),
        IpAddr::V6(_) => None,
    }
}

fn choose(
    asked: Option<Ipv4Addr>,
    default_route: Option<Ipv4Addr>,
    mut all: Vec<Lan>,
) -> Result<Lan> {
    if all.is_empty() {
        bail!(
            "this machine is in no network: connect it to the one that the other laptop is in, or \
             run `cargo xtask demo` without --lan"
        );
    }
    let list = all.iter().map(Lan::to_string).collect::<Vec<_>>().join(", ");
    if let Some(asked) = asked {
        let found = all.into_iter().find(|lan| lan.address == asked);
        return found.with_context(|| {
            format!("--lan-address: other machines do not reach this one at {asked}, but at {list}")
        });
    }
    if let Some(at) = all.iter().position(|lan| Some(lan.address) == default_route) {
        return Ok(all.swap_remove(at));
    }
    match all.pop() {
        Some(only) if all.is_empty() => Ok(only),
        _ => bail!(
            "this machine has several addresses and no default route: choose the one in the other \
             laptop's network with --lan-address, among {list}"
        ),
    }
}

#[cfg(test)]
impl Lan {
    /// 192.168.17.130 in a network of half the usual size.
    pub(super) fn example() -> Self {
        let netmask = Ipv4Addr::new(255, 255, 255, 128);
        Self { interface: "wlan0".to_owned(), address: [192, 168, 17, 130].into(), netmask }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CABLE: Ipv4Addr = Ipv4Addr::new(10, 1, 2, 3);
    const RADIO: Ipv4Addr = Ipv4Addr::new(192, 168, 17, 130);

    fn lan(interface: &str, address: Ipv4Addr, prefix: u32) -> Lan {
        let netmask = Ipv4Addr::from_bits(u32::MAX << (32 - prefix));
        Lan { interface: interface.to_owned(), address, netmask }
    }

    fn two() -> Vec<Lan> {
        vec![lan("eth0", CABLE, 8), Lan::example()]
    }

    fn refusal(asked: Option<Ipv4Addr>, route: Option<Ipv4Addr>, all: Vec<Lan>) -> String {
        choose(asked, route, all).unwrap_err().to_string()
    }

    #[test]
    fn the_address_asked_for_goes_before_the_default_routes() {
        for (asked, route, expected) in [
            (Some(CABLE), Some(RADIO), CABLE),
            (None, Some(RADIO), RADIO),
            (None, Some(CABLE), CABLE),
        ] {
            assert_eq!(choose(asked, route, two()).unwrap().address, expected);
        }
    }

    #[test]
    fn without_a_default_route_the_only_address_will_do() {
        assert_eq!(choose(None, None, vec![lan("eth0", CABLE, 8)]).unwrap().address, CABLE);
        let several = refusal(None, None, two());
        assert!(several.contains("--lan-address"), "{several}");
        assert!(several.contains("10.1.2.3 (eth0), 192.168.17.130 (wlan0)"), "{several}");
    }

    #[test]
    fn an_address_of_another_machine_or_of_this_one_alone_is_refused_with_those_that_will_do() {
        for bad in [Ipv4Addr::new(10, 1, 2, 4), Ipv4Addr::LOCALHOST, Ipv4Addr::UNSPECIFIED] {
            let refusal = refusal(Some(bad), Some(RADIO), two());
            assert!(refusal.contains(&format!("at {bad}, but at 10.1.2.3 (eth0)")), "{refusal}");
        }
    }

    #[test]
    fn without_any_network_it_is_said_what_to_do() {
        for asked in [None, Some(CABLE)] {
            let refusal = refusal(asked, None, Vec::new());
            assert!(refusal.contains("in no network") && refusal.contains("--lan"), "{refusal}");
        }
    }

    #[test]
    fn the_network_is_the_addresss_part_that_the_mask_covers() {
        assert_eq!(Lan::example().network(), "192.168.17.128/25");
        assert_eq!(lan("eth0", CABLE, 8).network(), "10.0.0.0/8");
    }

    #[test]
    fn this_machines_own_addresses_are_found_and_none_of_loopback() {
        let all = addresses().unwrap();
        assert!(all.iter().all(|lan| !lan.address.is_loopback()), "{all:?}");
        if let Some(address) = address_of_default_route() {
            assert!(all.iter().any(|lan| lan.address == address), "{address} is not in {all:?}");
        }
    }
}
