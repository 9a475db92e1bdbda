//! What is in the payloads of messages: JSON in base64.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use kvs_hub::ServiceError;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

#[derive(Deserialize, Serialize)]
struct Description<'a> {
    r#type: &'a str,
    sdp: &'a str,
}

/// The service names no `sdpMid`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Candidate<'a> {
    candidate: &'a str,
    #[serde(rename = "sdpMLineIndex")]
    sdp_m_line_index: u32,
}

/// The payload of an offer.
pub(super) fn offer(sdp: &str) -> String {
    to_payload(&Description { r#type: "offer", sdp })
}

/// The payload of a candidate for all there is: it goes over the first line's transport.
pub(super) fn candidate(line: &str) -> String {
    to_payload(&Candidate { candidate: line, sdp_m_line_index: 0 })
}

/// The description in an answer's payload.
pub(super) fn read_answer(payload: &str) -> Result<String, ServiceError> {
    #[derive(Deserialize)]
    struct Answer {
        r#type: String,
        sdp: String,
    }
    let answer: Answer = read(payload, "an answer")?;
    if answer.r#type != "answer" {
        return Err(ServiceError::invalid("the payload's type is not \"answer\""));
    }
    Ok(answer.sdp)
}

/// The line in a candidate's payload.
pub(super) fn read_candidate(payload: &str) -> Result<String, ServiceError> {
    #[derive(Deserialize)]
    struct Candidate {
        candidate: String,
    }
    read::<Candidate>(payload, "a candidate").map(|read| read.candidate)
}

fn read<T: DeserializeOwned>(payload: &str, what: &str) -> Result<T, ServiceError> {
    let bytes = STANDARD.decode(payload).unwrap_or_default();
    serde_json::from_slice(&bytes)
        .map_err(|error| ServiceError::invalid(format!("the payload is not {what}: {error}")))
}

/// Plain structures of text cannot fail to become JSON.
fn to_payload(words: &impl Serialize) -> String {
    STANDARD.encode(serde_json::to_vec(words).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_browsers() {
        let plain = |payload: String| String::from_utf8(STANDARD.decode(payload).unwrap()).unwrap();
        assert_eq!(plain(offer("v=0\r\n")), r#"{"type":"offer","sdp":"v=0\r\n"}"#);
        assert_eq!(plain(candidate("c")), r#"{"candidate":"c","sdpMLineIndex":0}"#);
        let payload = |json: &str| STANDARD.encode(json);
        let answer = payload(r#"{"type":"answer","sdp":"v=0"}"#);
        assert_eq!(read_answer(&answer).unwrap(), "v=0");
        for bad in ["{}", "", r#"{"type":"offer","sdp":"v=0"}"#] {
            assert!(read_answer(&payload(bad)).is_err(), "{bad}");
        }
        let line = payload(r#"{"candidate":"candidate:1","sdpMid":"0","usernameFragment":null}"#);
        assert_eq!(read_candidate(&line).unwrap(), "candidate:1");
    }
}
