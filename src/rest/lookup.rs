//! The endpoints that were looked up.

use super::Protocol;
use crate::endpoints::Endpoint;
use crate::ids::{ChannelArn, Role};

/// A client has few channels; the oldest goes when there are more endpoints than this.
const MAX_KNOWN: usize = 64;

/// Which endpoints are known, by channel, role and protocol. How long they are good is not
/// published, so one at which a call fails is forgotten.
#[derive(Debug, Default)]
pub struct KnownEndpoints {
    known: Vec<Known>,
}

#[derive(Debug)]
struct Known {
    channel: ChannelArn,
    role: Role,
    protocol: Protocol,
    endpoint: Endpoint,
}

impl Known {
    fn is_for(&self, channel: &ChannelArn, role: Role, protocol: Protocol) -> bool {
        self.channel == *channel && self.role == role && self.protocol == protocol
    }
}

impl KnownEndpoints {
    /// The endpoint, where it is known.
    pub fn find(&self, channel: &ChannelArn, role: Role, protocol: Protocol) -> Option<&Endpoint> {
        let known = self.known.iter().find(|known| known.is_for(channel, role, protocol))?;
        Some(&known.endpoint)
    }

    /// Keeps an endpoint.
    pub fn learn(
        &mut self,
        channel: &ChannelArn,
        role: Role,
        protocol: Protocol,
        endpoint: Endpoint,
    ) {
        self.forget(channel, role, protocol);
        if self.known.len() >= MAX_KNOWN {
            self.known.remove(0);
        }
        self.known.push(Known { channel: channel.clone(), role, protocol, endpoint });
    }

    /// Forgets an endpoint.
    pub fn forget(&mut self, channel: &ChannelArn, role: Role, protocol: Protocol) {
        self.known.retain(|known| !known.is_for(channel, role, protocol));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rest::tests::ARN;

    fn endpoint(name: usize) -> Endpoint {
        Endpoint::parse_override(&format!("https://r-{name}.example.com")).unwrap()
    }

    #[test]
    fn an_endpoint_is_known_for_its_channel_role_and_protocol() {
        let mut known = KnownEndpoints::default();
        let channel = ChannelArn::parse(ARN).unwrap();
        known.learn(&channel, Role::Viewer, Protocol::Https, endpoint(1));
        known.learn(&channel, Role::Master, Protocol::Https, endpoint(2));
        let find = |known: &KnownEndpoints, role, protocol| {
            known.find(&channel, role, protocol).map(Endpoint::url)
        };
        let url = |name: &str| Some(format!("https://r-{name}.example.com"));
        assert_eq!(find(&known, Role::Viewer, Protocol::Https), url("1"));
        assert_eq!(find(&known, Role::Master, Protocol::Https), url("2"));
        assert_eq!(find(&known, Role::Master, Protocol::WebRtc), None);
        known.learn(&channel, Role::Master, Protocol::Https, endpoint(3));
        assert_eq!(find(&known, Role::Master, Protocol::Https), url("3"));
        known.forget(&channel, Role::Master, Protocol::Https);
        assert_eq!(find(&known, Role::Master, Protocol::Https), None);
        assert_eq!(find(&known, Role::Viewer, Protocol::Https), url("1"));
    }

    #[test]
    fn the_oldest_goes_first() {
        let mut known = KnownEndpoints::default();
        let channel = |number: usize| {
            ChannelArn::parse(&ARN.replace("demo", &format!("demo-{number}"))).unwrap()
        };
        for number in 0..=MAX_KNOWN {
            known.learn(&channel(number), Role::Viewer, Protocol::Https, endpoint(number));
        }
        assert!(known.find(&channel(0), Role::Viewer, Protocol::Https).is_none());
        assert!(known.find(&channel(1), Role::Viewer, Protocol::Https).is_some());
    }
}
