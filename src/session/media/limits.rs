//! How much may be sent.

/// Caps of one kind.
///
/// Source: W3C WebRTC 1.0, section 5.2.9 (RTCRtpEncodingParameters).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Bits per second.
    pub max_bitrate: Option<u32>,
    /// Frames per second.
    pub max_framerate: Option<u32>,
}

impl Limits {
    /// Whether nothing is capped.
    pub const fn is_none(self) -> bool {
        self.max_bitrate.is_none() && self.max_framerate.is_none()
    }
}
