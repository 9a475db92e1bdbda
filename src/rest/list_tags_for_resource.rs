//! ListTagsForResource: a channel's tags.
//!
//! Source: ListTagsForResource in the API reference.

use super::operation::{Host, Operation, optional, plain, required};
use super::{Request, Response, bad_response, next_token, parse_success, rules};
use crate::error::Error;
use crate::json::{Json, Object, Read};

/// Its table.
pub const OPERATION: Operation = Operation {
    name: "ListTagsForResource",
    path: "/ListTagsForResource",
    host: Host::ControlPlane,
    input: &[required("ResourceARN", rules::ARN), optional("NextToken", rules::NEXT_TOKEN)],
    output: &[plain("NextToken"), plain("Tags")],
};

/// One page of tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagPage {
    /// Keys and values, in the order of the answer.
    pub tags: Vec<(String, String)>,
    /// To be given with the next request; `None` at the end.
    pub next_token: Option<String>,
}

/// Asks for the tags of what has this ARN; `next_token` is what the page before gave.
///
/// # Errors
/// [`Code::CallerInvalidArgument`](crate::error::Code::CallerInvalidArgument).
pub fn request(arn: &str, next_token: Option<&str>) -> Result<Request, Error> {
    let input = Object::new().text("ResourceARN", arn).optional("NextToken", next_token);
    OPERATION.request(&input.end())
}

/// The tags.
///
/// # Errors
/// What every operation may meet.
pub fn parse(response: &Response) -> Result<TagPage, Error> {
    let output = parse_success(OPERATION.name, response)?;
    let bad = || bad_response(OPERATION.name, "with tags that make no sense");
    let tags = match output.get("Tags") {
        None => Vec::new(),
        Some(Json::Object(members)) => members
            .iter()
            .map(|(key, value)| {
                let value = value.text().ok_or_else(bad)?;
                Ok((key.to_string(), value.to_owned()))
            })
            .collect::<Result<_, Error>>()?,
        Some(_) => return Err(bad()),
    };
    Ok(TagPage { tags, next_token: next_token(OPERATION.name, &output)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::rest::tests::{ARN, ok};

    #[test]
    fn tags_come_as_pairs() {
        let tags = request(ARN, Some("t=")).unwrap();
        assert_eq!(tags.path, "/ListTagsForResource");
        assert_eq!(tags.body, format!(r#"{{"ResourceARN":"{ARN}","NextToken":"t="}}"#));
        let page = parse(&ok(r#"{"NextToken":"n","Tags":{"b":"1","a":""}}"#)).unwrap();
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(page.tags, [pair("b", "1"), pair("a", "")]);
        assert_eq!(page.next_token.as_deref(), Some("n"));
        let none = TagPage { tags: vec![], next_token: None };
        assert_eq!(parse(&ok("{}")).unwrap(), none);
        for body in [r#"{"Tags":[]}"#, r#"{"Tags":{"a":7}}"#, r#"{"NextToken":7}"#] {
            let error = parse(&ok(body)).unwrap_err();
            assert_eq!(error.code(), Code::ServiceBadResponse, "{body}");
        }
    }
}
