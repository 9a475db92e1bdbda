//! ListSignalingChannels: the account's channels in a region, page by page.
//!
//! Source: ListSignalingChannels in the API reference.

use super::describe_signaling_channel::channel_info;
use super::operation::{Field, Host, Kind, Operation, Shape, optional, plain};
use super::{ChannelInfo, Request, Response, next_token, parse_long, rules};
use crate::error::Error;
use crate::json::{Object, Read};

/// Its table.
pub const OPERATION: Operation = Operation {
    name: "ListSignalingChannels",
    path: "/listSignalingChannels",
    host: Host::ControlPlane,
    input: &[
        optional("MaxResults", Kind::Whole { least: 1, most: 10_000 }),
        optional("NextToken", rules::NEXT_TOKEN),
        optional(
            "ChannelNameCondition",
            Kind::Object(&[
                optional("ComparisonOperator", Kind::OneOf(&["BEGINS_WITH"])),
                optional("ComparisonValue", rules::NAME),
            ]),
        ),
    ],
    output: &[
        Field { name: "ChannelInfoList", shape: Shape::List(rules::CHANNEL_INFO) },
        plain("NextToken"),
    ],
};

/// Which channels are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListInput<'a> {
    /// Only those whose names begin so.
    pub name_begins_with: Option<&'a str>,
    /// How many a page may have, 1–10000; by default the service's 500.
    pub max_results: Option<u32>,
    /// What the page before gave.
    pub next_token: Option<&'a str>,
}

/// One page.
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelPage {
    /// May be fewer than were asked for, though more follow.
    pub channels: Vec<ChannelInfo>,
    /// To be given with the next request; `None` at the end.
    pub next_token: Option<String>,
}

/// Asks for a page.
///
/// # Errors
/// [`Code::CallerInvalidArgument`](crate::error::Code::CallerInvalidArgument).
pub fn request(list: &ListInput<'_>) -> Result<Request, Error> {
    let mut input = Object::new().optional("NextToken", list.next_token);
    if let Some(max) = list.max_results {
        input = input.raw("MaxResults", &max.to_string());
    }
    if let Some(start) = list.name_begins_with {
        let condition = Object::new()
            .text("ComparisonOperator", "BEGINS_WITH")
            .text("ComparisonValue", start)
            .end();
        input = input.raw("ChannelNameCondition", &condition);
    }
    OPERATION.request(&input.end())
}

/// The page.
///
/// # Errors
/// What every operation may meet.
pub fn parse(response: &Response) -> Result<ChannelPage, Error> {
    let output = parse_long(OPERATION.name, response)?;
    let list = output.get("ChannelInfoList").and_then(Read::items).unwrap_or_default();
    Ok(ChannelPage {
        channels: list
            .iter()
            .map(|info| channel_info(OPERATION.name, info))
            .collect::<Result<_, _>>()?,
        next_token: next_token(OPERATION.name, &output)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::rest::tests::{ARN, ok};

    #[test]
    fn a_page_is_asked_for_by_what_is_given() {
        assert_eq!(request(&ListInput::default()).unwrap().body, "{}");
        let all = ListInput {
            name_begins_with: Some("door"),
            max_results: Some(2),
            next_token: Some("ab=="),
        };
        let request = request(&all).unwrap();
        assert_eq!(request.path, "/listSignalingChannels");
        assert_eq!(
            request.body,
            r#"{"MaxResults":2,"NextToken":"ab==","ChannelNameCondition":{"ComparisonOperator":"BEGINS_WITH","ComparisonValue":"door"}}"#
        );
    }

    #[test]
    fn what_is_out_of_range_is_named() {
        let none = ListInput { max_results: Some(0), ..ListInput::default() };
        let error = request(&none).unwrap_err();
        assert_eq!(error.message(), "MaxResults must be a whole number from 1 to 10000");
        let name = ListInput { name_begins_with: Some("a b"), ..ListInput::default() };
        let error = request(&name).unwrap_err();
        assert!(error.message().starts_with("ChannelNameCondition.ComparisonValue must be "));
    }

    #[test]
    fn a_page_may_be_empty_or_long_and_ends_without_a_token() {
        for body in ["{}", r#"{"ChannelInfoList":[],"NextToken":""}"#, r#"{"NextToken":null}"#] {
            let page = parse(&ok(body)).unwrap();
            assert_eq!((page.channels, page.next_token), (vec![], None), "{body}");
        }
        let channel = format!(
            r#"{{"ChannelARN":"{ARN}","ChannelName":"demo","ChannelStatus":"ACTIVE","ChannelType":"SINGLE_MASTER"}}"#
        );
        let channels = vec![channel; 3000].join(",");
        let page =
            parse(&ok(&format!(r#"{{"ChannelInfoList":[{channels}],"NextToken":"t"}}"#))).unwrap();
        assert_eq!((page.channels.len(), page.next_token.as_deref()), (3000, Some("t")));
        let error = parse(&ok(r#"{"ChannelInfoList":[{}]}"#)).unwrap_err();
        assert_eq!(error.code(), Code::ServiceBadResponse);
    }
}
