//! TagResource: adds tags to a channel, or gives those it has other values.
//!
//! Source: TagResource in the API reference.

use super::operation::{Host, Operation, required};
use super::{Request, Response, Tag, done, rules};
use crate::error::Error;
use crate::json::Object;

/// Its table.
pub const OPERATION: Operation = Operation {
    name: "TagResource",
    path: "/TagResource",
    host: Host::ControlPlane,
    input: &[required("ResourceARN", rules::ARN), required("Tags", rules::tag_list(1))],
    output: &[],
};

/// Asks to tag what has this ARN, with 1–50 tags.
///
/// # Errors
/// [`Code::CallerInvalidArgument`](crate::error::Code::CallerInvalidArgument).
pub fn request(arn: &str, tags: &[Tag<'_>]) -> Result<Request, Error> {
    let input = Object::new().text("ResourceARN", arn).raw("Tags", &Tag::list(tags));
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
    fn tags_are_a_list() {
        let tags = [Tag { key: "room", value: "hall" }, Tag { key: "größe", value: "" }];
        let request = request(ARN, &tags).unwrap();
        assert_eq!(request.path, "/TagResource");
        assert_eq!(
            request.body,
            format!(
                r#"{{"ResourceARN":"{ARN}","Tags":[{{"Key":"room","Value":"hall"}},{{"Key":"größe","Value":""}}]}}"#
            )
        );
        assert_eq!(parse(&ok("{}")), Ok(()));
    }

    #[test]
    fn the_wrong_tag_is_named() {
        let good = Tag { key: "a", value: "b" };
        let problem = |tags: &[Tag<'_>]| request(ARN, tags).unwrap_err().message().to_owned();
        assert_eq!(problem(&[]), "Tags must be a list of 1 to 50 members");
        assert_eq!(problem(&[good; 51]), "Tags must be a list of 1 to 50 members");
        let bad = Tag { key: "a", value: "<b>" };
        assert!(problem(&[good, bad]).starts_with("Tags[1].Value must be at most 256 letters"));
        assert!(problem(&[Tag { key: "", ..good }]).starts_with("Tags[0].Key must be 1 to 128"));
    }
}
