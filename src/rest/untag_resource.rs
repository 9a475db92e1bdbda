//! UntagResource: takes tags off a channel.
//!
//! Source: UntagResource in the API reference.

use super::operation::{Host, Kind, Operation, required};
use super::{Request, Response, done, list_of, rules};
use crate::error::Error;
use crate::json::{Object, quote};

/// Its table.
pub const OPERATION: Operation = Operation {
    name: "UntagResource",
    path: "/UntagResource",
    host: Host::ControlPlane,
    input: &[
        required("ResourceARN", rules::ARN),
        required(
            "TagKeyList",
            Kind::List { of: &Kind::Text(rules::TAG_KEY), least: 1, most: rules::MAX_TAGS },
        ),
    ],
    output: &[],
};

/// Asks to take the tags of these keys, 1–50, off what has this ARN.
///
/// # Errors
/// [`Code::CallerInvalidArgument`](crate::error::Code::CallerInvalidArgument).
pub fn request(arn: &str, keys: &[&str]) -> Result<Request, Error> {
    let quoted = keys.iter().map(|key| {
        let mut text = String::new();
        quote(&mut text, key);
        text
    });
    let input = Object::new().text("ResourceARN", arn).raw("TagKeyList", &list_of(quoted));
    OPERATION.request(&input.end())
}

/// Whether it is done.
///
/// # Errors
/// What every operation may meet.
pub fn parse(response: &Response) -> Result<(), Error> {
    done(OPERATION.name, response)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rest::tests::{ARN, ok};

    #[test]
    fn keys_are_a_list() {
        let tags = request(ARN, &["a", "b c"]).unwrap();
        assert_eq!(tags.path, "/UntagResource");
        assert_eq!(tags.body, format!(r#"{{"ResourceARN":"{ARN}","TagKeyList":["a","b c"]}}"#));
        let error = request(ARN, &[]).unwrap_err();
        assert_eq!(error.message(), "TagKeyList must be a list of 1 to 50 members");
        let error = request(ARN, &["a", "!"]).unwrap_err();
        assert!(error.message().starts_with("TagKeyList[1] must be 1 to 128 letters"), "{error}");
        assert_eq!(parse(&ok("{}")), Ok(()));
    }
}
