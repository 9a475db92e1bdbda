//! Offers that come by a call.

use kvs_hub::{ErrorKind, HubConfig, Limits};

use crate::rig::{EMPTY_JSON, NOTHING, Rig, delivered, lenient};

#[test]
fn the_masters_answer_ends_the_offer() {
    let mut rig = Rig::new();
    let master = rig.master();
    let ticket = rig.alexa("echo-1", EMPTY_JSON).unwrap();
    assert_eq!(rig.inbox(master), [delivered("SDP_OFFER", EMPTY_JSON, Some("echo-1"))]);
    assert_eq!(rig.answer(ticket), None);
    rig.master_sends(master, "other", "SDP_ANSWER", "bm8=");
    rig.master_sends(master, "echo-1", "ICE_CANDIDATE", "bm8=");
    assert_eq!(rig.answer(ticket), None);
    rig.master_sends(master, "echo-1", "SDP_ANSWER", "eWVz");
    assert_eq!(rig.answer(ticket), Some(Ok("eWVz".to_owned())));
    assert_eq!(rig.raw_inbox(master), ["", "", ""]);
    rig.wait(300);
    assert_eq!(rig.answer(ticket), None, "once only");
}

#[test]
fn an_offer_waits_for_the_master_within_the_time_to_live() {
    let mut rig = Rig::new();
    let (early, late) =
        (rig.alexa("echo-1", "MQ==").unwrap(), rig.alexa("echo-2", "Mg==").unwrap());
    rig.wait(59);
    let master = rig.master();
    assert_eq!(rig.payloads(master), ["MQ==", "Mg=="]);
    rig.master_sends(master, "echo-2", "SDP_ANSWER", "eWVz");
    assert_eq!(rig.answer(late), Some(Ok("eWVz".to_owned())));
    rig.wait(1);
    let refusal = rig.answer(early).unwrap().unwrap_err();
    assert_eq!(refusal.kind(), ErrorKind::ResourceNotFound);
    assert!(refusal.message().contains("did not answer in time"), "{refusal}");
}

#[test]
fn an_offer_without_a_master_fails_and_reaches_nobody_later() {
    let mut rig = Rig::with(lenient(), Some(5));
    let ticket = rig.alexa("echo-1", EMPTY_JSON).unwrap();
    rig.wait(5);
    assert!(rig.answer(ticket).unwrap().is_err());
    let master = rig.master();
    assert_eq!(rig.inbox(master), NOTHING);
}

#[test]
fn a_newer_offer_of_the_same_sender_takes_the_place_of_the_older() {
    let mut rig = Rig::new();
    let (old, new) = (rig.alexa("echo-1", "MQ==").unwrap(), rig.alexa("echo-1", "Mg==").unwrap());
    let refusal = rig.answer(old).unwrap().unwrap_err();
    assert_eq!(refusal.kind(), ErrorKind::ClientLimitExceeded);
    let master = rig.master();
    assert_eq!(rig.payloads(master), ["Mg=="]);
    rig.master_sends(master, "echo-1", "SDP_ANSWER", "eWVz");
    assert_eq!(rig.answer(new), Some(Ok("eWVz".to_owned())));
}

#[test]
fn a_bad_offer_is_refused() {
    let mut rig = Rig::new();
    let longest = "A".repeat(10_000);
    assert!(rig.alexa("echo-1", &longest).is_ok());
    for bad in ["", "not base64", &"A".repeat(10_004)] {
        let refusal = rig.alexa("echo-1", bad).unwrap_err();
        assert_eq!(refusal.kind(), ErrorKind::InvalidArgument);
        assert!(refusal.message().starts_with("MessagePayload is "), "{refusal}");
    }
    rig.arn = kvs_hub::ChannelArn::parse(&rig.arn.as_str().replace("demo", "none")).unwrap();
    let refusal = rig.alexa("echo-1", EMPTY_JSON).unwrap_err();
    assert_eq!(refusal.kind(), ErrorKind::ResourceNotFound);
}

#[test]
fn offers_without_an_answer_are_bounded() {
    let limits = Limits { alexa_offers: 2, ..Limits::default() };
    let mut rig = Rig::with(HubConfig { limits, ..lenient() }, None);
    let first = rig.alexa("echo-1", EMPTY_JSON).unwrap();
    rig.alexa("echo-2", EMPTY_JSON).unwrap();
    assert_eq!(rig.alexa("echo-3", EMPTY_JSON).unwrap_err().kind(), ErrorKind::ClientLimitExceeded);
    let master = rig.master();
    rig.master_sends(master, "echo-1", "SDP_ANSWER", "eWVz");
    assert!(rig.answer(first).is_some());
    assert!(rig.alexa("echo-3", EMPTY_JSON).is_ok());
    assert_eq!(rig.hub.snapshot().alexa_offers, 2);
}

#[test]
fn offers_end_with_their_channel_and_with_the_service() {
    let mut rig = Rig::new();
    let name = rig.arn.name().clone();
    let ticket = rig.alexa("echo-1", EMPTY_JSON).unwrap();
    rig.act(|hub, _| hub.forget_channel(&name));
    assert!(rig.answer(ticket).unwrap().unwrap_err().message().contains("deleted"));
    let ticket = rig.alexa("echo-1", EMPTY_JSON).unwrap();
    rig.act(|hub, now| hub.restart(now));
    assert!(rig.answer(ticket).unwrap().unwrap_err().message().contains("restarted"));
}

#[test]
fn a_fault_hits_an_alexa_offer_like_any_other() {
    let mut rig = Rig::new();
    let master = rig.master();
    rig.fault("drop,clientId=echo-1,times=1");
    rig.fault("throttle,clientId=echo-2");
    let ticket = rig.alexa("echo-1", EMPTY_JSON).unwrap();
    assert_eq!(rig.alexa("echo-2", EMPTY_JSON).unwrap_err().kind(), ErrorKind::ClientLimitExceeded);
    assert_eq!(rig.inbox(master), NOTHING);
    assert_eq!(rig.hub.snapshot().alexa_offers, 1);
    rig.wait(60);
    assert!(rig.answer(ticket).unwrap().is_err());
}
