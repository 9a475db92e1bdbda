//! Keys of a file: who is known, with which token, until when, and for what.

use std::{fs, path::PathBuf};

use kvs_emulator::{AuthLevel, Config, Keys};
use serde_json::{Value, json};

use crate::{
    rig::{Rig, Socket},
    signer::Signer,
};

const DESCRIBE: &str = "/describeSignalingChannel";
const CREATE: &str = "/createSignalingChannel";

/// An emulator with a file of these keys.
async fn rig(keys: Value) -> (Rig, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let keys = Keys::default().with_file(&file(&folder, &keys.to_string())).unwrap();
    (Rig::with(Config { keys, ..Config::default() }).await, folder)
}

fn file(folder: &tempfile::TempDir, text: &str) -> PathBuf {
    let path = folder.path().join("keys.json");
    fs::write(&path, text).unwrap();
    path
}

fn by_name(name: &str) -> String {
    json!({ "ChannelName": name }).to_string()
}

fn admin() -> Value {
    json!({ "accessKeyId": "ADMIN", "secretAccessKey": "admin" })
}

fn signer(access_key: &'static str, secret: &'static str, token: Option<&'static str>) -> Signer {
    Signer { access_key, secret, token, ..Signer::new() }
}

#[tokio::test]
async fn with_a_file_nobody_else_is_known() {
    let (rig, _folder) = rig(json!({ "keys": [admin()] })).await;
    let known = rig.call_as(&signer("ADMIN", "admin", None), DESCRIBE, &by_name("x")).await;
    known.error(404, "ResourceNotFoundException");
    for stranger in [signer("OTHER", "local", None), signer("OTHER", "admin", None)] {
        let answer = rig.call_as(&stranger, DESCRIBE, &by_name("x")).await;
        let message = answer.error(403, "UnrecognizedClientException");
        assert_eq!(message, "The security token included in the request is invalid.");
    }
    let wrong = rig.call_as(&signer("ADMIN", "local", None), DESCRIBE, &by_name("x")).await;
    wrong.error(403, "InvalidSignatureException");
}

#[tokio::test]
async fn other_keys_may_be_let_in_beside_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder, &json!({ "keys": [admin()] }).to_string());
    let keys = Keys::default()
        .with_file(&path)
        .unwrap()
        .with_access_key("ALICE".to_owned(), "wonder".into())
        .with_secret("house".into());
    let rig = Rig::with(Config { keys, ..Config::default() }).await;
    for signer in [
        signer("ADMIN", "admin", None),
        signer("ALICE", "wonder", None),
        signer("BOB", "house", Some("any")),
    ] {
        assert_eq!(rig.call_as(&signer, DESCRIBE, &by_name("x")).await.status, 404);
    }
}

#[tokio::test]
async fn a_temporary_key_needs_its_session_token() {
    let temporary =
        json!({ "accessKeyId": "TEMP", "secretAccessKey": "temp", "sessionToken": "tok/1+" });
    let (rig, _folder) = rig(json!({ "keys": [admin(), temporary] })).await;
    let admin = signer("ADMIN", "admin", None);
    let arn = rig.call_as(&admin, CREATE, &by_name("door")).await.json();
    let arn = arn["ChannelARN"].as_str().unwrap().to_owned();
    let url = rig.socket_url(&arn, Some("v1"));

    let good = signer("TEMP", "temp", Some("tok/1+"));
    assert_eq!(rig.call_as(&good, DESCRIBE, &by_name("door")).await.status, 200);
    assert!(Socket::open(&good.presign(&url)).await.is_ok());
    for bad in [
        signer("TEMP", "temp", None),
        signer("TEMP", "temp", Some("tok/2+")),
        signer("ADMIN", "admin", Some("tok/1+")),
    ] {
        let answer = rig.call_as(&bad, DESCRIBE, &by_name("door")).await;
        answer.error(403, "UnrecognizedClientException");
        let refused = Socket::open(&bad.presign(&url)).await.err().unwrap();
        refused.error(403, "UnrecognizedClientException");
    }
    // The token is part of what is signed: one that is added afterwards does not help.
    let unsigned = signer("TEMP", "temp", None).presign(&url);
    let added = format!("{unsigned}&X-Amz-Security-Token=tok%2F1%2B");
    Socket::open(&added).await.err().unwrap().error(403, "InvalidSignatureException");
}

#[tokio::test]
async fn an_expired_key_is_told_so() {
    let key = |id: &str, expiration: &str| {
        json!({ "accessKeyId": id, "secretAccessKey": "s", "sessionToken": "t",
            "expiration": expiration })
    };
    let keys = [key("OLD", "2020-01-31T12:00:00Z"), key("NEW", "2120-01-31T12:00:00+01:00")];
    let (rig, _folder) = rig(json!({ "keys": keys })).await;
    let old = signer("OLD", "s", Some("t"));
    let answer = rig.call_as(&old, DESCRIBE, &by_name("x")).await;
    let message = answer.error(403, "ExpiredTokenException");
    assert_eq!(message, "The security token included in the request is expired");
    let forged = Signer { secret: "other", ..old };
    let answer = rig.call_as(&forged, DESCRIBE, &by_name("x")).await;
    answer.error(403, "InvalidSignatureException");
    let new = signer("NEW", "s", Some("t"));
    assert_eq!(rig.call_as(&new, DESCRIBE, &by_name("x")).await.status, 404);
}

#[tokio::test]
async fn a_key_may_do_what_its_entry_says_and_nothing_else() {
    let viewer = json!({
        "name": "vera", "accessKeyId": "VIEWER", "secretAccessKey": "viewer",
        "actions": ["kinesisvideo:Describe*", "ConnectAsViewer", "ListSignalingChannels",
            "CreateStream"],
        "channels": ["door-*"],
    });
    let (rig, _folder) = rig(json!({ "keys": [admin(), viewer] })).await;
    let (admin, vera) = (signer("ADMIN", "admin", None), signer("VIEWER", "viewer", None));
    let mut arns = Vec::new();
    for name in ["door-1", "gate"] {
        let created = rig.call_as(&admin, CREATE, &by_name(name)).await.json();
        arns.push(created["ChannelARN"].as_str().unwrap().to_owned());
    }
    assert_eq!(rig.call_as(&vera, DESCRIBE, &by_name("door-1")).await.status, 200);
    let denied = async |path: &str, body: Value, action: &str, resource: &str| {
        let answer = rig.call_as(&vera, path, &body.to_string()).await;
        let message = answer.error(403, "AccessDeniedException");
        assert_eq!(
            message,
            format!(
                "User: arn:aws:iam::000000000000:user/vera is not authorized to perform: \
                 kinesisvideo:{action} on resource: {resource}"
            )
        );
        answer
    };
    let named = |name: &str| json!({ "ChannelName": name });
    let answer = denied(DESCRIBE, named("gate"), "DescribeSignalingChannel", &arns[1]).await;
    assert!(answer.json()["Message"].is_string());
    let body = json!({ "ChannelARN": arns[0] });
    denied("/deleteSignalingChannel", body, "DeleteSignalingChannel", &arns[0]).await;
    denied("/listSignalingChannels", json!({}), "ListSignalingChannels", "*").await;
    let new = "arn:aws:kinesisvideo:us-west-2:000000000000:channel/new/*";
    denied(CREATE, named("new"), "CreateSignalingChannel", new).await;
    let new = new.replace("channel", "stream");
    denied("/createStream", json!({ "StreamName": "new" }), "CreateStream", &new).await;
    let body = json!({ "channelArn": arns[0] });
    let answer = denied("/joinStorageSession", body, "JoinStorageSession", &arns[0]).await;
    assert!(answer.json()["message"].is_string());
    // What names nothing that there can be counts as all.
    denied(DESCRIBE, json!({ "ChannelARN": "x" }), "DescribeSignalingChannel", "*").await;

    let open = async |arn: &str, client_id| {
        Socket::open(&vera.presign(&rig.socket_url(arn, client_id))).await
    };
    assert!(open(&arns[0], Some("v1")).await.is_ok());
    for (arn, client_id, action) in [
        (&arns[0], None, "kinesisvideo:ConnectAsMaster"),
        (&arns[1], Some("v1"), "kinesisvideo:ConnectAsViewer"),
    ] {
        let refused = open(arn, client_id).await.err().unwrap();
        let message = refused.error(403, "AccessDeniedException");
        assert!(message.contains(action) && message.ends_with(arn.as_str()), "{message}");
    }
}

#[tokio::test]
async fn a_structure_is_enough_where_no_more_is_asked() {
    let auth = AuthLevel::Structure;
    let rig = Rig::with(Config { auth, ..Config::default() }).await;
    let body = by_name("x");
    assert_eq!(rig.call_as(&signer("ANY", "any", None), DESCRIBE, &body).await.status, 404);
    let post = hyper::Method::POST;
    let unsigned = rig.send(post, DESCRIBE, &[], &body).await;
    unsigned.error(403, "MissingAuthenticationTokenException");
    let late = std::time::SystemTime::now() - std::time::Duration::from_secs(6 * 60);
    for bad in [
        Signer { time: late, ..Signer::new() },
        Signer { region: "eu-west-1", ..Signer::new() },
        Signer { service: "s3", ..Signer::new() },
    ] {
        rig.call_as(&bad, DESCRIBE, &body).await.error(403, "InvalidSignatureException");
    }
}

#[tokio::test]
async fn no_signature_is_needed_where_none_is_asked_for() {
    let rig = Rig::with(Config { auth: AuthLevel::Off, ..Config::default() }).await;
    let unsigned = rig.send(hyper::Method::POST, CREATE, &[], &by_name("door")).await;
    assert_eq!(unsigned.status, 200);
    let arn = unsigned.json()["ChannelARN"].as_str().unwrap().to_owned();
    assert!(Socket::open(&rig.socket_url(&arn, None)).await.is_ok());
    let late = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000);
    let wrong = Signer { time: late, region: "nowhere", ..Signer::new() };
    assert_eq!(rig.call_as(&wrong, DESCRIBE, &by_name("door")).await.status, 200);
}
