//! STUN and TURN.

use std::{net::SocketAddr, time::SystemTime};

use bytecodec::{DecodeExt as _, EncodeExt as _};
use medea_turn::attr::{
    Attribute, Data, ErrorCode, MessageIntegrity, Nonce, Realm, RequestedTransport, Username,
    XorMappedAddress, XorPeerAddress, XorRelayAddress,
};
use serde_json::json;
use stun_codec::{
    Message, MessageClass, MessageDecoder, MessageEncoder, Method, TransactionId,
    rfc5389::methods::BINDING,
    rfc5766::methods::{ALLOCATE, CREATE_PERMISSION, SEND},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpStream, UdpSocket},
};

use crate::rig::{Rig, soon};

/// UDP, as TURN asks for it.
const UDP: u8 = 17;

enum Client {
    Udp(UdpSocket),
    Tcp(TcpStream),
}

impl Client {
    async fn udp(server: SocketAddr) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        socket.connect(server).await.unwrap();
        Self::Udp(socket)
    }

    async fn tcp(server: SocketAddr) -> Self {
        Self::Tcp(TcpStream::connect(server).await.unwrap())
    }

    fn addr(&self) -> SocketAddr {
        match self {
            Self::Udp(socket) => socket.local_addr().unwrap(),
            Self::Tcp(stream) => stream.local_addr().unwrap(),
        }
    }

    async fn send(&mut self, bytes: &[u8]) {
        match self {
            Self::Udp(socket) => drop(soon(socket.send(bytes)).await.unwrap()),
            Self::Tcp(stream) => soon(stream.write_all(bytes)).await.unwrap(),
        }
    }

    async fn ask(&mut self, message: &Message<Attribute>) -> Message<Attribute> {
        self.send(&encode(message)).await;
        let mut bytes = vec![0; 2048];
        match self {
            Self::Udp(socket) => {
                let length = soon(socket.recv(&mut bytes)).await.unwrap();
                bytes.truncate(length);
            }
            Self::Tcp(stream) => {
                bytes.truncate(20);
                soon(stream.read_exact(&mut bytes)).await.unwrap();
                let mut rest = vec![0; usize::from(u16::from_be_bytes([bytes[2], bytes[3]]))];
                soon(stream.read_exact(&mut rest)).await.unwrap();
                bytes.extend(rest);
            }
        }
        let answer = MessageDecoder::new().decode_from_bytes(&bytes).unwrap().unwrap();
        assert_eq!(answer.transaction_id(), message.transaction_id());
        answer
    }

    /// Asks twice, as TURN clients do: the first answer has the realm and the nonce.
    async fn ask_as(
        &mut self,
        (username, password): (&str, &str),
        request: impl Fn() -> Message<Attribute>,
    ) -> Message<Attribute> {
        let challenge = self.ask(&request()).await;
        assert_eq!(error_code(&challenge), Some(401));
        let realm = challenge.get_attribute::<Realm>().unwrap().clone();
        let mut message = request();
        let username = Username::new(username.to_owned()).unwrap();
        message.add_attribute(username.clone());
        message.add_attribute(realm.clone());
        message.add_attribute(challenge.get_attribute::<Nonce>().unwrap().clone());
        let integrity =
            MessageIntegrity::new_long_term_credential(&message, &username, &realm, password);
        message.add_attribute(integrity.unwrap());
        self.ask(&message).await
    }
}

fn encode(message: &Message<Attribute>) -> Vec<u8> {
    MessageEncoder::new().encode_into_bytes(message.clone()).unwrap()
}

fn request(method: Method) -> Message<Attribute> {
    Message::new(MessageClass::Request, method, TransactionId::new(rand_id()))
}

fn rand_id() -> [u8; 12] {
    let mut id = [0; 12];
    getrandom::fill(&mut id).unwrap();
    id
}

fn allocate() -> Message<Attribute> {
    let mut message = request(ALLOCATE);
    message.add_attribute(RequestedTransport::new(UDP));
    message
}

fn error_code(message: &Message<Attribute>) -> Option<u16> {
    message.get_attribute::<ErrorCode>().map(ErrorCode::code)
}

async fn credentials(rig: &Rig) -> (String, String) {
    let arn = rig.channel("demo").await;
    let answer = rig.call("/v1/get-ice-server-config", &json!({ "ChannelARN": arn })).await.json();
    let text = |name: &str| answer["IceServerList"][0][name].as_str().unwrap().to_owned();
    (text("Username"), text("Password"))
}

#[tokio::test]
async fn stun_tells_a_client_its_address() {
    let rig = Rig::start().await;
    for mut client in [Client::udp(rig.turn).await, Client::tcp(rig.turn).await] {
        let answer = client.ask(&request(BINDING)).await;
        assert_eq!(answer.class(), MessageClass::SuccessResponse);
        let mapped = answer.get_attribute::<XorMappedAddress>().unwrap().address();
        assert_eq!(mapped, client.addr());
    }
}

#[tokio::test]
async fn whoever_asked_the_service_may_relay() {
    let rig = Rig::start().await;
    let (username, password) = credentials(&rig).await;
    for mut client in [Client::udp(rig.turn).await, Client::tcp(rig.turn).await] {
        let answer = client.ask_as((&username, &password), allocate).await;
        assert_eq!(answer.class(), MessageClass::SuccessResponse);
        let relay = answer.get_attribute::<XorRelayAddress>().unwrap().address();
        assert_eq!(relay.ip().to_string(), "127.0.0.1");
    }
}

#[tokio::test]
async fn a_relay_carries_data_to_its_peer() {
    let rig = Rig::start().await;
    let (username, password) = credentials(&rig).await;
    let peer = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let peer_addr = peer.local_addr().unwrap();
    let mut client = Client::udp(rig.turn).await;
    let answer = client.ask_as((&username, &password), allocate).await;
    let relay = answer.get_attribute::<XorRelayAddress>().unwrap().address();
    let permission = || {
        let mut message = request(CREATE_PERMISSION);
        message.add_attribute(XorPeerAddress::new(peer_addr));
        message
    };
    let answer = client.ask_as((&username, &password), permission).await;
    assert_eq!(answer.class(), MessageClass::SuccessResponse);
    let mut send = Message::new(MessageClass::Indication, SEND, TransactionId::new(rand_id()));
    send.add_attribute(XorPeerAddress::new(peer_addr));
    send.add_attribute(Data::new(b"hello".to_vec()).unwrap());
    client.send(&encode(&send)).await;
    let mut bytes = [0; 64];
    let (length, from) = soon(peer.recv_from(&mut bytes)).await.unwrap();
    assert_eq!((&bytes[..length], from), (&b"hello"[..], relay));
}

#[tokio::test]
async fn nobody_else_may_relay() {
    let rig = Rig::start().await;
    let (username, password) = credentials(&rig).await;
    let (_, channel) = username.split_once(':').unwrap();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let expired = format!("{}:{channel}", now - 1);
    let longer = format!("{}:{channel}", now + 86_400);
    for (username, password) in [
        (username.as_str(), "wrong"),
        (expired.as_str(), password.as_str()),
        (longer.as_str(), password.as_str()),
        ("somebody", password.as_str()),
    ] {
        let mut client = Client::udp(rig.turn).await;
        let answer = client.ask_as((username, password), allocate).await;
        assert_eq!(answer.class(), MessageClass::ErrorResponse, "{username}");
        assert!(matches!(error_code(&answer), Some(400 | 401)), "{username}");
    }
}

#[tokio::test]
async fn junk_does_not_stop_it() {
    let rig = Rig::start().await;
    let mut junk = Client::udp(rig.turn).await;
    let binding = encode(&request(BINDING));
    for length in 0..binding.len() {
        junk.send(&binding[..length]).await;
        junk.send(&vec![0x40; length]).await;
        junk.send(&vec![0xff; length]).await;
    }
    for _ in 0..2000 {
        let mut bytes = vec![0; 4 + usize::from(rand_id()[0])];
        getrandom::fill(&mut bytes).unwrap();
        if rand_id()[0].is_multiple_of(2) {
            // A header that is believed, with attributes that are not.
            let length = u16::try_from(bytes.len()).unwrap();
            bytes.splice(..0, [&[0, 3], &length.to_be_bytes()[..], &binding[4..20]].concat());
        }
        junk.send(&bytes).await;
    }
    let mut stream = TcpStream::connect(rig.turn).await.unwrap();
    stream.write_all(&[0xff; 4096]).await.unwrap();
    let mut stream = TcpStream::connect(rig.turn).await.unwrap();
    stream.write_all(&[0; 4096]).await.unwrap();
    for mut client in [Client::udp(rig.turn).await, Client::tcp(rig.turn).await] {
        let answer = client.ask(&request(BINDING)).await;
        assert_eq!(answer.class(), MessageClass::SuccessResponse);
    }
}
