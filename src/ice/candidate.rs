//! ICE candidates as they travel in signaling messages, and the generation they belong to.

use crate::json::{Json, Object, Read};

/// One trickled candidate: the members of the W3C's `RTCIceCandidateInit`.
///
/// The C SDK leaves out `usernameFragment`, the storage session also `sdpMid`.
/// Source: W3C WebRTC 1.0, section 4.8.1 (RTCIceCandidateInit).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Candidate {
    /// The candidate line, `candidate:…`; empty marks the end of a generation's candidates.
    pub candidate: String,
    /// The media section by its `a=mid`.
    pub sdp_mid: Option<String>,
    /// The media section by its position, from 0.
    pub sdp_m_line_index: Option<u16>,
    /// The generation: the `ice-ufrag` of the description this candidate belongs to.
    pub username_fragment: Option<String>,
}

impl Candidate {
    /// Reads the members of an `RTCIceCandidateInit`.
    pub(crate) fn from_json(json: &Json<'_>) -> Option<Self> {
        let text = |name| json.optional_text(name).ok().map(|text| text.map(str::to_owned));
        Some(Self {
            candidate: text("candidate")??,
            sdp_mid: text("sdpMid")?,
            sdp_m_line_index: json.optional_whole("sdpMLineIndex").ok()?,
            username_fragment: text("usernameFragment")?,
        })
    }

    /// The members that are there, in the W3C's order.
    pub(crate) fn to_json(&self) -> String {
        let mut object = Object::new()
            .text("candidate", &self.candidate)
            .optional("sdpMid", self.sdp_mid.as_deref());
        if let Some(index) = self.sdp_m_line_index {
            object = object.raw("sdpMLineIndex", &index.to_string());
        }
        object.optional("usernameFragment", self.username_fragment.as_deref()).end()
    }

    /// The generation this candidate names, as a member or as `ufrag …` in its line.
    pub fn ufrag(&self) -> Option<&str> {
        if let Some(ufrag) = self.username_fragment.as_deref() {
            return Some(ufrag);
        }
        let mut words = self.candidate.split(' ');
        words.find(|word| *word == "ufrag")?;
        words.next()
    }

    /// Whether this only says that there are no more candidates.
    pub fn is_end(&self) -> bool {
        self.candidate.is_empty()
    }
}

/// The generations that a session description opens: its `a=ice-ufrag` values, each once.
///
/// Source: RFC 8839, section 5.4.
pub fn ufrags(sdp: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for line in sdp.lines() {
        let Some(ufrag) = line.strip_prefix("a=ice-ufrag:") else { continue };
        if !found.contains(&ufrag) {
            found.push(ufrag);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn the_generation_is_found_in_the_member_or_in_the_line() {
        let member = Candidate { username_fragment: Some("abcd".into()), ..Candidate::default() };
        assert_eq!(member.ufrag(), Some("abcd"));
        let line = Candidate {
            candidate: "candidate:1 1 udp 2 10.0.0.1 9 typ host generation 0 ufrag wxyz".into(),
            ..Candidate::default()
        };
        assert_eq!(line.ufrag(), Some("wxyz"));
        let cut = Candidate { candidate: "candidate:1 1 udp ufrag".into(), ..Candidate::default() };
        assert_eq!(cut.ufrag(), None);
        assert_eq!(Candidate::default().ufrag(), None);
    }

    #[test]
    fn a_description_opens_each_generation_once() {
        let sdp = "v=0\r\na=ice-ufrag:aa\r\nm=audio\r\na=ice-ufrag:aa\r\na=ice-ufrag:bb\r\n";
        assert_eq!(ufrags(sdp), ["aa", "bb"]);
        assert!(ufrags("").is_empty());
    }

    #[test]
    fn candidates_of_other_clients_parse_without_the_optional_members() {
        let bare: Candidate =
            Candidate::from_json(&json::parse(r#"{"candidate":"candidate:1"}"#).unwrap()).unwrap();
        assert_eq!(bare, Candidate { candidate: "candidate:1".into(), ..Candidate::default() });
        let nulls: Candidate = Candidate::from_json(
            &json::parse(r#"{"candidate":"","sdpMid":null,"sdpMLineIndex":null}"#).unwrap(),
        )
        .unwrap();
        assert!(nulls.is_end());
    }
}
