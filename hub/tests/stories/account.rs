//! Channels.

use kvs_hub::{ChannelName, ErrorKind, HubConfig, Limits, UnixMillis};

use crate::rig::{Rig, create, lenient, viewer};

#[test]
fn connections_and_channels_are_bounded() {
    let limits = Limits { connections: 2, channels: 1, ..Limits::default() };
    let mut rig = Rig::with(HubConfig { limits, ..lenient() }, None);
    rig.master();
    rig.viewer("v1");
    assert_eq!(rig.admit(viewer("v2")).unwrap_err().kind(), ErrorKind::ClientLimitExceeded);
    let refusal = create(&mut rig.hub, "second", None).unwrap_err();
    assert_eq!(refusal.kind(), ErrorKind::AccountChannelLimitExceeded);
}

#[test]
fn a_channel_is_found_by_name_and_by_arn() {
    let rig = Rig::new();
    let name = ChannelName::parse("demo-channel").unwrap();
    let channel = rig.hub.account().describe_channel(&name).unwrap();
    assert_eq!(channel.arn(), &rig.arn);
    assert_eq!(channel.message_ttl_seconds(), 60);
    assert_eq!(channel.version(), "v1");
    assert_eq!(channel.created(), UnixMillis(1_700_000_000_000));
    assert!(rig.hub.account().describe_channel_by_arn(&rig.arn).is_ok());
    let older = rig.arn.as_str().replace("1700000000000", "1600000000000");
    let older = kvs_hub::ChannelArn::parse(&older).unwrap();
    let refusal = rig.hub.account().describe_channel_by_arn(&older).unwrap_err();
    assert_eq!((refusal.kind(), refusal.kind().status()), (ErrorKind::ResourceNotFound, 404));
}

#[test]
fn a_name_is_taken_once_and_a_time_to_live_has_its_range() {
    let mut rig = Rig::new();
    let refusal = create(&mut rig.hub, "demo-channel", None).unwrap_err();
    assert_eq!(refusal.kind(), ErrorKind::ResourceInUse);
    for (ttl, good) in [(4, false), (5, true), (120, true), (121, false)] {
        let name = format!("ttl-{ttl}");
        let created = create(&mut rig.hub, &name, Some(ttl)).is_ok();
        assert_eq!(created, good, "{ttl}");
    }
}
