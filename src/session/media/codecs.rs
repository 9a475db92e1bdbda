//! Which codecs a description names, and in what order.

use super::TrackKind;
use crate::error::Error;

/// What every browser and every camera has.
const ESSENTIAL: [&str; 4] = ["video/VP8", "video/H264", "video/rtx", "audio/opus"];

/// What no call needs: redundancy of which retransmission is the better kind, comfort noise,
/// dialling tones.
const UNNEEDED: [&str; 7] = [
    "video/red",
    "video/ulpfec",
    "video/flexfec-03",
    "audio/red",
    "audio/ulpfec",
    "audio/CN",
    "audio/telephone-event",
];

const RETRANSMISSION: &str = "video/rtx";

/// What browsers know, but offer only where it is named.
const NOT_BY_ITSELF: &str = "video/flexfec-03";

/// Codecs that may be preferred, at the most: of any kind there are not ten.
const MAX_PREFERRED: usize = 16;

/// A codec as the browser knows it.
///
/// Source: W3C WebRTC 1.0, section 5.2.13 (RTCRtpCodec).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Codec {
    /// E.g. `video/H264`.
    pub mime_type: String,
    /// E.g. `packetization-mode=1;profile-level-id=42e01f`; often empty.
    pub fmtp: String,
}

/// How much a description leaves out, so that it fits into a message of the service; each does so
/// of what the one before it does too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Diet {
    /// Nothing.
    Full,
    /// What no call needs.
    Needed,
    /// All formats of a codec but one.
    OneFormat,
    /// All codecs but those that everybody has, and the preferred ones.
    Essential,
    /// All codecs but one, and retransmission.
    Bare,
}

impl Diet {
    /// The next stricter one.
    pub const fn stricter(self) -> Option<Self> {
        match self {
            Self::Full => Some(Self::Needed),
            Self::Needed => Some(Self::OneFormat),
            Self::OneFormat => Some(Self::Essential),
            Self::Essential => Some(Self::Bare),
            Self::Bare => None,
        }
    }
}

/// Reads one of the option `codecs`: a MIME type of that kind, in any case, as `video/H264`.
///
/// # Errors
/// `caller.invalidArgument`.
pub fn parse_codec(kind: TrackKind, text: &str, before: usize) -> Result<String, Error> {
    let name = ["codecs.", kind.as_str()].concat();
    if before >= MAX_PREFERRED {
        return Err(Error::argument(&name, "has more than 16 codecs"));
    }
    let is_token = |text: &str| {
        (1..=32).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._+".contains(&byte))
    };
    match text.split_once('/') {
        Some((of, codec)) if of.eq_ignore_ascii_case(kind.as_str()) && is_token(codec) => {
            Ok(text.to_owned())
        }
        _ => Err(Error::argument(&name, "must be MIME types of this kind, as 'video/H264'")),
    }
}

/// The codecs that a section names, the preferred ones first and the rest in the browser's order:
/// indices of `known`. `None` where the browser's own list is right, also where nothing that
/// carries media would be left.
///
/// Source: W3C WebRTC 1.0, section 5.4 (setCodecPreferences).
pub fn choose(known: &[Codec], preferred: &[String], diet: Diet) -> Option<Vec<usize>> {
    if diet == Diet::Full && preferred.is_empty() {
        return None;
    }
    let rank = |codec: &Codec| {
        let found = preferred.iter().position(|name| codec.mime_type.eq_ignore_ascii_case(name));
        found.unwrap_or(preferred.len())
    };
    let mut chosen: Vec<(usize, &Codec)> = known.iter().enumerate().collect();
    // A stable sort: what is equally preferred stays in the browser's order.
    chosen.sort_by_key(|(_, codec)| rank(codec));
    let is_preferred = |codec: &Codec| rank(codec) < preferred.len();
    chosen.retain(|(_, codec)| is_preferred(codec) || !is_one_of(codec, &[NOT_BY_ITSELF]));
    if diet >= Diet::Needed {
        chosen.retain(|(_, codec)| is_preferred(codec) || !is_one_of(codec, &UNNEEDED));
    }
    if diet >= Diet::OneFormat {
        let of_all = chosen.clone();
        chosen.retain(|(index, codec)| best_format(&of_all, codec) == Some(*index));
    }
    if diet >= Diet::Essential {
        chosen.retain(|(_, codec)| is_preferred(codec) || is_one_of(codec, &ESSENTIAL));
    }
    if diet == Diet::Bare {
        chosen.retain(|(_, codec)| !is_one_of(codec, &[RETRANSMISSION]));
        chosen.truncate(1);
    }
    let carries =
        |codec: &Codec| !is_one_of(codec, &[RETRANSMISSION]) && !is_one_of(codec, &UNNEEDED);
    let any = chosen.iter().any(|(_, codec)| carries(codec));
    any.then(|| chosen.into_iter().map(|(index, _)| index).collect())
}

fn is_one_of(codec: &Codec, names: &[&str]) -> bool {
    names.iter().any(|name| codec.mime_type.eq_ignore_ascii_case(name))
}

/// The one format of this codec to keep: of H.264 the one that every camera of the service sends,
/// else the browser's first.
fn best_format(known: &[(usize, &Codec)], codec: &Codec) -> Option<usize> {
    let of_it = known.iter().filter(|(_, it)| it.mime_type.eq_ignore_ascii_case(&codec.mime_type));
    of_it.min_by_key(|(_, it)| distance(&it.fmtp)).map(|(index, _)| *index)
}

/// How far an H.264 format is from constrained baseline in non-interleaved packets. Formats of
/// other codecs are all equally far.
///
/// Source: RFC 6184, section 8.1; RFC 7742, section 6.2.
fn distance(fmtp: &str) -> u8 {
    let has = |text: &str| fmtp.contains(text);
    match (has("packetization-mode=1"), has("profile-level-id=42e0"), has("profile-level-id=42")) {
        (true, true, _) => 0,
        (true, false, true) => 1,
        (true, false, false) => 2,
        (false, ..) => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codec(mime_type: &str, fmtp: &str) -> Codec {
        Codec { mime_type: mime_type.into(), fmtp: fmtp.into() }
    }

    /// What a current Chrome has, shortened.
    fn video() -> Vec<Codec> {
        vec![
            codec("video/VP8", ""),
            codec("video/rtx", ""),
            codec("video/VP9", "profile-id=0"),
            codec("video/VP9", "profile-id=2"),
            codec(
                "video/H264",
                "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f",
            ),
            codec(
                "video/H264",
                "level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f",
            ),
            codec(
                "video/H264",
                "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
            ),
            codec("video/H265", "level-id=180;profile-id=1;tier-flag=0;tx-mode=SRST"),
            codec("video/AV1", "level-idx=5;profile=0;tier=0"),
            codec("video/red", ""),
            codec("video/ulpfec", ""),
            codec("video/flexfec-03", "repair-window=10000000"),
        ]
    }

    fn names(diet: Diet, preferred: &[&str]) -> Option<Vec<String>> {
        let known = video();
        let preferred: Vec<_> = preferred.iter().map(|&name| name.to_owned()).collect();
        let chosen = choose(&known, &preferred, diet)?;
        let name = |index: usize| known[index].mime_type.replace("video/", "");
        Some(chosen.into_iter().map(name).collect())
    }

    #[test]
    fn preferred_codecs_come_first_and_the_rest_is_kept() {
        assert_eq!(names(Diet::Full, &[]), None);
        let chosen = names(Diet::Full, &["video/h264", "video/AV1"]).unwrap();
        assert_eq!(chosen[..5], ["H264", "H264", "H264", "AV1", "VP8"]);
        // All but what the browser does not offer by itself.
        assert_eq!(chosen.len(), video().len() - 1);
    }

    #[test]
    fn each_diet_leaves_out_more_and_keeps_what_is_preferred() {
        let left = names(Diet::Needed, &[]).unwrap();
        assert_eq!(left.len(), 9);
        assert!(!left.iter().any(|name| name == "red"));
        let left = names(Diet::OneFormat, &[]).unwrap();
        assert_eq!(left, ["VP8", "rtx", "VP9", "H264", "H265", "AV1"]);
        assert_eq!(names(Diet::Essential, &[]).unwrap(), ["VP8", "rtx", "H264"]);
        let left = names(Diet::Essential, &["video/H265"]).unwrap();
        assert_eq!(left, ["H265", "VP8", "rtx", "H264"]);
        assert_eq!(names(Diet::Bare, &[]).unwrap(), ["VP8"]);
        assert_eq!(names(Diet::Bare, &["video/H264", "video/VP8"]).unwrap(), ["H264"]);
    }

    #[test]
    fn the_one_format_of_h264_is_what_cameras_send() {
        let chosen = choose(&video(), &[], Diet::OneFormat).unwrap();
        assert!(chosen.contains(&6) && !chosen.contains(&4) && !chosen.contains(&5));
    }

    #[test]
    fn a_browser_that_knows_nothing_of_it_keeps_its_own_list() {
        let known = [codec("video/AV1", ""), codec("video/rtx", ""), codec("video/red", "")];
        assert_eq!(choose(&known, &[], Diet::Essential), None);
        assert_eq!(choose(&[], &["video/VP8".into()], Diet::Full), None);
        assert_eq!(choose(&known[1..], &["video/red".into()], Diet::Needed), None);
    }

    #[test]
    fn what_is_no_codec_of_that_kind_is_named() {
        assert_eq!(parse_codec(TrackKind::Video, "video/H264", 0).unwrap(), "video/H264");
        for text in ["H264", "audio/opus", "video/", "video/a b", "video/\r\na=x", ""] {
            let error = parse_codec(TrackKind::Video, text, 0).unwrap_err();
            assert!(error.message().starts_with("codecs.video"), "{text}");
        }
        assert!(parse_codec(TrackKind::Audio, "audio/opus", MAX_PREFERRED).is_err());
    }
}
