//! Channels that change, go, and are listed.

use kvs_hub::{Account, ChannelArn, ChannelName, ErrorKind, PageRequest, PageToken, UpdateChannel};

use crate::{
    resources::{channel, hub, kind},
    rig::{EMPTY_JSON, Rig, delivered},
};

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
