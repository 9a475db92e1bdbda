//! The STUN servers of the service, of every kind.

use super::dns_suffix;
use crate::ids::Region;

/// What follows the region in a dual-stack host name, by how the region begins.
///
/// Source: `partitions.json` of the AWS SDKs.
const DUAL_STACK_SUFFIXES: [(&str, &str); 6] = [
    ("cn-", "api.amazonwebservices.com.cn"),
    ("eusc-", "api.amazonwebservices.eu"),
    ("us-iso-", "api.aws.ic.gov"),
    ("us-isob-", "api.aws.scloud"),
    ("eu-isoe-", "api.cloud-aws.adc-e.uk"),
    ("us-isof-", "api.aws.hci.ic.gov"),
];

/// The STUN server that the service keeps in a region: one that answers over IPv6 too where
/// `dual_stack`, and one over TLS with validated cryptography where `fips`.
///
/// Source: STUN in "How it works", developer guide.
pub fn stun_url_of(region: &Region, fips: bool, dual_stack: bool) -> String {
    let (scheme, host) =
        if fips { ("stuns:", "stun.kinesisvideo-fips.") } else { ("stun:", "stun.kinesisvideo.") };
    let suffix = if dual_stack { dual_stack_suffix(region) } else { dns_suffix(region) };
    [scheme, host, region.as_str(), ".", suffix, ":443"].concat()
}

fn dual_stack_suffix(region: &Region) -> &'static str {
    DUAL_STACK_SUFFIXES
        .iter()
        .find(|(prefix, _)| region.as_str().starts_with(prefix))
        .map_or("api.aws", |&(_, suffix)| suffix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_scheme_host_and_suffix() {
        for (region, fips, dual_stack, url) in [
            ("us-west-2", false, false, "stun:stun.kinesisvideo.us-west-2.amazonaws.com:443"),
            ("us-west-2", false, true, "stun:stun.kinesisvideo.us-west-2.api.aws:443"),
            (
                "us-gov-west-1",
                true,
                false,
                "stuns:stun.kinesisvideo-fips.us-gov-west-1.amazonaws.com:443",
            ),
            ("us-gov-west-1", true, true, "stuns:stun.kinesisvideo-fips.us-gov-west-1.api.aws:443"),
            ("cn-north-1", false, false, "stun:stun.kinesisvideo.cn-north-1.amazonaws.com.cn:443"),
            (
                "cn-north-1",
                false,
                true,
                "stun:stun.kinesisvideo.cn-north-1.api.amazonwebservices.com.cn:443",
            ),
        ] {
            let region = Region::parse(region).unwrap();
            assert_eq!(stun_url_of(&region, fips, dual_stack), url);
        }
    }
}
