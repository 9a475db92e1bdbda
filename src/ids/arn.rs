//! The parts of a channel's ARN.

use super::{ChannelArn, MAX_REGION_LENGTH, Problem, Region, check_name, check_text, is_region};

/// Source: `ResourceARN` in the API reference.
const MAX_LENGTH: usize = 1024;
const SHAPE: &str = "must be of the form \
    arn:aws:kinesisvideo:<region>:<account>:channel/<name>/<digits>, as the service gives it";

impl ChannelArn {
    /// The partition, e.g. `aws` or `aws-cn`.
    pub fn partition(&self) -> &str {
        self.field(1)
    }

    /// The region that the channel is in.
    pub fn region(&self) -> Region {
        Region(self.field(3).to_owned())
    }

    /// The channel's name.
    pub fn channel_name(&self) -> &str {
        self.0.split('/').nth(1).unwrap_or_default()
    }

    fn field(&self, index: usize) -> &str {
        self.0.split(':').nth(index).unwrap_or_default()
    }
}

pub(super) fn check(text: &str) -> Result<(), Problem> {
    check_text(text, MAX_LENGTH)?;
    let mut fields = text.splitn(6, ':');
    let mut next = || fields.next().unwrap_or_default();
    let (arn, partition, service) = (next(), next(), next());
    let (region, account, resource) = (next(), next(), next());
    if arn != "arn" || !is_region(partition) || !is_digits(account) {
        return Err(SHAPE.into());
    }
    if service != "kinesisvideo" {
        return Err("is not of Kinesis Video Streams: its third field must be kinesisvideo".into());
    }
    if region.len() > MAX_REGION_LENGTH || !is_region(region) {
        return Err("has no AWS region in its fourth field".into());
    }
    let mut parts = resource.split('/');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some("channel"), Some(name), Some(created), None) if is_digits(created) => {
            check_name(name).map_err(|problem| format!("has a channel name that {problem}"))
        }
        (Some("stream"), ..) => Err("is a video stream's; a signaling channel's is needed".into()),
        _ => Err(SHAPE.into()),
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::tests::{ARN, refused};

    #[test]
    fn an_arn_tells_its_parts() {
        let arn = ChannelArn::parse(ARN).unwrap();
        assert_eq!(arn.as_str(), ARN);
        assert_eq!(arn.partition(), "aws-cn");
        assert_eq!(arn.region(), Region::parse("cn-north-1").unwrap());
        assert_eq!(arn.channel_name(), "demo_1.a-b");
    }

    #[test]
    fn arns_of_other_things_are_refused() {
        for (from, to, message) in [
            ("arn:", "ARN:", "must be of the form"),
            ("aws-cn", "", "must be of the form"),
            ("aws-cn", "AWS", "must be of the form"),
            ("kinesisvideo", "s3", "is not of Kinesis Video Streams"),
            ("cn-north-1", "", "has no AWS region"),
            ("cn-north-1", "evil.com/", "has no AWS region"),
            ("cn-north-1", &"x".repeat(64), "has no AWS region"),
            ("123456789012", "", "must be of the form"),
            ("123456789012", "12x", "must be of the form"),
            ("channel/", "stream/", "is a video stream's"),
            ("channel/", "Channel/", "must be of the form"),
            ("/1700000000000", "", "must be of the form"),
            ("1700000000000", "", "must be of the form"),
            ("1700000000000", "1/2", "must be of the form"),
            ("demo_1", "a:b", "has a channel name that contains ':'"),
            ("demo_1.a-b", "", "has a channel name that is empty"),
        ] {
            let text = ARN.replacen(from, to, 1);
            refused(ChannelArn::parse(&text), &format!("channelARN {message}"));
        }
    }
}
