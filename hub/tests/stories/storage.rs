//! Storage sessions: who is in one, for how long, and what goes to it and comes from it.

use kvs_hub::{
    ConnectionId, CreateStream, ErrorKind, MessageType, Party, Role, ServiceError, StorageOrder,
    StoragePeerId, StreamName, Tags, UnixMillis,
};

use crate::rig::{EMPTY_JSON, NOTHING, Rig, delivered, viewer};

/// A rig whose channel has media storage.
fn rig() -> Rig {
    let mut rig = Rig::new();
    let arn = rig.arn.clone();
    let account = rig.hub.account_mut();
    let request = CreateStream {
        name: StreamName::parse("yard").unwrap(),
        device_name: None,
        media_type: None,
        kms_key_id: None,
        data_retention_in_hours: 1,
        version: "v1".to_owned(),
        tags: Tags::default(),
    };
    let stream = account.create_stream(request, UnixMillis(1_700_000_000_000)).unwrap().clone();
    account.enable_storage(&arn, &stream).unwrap();
    rig
}

fn join(rig: &mut Rig, role: Role) -> Result<StoragePeerId, ServiceError> {
    let arn = rig.arn.clone();
    rig.act(|hub, now| hub.join_storage(&arn, role, now))
}

/// A connected viewer that has joined.
fn joined(rig: &mut Rig, id: &str) -> (ConnectionId, StoragePeerId) {
    let connection = rig.viewer(id);
    (connection, join(rig, viewer(id)).unwrap())
}

fn connected(rig: &mut Rig, peer: StoragePeerId) {
    rig.act(|hub, now| hub.storage_connected(peer, now));
}

fn left(rig: &mut Rig, peer: StoragePeerId) {
    rig.act(|hub, now| hub.storage_left(peer, now));
}

fn leave(peer: StoragePeerId) -> StorageOrder {
    StorageOrder::Leave(peer)
}

#[test]
fn a_join_is_an_order_and_what_the_session_says_goes_to_who_joined() {
    let mut rig = rig();
    let (master, other) = (rig.master(), rig.viewer("v1"));
    let peer = join(&mut rig, Role::Master).unwrap();
    let channel = rig.arn.name().clone();
    assert_eq!(rig.orders(), [StorageOrder::Join { peer, channel, role: Role::Master }]);
    rig.act(|hub, now| hub.storage_says(peer, MessageType::SdpOffer, EMPTY_JSON, now));
    assert_eq!(rig.inbox(master), [delivered("SDP_OFFER", EMPTY_JSON, None)]);
    assert_eq!(rig.inbox(other), NOTHING);
    let entry = rig.hub.messages_after(0).last().unwrap();
    assert_eq!((entry.from(), entry.to()), (Party::Storage, Some(Party::Peer(&Role::Master))));
}

#[test]
fn an_answer_that_names_nobody_is_the_sessions_and_its_failure_is_told() {
    let mut rig = rig();
    let master = rig.master();
    rig.viewer_asks(master, "SDP_ANSWER", "c-0");
    assert!(rig.inbox(master)[0].contains("in no storage session"));
    let peer = join(&mut rig, Role::Master).unwrap();
    rig.orders();
    rig.viewer_asks(master, "SDP_ANSWER", "c-1");
    let orders = rig.orders();
    let [StorageOrder::Message { peer: from, payload, asker }] = &orders[..] else {
        panic!("{orders:?}")
    };
    assert_eq!((*from, payload.as_str(), asker.kind()), (peer, EMPTY_JSON, MessageType::SdpAnswer));
    let error = ServiceError::invalid("no video");
    rig.act(|hub, now| hub.storage_refuses(asker, &error, now));
    let told = &rig.inbox(master)[0];
    assert!(told.contains(r#""correlationId":"c-1""#) && told.contains(r#""400""#), "{told}");
    // Nobody offers it anything.
    rig.viewer_asks(master, "SDP_OFFER", "c-2");
    assert!(rig.inbox(master)[0].contains("c-2"));
    assert_eq!(rig.orders(), []);
}

#[test]
fn what_names_somebody_and_what_a_viewer_says_outside_is_routed_as_ever() {
    let mut rig = rig();
    let (master, plain) = (rig.master(), rig.viewer("plain"));
    let (viewer, _) = joined(&mut rig, "v1");
    join(&mut rig, Role::Master).unwrap();
    rig.orders();
    rig.master_sends(master, "v1", "SDP_ANSWER", EMPTY_JSON);
    assert_eq!(rig.inbox(viewer), [delivered("SDP_ANSWER", EMPTY_JSON, None)]);
    rig.viewer_sends(plain, "ICE_CANDIDATE", EMPTY_JSON);
    assert_eq!(rig.inbox(master), [delivered("ICE_CANDIDATE", EMPTY_JSON, Some("plain"))]);
    assert_eq!(rig.orders(), []);
    rig.viewer_sends(viewer, "ICE_CANDIDATE", EMPTY_JSON);
    assert_eq!((rig.orders().len(), rig.inbox(master).len()), (1, 0));
    // Candidates belong to the description before them.
    rig.viewer_sends(viewer, "SDP_OFFER", EMPTY_JSON);
    rig.viewer_sends(viewer, "ICE_CANDIDATE", EMPTY_JSON);
    assert_eq!((rig.orders().len(), rig.inbox(master).len()), (0, 2));
    rig.viewer_sends(viewer, "SDP_ANSWER", EMPTY_JSON);
    rig.viewer_sends(viewer, "ICE_CANDIDATE", EMPTY_JSON);
    assert_eq!((rig.orders().len(), rig.inbox(master).len()), (2, 0));
}

#[test]
fn the_newest_wins_and_a_fourth_viewer_is_refused() {
    let mut rig = rig();
    rig.master();
    let old = join(&mut rig, Role::Master).unwrap();
    rig.orders();
    join(&mut rig, Role::Master).unwrap();
    assert_eq!(rig.orders()[0], leave(old));
    let (_, first) = joined(&mut rig, "v1");
    for id in ["v2", "v3"] {
        let (_, peer) = joined(&mut rig, id);
        connected(&mut rig, peer);
    }
    rig.viewer("v4");
    let refusal = join(&mut rig, viewer("v4")).unwrap_err();
    assert_eq!(refusal.kind(), ErrorKind::ClientLimitExceeded);
    assert!(refusal.message().contains("maximum number of viewers"), "{refusal}");
    rig.orders();
    let again = join(&mut rig, viewer("v1")).unwrap();
    assert_eq!(rig.orders()[0], leave(first));
    // One that never connected leaves its place at once, another keeps it for a minute.
    left(&mut rig, again);
    let other = join(&mut rig, viewer("v4")).unwrap();
    connected(&mut rig, other);
    left(&mut rig, other);
    assert!(join(&mut rig, viewer("v1")).is_err());
    let back = join(&mut rig, viewer("v4")).unwrap();
    connected(&mut rig, back);
    left(&mut rig, back);
    rig.wait(59);
    assert!(join(&mut rig, viewer("v1")).is_err());
    rig.wait(1);
    assert!(join(&mut rig, viewer("v1")).is_ok());
}

#[test]
fn what_comes_late_from_a_part_that_is_over_is_nobodys() {
    let mut rig = rig();
    let master = rig.master();
    let old = join(&mut rig, Role::Master).unwrap();
    let new = join(&mut rig, Role::Master).unwrap();
    rig.orders();
    rig.act(|hub, now| hub.storage_says(old, MessageType::SdpOffer, EMPTY_JSON, now));
    connected(&mut rig, old);
    left(&mut rig, old);
    assert_eq!(rig.inbox(master), NOTHING);
    assert_eq!(rig.orders(), []);
    let peers = rig.hub.storage_peers();
    assert_eq!(peers.iter().map(|p| (p.peer, p.is_connected)).collect::<Vec<_>>(), [(new, false)]);
    // Nor is it of who joins after the session's end.
    let name = rig.arn.name().clone();
    rig.act(|hub, _| hub.end_storage(&name));
    let again = join(&mut rig, Role::Master).unwrap();
    rig.orders();
    left(&mut rig, new);
    rig.viewer_asks(master, "SDP_ANSWER", "c-1");
    let orders = rig.orders();
    assert!(matches!(orders[..], [StorageOrder::Message { peer, .. }] if peer == again));
}

#[test]
fn parts_end_by_themselves() {
    let mut rig = rig();
    rig.master();
    let master = join(&mut rig, Role::Master).unwrap();
    let (_, idle) = joined(&mut rig, "idle");
    let (_, up) = joined(&mut rig, "up");
    connected(&mut rig, up);
    connected(&mut rig, master);
    rig.orders();
    rig.wait(59);
    assert_eq!(rig.orders(), []);
    rig.wait(1);
    assert_eq!(rig.orders(), [leave(idle)]);
    left(&mut rig, master);
    assert_eq!(rig.orders(), [leave(master)]);
    rig.wait(179);
    assert_eq!(rig.orders(), []);
    rig.wait(1);
    assert_eq!(rig.orders(), [leave(up)]);
    rig.master();
    let master = join(&mut rig, Role::Master).unwrap();
    connected(&mut rig, master);
    rig.orders();
    rig.wait(3599);
    assert_eq!(rig.orders(), []);
    rig.wait(1);
    assert_eq!(rig.orders(), [leave(master)]);
}

#[test]
fn a_session_ends_with_its_storage_its_channel_and_the_service() {
    for end in 0..3 {
        let mut rig = rig();
        rig.master();
        let peer = join(&mut rig, Role::Master).unwrap();
        rig.orders();
        let name = rig.arn.name().clone();
        rig.act(|hub, now| match end {
            0 => hub.end_storage(&name),
            1 => hub.forget_channel(&name),
            _ => drop(hub.restart(now)),
        });
        assert_eq!(rig.orders(), [leave(peer)]);
        assert_eq!(rig.hub.storage_peers(), []);
    }
}
