//! Tags, and what is kept over a restart.

use kvs_hub::{Account, ErrorKind, ResourceArn, TagKeys};

use crate::resources::{self, channel, hub, kind, many_tags, stream, tags};

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
    let mut restarted = resources::hub();
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
