//! Servers that are dead on purpose. Answers come in order, so that one that comes for a later
//! request says that an earlier one has none.

use super::{
    Rig,
    turn_client::{Client, allocate, binding, channel_data, encode, indication, refresh},
};
use crate::TurnOptions;
use stun_codec::MessageClass;
use tokio::net::UdpSocket;

#[tokio::test]
async fn stun_can_be_dead_while_turn_lives() {
    let rig = Rig::with(TurnOptions { dead_stun: true, ..TurnOptions::default() }).await;
    for mut client in Client::each(rig.turn.addr()).await {
        client.send(&encode(&binding())).await;
        client.relay(&rig.login("demo")).await;
        rig.turn.set_silence(false, false);
        client.ask(&binding()).await;
        rig.turn.set_silence(true, false);
    }
}

#[tokio::test]
async fn turn_can_be_dead_while_stun_lives() {
    let rig = Rig::with(TurnOptions { dead_turn: true, ..TurnOptions::default() }).await;
    for mut client in Client::each(rig.turn.addr()).await {
        client.send(&encode(&allocate())).await;
        let answer = client.ask(&binding()).await;
        assert_eq!(answer.class(), MessageClass::SuccessResponse);
    }
}

#[tokio::test]
async fn a_relay_dies_with_its_server_and_comes_back_with_it() {
    let rig = Rig::start().await;
    for mut client in Client::each(rig.turn.addr()).await {
        let login = rig.login("demo");
        let peer = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let peer_addr = peer.local_addr().unwrap();
        let relay = client.relay(&login).await;
        client.bind(&login, 0x4000, peer_addr).await;

        rig.turn.set_silence(false, true);
        client.send(&channel_data(0x4000, b"lost")).await;
        client.send(&indication(peer_addr, b"lost")).await;
        client.send(&encode(&refresh(600))).await;
        peer.send_to(b"lost", relay).await.unwrap();
        client.ask(&binding()).await;

        rig.turn.set_silence(false, false);
        client.send(&channel_data(0x4000, b"hello")).await;
        let mut bytes = [0; 64];
        let (length, from) = peer.recv_from(&mut bytes).await.unwrap();
        assert_eq!((&bytes[..length], from), (&b"hello"[..], relay));
    }
}
