//! SendAlexaOfferToMaster: hands an offer to the master and brings back its answer, asked at the
//! channel's HTTPS endpoint.
//!
//! Source: SendAlexaOfferToMaster in the API reference.

use super::operation::{Host, Operation, plain, required};
use super::{Request, Response, member, parse_success, rules};
use crate::error::Error;
use crate::ids::{ChannelArn, ClientId};
use crate::json::Object;

/// Its table.
pub const OPERATION: Operation = Operation {
    name: "SendAlexaOfferToMaster",
    path: "/v1/send-alexa-offer-to-master",
    host: Host::Https,
    input: &[
        required("ChannelARN", rules::ARN),
        required("SenderClientId", rules::NAME),
        required("MessagePayload", rules::MESSAGE_PAYLOAD),
    ],
    output: &[plain("Answer")],
};

/// Asks for the master's answer to an offer, which is base64, as `sender`.
///
/// # Errors
/// [`Code::CallerInvalidArgument`](crate::error::Code::CallerInvalidArgument).
pub fn request(channel: &ChannelArn, sender: &ClientId, offer: &str) -> Result<Request, Error> {
    let input = Object::new()
        .text("ChannelARN", channel.as_str())
        .text("SenderClientId", sender.as_str())
        .text("MessagePayload", offer);
    OPERATION.request(&input.end())
}

/// The master's answer, which is base64.
///
/// # Errors
/// What every operation may meet.
pub fn parse(response: &Response) -> Result<String, Error> {
    let output = parse_success(OPERATION.name, response)?;
    Ok(member(OPERATION.name, &output, "Answer")?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::rest::tests::{ARN, ok};

    #[test]
    fn an_offer_brings_an_answer() {
        let channel = ChannelArn::parse(ARN).unwrap();
        let sender = ClientId::parse("alexa").unwrap();
        let offer = request(&channel, &sender, "aGVsbG8=").unwrap();
        assert_eq!(offer.path, "/v1/send-alexa-offer-to-master");
        assert_eq!(
            offer.body,
            format!(
                r#"{{"ChannelARN":"{ARN}","SenderClientId":"alexa","MessagePayload":"aGVsbG8="}}"#
            )
        );
        for payload in ["", "{}", &"A".repeat(10_001)] {
            let error = request(&channel, &sender, payload).unwrap_err();
            assert_eq!(error.message(), "MessagePayload must be 1 to 10000 characters of base64");
        }
        assert_eq!(parse(&ok(r#"{"Answer":"eA=="}"#)).unwrap(), "eA==");
        assert_eq!(parse(&ok("{}")).unwrap_err().code(), Code::ServiceBadResponse);
    }
}
