//! Where the service is: host names by region, and the addresses that the service or a person
//! gives us.

mod url;

pub use url::{Endpoint, Scheme};

use crate::error::Error;
use crate::ids::Region;

/// Which of a region's addresses is wanted; by default the standard one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EndpointOptions {
    /// The one that is reached over IPv6 too.
    pub dual_stack: bool,
    /// The one whose cryptography is validated by FIPS 140.
    pub fips: bool,
}

/// The service's standard address in a region.
///
/// Source: Amazon Kinesis Video Streams endpoints and quotas, AWS General Reference.
pub fn control_plane(region: &Region) -> Endpoint {
    control_plane_at(region, EndpointOptions::default())
}

/// The service's address of a kind in a region.
///
/// # Errors
/// [`Code::CallerInvalidArgument`](crate::error::Code::CallerInvalidArgument) where FIPS is asked
/// for in a region that has no such address: it exists in `us-gov-…` and `us-iso…` only.
///
/// Source: Amazon Kinesis Video Streams endpoints and quotas, AWS General Reference; the endpoint
/// rules of the AWS SDKs.
pub fn control_plane_of(region: &Region, options: EndpointOptions) -> Result<Endpoint, Error> {
    if options.fips && !has_fips(region) {
        let problem = ["is not offered in ", region.as_str(), ", only in us-gov-… and us-iso…"];
        return Err(Error::argument("useFipsEndpoint", &problem.concat()));
    }
    Ok(control_plane_at(region, options))
}

/// The STUN server that the service keeps in a region.
///
/// Source: STUN in "How it works", developer guide.
pub fn stun_url(region: &Region) -> String {
    stun_url_of(region, false, false)
}

/// The STUN server that the service keeps in a region for clients that use FIPS or dual-stack
/// addresses. With FIPS it is spoken to over TLS. Whether it exists is not checked.
pub fn stun_url_of(region: &Region, fips: bool, dual_stack: bool) -> String {
    let scheme = if fips { "stuns:stun." } else { "stun:stun." };
    [scheme, &hostname(region, EndpointOptions { dual_stack, fips }), ":443"].concat()
}

/// The STUN server that goes with an address of the service: the service's own where it is one of
/// the region's, else, as with an emulator, the same host on the port of RFC 8489 section 18.6.
pub fn stun_url_beside(endpoint: &Endpoint, region: &Region) -> String {
    let kinds = [(false, false), (true, false), (false, true), (true, true)];
    let kind = kinds.into_iter().find(|&(fips, dual_stack)| {
        endpoint.hostname() == hostname(region, EndpointOptions { dual_stack, fips })
    });
    match kind {
        Some((fips, dual_stack)) => stun_url_of(region, fips, dual_stack),
        None => ["stun:", endpoint.hostname(), ":3478"].concat(),
    }
}

/// The partitions, known by how their regions begin, with the suffixes of their standard and
/// dual-stack names.
///
/// Source: `partitions.json` of the AWS SDKs.
const PARTITIONS: [(&str, &str, &str); 6] = [
    ("cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
    ("eusc-", "amazonaws.eu", "api.amazonwebservices.eu"),
    ("us-iso-", "c2s.ic.gov", "api.aws.ic.gov"),
    ("us-isob-", "sc2s.sgov.gov", "api.aws.scloud"),
    ("eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
    ("us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
];

fn control_plane_at(region: &Region, options: EndpointOptions) -> Endpoint {
    Endpoint::https(hostname(region, options))
}

fn hostname(region: &Region, options: EndpointOptions) -> String {
    let service = if options.fips { "kinesisvideo-fips." } else { "kinesisvideo." };
    let (standard, dual_stack) = PARTITIONS
        .iter()
        .find(|(prefix, ..)| region.as_str().starts_with(prefix))
        .map_or(("amazonaws.com", "api.aws"), |&(_, standard, dual_stack)| (standard, dual_stack));
    let suffix = if options.dual_stack { dual_stack } else { standard };
    [service, region.as_str(), ".", suffix].concat()
}

fn has_fips(region: &Region) -> bool {
    ["us-gov-", "us-iso"].iter().any(|prefix| region.as_str().starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(text: &str) -> Region {
        Region::parse(text).unwrap()
    }

    #[test]
    fn every_partition_has_its_suffixes() {
        for (name, suffix, dual_stack_suffix) in [
            ("us-west-2", "amazonaws.com", "api.aws"),
            ("us-gov-west-1", "amazonaws.com", "api.aws"),
            ("cn-north-1", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
            ("eusc-de-east-1", "amazonaws.eu", "api.amazonwebservices.eu"),
            ("us-iso-east-1", "c2s.ic.gov", "api.aws.ic.gov"),
            ("us-isob-east-1", "sc2s.sgov.gov", "api.aws.scloud"),
            ("eu-isoe-west-1", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
            ("us-isof-south-1", "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
        ] {
            let endpoint = control_plane(&region(name));
            assert_eq!(endpoint.url(), format!("https://kinesisvideo.{name}.{suffix}"));
            let stun = format!("stun:stun.kinesisvideo.{name}.{suffix}:443");
            assert_eq!(stun_url(&region(name)), stun);
            assert_eq!(Endpoint::parse_override(&endpoint.url()).unwrap(), endpoint);

            let options = EndpointOptions { dual_stack: true, fips: false };
            let endpoint = control_plane_of(&region(name), options).unwrap();
            assert_eq!(endpoint.url(), format!("https://kinesisvideo.{name}.{dual_stack_suffix}"));
        }
    }

    #[test]
    fn fips_addresses_are_given_where_they_exist() {
        for (name, dual_stack, url) in [
            ("us-gov-west-1", false, "https://kinesisvideo-fips.us-gov-west-1.amazonaws.com"),
            ("us-gov-east-1", true, "https://kinesisvideo-fips.us-gov-east-1.api.aws"),
            ("us-iso-east-1", false, "https://kinesisvideo-fips.us-iso-east-1.c2s.ic.gov"),
        ] {
            let options = EndpointOptions { dual_stack, fips: true };
            assert_eq!(control_plane_of(&region(name), options).unwrap().url(), url);
        }
        for name in ["us-west-2", "cn-north-1", "eusc-de-east-1"] {
            let options = EndpointOptions { dual_stack: false, fips: true };
            let error = control_plane_of(&region(name), options).unwrap_err();
            assert_eq!(error.code(), crate::error::Code::CallerInvalidArgument);
            assert!(error.message().starts_with("useFipsEndpoint is not offered in "), "{error}");
        }
    }

    #[test]
    fn stun_servers_follow_the_kind_of_address() {
        for (name, fips, dual_stack, url) in [
            ("us-west-2", false, true, "stun:stun.kinesisvideo.us-west-2.api.aws:443"),
            ("us-west-2", true, false, "stuns:stun.kinesisvideo-fips.us-west-2.amazonaws.com:443"),
            ("us-west-2", true, true, "stuns:stun.kinesisvideo-fips.us-west-2.api.aws:443"),
            ("cn-north-1", false, false, "stun:stun.kinesisvideo.cn-north-1.amazonaws.com.cn:443"),
        ] {
            assert_eq!(stun_url_of(&region(name), fips, dual_stack), url);
        }
    }

    #[test]
    fn each_address_of_a_region_goes_with_the_services_own_stun_server() {
        for (name, host, stun) in [
            ("us-west-2", "kinesisvideo.us-west-2.amazonaws.com", "stun:stun."),
            ("us-west-2", "kinesisvideo.us-west-2.api.aws", "stun:stun."),
            ("us-gov-west-1", "kinesisvideo-fips.us-gov-west-1.amazonaws.com", "stuns:stun."),
            ("us-gov-west-1", "kinesisvideo-fips.us-gov-west-1.api.aws", "stuns:stun."),
            ("cn-north-1", "kinesisvideo.cn-north-1.amazonaws.com.cn", "stun:stun."),
        ] {
            let endpoint = Endpoint::parse_override(&format!("https://{host}/")).unwrap();
            let expected = format!("{stun}{host}:443");
            assert_eq!(stun_url_beside(&endpoint, &region(name)), expected);
        }
    }

    #[test]
    fn an_emulator_has_its_stun_server_beside_it() {
        for (endpoint, stun) in [
            ("http://localhost:8080/path", "stun:localhost:3478"),
            ("http://[::1]:8080", "stun:[::1]:3478"),
        ] {
            let endpoint = Endpoint::parse_override(endpoint).unwrap();
            assert_eq!(stun_url_beside(&endpoint, &region("us-west-2")), stun);
        }
    }
}
