//! Which answers a storage session takes.
//!
//! Source: "Understanding WebRTC ingestion" of the Kinesis Video Streams with WebRTC developer
//! guide: a master sends both video and audio, a viewer sends no video, and there is no data
//! channel.

use kvs_hub::{RoleName, ServiceError};

/// One media section of a description.
struct Section<'a> {
    kind: &'a str,
    is_rejected: bool,
    sends: bool,
}

impl Section<'_> {
    fn does_send(&self, kind: &str) -> bool {
        self.kind == kind && self.sends && !self.is_rejected
    }
}

/// Checks the answer of a peer in this role.
pub(super) fn check(sdp: &str, role: RoleName) -> Result<(), ServiceError> {
    let sections = sections(sdp);
    let sends = |kind: &str| sections.iter().any(|section| section.does_send(kind));
    let has_data = sections.iter().any(|s| s.kind == "application" && !s.is_rejected);
    let wrong = match role {
        _ if sections.is_empty() => "the answer has no media sections",
        _ if has_data => "a storage session has no data channel",
        RoleName::Master if !sends("video") => "a master sends video to a storage session",
        RoleName::Master if !sends("audio") => "a master sends audio to a storage session",
        RoleName::Viewer if sends("video") => "a viewer sends no video to a storage session",
        RoleName::Master | RoleName::Viewer => return Ok(()),
    };
    Err(ServiceError::invalid(wrong))
}

/// The media sections of a description, and what each says of itself.
fn sections(sdp: &str) -> Vec<Section<'_>> {
    let mut sections: Vec<Section<'_>> = Vec::new();
    let mut sends_unless_said = true;
    for line in sdp.lines() {
        if let Some(media) = line.strip_prefix("m=") {
            let mut words = media.split(' ');
            let kind = words.next().unwrap_or_default();
            let is_rejected = words.next() == Some("0");
            sections.push(Section { kind, is_rejected, sends: sends_unless_said });
        }
        let sends = match line {
            "a=sendrecv" | "a=sendonly" => true,
            "a=recvonly" | "a=inactive" => false,
            _ => continue,
        };
        match sections.last_mut() {
            Some(section) => section.sends = sends,
            None => sends_unless_said = sends,
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(sections: &[(&str, u16, &str)]) -> String {
        let mut sdp = "v=0\r\n".to_owned();
        for (kind, port, direction) in sections {
            sdp += &format!("m={kind} {port} UDP/TLS/RTP/SAVPF 96\r\na={direction}\r\n");
        }
        sdp
    }

    #[test]
    fn a_master_sends_both_and_a_viewer_no_video() {
        use RoleName::{Master, Viewer};
        let both = [("video", 9, "sendonly"), ("audio", 9, "sendrecv")];
        let taken = [(Master, &both[..]), (Viewer, &[("video", 9, "recvonly")])];
        for (role, sections) in taken {
            assert!(check(&of(sections), role).is_ok(), "{role:?}");
        }
        for (role, sections, why) in [
            (Master, &both[..1], "audio"),
            (Master, &both[1..], "video"),
            (Master, &[("video", 0, "sendonly"), both[1]], "video"),
            (Master, &[both[0], ("audio", 9, "inactive")], "audio"),
            (Master, &[both[0], both[1], ("application", 9, "sendrecv")], "data channel"),
            (Viewer, &both, "no video"),
            (Viewer, &[], "no media"),
        ] {
            let error = check(&of(sections), role).unwrap_err();
            assert!(error.message().contains(why), "{error}");
        }
    }

    #[test]
    fn a_direction_of_the_whole_is_that_of_each_section() {
        let sdp = "v=0\r\na=recvonly\r\nm=video 9 x\r\nm=audio 9 x\r\na=sendrecv\r\n";
        let found: Vec<_> = sections(sdp).iter().map(|s| (s.kind, s.sends)).collect();
        assert_eq!(found, [("video", false), ("audio", true)]);
    }
}
