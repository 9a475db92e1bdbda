//! JoinStorageSession: has the service's recorder join a channel as a viewer, asked at the
//! channel's WEBRTC endpoint by its master.
//!
//! Source: JoinStorageSession in the API reference.

use super::operation::{Host, Operation, required};
use super::{Request, Response, done, rules};
use crate::error::Error;
use crate::ids::{ChannelArn, Role};
use crate::json::Object;

/// Its table.
pub const OPERATION: Operation = Operation {
    name: "JoinStorageSession",
    path: "/joinStorageSession",
    host: Host::WebRtc(Role::Master),
    input: &[required("channelArn", rules::ARN)],
    output: &[],
};

/// Asks for the recorder, whose offer then comes over the signaling socket.
pub fn request(channel: &ChannelArn) -> Request {
    let input = Object::new().text("channelArn", channel.as_str());
    Request { path: OPERATION.path, body: input.end() }
}

/// Whether it was accepted.
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
    fn members_begin_with_a_small_letter_and_the_answer_is_empty() {
        let request = request(&ChannelArn::parse(ARN).unwrap());
        assert_eq!(request.path, "/joinStorageSession");
        assert_eq!(request.body, format!(r#"{{"channelArn":"{ARN}"}}"#));
        assert_eq!(OPERATION.request(&request.body).unwrap(), request);
        assert_eq!(parse(&ok("")), Ok(()));
    }
}
