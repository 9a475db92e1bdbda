//! What can be done with channels, streams, media storage and tags, told as stories.

use kvs_hub::{
    Account, ChannelArn, ChannelName, CreateChannel, CreateStream, ErrorKind, Hub, HubConfig,
    Limits, PageRequest, PageToken, ResourceArn, ServiceError, StreamArn, StreamName, TagKeys,
    Tags, UnixMillis, UpdateChannel,
};

use crate::rig::{EMPTY_JSON, Rig, delivered};

const NOW: UnixMillis = UnixMillis(1_700_000_000_000);

fn hub() -> Hub {
    Hub::new(HubConfig::new("us-west-2"))
}

fn channel(account: &mut Account, name: &str) -> ChannelArn {
    let request = CreateChannel {
        name: ChannelName::parse(name).unwrap(),
        message_ttl_seconds: None,
        version: "v1".to_owned(),
        tags: Tags::default(),
    };
    account.create_channel(request, NOW).unwrap().clone()
}

fn stream_of(name: &str, data_retention_in_hours: u32) -> CreateStream {
    CreateStream {
        name: StreamName::parse(name).unwrap(),
        device_name: None,
        media_type: None,
        kms_key_id: None,
        data_retention_in_hours,
        version: "s1".to_owned(),
        tags: Tags::default(),
    }
}

fn stream(account: &mut Account, name: &str, hours: u32) -> StreamArn {
    account.create_stream(stream_of(name, hours), NOW).unwrap().clone()
}

fn tags(pairs: &[(&str, &str)]) -> Tags {
    let pairs: Vec<_> = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    Tags::parse(pairs.into_iter()).unwrap()
}

fn many_tags(count: usize, start: &str) -> Result<Tags, ServiceError> {
    let pairs: Vec<_> = (0..count).map(|n| (format!("{start}{n}"), String::new())).collect();
    Tags::parse(pairs.into_iter())
}

fn kind<T>(result: Result<T, ServiceError>) -> ErrorKind {
    result.map(drop).unwrap_err().kind()
}

#[test]
fn an_update_needs_the_current_version_and_gives_another() {
    let mut hub = hub();
    let arn = channel(hub.account_mut(), "door");
    let update = |version: &str, seconds| UpdateChannel {
        arn: arn.clone(),
        current_version: version.to_owned(),
        message_ttl_seconds: seconds,
        version: "v2".to_owned(),
    };
    let account = hub.account_mut();
    assert_eq!(kind(account.update_channel(update("v0", Some(5)))), ErrorKind::VersionMismatch);
    for bad in ["", "v 1", &"v".repeat(65)] {
        let refused = account.update_channel(update(bad, Some(5)));
        assert_eq!(kind(refused), ErrorKind::InvalidArgument, "{bad}");
    }
    for bad in [4, 121] {
        let refused = account.update_channel(update("v1", Some(bad)));
        assert_eq!(kind(refused), ErrorKind::InvalidArgument);
    }
    let unchanged = account.describe_channel_by_arn(&arn).unwrap();
    assert_eq!((unchanged.version(), unchanged.message_ttl_seconds()), ("v1", 60));

    account.update_channel(update("v1", Some(5))).unwrap();
    account.update_channel(update("v2", None)).unwrap();
    let channel = account.describe_channel_by_arn(&arn).unwrap();
    assert_eq!((channel.version(), channel.message_ttl_seconds()), ("v2", 5));
}

#[test]
fn a_new_time_to_live_is_for_messages_sent_after_it() {
    let mut rig = Rig::new();
    let viewer = rig.viewer("v1");
    rig.viewer_sends(viewer, "SDP_OFFER", EMPTY_JSON);
    let update = UpdateChannel {
        arn: rig.arn.clone(),
        current_version: "v1".to_owned(),
        message_ttl_seconds: Some(5),
        version: "v2".to_owned(),
    };
    rig.hub.account_mut().update_channel(update).unwrap();
    rig.viewer_sends(viewer, "ICE_CANDIDATE", EMPTY_JSON);
    rig.wait(30);
    let master = rig.master();
    assert_eq!(rig.inbox(master), [delivered("SDP_OFFER", EMPTY_JSON, Some("v1"))]);
}

#[test]
fn a_deleted_channel_is_gone_and_its_name_is_free() {
    let mut hub = hub();
    let account = hub.account_mut();
    let arn = channel(account, "door");
    assert_eq!(kind(account.delete_channel(&arn, Some("v0"))), ErrorKind::VersionMismatch);
    account.delete_channel(&arn, Some("v1")).unwrap();
    assert_eq!(kind(account.delete_channel(&arn, None)), ErrorKind::ResourceNotFound);
    assert_eq!(kind(account.describe_channel(arn.name())), ErrorKind::ResourceNotFound);
    channel(account, "door");
    account.delete_channel(&arn, None).unwrap();
}

#[test]
fn an_arn_of_another_time_is_another_channel() {
    let mut hub = hub();
    let account = hub.account_mut();
    let arn = channel(account, "door");
    let older = ChannelArn::parse(&arn.as_str().replace("1700000000000", "1600000000000")).unwrap();
    assert_eq!(kind(account.delete_channel(&older, None)), ErrorKind::ResourceNotFound);
    assert_eq!(kind(account.disable_storage(&older)), ErrorKind::ResourceNotFound);
    assert_eq!(kind(account.tags(&older.into())), ErrorKind::ResourceNotFound);
}

#[test]
fn a_list_comes_in_pages_by_name() {
    let mut hub = hub();
    for name in ["b-2", "a", "b-1", "c", "b-3", "b"] {
        channel(hub.account_mut(), name);
    }
    let list = |account: &Account, prefix: Option<&str>, max_results| {
        let mut pages = Vec::new();
        let mut token = None;
        loop {
            let begins_with = prefix.map(|prefix| ChannelName::parse(prefix).unwrap());
            let request = PageRequest { begins_with, max_results, token };
            let page = account.list_channels(&request).unwrap();
            let names: Vec<_> = page.items.iter().map(|c| c.name().as_str()).collect();
            pages.push(names.join(" "));
            match page.next {
                Some(next) => token = Some(PageToken::parse(&next.text()).unwrap()),
                None => return pages,
            }
        }
    };
    let account = hub.account();
    assert_eq!(list(account, None, 10), ["a b b-1 b-2 b-3 c"]);
    assert_eq!(list(account, None, 4), ["a b b-1 b-2", "b-3 c"]);
    assert_eq!(list(account, None, 3), ["a b b-1", "b-2 b-3 c"], "no empty page at the end");
    assert_eq!(list(account, Some("b-"), 2), ["b-1 b-2", "b-3"]);
    assert_eq!(list(account, Some("d"), 2), [""]);
}

#[test]
fn a_token_outlives_what_it_names() {
    let mut hub = hub();
    let arns = ["a", "b", "c"].map(|name| channel(hub.account_mut(), name));
    let page = |account: &Account, begins_with: Option<&str>, token| {
        let begins_with = begins_with.map(|prefix| ChannelName::parse(prefix).unwrap());
        let page = account.list_channels(&PageRequest { begins_with, max_results: 2, token });
        let page = page.unwrap();
        (page.items.iter().map(|c| c.name().to_string()).collect::<Vec<_>>(), page.next)
    };
    let (_, token) = page(hub.account(), None, None);
    hub.account_mut().delete_channel(&arns[1], None).unwrap();
    assert_eq!(page(hub.account(), None, token.clone()), (vec!["c".to_owned()], None));
    assert_eq!(page(hub.account(), Some("c"), token.clone()).0, ["c"]);
    assert_eq!(page(hub.account(), Some("a"), token).0, [] as [String; 0]);
}

#[test]
fn a_page_and_its_token_have_their_bounds() {
    let hub = hub();
    for max_results in [0, 10_001] {
        let request = PageRequest { begins_with: None, max_results, token: None };
        assert_eq!(kind(hub.account().list_channels(&request)), ErrorKind::InvalidArgument);
    }
    let long = "A".repeat(2000);
    for bad in ["", "a", "????", "bm90aGluZw==", long.as_str()] {
        assert_eq!(kind(PageToken::parse(bad)), ErrorKind::InvalidArgument, "{bad}");
    }
    // Well-formed, but of no name: `1/` and a space.
    let token = Some(PageToken::parse("MS8g").unwrap());
    let request = PageRequest { begins_with: None, max_results: 1, token };
    assert_eq!(kind(hub.account().list_channels(&request)), ErrorKind::InvalidArgument);
}

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

#[test]
fn tags_are_added_replaced_and_taken_away() {
    let mut hub = hub();
    let account = hub.account_mut();
    let (door, yard) = (channel(account, "door"), stream(account, "yard", 0));
    for resource in [ResourceArn::from(door), ResourceArn::from(yard)] {
        account.tag(&resource, tags(&[("a", "1"), ("b", "2")])).unwrap();
        account.tag(&resource, tags(&[("b", "3"), ("c", "")])).unwrap();
        let has = |account: &Account| {
            let tags = account.tags(&resource).unwrap();
            tags.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(has(account), "a=1 b=3 c=");
        let keys = TagKeys::parse(vec!["a".to_owned(), "not there".to_owned()]).unwrap();
        account.untag(&resource, &keys).unwrap();
        assert_eq!(has(account), "b=3 c=");
    }
}

#[test]
fn a_resource_has_fifty_tags() {
    let mut hub = hub();
    let account = hub.account_mut();
    let door = ResourceArn::from(channel(account, "door"));
    let exceeded = ErrorKind::TagsPerResourceExceededLimit;
    assert_eq!(kind(many_tags(51, "k")), exceeded);
    account.tag(&door, many_tags(49, "k").unwrap()).unwrap();
    assert_eq!(kind(account.tag(&door, many_tags(2, "x").unwrap())), exceeded);
    assert_eq!(account.tags(&door).unwrap().iter().len(), 49, "all or none");
    account.tag(&door, many_tags(1, "x").unwrap()).unwrap();
    account.tag(&door, many_tags(49, "k").unwrap()).unwrap();
    for bad in [Vec::new(), vec!["k".to_owned(); 51], vec![String::new()]] {
        assert_eq!(kind(TagKeys::parse(bad)), ErrorKind::InvalidArgument);
    }
}

#[test]
fn an_account_is_the_same_after_a_restart() {
    let mut hub = hub();
    let account = hub.account_mut();
    let (door, _) = (channel(account, "door"), channel(account, "gate"));
    let yard = stream(account, "yard", 1);
    account.enable_storage(&door, &yard).unwrap();
    account.tag(&door.clone().into(), tags(&[("a", "1")])).unwrap();
    account.tag(&yard.clone().into(), tags(&[("b", "2")])).unwrap();

    let record = hub.account().export();
    let mut restarted = self::hub();
    let before = restarted.account().revision();
    restarted.account_mut().import(record.clone()).unwrap();
    let account = restarted.account();
    assert_ne!(account.revision(), before);
    assert_eq!(account.export(), record);
    assert_eq!(account.describe_channel_by_arn(&door).unwrap().storage(), Some(&yard));
    assert_eq!(account.describe_channel_by_arn(&door).unwrap().version(), "v1");
    assert_eq!(account.tags(&yard.into()).unwrap(), &tags(&[("b", "2")]));
}

#[test]
fn a_record_that_is_not_right_changes_nothing() {
    let mut hub = hub();
    let door = channel(hub.account_mut(), "door");
    let yard = stream(hub.account_mut(), "yard", 1);
    hub.account_mut().enable_storage(&door, &yard).unwrap();
    let good = serde_json::to_value(hub.account().export()).unwrap();
    let changed = |pointer: &str, to: serde_json::Value| {
        let mut record = good.clone();
        *record.pointer_mut(pointer).unwrap() = to;
        serde_json::from_value(record).unwrap()
    };
    let before = hub.account().export();
    for (pointer, to, culprit) in [
        ("/region", "eu-west-1".into(), "region"),
        ("/channels/0/name", "a b".into(), "a b"),
        ("/channels/0/messageTtlSeconds", 1000.into(), "door"),
        ("/channels/0/version", "".into(), "door"),
        ("/channels/0/storage", "none".into(), "door"),
        ("/channels/0/tags", serde_json::json!({ "aws:x": "" }), "door"),
        ("/streams/0/dataRetentionInHours", 0.into(), "door"),
        ("/streams/0/name", "".into(), "stream"),
    ] {
        let error = hub.account_mut().import(changed(pointer, to)).unwrap_err();
        assert!(error.contains(culprit), "{pointer}: {error}");
        assert_eq!(hub.account().export(), before);
    }
}

#[test]
fn every_change_is_told_by_the_revision() {
    let mut hub = hub();
    let account = hub.account_mut();
    let mut last = account.revision();
    let mut changed = |account: &Account| std::mem::replace(&mut last, account.revision()) != last;
    assert!(!changed(account));
    let door = channel(account, "door");
    assert!(changed(account));
    let yard = stream(account, "yard", 1);
    assert!(changed(account));
    account.enable_storage(&door, &yard).unwrap();
    assert!(changed(account));
    account.tag(&door.clone().into(), tags(&[("a", "1")])).unwrap();
    assert!(changed(account));
    account.describe_channel_by_arn(&door).unwrap();
    assert_eq!(kind(account.delete_stream(&yard, None)), ErrorKind::ResourceInUse);
    assert!(!changed(account));
    account.untag(&door.clone().into(), &TagKeys::parse(vec!["a".to_owned()]).unwrap()).unwrap();
    assert!(changed(account));
    account.delete_channel(&door, None).unwrap();
    assert!(changed(account));
}
