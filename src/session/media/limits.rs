//! How much may be sent.

use crate::error::Error;

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

/// A whole number within these bounds.
///
/// # Errors
/// `caller.invalidArgument`, naming the member.
pub fn whole(name: &str, value: f64, least: u32, most: u32) -> Result<u32, Error> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked next")]
    let number = value as u32;
    if f64::from(number) == value && (least..=most).contains(&number) {
        return Ok(number);
    }
    let problem = ["must be a whole number from ", &least.to_string(), " to ", &most.to_string()];
    Err(Error::argument(name, problem.concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_whole_and_within_its_bounds_or_named() {
        assert_eq!(whole("maxBitrate", 500_000.0, 1, 1_000_000).unwrap(), 500_000);
        for wrong in [0.0, -1.0, 0.5, 1_000_001.0, f64::NAN, f64::INFINITY, 5e9] {
            let error = whole("maxBitrate", wrong, 1, 1_000_000).unwrap_err();
            assert_eq!(error.message(), "maxBitrate must be a whole number from 1 to 1000000");
        }
    }
}
