//! Streams, and the channels that are mapped to them.

use kvs_hub::{
    ChannelName, CreateChannel, CreateStream, ErrorKind, Hub, HubConfig, Limits, PageRequest, Tags,
};

use crate::resources::{NOW, channel, hub, kind, stream, stream_of, tags};

#[test]
fn a_stream_is_created_described_and_deleted() {
    let mut hub = hub();
    let account = hub.account_mut();
    let request = CreateStream {
        device_name: Some("cam_1.a-b".to_owned()),
        media_type: Some("video/h264,audio/aac".to_owned()),
        kms_key_id: Some("arn:aws:kms:us-west-2:0:key/1".to_owned()),
        tags: tags(&[("team", "video")]),
        ..stream_of("yard", 24)
    };
    let arn = account.create_stream(request.clone(), NOW).unwrap().clone();
    assert_eq!(
        arn.as_str(),
        "arn:aws:kinesisvideo:us-west-2:000000000000:stream/yard/1700000000000"
    );
    assert_eq!(kind(account.create_stream(request, NOW)), ErrorKind::ResourceInUse);
    let stream = account.describe_stream_by_arn(&arn).unwrap();
    assert_eq!(stream.device_name(), Some("cam_1.a-b"));
    assert_eq!(stream.media_type(), Some("video/h264,audio/aac"));
    assert_eq!(stream.kms_key_id(), Some("arn:aws:kms:us-west-2:0:key/1"));
    assert_eq!((stream.data_retention_in_hours(), stream.version()), (24, "s1"));
    assert_eq!((stream.created(), stream.tags().iter().next()), (NOW, Some(("team", "video"))));

    let request = PageRequest { begins_with: None, max_results: 1, token: None };
    assert_eq!(account.list_streams(&request).unwrap().items.len(), 1);
    assert_eq!(kind(account.delete_stream(&arn, Some("s0"))), ErrorKind::VersionMismatch);
    account.delete_stream(&arn, Some("s1")).unwrap();
    assert_eq!(kind(account.describe_stream(arn.name())), ErrorKind::ResourceNotFound);
    assert_eq!(kind(account.delete_stream(&arn, None)), ErrorKind::ResourceNotFound);
}

#[test]
fn a_malformed_stream_is_refused() {
    let text = |text: &str| Some(text.to_owned());
    let (long, huge) = ("x".repeat(129), "x".repeat(2049));
    let new = || stream_of("x", 0);
    let mut hub = hub();
    for request in [
        CreateStream { device_name: text(""), ..new() },
        CreateStream { device_name: text("a b"), ..new() },
        CreateStream { device_name: text(&long), ..new() },
        CreateStream { media_type: text("video"), ..new() },
        CreateStream { media_type: text("video/h264,"), ..new() },
        CreateStream { media_type: text("video/h 264"), ..new() },
        CreateStream { kms_key_id: text(""), ..new() },
        CreateStream { kms_key_id: text(&huge), ..new() },
    ] {
        let refused = hub.account_mut().create_stream(request.clone(), NOW);
        assert_eq!(kind(refused), ErrorKind::InvalidArgument, "{request:?}");
    }
}

#[test]
fn there_are_only_so_many_channels_and_streams() {
    let limits = Limits { channels: 1, ..Limits::default() };
    let mut hub = Hub::new(HubConfig { limits, ..HubConfig::new("us-west-2") });
    let account = hub.account_mut();
    channel(account, "one");
    let another = CreateChannel {
        name: ChannelName::parse("two").unwrap(),
        message_ttl_seconds: None,
        version: "v1".to_owned(),
        tags: Tags::default(),
    };
    let refused = account.create_channel(another, NOW);
    assert_eq!(kind(refused), ErrorKind::AccountChannelLimitExceeded);
    for n in 0..1000 {
        stream(account, &n.to_string(), 0);
    }
    let refused = account.create_stream(stream_of("more", 0), NOW);
    assert_eq!(kind(refused), ErrorKind::AccountStreamLimitExceeded);
}

#[test]
fn one_channel_is_mapped_to_one_stream() {
    let mut hub = hub();
    let account = hub.account_mut();
    let (door, gate) = (channel(account, "door"), channel(account, "gate"));
    let (one, two) = (stream(account, "one", 1), stream(account, "two", 1));
    let empty = stream(account, "empty", 0);
    assert_eq!(kind(account.enable_storage(&door, &empty)), ErrorKind::NoDataRetention);
    account.enable_storage(&door, &one).unwrap();
    account.enable_storage(&door, &one).unwrap();
    assert_eq!(account.describe_channel(door.name()).unwrap().storage(), Some(&one));
    assert_eq!(account.channel_mapped_to(&one).unwrap().arn(), &door);
    assert_eq!(kind(account.enable_storage(&door, &two)), ErrorKind::ResourceInUse);
    assert_eq!(kind(account.enable_storage(&gate, &one)), ErrorKind::ResourceInUse);
    assert_eq!(kind(account.delete_stream(&one, None)), ErrorKind::ResourceInUse);

    account.disable_storage(&door).unwrap();
    account.disable_storage(&door).unwrap();
    assert!(account.channel_mapped_to(&one).is_none());
    account.enable_storage(&gate, &one).unwrap();
    account.delete_channel(&gate, None).unwrap();
    assert!(account.channel_mapped_to(&one).is_none(), "a mapping goes with its channel");
    account.delete_stream(&one, None).unwrap();
    assert_eq!(kind(account.enable_storage(&door, &one)), ErrorKind::ResourceNotFound);
    assert_eq!(kind(account.enable_storage(&gate, &two)), ErrorKind::ResourceNotFound);
}

#[test]
fn a_hundred_channels_have_media_storage() {
    let mut hub = hub();
    let account = hub.account_mut();
    let mut enable = |n: usize| {
        let (channel, stream) =
            (channel(account, &format!("c{n}")), stream(account, &format!("s{n}"), 1));
        account.enable_storage(&channel, &stream)
    };
    for n in 0..100 {
        enable(n).unwrap();
    }
    assert_eq!(kind(enable(100)), ErrorKind::ClientLimitExceeded);
}
