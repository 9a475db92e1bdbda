//! Session descriptions: measured before they are sent, and made to fit.

use super::codecs::Diet;
use crate::signaling::fits;

/// Header extensions that stay in any description: of the bundle, of the bandwidth estimate, and
/// that by which a sender leaves it to the receiver to turn the picture.
///
/// Source: RFC 8843, section 15; RFC 7742, section 4.
const KEPT_EXTENSIONS: [&str; 4] = [
    "urn:ietf:params:rtp-hdrext:sdes:mid",
    "urn:3gpp:video-orientation",
    "transport-wide-cc-extensions-01",
    "abs-send-time",
];

/// Makes a description fit into a message of the service, step by step: judges what the browser
/// made, and says what to have it leave out next.
#[derive(Debug)]
pub struct Slimming {
    diet: Diet,
    /// Sections that the first, full description rejected.
    rejected: Option<usize>,
    step: Step,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Down,
    /// One diet was too strict for the other side; what was before it is the last try.
    Back,
}

/// What to do with a description.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is good; this is to be sent of it.
    Send(String),
    /// Make it once more, with fewer codecs.
    Again(Diet),
    /// It cannot be made small enough.
    TooLarge,
}

impl Slimming {
    /// Nothing is left out yet.
    pub const fn new() -> Self {
        Self { diet: Diet::Full, rejected: None, step: Step::Down }
    }

    /// Judges a description. What the browser keeps for itself is its own text; lines that only
    /// offer something can be left out of what is sent.
    pub fn judge(&mut self, sdp: &str) -> Verdict {
        let rejected = rejected(sdp);
        let at_first = *self.rejected.get_or_insert(rejected);
        if rejected > at_first && self.step == Step::Down {
            // An answer in which nothing is left of what was offered.
            self.step = Step::Back;
            self.diet = looser(self.diet);
            return Verdict::Again(self.diet);
        }
        if fits(sdp) {
            return Verdict::Send(sdp.to_owned());
        }
        let is_last = self.step == Step::Back || self.diet >= Diet::Essential;
        if is_last && let Some(text) = trimmed(sdp) {
            return Verdict::Send(text);
        }
        match (self.step, self.diet.stricter()) {
            (Step::Down, Some(stricter)) => {
                self.diet = stricter;
                Verdict::Again(stricter)
            }
            (Step::Down, None) | (Step::Back, _) => Verdict::TooLarge,
        }
    }
}

impl Default for Slimming {
    fn default() -> Self {
        Self::new()
    }
}

/// What is sent of a local description: all of it, if that fits.
pub fn to_send(sdp: &str) -> String {
    if fits(sdp) {
        return sdp.to_owned();
    }
    trimmed(sdp).unwrap_or_else(|| sdp.to_owned())
}

/// Tells the browser's bandwidth estimate where to begin: written into the video codecs of the
/// other side's description, which is where a sender of Chromium's reads it.
///
/// `kilobits` per second.
pub fn with_start_bitrate(sdp: &str, kilobits: u32) -> String {
    let hint = ["x-google-start-bitrate=", &kilobits.to_string()].concat();
    let mut out = String::with_capacity(sdp.len() + 256);
    let mut in_video = false;
    for line in sdp.split_inclusive('\n') {
        let text = line.trim_end();
        if text.starts_with("m=") {
            in_video = text.starts_with("m=video ");
        }
        let format = in_video.then(|| text.strip_prefix("a=rtpmap:")).flatten();
        let format = format.and_then(|rest| rest.split_once(' '));
        // Retransmission, redundancy: their parameters are another thing.
        let takes = |codec: &str| {
            ["VP8/", "VP9/", "AV1/", "H264/", "H265/"].iter().any(|name| codec.starts_with(name))
        };
        if let Some((payload_type, codec)) = format
            && takes(codec)
            && !sdp.contains(&["a=fmtp:", payload_type, " "].concat())
        {
            out.push_str(&[text, "\r\na=fmtp:", payload_type, " ", &hint, "\r\n"].concat());
        } else if in_video && text.starts_with("a=fmtp:") && !is_of_repair(text) {
            out.push_str(&[text, ";", &hint, "\r\n"].concat());
        } else {
            out.push_str(line);
        }
    }
    out
}

fn is_of_repair(fmtp: &str) -> bool {
    fmtp.contains("apt=") || fmtp.contains("repair-window")
}

/// Leaves out header extensions, then candidates over TCP; `None` where it still is too large.
fn trimmed(sdp: &str) -> Option<String> {
    let without_extensions = without(sdp, |line| {
        line.starts_with("a=extmap:") && !KEPT_EXTENSIONS.iter().any(|kept| line.ends_with(kept))
    });
    if fits(&without_extensions) {
        return Some(without_extensions);
    }
    let without_tcp = without(&without_extensions, |line| {
        line.starts_with("a=candidate:")
            && line.split(' ').nth(2).is_some_and(|word| word.eq_ignore_ascii_case("tcp"))
    });
    fits(&without_tcp).then_some(without_tcp)
}

fn without(sdp: &str, drop: impl Fn(&str) -> bool) -> String {
    sdp.split_inclusive('\n').filter(|line| !drop(line.trim_end())).collect()
}

const fn looser(diet: Diet) -> Diet {
    match diet {
        Diet::Full | Diet::Needed => Diet::Full,
        Diet::OneFormat => Diet::Needed,
        Diet::Essential => Diet::OneFormat,
        Diet::Bare => Diet::Essential,
    }
}

/// How many sections are rejected: their port is 0, and they are no mere part of a bundle.
///
/// Source: RFC 3264, section 6; RFC 8843, section 6.
fn rejected(sdp: &str) -> usize {
    let sections = sdp.split("\nm=").skip(1);
    let is_rejected = |section: &str| {
        let first = section.lines().next().unwrap_or_default();
        first.split(' ').nth(1) == Some("0") && !section.contains("a=bundle-only")
    };
    sections.filter(|section| is_rejected(section)).count()
}

#[cfg(test)]
mod tests;
