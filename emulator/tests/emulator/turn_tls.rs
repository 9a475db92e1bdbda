//! STUN and TURN over TLS.

use kvs_emulator::{Config, Hosts, Tls, TurnOptions};
use medea_turn::attr::XorMappedAddress;
use serde_json::{Value, json};
use stun_codec::MessageClass;
use tokio::{
    io::AsyncWriteExt as _,
    net::{TcpStream, UdpSocket},
};
use tokio_rustls::{client::TlsStream, rustls::pki_types::ServerName};

use crate::{
    reach::{self, config, connector},
    rig::{Rig, soon},
    turn_client::{Client, Login, allocate, binding, channel_data, encode, rand_id, refresh},
};

/// The names of this machine that a certificate made at start is for.
const NAMES: [&str; 2] = ["127.0.0.1", "localhost"];

async fn secure() -> Rig {
    Rig::with(config(Tls::Made, Hosts::One)).await
}

async fn connect(rig: &Rig, name: &'static str) -> std::io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(rig.turn).await?;
    let connector = connector(rig.ca.as_deref().unwrap());
    soon(connector.connect(ServerName::try_from(name).unwrap(), stream)).await
}

async fn client(rig: &Rig, name: &'static str) -> Client {
    let stream = connect(rig, name).await.unwrap();
    let addr = stream.get_ref().0.local_addr().unwrap();
    Client::over(stream, addr)
}

async fn ice_servers(rig: &Rig) -> Value {
    let (client, origin) = (reach::Client::of(rig), format!("https://{}", rig.host));
    let arn = client.channel(&origin, "demo").await;
    let url = format!("{origin}/v1/get-ice-server-config");
    client.call(&url, &json!({ "ChannelARN": arn })).await.json()["IceServerList"].clone()
}

async fn login(rig: &Rig) -> Login {
    let servers = ice_servers(rig).await;
    let text = |name: &str| servers[0][name].as_str().unwrap().to_owned();
    (text("Username"), text("Password"))
}

#[tokio::test]
async fn the_uris_are_the_services() {
    let rig = secure().await;
    let at = rig.turn;
    assert_eq!(
        ice_servers(&rig).await[0]["Uris"],
        json!([
            format!("turn:{at}?transport=udp"),
            format!("turns:localhost:{}?transport=udp", at.port()),
            format!("turns:localhost:{}?transport=tcp", at.port()),
        ])
    );
}

#[tokio::test]
async fn a_call_is_relayed_over_tls() {
    let rig = secure().await;
    let login = login(&rig).await;
    for name in NAMES {
        let mut client = client(&rig, name).await;
        let answer = client.ask(&binding()).await;
        let mapped = answer.get_attribute::<XorMappedAddress>().unwrap().address();
        assert_eq!(mapped, client.addr());
        let relay = client.relay(&login).await;
        let peer = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        client.bind(&login, 0x4000, peer.local_addr().unwrap()).await;
        let mut bytes = [0; 2048];
        for round in 0..50 {
            let data = vec![round; 1200];
            client.send(&channel_data(0x4000, &data)).await;
            let (length, from) = soon(peer.recv_from(&mut bytes)).await.unwrap();
            assert_eq!((&bytes[..length], from), (&data[..], relay));
            peer.send_to(&data, relay).await.unwrap();
            assert_eq!(client.receive().await, channel_data(0x4000, &data));
        }
        let ended = client.ask_as(&login, refresh(0)).await;
        assert_eq!(ended.class(), MessageClass::SuccessResponse);
    }
}

#[tokio::test]
async fn udp_and_plain_tcp_are_served_beside_it() {
    let rig = secure().await;
    let login = login(&rig).await;
    for mut client in Client::each(rig.turn).await {
        client.relay(&login).await;
    }
}

#[tokio::test]
async fn a_dead_turn_server_shakes_hands_and_is_silent() {
    let options = TurnOptions { dead_turn: true, ..TurnOptions::default() };
    let rig = Rig::with(Config { turn: options, ..config(Tls::Made, Hosts::One) }).await;
    let mut client = client(&rig, "localhost").await;
    client.send(&encode(&allocate())).await;
    // Answers come in order.
    let answer = client.ask(&binding()).await;
    assert_eq!(answer.class(), MessageClass::SuccessResponse);
}

#[tokio::test]
async fn garbage_within_tls_or_before_it_ends_its_own_connection_only() {
    let rig = secure().await;
    let login = login(&rig).await;
    let mut good = client(&rig, "localhost").await;
    good.relay(&login).await;
    for garbage in [&[0xff; 4096][..], &[0; 4096], &[0x40, 0, 0xff, 0xff, 1, 2, 3, 4], b"GET /"] {
        let mut mad = client(&rig, "localhost").await;
        mad.send(garbage).await;
        mad.hung_up().await;
    }
    for _ in 0..50 {
        // What begins as TLS does.
        let mut stream = TcpStream::connect(rig.turn).await.unwrap();
        stream
            .write_all(&[&[0x16, 0x03, 0x01][..], &rand_id(), &rand_id()].concat())
            .await
            .unwrap();
        let stream = connect(&rig, "localhost").await.unwrap();
        drop(stream);
    }
    assert_eq!(good.ask(&binding()).await.class(), MessageClass::SuccessResponse);
    client(&rig, "localhost").await.relay(&login).await;
}
