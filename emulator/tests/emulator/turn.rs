//! STUN and TURN.

use std::time::SystemTime;

use kvs_emulator::{Config, TurnOptions};
use medea_turn::attr::XorMappedAddress;
use serde_json::json;
use stun_codec::MessageClass;
use tokio::{
    io::AsyncWriteExt as _,
    net::{TcpStream, UdpSocket},
};

use crate::{
    rig::{Rig, soon},
    turn_client::{
        Client, Login, allocate, binding, encode, error_code, indication, permission, rand_id,
    },
};

async fn credentials(rig: &Rig) -> Login {
    let arn = rig.channel("demo").await;
    let answer = rig.call("/v1/get-ice-server-config", &json!({ "ChannelARN": arn })).await.json();
    let text = |name: &str| answer["IceServerList"][0][name].as_str().unwrap().to_owned();
    (text("Username"), text("Password"))
}

#[tokio::test]
async fn stun_tells_a_client_its_address() {
    let rig = Rig::start().await;
    for mut client in Client::each(rig.turn).await {
        let answer = client.ask(&binding()).await;
        assert_eq!(answer.class(), MessageClass::SuccessResponse);
        let mapped = answer.get_attribute::<XorMappedAddress>().unwrap().address();
        assert_eq!(mapped, client.addr());
    }
}

#[tokio::test]
async fn whoever_asked_the_service_may_relay() {
    let rig = Rig::start().await;
    let login = credentials(&rig).await;
    for mut client in Client::each(rig.turn).await {
        let relay = client.relay(&login).await;
        assert_eq!(relay.ip().to_string(), "127.0.0.1");
    }
}

#[tokio::test]
async fn a_relay_carries_data_to_its_peer() {
    let rig = Rig::start().await;
    let login = credentials(&rig).await;
    let peer = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let peer_addr = peer.local_addr().unwrap();
    let mut client = Client::udp(rig.turn).await;
    let relay = client.relay(&login).await;
    let answer = client.ask_as(&login, permission(&[peer_addr])).await;
    assert_eq!(answer.class(), MessageClass::SuccessResponse);
    client.send(&indication(peer_addr, b"hello")).await;
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
        (username, "wrong".to_owned()),
        (expired, password.clone()),
        (longer, password.clone()),
        ("somebody".to_owned(), password),
    ] {
        let mut client = Client::udp(rig.turn).await;
        let login = (username, password);
        let answer = client.ask_as(&login, allocate()).await;
        assert_eq!(error_code(&answer), Some(401), "{}", login.0);
    }
}

#[tokio::test]
async fn junk_does_not_stop_it() {
    let rig = Rig::start().await;
    let mut junk = Client::udp(rig.turn).await;
    let whole = encode(&binding());
    for length in 0..whole.len() {
        junk.send(&whole[..length]).await;
        junk.send(&vec![0x40; length]).await;
        junk.send(&vec![0xff; length]).await;
    }
    for _ in 0..2000 {
        let mut bytes = vec![0; 4 + usize::from(rand_id()[0])];
        getrandom::fill(&mut bytes).unwrap();
        if rand_id()[0].is_multiple_of(2) {
            // A header that is believed, with attributes that are not.
            let length = u16::try_from(bytes.len()).unwrap();
            bytes.splice(..0, [&[0, 3], &length.to_be_bytes()[..], &whole[4..20]].concat());
        }
        junk.send(&bytes).await;
    }
    for _ in 0..200 {
        let mut bytes = [whole.clone(), whole.clone()].concat();
        for _ in 0..3 {
            let [at, value, ..] = rand_id();
            let length = bytes.len();
            bytes[usize::from(at) % length] = value;
        }
        let mut stream = TcpStream::connect(rig.turn).await.unwrap();
        stream.write_all(&bytes).await.unwrap();
    }
    for mut client in Client::each(rig.turn).await {
        let answer = client.ask(&binding()).await;
        assert_eq!(answer.class(), MessageClass::SuccessResponse);
    }
}

#[tokio::test]
async fn two_servers_are_told_with_credentials_of_their_own() {
    let options = TurnOptions { ice_servers: 2, ..TurnOptions::default() };
    let rig = Rig::with(Config { turn: options, ..Config::default() }).await;
    let arn = rig.channel("demo").await;
    let answer = rig.call("/v1/get-ice-server-config", &json!({ "ChannelARN": arn })).await.json();
    let servers = answer["IceServerList"].as_array().unwrap();
    assert_eq!(servers.len(), 2);
    assert_ne!(servers[0]["Password"], servers[1]["Password"]);
    for (number, server) in servers.iter().enumerate() {
        let uri = server["Uris"][0].as_str().unwrap();
        let at = uri.strip_prefix("turn:").unwrap().strip_suffix("?transport=udp").unwrap();
        assert_eq!(at == rig.turn.to_string(), number == 0, "{at}");
        let text = |name: &str| server[name].as_str().unwrap().to_owned();
        let login = (text("Username"), text("Password"));
        Client::udp(at.parse().unwrap()).await.relay(&login).await;
    }
}

#[tokio::test]
async fn relays_serve_the_networks_that_the_configuration_names() {
    let relay_to = vec!["127.7.0.0/16".parse().unwrap()];
    let options = TurnOptions { relay_to, ..TurnOptions::default() };
    let rig = Rig::with(Config { turn: options, ..Config::default() }).await;
    let login = credentials(&rig).await;
    let mut client = Client::tcp(rig.turn).await;
    client.relay(&login).await;
    for (peer, code) in [("127.7.0.1:9", None), ("127.0.0.1:9", Some(403))] {
        let answer = client.ask_as(&login, permission(&[peer.parse().unwrap()])).await;
        assert_eq!(error_code(&answer), code, "{peer}");
    }
}
