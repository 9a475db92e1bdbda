//! STUN messages and channel data, cut out of a stream of bytes.

use std::{io, time::Duration};

use bytecodec::{DecodeExt as _, EncodeExt as _};
use medea_turn::{
    attr::Attribute,
    transport::{Request, Transport},
};
use stun_codec::{Message, MessageDecoder, MessageEncoder};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _},
    net::UdpSocket,
    sync::Mutex,
    time::timeout,
};

/// Longest frame, in bytes: what the library reads of a datagram.
pub(super) const MAX_FRAME: usize = 1500;
/// A STUN message's header.
///
/// Source: RFC 8489, section 5.
const STUN_HEADER: usize = 20;
/// Bytes 4 to 7 of every STUN message.
const MAGIC_COOKIE: [u8; 4] = 0x2112_a442_u32.to_be_bytes();
/// The header of channel data: the channel's number, and the length of what follows.
///
/// Source: RFC 8656, section 12.4.
const CHANNEL_HEADER: usize = 4;
/// How long a datagram may take from here to here.
const MINT_LIMIT: Duration = Duration::from_secs(1);

/// A whole frame, without padding.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame {
    Stun(Vec<u8>),
    Channel(Vec<u8>),
}

/// How many bytes a frame has with these first four, and with its padding.
///
/// Source: RFC 8489, section 5, and RFC 8656, section 12.5.
fn lengths(head: [u8; CHANNEL_HEADER]) -> io::Result<(usize, usize)> {
    let [kind, _, high, low] = head;
    let length = usize::from(u16::from_be_bytes([high, low]));
    let (whole, padded) = match kind {
        0x00..=0x3f if length.is_multiple_of(4) => (STUN_HEADER + length, STUN_HEADER + length),
        // The numbers of channels; others are reserved.
        0x40..=0x4f => (CHANNEL_HEADER + length, CHANNEL_HEADER + length.next_multiple_of(4)),
        _ => return Err(malformed("this is neither STUN nor channel data")),
    };
    if whole > MAX_FRAME {
        return Err(malformed("a frame is too long"));
    }
    Ok((whole, padded))
}

/// Reads one frame.
///
/// # Errors
/// Where the stream ends, or what comes is no frame: nothing after it could be understood.
pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Frame> {
    let mut head = [0; CHANNEL_HEADER];
    stream.read_exact(&mut head).await?;
    let (whole, padded) = lengths(head)?;
    let mut bytes = head.to_vec();
    if head[0] < 0x40 {
        let mut cookie = [0; MAGIC_COOKIE.len()];
        stream.read_exact(&mut cookie).await?;
        if cookie != MAGIC_COOKIE {
            return Err(malformed("a STUN message has no magic cookie"));
        }
        bytes.extend(cookie);
    }
    let missing = padded.saturating_sub(bytes.len()) as u64;
    if stream.take(missing).read_to_end(&mut bytes).await? as u64 != missing {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    bytes.truncate(whole);
    Ok(if head[0] < 0x40 { Frame::Stun(bytes) } else { Frame::Channel(bytes) })
}

/// A STUN message, where it is one.
pub(super) fn decode(bytes: &[u8]) -> Option<Message<Attribute>> {
    MessageDecoder::new().decode_from_bytes(bytes).ok()?.ok()
}

pub(super) fn encode(message: Message<Attribute>) -> Option<Vec<u8>> {
    MessageEncoder::new().encode_into_bytes(message).ok()
}

/// Makes the library's own form of channel data. It makes that only of what its UDP transport
/// receives, and so that is where it is sent to: from a socket to itself.
pub(super) struct Mint(Mutex<UdpSocket>);

impl Mint {
    pub(super) async fn new() -> io::Result<Self> {
        Ok(Self(Mutex::new(socket_to_itself().await?)))
    }

    /// The channel data in these bytes, which are one whole frame.
    pub(super) async fn strike(&self, frame: &[u8]) -> io::Result<Request> {
        let mut socket = self.0.lock().await;
        socket.send(frame).await?;
        let received = timeout(MINT_LIMIT, Transport::recv_from(&*socket)).await;
        match received {
            Ok(Ok((request, _))) => Ok(request),
            Ok(Err(error)) => Err(io::Error::new(io::ErrorKind::InvalidData, error)),
            Err(_) => {
                // What comes late must not be taken for what is sent next.
                *socket = socket_to_itself().await?;
                Err(io::ErrorKind::TimedOut.into())
            }
        }
    }
}

/// Nobody else's datagrams reach a connected socket.
async fn socket_to_itself() -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await?;
    socket.connect(socket.local_addr()?).await?;
    Ok(socket)
}

fn malformed(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read_all(mut bytes: &[u8]) -> (Vec<Frame>, io::ErrorKind) {
        let mut frames = Vec::new();
        loop {
            match read(&mut bytes).await {
                Ok(frame) => frames.push(frame),
                Err(error) => return (frames, error.kind()),
            }
        }
    }

    fn stun(length: u16) -> Vec<u8> {
        let mut bytes = [&[0, 1][..], &length.to_be_bytes(), &MAGIC_COOKIE, &[7; 12]].concat();
        bytes.extend(vec![0; usize::from(length)]);
        bytes
    }

    #[tokio::test]
    async fn frames_follow_each_other_in_a_stream() {
        let channel = [0x40, 0x00, 0x00, 0x05, 1, 2, 3, 4, 5];
        let stream = [&stun(0)[..], &channel, &[0; 3], &stun(8), &[0x4f, 0xff, 0, 0]].concat();
        let (frames, end) = read_all(&stream).await;
        let expected = [
            Frame::Stun(stun(0)),
            Frame::Channel(channel.to_vec()),
            Frame::Stun(stun(8)),
            Frame::Channel(vec![0x4f, 0xff, 0, 0]),
        ];
        assert_eq!(frames, expected);
        assert_eq!(end, io::ErrorKind::UnexpectedEof);
    }

    #[tokio::test]
    async fn what_is_no_frame_ends_the_stream() {
        let cookieless = {
            let mut bytes = stun(0);
            bytes[4] = 0;
            bytes
        };
        for bytes in [
            &[0x50, 0, 0, 0][..],
            &[0x80, 0, 0, 0],
            &[0xff; 64],
            &[0x16, 0x03, 0x01, 0x02, 0x00],
            &[0, 1, 0, 3],
            &[0, 1, 0xff, 0xfc],
            &[0x40, 0, 0xff, 0xff],
            &cookieless,
            &[0; 64],
            b"GET / HTTP/1.1\r\n",
        ] {
            assert_eq!(read_all(bytes).await, (vec![], io::ErrorKind::InvalidData), "{bytes:?}");
        }
    }

    #[tokio::test]
    async fn half_a_frame_is_none() {
        let whole = stun(8);
        for length in 0..whole.len() {
            assert_eq!(read_all(&whole[..length]).await, (vec![], io::ErrorKind::UnexpectedEof));
        }
    }

    #[tokio::test]
    async fn the_longest_frame_is_a_datagram() {
        let longest = u16::try_from(MAX_FRAME - STUN_HEADER).unwrap();
        assert_eq!(read_all(&stun(longest)).await.0, [Frame::Stun(stun(longest))]);
        assert_eq!(read_all(&stun(longest + 4)).await, (vec![], io::ErrorKind::InvalidData));
    }

    #[tokio::test]
    async fn channel_data_becomes_the_librarys() {
        let mint = Mint::new().await.unwrap();
        for length in [0, 1, 1000, MAX_FRAME - CHANNEL_HEADER] {
            let head = [&[0x40, 0x01][..], &u16::try_from(length).unwrap().to_be_bytes()].concat();
            let frame = [head, vec![9; length]].concat();
            assert!(matches!(mint.strike(&frame).await.unwrap(), Request::ChannelData(_)));
        }
    }

    #[test]
    fn random_bytes_are_decoded_or_not() {
        for _ in 0..20_000 {
            let mut bytes = [0; 128];
            getrandom::fill(&mut bytes).unwrap();
            let length = usize::from(bytes[127]) % 100 / 4 * 4;
            // A header that is believed, with attributes that are not, some of known types.
            bytes[..8].copy_from_slice(&stun(u16::try_from(length).unwrap())[..8]);
            let (kind, long) = (bytes[21] % 0x26, bytes[23] % 40);
            bytes[STUN_HEADER..STUN_HEADER + 4].copy_from_slice(&[0, kind, 0, long]);
            decode(&bytes[..STUN_HEADER + length]);
        }
    }
}
