//! Messages out, made beforehand; messages in, read no further than what is counted.
//!
//! Each message carries a stamp at the beginning of its payload: which lane it goes, its number
//! there, and when it was sent. So nothing can be lost, doubled or out of order unseen.

use std::io::Cursor;

use anyhow::{Context, Result, bail, ensure};
use bytes::{Buf as _, BytesMut};
use tungstenite::protocol::frame::{
    FrameHeader,
    coding::{Control, Data, OpCode},
};

/// Characters of base64 in a message's payload.
const PAYLOAD: usize = 1024;
const STAMP: usize = 4 + 8 + 16;
/// What stands before the payload, in what is sent and in what is delivered.
const BEFORE_PAYLOAD: &[u8] = br#""messagePayload":""#;
/// Nothing here is longer.
const LONGEST_FRAME: u64 = 128 * 1024;
/// RFC 6455 wants a mask so that no cache takes a frame for a request; there are none between
/// two programs on one machine, and this one changes nothing.
const MASK: [u8; 4] = [0; 4];

/// Which message it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// From whom to whom, within its channel.
    pub(crate) lane: u16,
    /// Its number on the lane, from 0 on.
    pub(crate) number: u32,
    /// When it was sent, in nanoseconds since the load began.
    pub(crate) sent: u64,
}

/// A frame to be sent again and again, with another stamp each time.
#[derive(Debug)]
pub(crate) struct Template {
    frame: Vec<u8>,
    stamp_at: usize,
}

impl Template {
    /// A candidate; a master's names the viewer it is for.
    pub(crate) fn new(recipient: Option<&str>) -> Result<Self> {
        let recipient =
            recipient.map(|id| format!(r#""recipientClientId":"{id}","#)).unwrap_or_default();
        let payload = "A".repeat(PAYLOAD);
        let text =
            format!(r#"{{"action":"ICE_CANDIDATE",{recipient}"messagePayload":"{payload}"}}"#);
        let frame = masked(OpCode::Data(Data::Text), text.as_bytes())?;
        let stamp_at = after_payload_begins(&frame).context("the frame has no payload")?;
        Ok(Self { frame, stamp_at })
    }

    /// Puts one more message into an outbox.
    pub(crate) fn write(&self, stamp: Stamp, outbox: &mut BytesMut) -> Result<()> {
        let text = format!("{:04x}{:08x}{:016x}", stamp.lane, stamp.number, stamp.sent);
        let begin = outbox.len() + self.stamp_at;
        outbox.extend_from_slice(&self.frame);
        outbox
            .get_mut(begin..begin + STAMP)
            .context("the frame is too short")?
            .copy_from_slice(text.as_bytes());
        Ok(())
    }
}

/// What came.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Incoming {
    /// The empty text that says a message was taken.
    Acknowledgement,
    /// Another peer's message.
    Delivery(Stamp),
    /// To be answered, or the emulator hangs up: this is the answer.
    Ping(Vec<u8>),
    /// Nothing that matters.
    Nothing,
}

/// Takes the next frame out of an inbox, once it is whole.
///
/// # Errors
/// Where it is neither delivery nor acknowledgement: a refused message, or the end.
pub(crate) fn next(inbox: &mut BytesMut) -> Result<Option<Incoming>> {
    let mut cursor = Cursor::new(&*inbox);
    let Some((header, length)) = FrameHeader::parse(&mut cursor)? else { return Ok(None) };
    ensure!(length <= LONGEST_FRAME, "a frame of {length} bytes came");
    let begin = usize::try_from(cursor.position())?;
    let end = begin + usize::try_from(length)?;
    let Some(payload) = inbox.get(begin..end) else { return Ok(None) };
    ensure!(header.is_final && header.mask.is_none(), "a frame came in pieces, or masked");
    let incoming = match header.opcode {
        OpCode::Data(Data::Text) if payload.is_empty() => Incoming::Acknowledgement,
        OpCode::Data(Data::Text) => Incoming::Delivery(stamp_of(payload).with_context(|| {
            let text: String = String::from_utf8_lossy(payload).chars().take(400).collect();
            format!("instead of a message came {text}")
        })?),
        OpCode::Control(Control::Ping) => {
            Incoming::Ping(masked(OpCode::Control(Control::Pong), payload)?)
        }
        OpCode::Control(Control::Pong) => Incoming::Nothing,
        other => {
            let text = String::from_utf8_lossy(payload.get(2..).unwrap_or_default());
            bail!("the emulator sent {other}: {text}");
        }
    };
    inbox.advance(end);
    Ok(Some(incoming))
}

fn stamp_of(text: &[u8]) -> Option<Stamp> {
    let begin = after_payload_begins(text)?;
    let stamp = str::from_utf8(text.get(begin..begin + STAMP)?).ok()?;
    let (lane, rest) = stamp.split_at_checked(4)?;
    let (number, sent) = rest.split_at_checked(8)?;
    Some(Stamp {
        lane: u16::from_str_radix(lane, 16).ok()?,
        number: u32::from_str_radix(number, 16).ok()?,
        sent: u64::from_str_radix(sent, 16).ok()?,
    })
}

fn after_payload_begins(bytes: &[u8]) -> Option<usize> {
    let at = bytes.windows(BEFORE_PAYLOAD.len()).position(|window| window == BEFORE_PAYLOAD)?;
    Some(at + BEFORE_PAYLOAD.len())
}

fn masked(opcode: OpCode, payload: &[u8]) -> Result<Vec<u8>> {
    let header = FrameHeader { opcode, mask: Some(MASK), ..FrameHeader::default() };
    let mut frame = Vec::new();
    header.format(payload.len() as u64, &mut frame)?;
    frame.extend_from_slice(payload);
    Ok(frame)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_emulator(opcode: OpCode, payload: &str) -> BytesMut {
        let mut frame = Vec::new();
        let header = FrameHeader { opcode, ..FrameHeader::default() };
        header.format(payload.len() as u64, &mut frame).unwrap();
        frame.extend_from_slice(payload.as_bytes());
        BytesMut::from(frame.as_slice())
    }

    #[test]
    fn a_stamp_is_read_back_as_it_was_written() {
        let stamp = Stamp { lane: 17, number: 4_000_000_000, sent: 123_456_789_012_345 };
        let mut outbox = BytesMut::new();
        Template::new(Some("v3")).unwrap().write(stamp, &mut outbox).unwrap();
        // Unmasked, it is what the recipient's frame looks like where it matters.
        let begin = outbox.windows(1).position(|byte| byte == b"{").unwrap();
        let text = std::str::from_utf8(&outbox[begin..]).unwrap();
        let sent: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(sent["recipientClientId"], "v3");
        let payload = sent["messagePayload"].as_str().unwrap();
        assert_eq!(payload.len(), PAYLOAD);
        let delivery = format!(r#"{{"messagePayload":"{payload}","messageType":"ICE_CANDIDATE"}}"#);
        let mut inbox = from_emulator(OpCode::Data(Data::Text), &delivery);
        let whole = inbox.clone();
        inbox.truncate(whole.len() - 1);
        assert_eq!(next(&mut inbox).unwrap(), None);
        let mut inbox = whole;
        assert_eq!(next(&mut inbox).unwrap(), Some(Incoming::Delivery(stamp)));
        assert!(inbox.is_empty());
    }

    #[test]
    fn what_is_no_delivery_is_told_apart() {
        let mut inbox = from_emulator(OpCode::Data(Data::Text), "");
        assert_eq!(next(&mut inbox).unwrap(), Some(Incoming::Acknowledgement));
        let mut inbox = from_emulator(OpCode::Control(Control::Ping), "hi");
        let pong = [0x8A, 0x82, 0, 0, 0, 0, b'h', b'i'];
        assert_eq!(next(&mut inbox).unwrap(), Some(Incoming::Ping(pong.to_vec())));
        let refusal = r#"{"messagePayload":"","messageType":"STATUS_RESPONSE"}"#;
        let mut inbox = from_emulator(OpCode::Data(Data::Text), refusal);
        let error = next(&mut inbox).unwrap_err().to_string();
        assert!(error.contains("STATUS_RESPONSE"), "{error}");
        let mut inbox = from_emulator(OpCode::Control(Control::Close), "\u{3}\u{e9}too slow");
        let error = next(&mut inbox).unwrap_err().to_string();
        assert!(error.contains("too slow"), "{error}");
    }
}
