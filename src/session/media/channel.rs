//! The bounds of the data channel, both ways. What the other side sends is hostile until proven
//! otherwise: it is dropped and counted, and the call goes on.

use crate::error::{Code, Error};
use crate::session::insight::{Record, Target};
use crate::time::Millis;

/// The largest message that is sent, where the other side takes as much. One that is larger than
/// the other side takes would close the channel.
///
/// Source: RFC 8831, section 6.6; RFC 8841, section 6.1.
pub const MAX_MESSAGE: u32 = 256 * 1024;

/// Bytes that may wait to be sent before no more are taken; Chromium closes the channel at 16 MiB.
pub const MAX_BUFFERED: u32 = 16 * 1024 * 1024 - MAX_MESSAGE;

/// Bytes waiting to be sent at which more can be given, unless the options say otherwise.
pub const BUFFERED_AMOUNT_LOW: u32 = 64 * 1024;

/// The largest message that is taken in, in bytes or UTF-16 units.
pub const MAX_INCOMING: u32 = 1024 * 1024;

/// Messages taken in per second, and how much all of them have together: many times what a path
/// across the internet carries, a small part of what fills a page's memory.
const MESSAGES_PER_SECOND: u32 = 10_000;
const BYTES_PER_SECOND: u32 = 64 * 1024 * 1024;

/// Whether a message may be sent.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing {
    /// The other side's limit in bytes, where it told one; 0 is none.
    pub other_side: Option<u32>,
    /// Bytes that wait to be sent.
    pub buffered: u32,
}

impl Outgoing {
    /// The largest message in bytes.
    pub fn limit(self) -> u32 {
        self.other_side.filter(|limit| *limit > 0).map_or(MAX_MESSAGE, |it| it.min(MAX_MESSAGE))
    }

    /// Checks a message of this many bytes.
    ///
    /// # Errors
    /// `peer.messageTooLarge`, `caller.bufferFull`.
    pub fn check(self, bytes: u32) -> Result<(), Error> {
        let limit = self.limit();
        if bytes > limit {
            let (bytes, limit) = (bytes.to_string(), limit.to_string());
            let message = ["the message has ", &bytes, " bytes; ", &limit, " can be sent at once"];
            return Err(Error::new(Code::PeerMessageTooLarge, message.concat()));
        }
        if self.buffered.saturating_add(bytes) > MAX_BUFFERED {
            let buffered = self.buffered.to_string();
            let message = [&buffered, " bytes still wait to be sent on the data channel"];
            return Err(Error::new(Code::CallerBufferFull, message.concat()));
        }
        Ok(())
    }
}

/// What the other side sent and nobody is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Junk {
    /// A data channel besides the one there may be.
    Channel,
    /// A message larger than is taken.
    TooLarge,
    /// More messages, or bytes, within a second than are taken.
    Flood,
    /// Neither text nor bytes.
    Unreadable,
}

impl Junk {
    /// A line for the log; it is counted under a name of its own.
    pub fn record(self) -> Record {
        let (reason, message) = match self {
            Self::Channel => ("strangeChannel", "a data channel besides the one there may be"),
            Self::TooLarge => ("messageTooLarge", "a message that is too large"),
            Self::Flood => ("messagesTooFast", "a message that came too fast"),
            Self::Unreadable => ("messageUnreadable", "a message that is neither text nor bytes"),
        };
        Record::dropped(Target::Peer, reason, [message, " was dropped"].concat())
    }
}

/// What came of one connection's other side.
#[derive(Debug, Default)]
pub struct Incoming {
    second: Millis,
    messages: u32,
    bytes: u32,
}

impl Incoming {
    /// Takes a message of this length, or tells why it is dropped.
    ///
    /// # Errors
    /// Why it is dropped.
    pub fn take(&mut self, length: u32, now: Millis) -> Result<(), Junk> {
        if now.0.saturating_sub(self.second.0) >= 1000 {
            (self.second, self.messages, self.bytes) = (now, 0, 0);
        }
        if length > MAX_INCOMING {
            return Err(Junk::TooLarge);
        }
        let bytes = self.bytes.saturating_add(length);
        if self.messages >= MESSAGES_PER_SECOND || bytes > BYTES_PER_SECOND {
            return Err(Junk::Flood);
        }
        self.messages += 1;
        self.bytes = bytes;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_no_larger_than_both_sides_take() {
        let to = |other_side| Outgoing { other_side, buffered: 0 };
        for (other_side, limit) in [
            (None, MAX_MESSAGE),
            (Some(0), MAX_MESSAGE),
            (Some(65_536), 65_536),
            (Some(u32::MAX), MAX_MESSAGE),
        ] {
            assert!(to(other_side).check(limit).is_ok());
            let error = to(other_side).check(limit + 1).unwrap_err();
            assert_eq!(error.code(), Code::PeerMessageTooLarge);
            assert!(error.message().contains(&limit.to_string()), "{error}");
        }
    }

    #[test]
    fn no_more_is_taken_than_the_browser_can_hold() {
        let full = Outgoing { other_side: None, buffered: MAX_BUFFERED };
        assert!(full.check(0).is_ok());
        assert_eq!(full.check(1).unwrap_err().code(), Code::CallerBufferFull);
        let broken = Outgoing { other_side: None, buffered: u32::MAX };
        assert_eq!(broken.check(MAX_MESSAGE).unwrap_err().code(), Code::CallerBufferFull);
    }

    #[test]
    fn a_flood_is_cut_and_the_next_second_is_a_new_one() {
        let mut incoming = Incoming::default();
        let at = Millis(5_000);
        for _ in 0..MESSAGES_PER_SECOND {
            assert_eq!(incoming.take(1, at), Ok(()));
        }
        assert_eq!(incoming.take(1, at), Err(Junk::Flood));
        assert_eq!(incoming.take(1, Millis(5_999)), Err(Junk::Flood));
        assert_eq!(incoming.take(1, Millis(6_000)), Ok(()));
    }

    #[test]
    fn the_bytes_of_a_second_are_bounded_and_so_is_one_message() {
        let mut incoming = Incoming::default();
        let at = Millis(5_000);
        assert_eq!(incoming.take(MAX_INCOMING + 1, at), Err(Junk::TooLarge));
        for _ in 0..BYTES_PER_SECOND / MAX_INCOMING {
            assert_eq!(incoming.take(MAX_INCOMING, at), Ok(()));
        }
        assert_eq!(incoming.take(1, at), Err(Junk::Flood));
        assert_eq!(incoming.take(0, at), Ok(()));
    }
}
