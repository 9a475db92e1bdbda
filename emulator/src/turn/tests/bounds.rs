//! Clients that are too many, too slow, too silent, or mad.

use std::time::Duration;

use medea_turn::attr::XorRelayAddress;
use stun_codec::MessageClass;
use tokio::net::UdpSocket;

use super::{
    Limits, Rig,
    turn_client::{Client, allocate, binding, channel_data, encode, error_code, refresh},
};
use crate::turn::allocations::MAX_OF_CHANNEL;

const SHORT: Duration = Duration::from_millis(200);

#[tokio::test]
async fn a_channel_has_fifty_relays_at_most() {
    let rig = Rig::start().await;
    let login = rig.login("demo");
    let mut clients = Vec::new();
    for number in 0..MAX_OF_CHANNEL {
        let addr = rig.turn.addr();
        let mut client =
            if number % 2 == 0 { Client::udp(addr).await } else { Client::tcp(addr).await };
        client.relay(&login).await;
        clients.push(client);
    }
    let mut late = Client::tcp(rig.turn.addr()).await;
    let answer = late.ask_as(&login, allocate()).await;
    assert_eq!(error_code(&answer), Some(486));
    assert!(late.is_proved(&login, &answer));
    late.relay(&rig.login("other")).await;
    let ended = clients[0].ask_as(&login, refresh(0)).await;
    assert_eq!(ended.class(), MessageClass::SuccessResponse);
    Client::udp(rig.turn.addr()).await.relay(&login).await;
}

#[tokio::test]
async fn a_relay_ends_with_its_connection() {
    let rig = Rig::start().await;
    let login = rig.login("demo");
    let mut client = Client::tcp(rig.turn.addr()).await;
    let relay = client.relay(&login).await;
    assert!(UdpSocket::bind(relay).await.is_err());
    drop(client);
    tokio::time::timeout(Duration::from_secs(20), async {
        while UdpSocket::bind(relay).await.is_err() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .expect("the relay outlives its client");
}

#[tokio::test]
async fn a_slow_reader_delays_nobody_and_is_dropped() {
    let rig = Rig::start().await;
    let login = rig.login("demo");
    let mut slow = Client::tcp(rig.turn.addr()).await;
    let peer = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let relay = slow.relay(&login).await;
    slow.bind(&login, 0x4000, peer.local_addr().unwrap()).await;
    let mut other = Client::tcp(rig.turn.addr()).await;
    tokio::time::timeout(Duration::from_secs(60), async {
        // Its relay ends with it; then its port is free.
        while UdpSocket::bind(relay).await.is_err() {
            for _ in 0..200 {
                peer.send_to(&[0; 1400], relay).await.unwrap();
            }
            other.ask(&binding()).await;
        }
    })
    .await
    .expect("the slow reader is never dropped");
    slow.hung_up().await;
    other.relay(&login).await;
}

#[tokio::test]
async fn who_comes_when_there_are_too_many_is_sent_away() {
    let rig = Rig::within(Limits { clients: 2, ..Limits::default() }).await;
    let mut first = Client::tcp(rig.turn.addr()).await;
    let mut second = Client::tcp(rig.turn.addr()).await;
    first.ask(&binding()).await;
    second.ask(&binding()).await;
    Client::tcp(rig.turn.addr()).await.hung_up().await;
    Client::udp(rig.turn.addr()).await.ask(&binding()).await;
    first.ask(&binding()).await;
    drop(second);
    // There is room again, once it is noticed that the second is gone.
    let mut others = 0;
    tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            let mut next = Client::tcp(rig.turn.addr()).await;
            others += 1;
            if next.try_ask(&binding()).await.is_some() {
                return;
            }
        }
    })
    .await
    .unwrap_or_else(|_| panic!("none of {others} is let in"));
}

#[tokio::test]
async fn who_is_silent_is_dropped_unless_it_has_a_relay() {
    let rig = Rig::within(Limits { silence: SHORT, ..Limits::default() }).await;
    let login = rig.login("demo");
    let mut relaying = Client::tcp(rig.turn.addr()).await;
    relaying.relay(&login).await;
    let mut fresh = Client::tcp(rig.turn.addr()).await;
    let mut silent = Client::tcp(rig.turn.addr()).await;
    silent.ask(&binding()).await;
    silent.hung_up().await;
    fresh.hung_up().await;
    relaying.ask(&binding()).await;
    let ended = relaying.ask_as(&login, refresh(0)).await;
    assert_eq!(ended.class(), MessageClass::SuccessResponse);
    relaying.hung_up().await;
}

#[tokio::test]
async fn who_stops_amid_a_frame_is_dropped_even_with_a_relay() {
    let rig = Rig::within(Limits { slowness: SHORT, ..Limits::default() }).await;
    let login = rig.login("demo");
    for length in [1, 4, 10] {
        let mut client = Client::tcp(rig.turn.addr()).await;
        client.relay(&login).await;
        client.send(&encode(&binding())[..length]).await;
        client.hung_up().await;
    }
}

#[tokio::test]
async fn garbage_ends_its_own_connection_only() {
    let rig = Rig::start().await;
    let login = rig.login("demo");
    let mut good = Client::tcp(rig.turn.addr()).await;
    good.relay(&login).await;
    let cut = encode(&binding());
    for garbage in [
        &[0xff; 4096][..],
        &[0; 4096],
        // A huge frame, of either kind.
        &[0x00, 0x01, 0xff, 0xfc, 0x21, 0x12, 0xa4, 0x42],
        &[0x40, 0x00, 0xff, 0xff, 1, 2, 3, 4],
        // TLS, where there is none.
        &[0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03, 0x00],
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ] {
        let mut client = Client::tcp(rig.turn.addr()).await;
        client.send(garbage).await;
        client.hung_up().await;
        Client::udp(rig.turn.addr()).await.send(garbage).await;
    }
    for length in 1..cut.len() {
        Client::tcp(rig.turn.addr()).await.send(&cut[..length]).await;
        Client::udp(rig.turn.addr()).await.send(&cut[..length]).await;
    }
    // Well framed, and empty of sense: passed over.
    let mut client = Client::tcp(rig.turn.addr()).await;
    client.send(&channel_data(0x4fff, b"no such channel")).await;
    client.send(&[&[0, 3, 0, 8][..], &cut[4..20], &[0, 6, 0xff, 0xff, 1, 2, 3, 4]].concat()).await;
    client.ask(&binding()).await;
    let answer = good.ask_as(&login, refresh(600)).await;
    assert_eq!(answer.class(), MessageClass::SuccessResponse);
    let mut other = Client::udp(rig.turn.addr()).await;
    let answer = other.ask_as(&login, allocate()).await;
    assert!(answer.get_attribute::<XorRelayAddress>().is_some());
}
