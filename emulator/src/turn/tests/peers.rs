//! Whom relays serve, and who may use them.

use super::{
    Rig,
    turn_client::{
        Client, allocate, binding, channel_bind, channel_data, error_code, indication, permission,
        refresh, request,
    },
};
use crate::TurnOptions;
use medea_turn::attr::{ErrorCode, Nonce, XorMappedAddress};
use std::net::SocketAddr;
use stun_codec::{
    Method,
    rfc5766::methods::{ALLOCATE, SEND},
};
use tokio::net::UdpSocket;

#[tokio::test]
async fn peers_elsewhere_are_refused_by_who_knows_the_password() {
    let rig = Rig::start().await;
    let login = rig.login("demo");
    let elsewhere: SocketAddr = "192.0.2.1:9".parse().unwrap();
    let here: SocketAddr = "127.0.0.1:9".parse().unwrap();
    for mut client in Client::each(rig.turn.addr()).await {
        client.relay(&login).await;
        for (request, code) in [
            (permission(&[elsewhere]), Some(403)),
            (permission(&[here, elsewhere]), Some(403)),
            (channel_bind(0x4000, elsewhere), Some(403)),
            (permission(&[here]), None),
            (channel_bind(0x4000, here), None),
            (permission(&["[::1]:9".parse().unwrap()]), Some(443)),
        ] {
            let answer = client.ask_as(&login, request).await;
            assert_eq!(error_code(&answer), code, "{answer:?}");
            if code == Some(403) {
                assert!(client.is_proved(&login, &answer));
                let reason = answer.get_attribute::<ErrorCode>().unwrap().reason_phrase();
                assert_eq!(reason, "Forbidden IP");
            }
        }
        client.send(&indication(elsewhere, b"nothing comes of it")).await;
        client.ask(&binding()).await;
    }
}

#[tokio::test]
async fn only_the_networks_that_are_named_are_relayed_to() {
    let options = TurnOptions {
        relay_to: vec!["127.0.0.2/32".parse().unwrap(), "127.1.0.0/16".parse().unwrap()],
        ..TurnOptions::default()
    };
    let rig = Rig::with(options).await;
    let login = rig.login("demo");
    let mut client = Client::udp(rig.turn.addr()).await;
    let relay = client.relay(&login).await;
    for (peer, code) in [("127.0.0.1:9", Some(403)), ("127.0.0.2:9", None), ("127.1.2.3:9", None)] {
        let answer = client.ask_as(&login, permission(&[peer.parse().unwrap()])).await;
        assert_eq!(error_code(&answer), code, "{peer}");
    }
    let peer = UdpSocket::bind("127.0.0.2:0").await.unwrap();
    client.send(&indication(peer.local_addr().unwrap(), b"hello")).await;
    let mut bytes = [0; 64];
    let (length, from) = peer.recv_from(&mut bytes).await.unwrap();
    assert_eq!((&bytes[..length], from), (&b"hello"[..], relay));
}

#[tokio::test]
async fn data_goes_both_ways_over_channels() {
    let rig = Rig::start().await;
    let login = rig.login("demo");
    for mut client in Client::each(rig.turn.addr()).await {
        let peer = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let answer = client.ask(&binding()).await;
        let mapped = answer.get_attribute::<XorMappedAddress>().unwrap().address();
        assert_eq!(mapped, client.addr());
        let relay = client.relay(&login).await;
        client.bind(&login, 0x4001, peer.local_addr().unwrap()).await;
        for length in [0, 1, 2, 3, 4, 1200, 1400] {
            let data = vec![7; length];
            client.send(&channel_data(0x4001, &data)).await;
            let mut bytes = [0; 2048];
            let (got, from) = peer.recv_from(&mut bytes).await.unwrap();
            assert_eq!((&bytes[..got], from), (&data[..], relay));
            peer.send_to(&data, relay).await.unwrap();
            let frame = client.receive().await;
            assert_eq!(frame[..4], channel_data(0x4001, &data)[..4]);
            assert_eq!(frame[4..4 + length], data);
        }
    }
}

#[tokio::test]
async fn a_relay_is_its_users_own() {
    let rig = Rig::start().await;
    let (login, other) = (rig.login("demo"), rig.login("other"));
    for mut client in Client::each(rig.turn.addr()).await {
        let none = client.ask_as(&login, refresh(600)).await;
        assert_eq!(error_code(&none), Some(437));
        assert!(client.is_proved(&login, &none));
        client.relay(&login).await;
        assert_eq!(error_code(&client.ask_as(&login, allocate()).await), Some(437));
        assert_eq!(error_code(&client.ask_as(&other, refresh(600)).await), Some(441));
        assert_eq!(error_code(&client.ask_as(&login, refresh(600)).await), None);
    }
}

#[tokio::test]
async fn two_servers_have_credentials_of_their_own() {
    let rig = Rig::with(TurnOptions { ice_servers: 2, ..TurnOptions::default() }).await;
    let logins = rig.logins("demo");
    let addrs: Vec<_> = rig.turn.all().map(super::TurnServer::addr).collect();
    assert_eq!((logins.len(), addrs.len()), (2, 2));
    for (server, addr) in addrs.into_iter().enumerate() {
        let mut client = Client::udp(addr).await;
        let answer = client.ask_as(&logins[1 - server], allocate()).await;
        assert_eq!(error_code(&answer), Some(401));
        client.relay(&logins[server]).await;
    }
    rig.turn.set_silence(false, true);
    for server in rig.turn.all() {
        let mut client = Client::udp(server.addr()).await;
        client.send(&super::turn_client::encode(&allocate())).await;
        client.ask(&binding()).await;
    }
}

#[tokio::test]
async fn strangers_share_a_nonce_so_that_none_has_to_be_kept_for_each() {
    let rig = Rig::start().await;
    for mut client in Client::each(rig.turn.addr()).await {
        let mut nonces = std::collections::HashSet::new();
        for method in [SEND, Method::new(0xabc).unwrap()] {
            assert_eq!(error_code(&client.ask(&request(method)).await), Some(400));
        }
        for _ in 0..50 {
            let answer = client.ask(&request(ALLOCATE)).await;
            assert_eq!(error_code(&answer), Some(401));
            nonces.insert(answer.get_attribute::<Nonce>().unwrap().value().to_owned());
        }
        assert_eq!(nonces.len(), 1);
    }
}
