//! JoinStorageSessionAsViewer: has a viewer join a session that is recorded, asked at the channel's
//! WEBRTC endpoint.
//!
//! Source: JoinStorageSessionAsViewer in the API reference.

use super::operation::{Host, Operation, required};
use super::{Request, Response, done, rules};
use crate::error::Error;
use crate::ids::{ChannelArn, ClientId, Role};
use crate::json::Object;

/// Its table.
pub const OPERATION: Operation = Operation {
    name: "JoinStorageSessionAsViewer",
    path: "/joinStorageSessionAsViewer",
    host: Host::WebRtc(Role::Viewer),
    input: &[required("channelArn", rules::ARN), required("clientId", rules::NAME)],
    output: &[],
};

/// Asks for the service's offer to the viewer `client_id`, which then comes over its signaling
/// socket.
pub fn request(channel: &ChannelArn, client_id: &ClientId) -> Request {
    let input =
        Object::new().text("channelArn", channel.as_str()).text("clientId", client_id.as_str());
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
    fn the_viewer_is_named_and_the_answer_is_empty() {
        let channel = ChannelArn::parse(ARN).unwrap();
        let request = request(&channel, &ClientId::parse("viewer-1").unwrap());
        assert_eq!(request.path, "/joinStorageSessionAsViewer");
        assert_eq!(request.body, format!(r#"{{"channelArn":"{ARN}","clientId":"viewer-1"}}"#));
        assert_eq!(OPERATION.request(&request.body).unwrap(), request);
        assert_eq!(parse(&ok("")), Ok(()));
    }
}
