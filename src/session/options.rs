//! What a session is told at its making: parsed once, then trusted.

use crate::endpoints::{Endpoint, control_plane, stun_url, stun_url_beside};
use crate::error::Error;
use crate::ice::{CandidateFilter, NatTraversal, TurnFilter};
use crate::ids::{ChannelArn, ChannelName, Region, Role};
use crate::rest::ChannelRef;

use super::client_id::ClientIdRule;

/// What both roles need to know.
#[derive(Clone, Debug)]
pub struct Options {
    /// Who says where to connect.
    pub source: Source,
    /// `stun:` URL; none where a back end names the servers.
    pub stun_url: Option<String>,
    /// How peers may find a path.
    pub nat_traversal: NatTraversal,
    /// What is sent.
    pub media: MediaRequest,
    /// Which TURN servers are used.
    pub turn: TurnFilter,
    /// Candidates are sent one by one as they are found; else with the description.
    pub trickle: bool,
    /// Which of our candidates the other side is told.
    pub send: CandidateFilter,
    /// Which of the other side's candidates are used.
    pub accept: CandidateFilter,
    /// The other side is the channel's storage session.
    pub ingestion: bool,
}

/// Who says where to connect.
#[derive(Clone, Debug)]
pub enum Source {
    /// The service, asked with keys.
    Service {
        /// The channel, by name or ARN.
        channel: ChannelRef,
        /// Where it is.
        region: Region,
        /// The service's control plane.
        control: Endpoint,
    },
    /// The application's back end.
    Backend,
}

/// Which tracks a session sends; the constraints are the browser's business.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MediaRequest {
    /// A video track.
    pub video: bool,
    /// An audio track.
    pub audio: bool,
}

impl MediaRequest {
    /// Whether camera or microphone are needed.
    pub const fn is_wanted(self) -> bool {
        self.video || self.audio
    }

    /// Whether a storage session takes that: a master's picture and sound, and no picture of a
    /// viewer.
    pub const fn fits_storage(self, role: Role) -> bool {
        match role {
            Role::Master => self.video && self.audio,
            Role::Viewer => !self.video,
        }
    }
}

/// What a viewer needs to know besides.
#[derive(Clone, Debug, Default)]
pub struct ViewerOptions {
    /// As whom it connects.
    pub client_id: ClientIdRule,
    /// Open the data channel.
    pub data_channel: bool,
}

/// The texts that a person or a program gave, before they are looked at.
#[derive(Clone, Copy, Debug, Default)]
pub struct RawOptions<'a> {
    /// `channelName`.
    pub channel_name: Option<&'a str>,
    /// `channelARN`.
    pub channel_arn: Option<&'a str>,
    /// `region`.
    pub region: Option<&'a str>,
    /// `endpoint`.
    pub endpoint: Option<&'a str>,
    /// `stunUrl`.
    pub stun_url: Option<&'a str>,
    /// `natTraversal`.
    pub nat_traversal: Option<&'a str>,
}

impl Options {
    /// Checks what was given.
    ///
    /// # Errors
    /// `caller.invalidArgument`, naming the member.
    pub fn parse(raw: RawOptions<'_>, media: MediaRequest) -> Result<Self, Error> {
        let channel = match (raw.channel_arn, raw.channel_name) {
            (Some(arn), _) => ChannelRef::Arn(ChannelArn::parse(arn)?),
            (None, Some(name)) => ChannelRef::Name(ChannelName::parse(name)?),
            (None, None) => {
                return Err(Error::argument("channelName", "or channelARN must be given"));
            }
        };
        let region = match (raw.region, &channel) {
            (Some(region), _) => Region::parse(region)?,
            (None, ChannelRef::Arn(arn)) => arn.region(),
            (None, ChannelRef::Name(_)) => {
                return Err(Error::argument("region", "must be given with a channelName"));
            }
        };
        let (control, default_stun) = match raw.endpoint {
            Some(text) => {
                let endpoint = Endpoint::parse_override(text)?;
                let stun = stun_url_beside(&endpoint, &region);
                (endpoint, stun)
            }
            None => (control_plane(&region), stun_url(&region)),
        };
        let stun_url = parse_stun_url(raw.stun_url)?.unwrap_or(default_stun);
        Self::new(Source::Service { channel, region, control }, Some(stun_url), raw, media)
    }

    /// Checks what was given of a session whose back end says where to connect.
    ///
    /// # Errors
    /// `caller.invalidArgument`, naming the member.
    pub fn of_backend(raw: RawOptions<'_>, media: MediaRequest) -> Result<Self, Error> {
        Self::new(Source::Backend, parse_stun_url(raw.stun_url)?, raw, media)
    }

    fn new(
        source: Source,
        stun_url: Option<String>,
        raw: RawOptions<'_>,
        media: MediaRequest,
    ) -> Result<Self, Error> {
        Ok(Self {
            source,
            stun_url,
            nat_traversal: parse_nat_traversal(raw.nat_traversal)?,
            media,
            turn: TurnFilter::default(),
            trickle: true,
            send: CandidateFilter::default(),
            accept: CandidateFilter::default(),
            ingestion: false,
        })
    }
}

fn parse_stun_url(text: Option<&str>) -> Result<Option<String>, Error> {
    let Some(text) = text else { return Ok(None) };
    let rest = text.strip_prefix("stun:").or_else(|| text.strip_prefix("stuns:"));
    match rest {
        Some(host)
            if !host.is_empty()
                && host.len() <= 256
                && host.bytes().all(|byte| byte.is_ascii_graphic()) =>
        {
            Ok(Some(text.to_owned()))
        }
        _ => Err(Error::argument("stunUrl", "must be stun:host:port or stuns:host:port")),
    }
}

fn parse_nat_traversal(name: Option<&str>) -> Result<NatTraversal, Error> {
    let Some(name) = name else { return Ok(NatTraversal::default()) };
    NatTraversal::from_name(name).ok_or_else(|| {
        let problem = "must be 'stun-turn', 'turn-only', 'stun-only' or 'disabled'";
        Error::argument("natTraversal", problem)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    const ARN: &str = "arn:aws:kinesisvideo:eu-west-1:123456789012:channel/demo/1700000000000";

    fn parse(raw: RawOptions<'_>) -> Result<Options, Error> {
        Options::parse(raw, MediaRequest::default())
    }

    #[test]
    fn an_arn_tells_the_region_and_a_name_does_not() {
        let by_arn = parse(RawOptions { channel_arn: Some(ARN), ..RawOptions::default() }).unwrap();
        let Source::Service { region, .. } = by_arn.source else { panic!("no service") };
        assert_eq!(region.as_str(), "eu-west-1");
        let stun_url = by_arn.stun_url.unwrap();
        assert_eq!(stun_url, "stun:stun.kinesisvideo.eu-west-1.amazonaws.com:443");
        let by_name = RawOptions { channel_name: Some("demo"), ..RawOptions::default() };
        assert!(parse(by_name).unwrap_err().message().starts_with("region"));
    }

    #[test]
    fn an_endpoint_brings_its_own_stun_server_unless_another_is_given() {
        let raw = RawOptions {
            channel_name: Some("demo"),
            region: Some("us-west-2"),
            endpoint: Some("http://localhost:8080"),
            ..RawOptions::default()
        };
        assert_eq!(parse(raw).unwrap().stun_url.unwrap(), "stun:localhost:3478");
        let dual_stack =
            RawOptions { endpoint: Some("https://kinesisvideo.us-west-2.api.aws"), ..raw };
        let of_service = "stun:stun.kinesisvideo.us-west-2.api.aws:443";
        assert_eq!(parse(dual_stack).unwrap().stun_url.unwrap(), of_service);
        let other = RawOptions { stun_url: Some("stun:10.0.0.1:99"), ..raw };
        assert_eq!(parse(other).unwrap().stun_url.unwrap(), "stun:10.0.0.1:99");
    }

    #[test]
    fn a_storage_session_takes_both_of_a_master_and_no_video_of_a_viewer() {
        for (role, video, audio, fits) in [
            (Role::Master, true, true, true),
            (Role::Master, true, false, false),
            (Role::Master, false, true, false),
            (Role::Viewer, false, false, true),
            (Role::Viewer, false, true, true),
            (Role::Viewer, true, true, false),
        ] {
            assert_eq!(MediaRequest { video, audio }.fits_storage(role), fits);
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let good = RawOptions {
            channel_name: Some("demo"),
            region: Some("us-west-2"),
            ..RawOptions::default()
        };
        for (raw, member) in [
            (RawOptions::default(), "channelName"),
            (RawOptions { channel_name: Some("a b"), ..good }, "channelName"),
            (RawOptions { channel_arn: Some("arn:x"), ..good }, "channelARN"),
            (RawOptions { region: Some("nowhere!"), ..good }, "region"),
            (RawOptions { endpoint: Some("ftp://x"), ..good }, "endpoint"),
            (RawOptions { stun_url: Some("turn:x"), ..good }, "stunUrl"),
            (RawOptions { stun_url: Some("stun:a b"), ..good }, "stunUrl"),
            (RawOptions { nat_traversal: Some("TURN"), ..good }, "natTraversal"),
        ] {
            let error = parse(raw).unwrap_err();
            assert_eq!(error.code(), Code::CallerInvalidArgument);
            assert!(error.message().starts_with(member), "{error}");
        }
    }
}
