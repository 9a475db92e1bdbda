//! Where the service is: host names by region, and the addresses that the service or a person
//! gives us.

mod stun;
mod url;

pub use stun::stun_url_of;
pub use url::{Endpoint, Scheme};

use crate::ids::Region;

/// The service's address in a region.
///
/// Source: Amazon Kinesis Video Streams endpoints and quotas, AWS General Reference.
pub fn control_plane(region: &Region) -> Endpoint {
    Endpoint::https(["kinesisvideo.", region.as_str(), ".", dns_suffix(region)].concat())
}

/// The STUN server that the service keeps in a region.
///
/// Source: STUN in "How it works", developer guide.
pub fn stun_url(region: &Region) -> String {
    ["stun:stun.kinesisvideo.", region.as_str(), ".", dns_suffix(region), ":443"].concat()
}

/// The STUN server beside an emulator: the same host, on the port of RFC 8489 section 18.6.
pub fn stun_url_beside(endpoint: &Endpoint) -> String {
    ["stun:", endpoint.hostname(), ":3478"].concat()
}

/// The partitions, known by how their regions begin.
///
/// Source: `partitions.json` of the AWS SDKs.
const DNS_SUFFIXES: [(&str, &str); 6] = [
    ("cn-", "amazonaws.com.cn"),
    ("eusc-", "amazonaws.eu"),
    ("us-iso-", "c2s.ic.gov"),
    ("us-isob-", "sc2s.sgov.gov"),
    ("eu-isoe-", "cloud.adc-e.uk"),
    ("us-isof-", "csp.hci.ic.gov"),
];

fn dns_suffix(region: &Region) -> &'static str {
    DNS_SUFFIXES
        .iter()
        .find(|(prefix, _)| region.as_str().starts_with(prefix))
        .map_or("amazonaws.com", |&(_, suffix)| suffix)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(text: &str) -> Region {
        Region::parse(text).unwrap()
    }

    #[test]
    fn every_partition_has_its_suffix() {
        for (name, suffix) in [
            ("us-west-2", "amazonaws.com"),
            ("us-gov-west-1", "amazonaws.com"),
            ("cn-north-1", "amazonaws.com.cn"),
            ("eusc-de-east-1", "amazonaws.eu"),
            ("us-iso-east-1", "c2s.ic.gov"),
            ("us-isob-east-1", "sc2s.sgov.gov"),
            ("eu-isoe-west-1", "cloud.adc-e.uk"),
            ("us-isof-south-1", "csp.hci.ic.gov"),
        ] {
            let endpoint = control_plane(&region(name));
            assert_eq!(endpoint.url(), format!("https://kinesisvideo.{name}.{suffix}"));
            let stun = format!("stun:stun.kinesisvideo.{name}.{suffix}:443");
            assert_eq!(stun_url(&region(name)), stun);
            assert_eq!(Endpoint::parse_override(&endpoint.url()).unwrap(), endpoint);
        }
    }

    #[test]
    fn an_emulator_has_its_stun_server_beside_it() {
        for (endpoint, stun) in [
            ("http://localhost:8080/path", "stun:localhost:3478"),
            ("http://[::1]:8080", "stun:[::1]:3478"),
        ] {
            assert_eq!(stun_url_beside(&Endpoint::parse_override(endpoint).unwrap()), stun);
        }
    }
}
