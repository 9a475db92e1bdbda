//! A TURN client over UDP, TCP or TLS, for the tests inside the crate and outside.

use std::{future::Future, io, net::SocketAddr, time::Duration};

use bytecodec::{DecodeExt as _, EncodeExt as _};
use medea_turn::attr::{
    Attribute, ChannelNumber, Data, ErrorCode, Lifetime, MessageIntegrity, Nonce, Realm,
    RequestedTransport, Username, XorPeerAddress, XorRelayAddress,
};
use stun_codec::{
    Message, MessageClass, MessageDecoder, MessageEncoder, Method, TransactionId,
    rfc5389::methods::BINDING,
    rfc5766::methods::{ALLOCATE, CHANNEL_BIND, CREATE_PERMISSION, REFRESH, SEND},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpStream, UdpSocket},
    time::timeout,
};

/// UDP, as TURN asks for it.
const UDP: u8 = 17;
/// Longest that anything here may take.
const DEADLINE: Duration = Duration::from_secs(20);

/// Fails the test instead of hanging it.
async fn soon<T>(future: impl Future<Output = T>) -> T {
    timeout(DEADLINE, future).await.expect("nothing happened in time")
}

/// A user name and a password.
pub(crate) type Login = (String, String);

/// TCP, or TLS over it.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

enum Way {
    Udp(UdpSocket),
    Stream(Box<dyn Stream>),
}

/// A client of one server.
pub(crate) struct Client {
    way: Way,
    addr: SocketAddr,
    challenge: Option<(Realm, Nonce)>,
}

impl Client {
    pub(crate) async fn udp(server: SocketAddr) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        socket.connect(server).await.unwrap();
        let addr = socket.local_addr().unwrap();
        Self { way: Way::Udp(socket), addr, challenge: None }
    }

    pub(crate) async fn tcp(server: SocketAddr) -> Self {
        let stream = TcpStream::connect(server).await.unwrap();
        let addr = stream.local_addr().unwrap();
        Self::over(stream, addr)
    }

    /// Speaks over a stream that comes from `addr`.
    pub(crate) fn over(stream: impl Stream + 'static, addr: SocketAddr) -> Self {
        Self { way: Way::Stream(Box::new(stream)), addr, challenge: None }
    }

    /// One over UDP, one over TCP.
    pub(crate) async fn each(server: SocketAddr) -> [Self; 2] {
        [Self::udp(server).await, Self::tcp(server).await]
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.try_send(bytes).await.unwrap();
    }

    async fn try_send(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.way {
            Way::Udp(socket) => soon(socket.send(bytes)).await.map(drop),
            Way::Stream(stream) => {
                soon(stream.write_all(bytes)).await?;
                soon(stream.flush()).await
            }
        }
    }

    /// The next frame, without padding.
    pub(crate) async fn receive(&mut self) -> Vec<u8> {
        self.frame().await.expect("the server has hung up")
    }

    /// Waits until the server hangs up, whatever it says before.
    pub(crate) async fn hung_up(&mut self) {
        while self.frame().await.is_some() {}
    }

    async fn frame(&mut self) -> Option<Vec<u8>> {
        let mut bytes = vec![0; 2048];
        match &mut self.way {
            Way::Udp(socket) => {
                let length = soon(socket.recv(&mut bytes)).await.unwrap();
                bytes.truncate(length);
            }
            Way::Stream(stream) => {
                bytes.truncate(4);
                soon(stream.read_exact(&mut bytes)).await.ok()?;
                let length = usize::from(u16::from_be_bytes([bytes[2], bytes[3]]));
                let header = if bytes[0] < 0x40 { 20 } else { 4 };
                let mut rest = vec![0; (header - 4) + length.next_multiple_of(4)];
                soon(stream.read_exact(&mut rest)).await.ok()?;
                bytes.extend(rest);
                bytes.truncate(header + length);
            }
        }
        Some(bytes)
    }

    /// Sends a request; answers the next message, which has to be its answer.
    pub(crate) async fn ask(&mut self, message: &Message<Attribute>) -> Message<Attribute> {
        self.try_ask(message).await.expect("the server has hung up")
    }

    /// The same; `None` where the server hangs up.
    pub(crate) async fn try_ask(
        &mut self,
        message: &Message<Attribute>,
    ) -> Option<Message<Attribute>> {
        self.try_send(&encode(message)).await.ok()?;
        let bytes = self.frame().await?;
        let answer = MessageDecoder::new().decode_from_bytes(&bytes).unwrap().unwrap();
        assert_eq!(answer.transaction_id(), message.transaction_id());
        Some(answer)
    }

    /// Asks as TURN clients do: the first answer of all has the realm and the nonce.
    pub(crate) async fn ask_as(
        &mut self,
        login: &Login,
        message: Message<Attribute>,
    ) -> Message<Attribute> {
        if self.challenge.is_none() {
            let answer = self.ask(&request(message.method())).await;
            assert_eq!(error_code(&answer), Some(401));
            let realm = answer.get_attribute::<Realm>().unwrap().clone();
            self.challenge = Some((realm, answer.get_attribute::<Nonce>().unwrap().clone()));
        }
        let message = self.signed(login, message);
        self.ask(&message).await
    }

    fn signed(
        &self,
        (username, password): &Login,
        mut message: Message<Attribute>,
    ) -> Message<Attribute> {
        let (realm, nonce) = self.challenge.clone().unwrap();
        let username = Username::new(username.clone()).unwrap();
        message.add_attribute(username.clone());
        message.add_attribute(realm.clone());
        message.add_attribute(nonce);
        let integrity =
            MessageIntegrity::new_long_term_credential(&message, &username, &realm, password);
        message.add_attribute(integrity.unwrap());
        message
    }

    /// Whether an answer is from who knows the password.
    pub(crate) fn is_proved(&self, login: &Login, answer: &Message<Attribute>) -> bool {
        let (realm, _) = self.challenge.as_ref().unwrap();
        let username = Username::new(login.0.clone()).unwrap();
        answer.get_attribute::<MessageIntegrity>().is_some_and(|integrity| {
            integrity.check_long_term_credential(&username, realm, &login.1).is_ok()
        })
    }

    /// Gets a relay; answers where it is.
    pub(crate) async fn relay(&mut self, login: &Login) -> SocketAddr {
        let answer = self.ask_as(login, allocate()).await;
        assert_eq!(answer.class(), MessageClass::SuccessResponse, "{answer:?}");
        assert!(self.is_proved(login, &answer));
        answer.get_attribute::<XorRelayAddress>().unwrap().address()
    }

    /// Binds a channel to a peer.
    pub(crate) async fn bind(&mut self, login: &Login, channel: u16, peer: SocketAddr) {
        let answer = self.ask_as(login, channel_bind(channel, peer)).await;
        assert_eq!(answer.class(), MessageClass::SuccessResponse, "{answer:?}");
    }
}

pub(crate) fn encode(message: &Message<Attribute>) -> Vec<u8> {
    MessageEncoder::new().encode_into_bytes(message.clone()).unwrap()
}

pub(crate) fn request(method: Method) -> Message<Attribute> {
    Message::new(MessageClass::Request, method, TransactionId::new(rand_id()))
}

pub(crate) fn rand_id() -> [u8; 12] {
    let mut id = [0; 12];
    getrandom::fill(&mut id).unwrap();
    id
}

pub(crate) fn binding() -> Message<Attribute> {
    request(BINDING)
}

pub(crate) fn allocate() -> Message<Attribute> {
    let mut message = request(ALLOCATE);
    message.add_attribute(RequestedTransport::new(UDP));
    message
}

pub(crate) fn refresh(seconds: u32) -> Message<Attribute> {
    let mut message = request(REFRESH);
    message.add_attribute(Lifetime::from_u32(seconds));
    message
}

pub(crate) fn permission(peers: &[SocketAddr]) -> Message<Attribute> {
    let mut message = request(CREATE_PERMISSION);
    peers.iter().for_each(|peer| message.add_attribute(XorPeerAddress::new(*peer)));
    message
}

pub(crate) fn channel_bind(channel: u16, peer: SocketAddr) -> Message<Attribute> {
    let mut message = request(CHANNEL_BIND);
    message.add_attribute(ChannelNumber::new(channel).unwrap());
    message.add_attribute(XorPeerAddress::new(peer));
    message
}

/// Data for a peer, as an indication.
pub(crate) fn indication(peer: SocketAddr, data: &[u8]) -> Vec<u8> {
    let mut send = Message::new(MessageClass::Indication, SEND, TransactionId::new(rand_id()));
    send.add_attribute(XorPeerAddress::new(peer));
    send.add_attribute(Data::new(data.to_vec()).unwrap());
    encode(&send)
}

/// Data for a peer, over a channel that is bound to it.
pub(crate) fn channel_data(channel: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    let mut frame = [&channel.to_be_bytes()[..], &length.to_be_bytes(), data].concat();
    frame.resize(frame.len().next_multiple_of(4), 0);
    frame
}

pub(crate) fn error_code(message: &Message<Attribute>) -> Option<u16> {
    message.get_attribute::<ErrorCode>().map(ErrorCode::code)
}
