//! Signatures: what is accepted, and that nothing can be changed after signing.

use std::time::{Duration, SystemTime};

use hyper::Method;
use kvs_emulator::{Config, Keys};

use crate::{
    rig::{Rig, Socket},
    signer::Signer,
};

const PATH: &str = "/describeSignalingChannel";
const BODY: &str = r#"{"ChannelName":"none"}"#;
const JSON: (&str, &str) = ("content-type", "application/json");

/// What a correctly signed [`BODY`] is answered.
const ACCEPTED: u16 = 404;

fn minutes(n: u64) -> Duration {
    Duration::from_secs(n * 60)
}

#[tokio::test]
async fn any_access_key_is_accepted_with_the_secret_local() {
    let rig = Rig::start().await;
    for access_key in ["AKIDEXAMPLE", "x", "with/slash"] {
        let signer = Signer { access_key, ..Signer::new() };
        assert_eq!(rig.call_as(&signer, PATH, BODY).await.status, ACCEPTED);
    }
}

#[tokio::test]
async fn temporary_keys_are_accepted() {
    let rig = Rig::start().await;
    let signer = Signer { token: Some("FwoGZXIv+abc/DEF=="), ..Signer::new() };
    assert_eq!(rig.call_as(&signer, PATH, BODY).await.status, ACCEPTED);
    let arn = rig.channel("demo").await;
    assert!(Socket::open(&signer.presign(&rig.socket_url(&arn, None))).await.is_ok());
}

#[tokio::test]
async fn a_call_may_be_signed_in_its_query() {
    let rig = Rig::start().await;
    let url = Signer::new().presign_request("POST", &rig.url(PATH), BODY.as_bytes());
    let path = url.strip_prefix(&rig.url("")).unwrap();
    assert_eq!(rig.send(Method::POST, path, &[], BODY).await.status, ACCEPTED);
    let changed = rig.send(Method::POST, path, &[], "{}").await;
    changed.error(403, "InvalidSignatureException");
    // Signers leave the SDK's name out of the signature, and nothing else that speaks to AWS.
    let with = |name: &str| [(name.to_owned(), "aws-sdk-js/3".to_owned())];
    let named = rig.send(Method::POST, path, &with("x-amz-user-agent"), BODY).await;
    assert_eq!(named.status, ACCEPTED);
    let other = rig.send(Method::POST, path, &with("x-amz-target"), BODY).await;
    other.error(403, "IncompleteSignatureException");
}

#[tokio::test]
async fn a_wrong_secret_is_refused_as_the_service_does() {
    let rig = Rig::start().await;
    let signer = Signer { secret: "locaI", ..Signer::new() };
    let answer = rig.call_as(&signer, PATH, BODY).await;
    let message = answer.error(403, "InvalidSignatureException");
    assert!(message.contains("does not match the signature you provided"), "{message}");
    assert!(answer.json()["message"].is_string(), "the front end's errors say message");
    let arn = rig.channel("demo").await;
    let refused = Socket::open(&signer.presign(&rig.socket_url(&arn, None))).await.err().unwrap();
    refused.error(403, "InvalidSignatureException");
}

#[tokio::test]
async fn configured_secrets_replace_the_default() {
    let keys = Keys::default()
        .with_secret("house".into())
        .with_access_key("ALICE".to_owned(), "wonder".into());
    let rig = Rig::with(Config { keys, ..Config::default() }).await;
    for (access_key, secret, status) in [
        ("ALICE", "wonder", ACCEPTED),
        ("ALICE", "house", 403),
        ("BOB", "house", ACCEPTED),
        ("BOB", "wonder", 403),
        ("BOB", "local", 403),
    ] {
        let signer = Signer { access_key, secret, ..Signer::new() };
        let answer = rig.call_as(&signer, PATH, BODY).await;
        assert_eq!(answer.status, status, "{access_key} {secret}");
    }
}

#[tokio::test]
async fn nothing_can_be_changed_after_signing() {
    let rig = Rig::start().await;
    let headers = Signer::new().headers(&rig.url(PATH), &[JSON], BODY.as_bytes());
    let send = async |path: &str, headers: &[(String, String)], body: &str| {
        rig.send(Method::POST, path, headers, body).await
    };
    assert_eq!(send(PATH, &headers, BODY).await.status, ACCEPTED);

    let other_body = send(PATH, &headers, r#"{"ChannelName":"other"}"#).await;
    other_body.error(403, "InvalidSignatureException");
    let other_path = send("/createSignalingChannel", &headers, BODY).await;
    other_path.error(403, "InvalidSignatureException");
    let with_query = send(&format!("{PATH}?a=b"), &headers, BODY).await;
    with_query.error(403, "InvalidSignatureException");
    for name in ["content-type", "host"] {
        let mut changed = headers.clone();
        changed.retain(|(header, _)| header != name);
        changed.push((name.to_owned(), "localhost".to_owned()));
        send(PATH, &changed, BODY).await.error(403, "InvalidSignatureException");
    }
    let mut without = headers.clone();
    without.retain(|(header, _)| header != "content-type");
    send(PATH, &without, BODY).await.error(403, "IncompleteSignatureException");
    for name in ["x-amz-security-token", "x-amz-user-agent", "x-amz-date", "host"] {
        let mut added = headers.clone();
        if name == "host" {
            added.push((name.to_owned(), rig.host.clone()));
        }
        added.push((name.to_owned(), "smuggled".to_owned()));
        send(PATH, &added, BODY).await.error(403, "IncompleteSignatureException");
    }
    for (from, to) in [
        ("content-type;host;x-amz-date", "content-type;x-amz-date;host"),
        ("content-type;host;x-amz-date", "content-type;host;host;x-amz-date"),
        ("content-type;host;x-amz-date", "Host;content-type;host;x-amz-date"),
    ] {
        let mut relisted = headers.clone();
        for (name, value) in &mut relisted {
            if name == "authorization" {
                assert!(value.contains(from), "{value}");
                *value = value.replacen(from, to, 1);
            }
        }
        let message = send(PATH, &relisted, BODY).await.error(403, "IncompleteSignatureException");
        assert!(message.contains("ascending"), "{message}");
    }
    for extra in [",", ", ,", ",Signature", ", nonsense"] {
        let mut torn = headers.clone();
        for (_, value) in torn.iter_mut().filter(|(name, _)| name == "authorization") {
            value.push_str(extra);
        }
        let message = send(PATH, &torn, BODY).await.error(403, "IncompleteSignatureException");
        assert!(message.contains("equal-sign"), "{extra}: {message}");
    }
}

#[tokio::test]
async fn every_header_that_is_signed_counts() {
    let rig = Rig::start().await;
    let sha = "3b2f2a1d0c"; // Not the body's.
    let extra = [JSON, ("amz-sdk-request", "attempt=1;  max=3"), ("user-agent", "me")];
    let headers = Signer::new().headers(&rig.url(PATH), &extra, BODY.as_bytes());
    assert_eq!(rig.send(Method::POST, PATH, &headers, BODY).await.status, ACCEPTED);
    let lying = [JSON, ("x-amz-content-sha256", sha)];
    let headers = Signer::new().headers(&rig.url(PATH), &lying, BODY.as_bytes());
    let message =
        rig.send(Method::POST, PATH, &headers, BODY).await.error(403, "InvalidSignatureException");
    assert!(message.contains("x-amz-content-sha256"), "{message}");
}

#[tokio::test]
async fn a_wrong_clock_is_told_by_its_phrase() {
    let rig = Rig::start().await;
    let arn = rig.channel("demo").await;
    let now = SystemTime::now();
    for (time, phrase) in
        [(now - minutes(6), "Signature expired"), (now + minutes(6), "Signature not yet current")]
    {
        let signer = Signer { time, expires: minutes(60), ..Signer::new() };
        let message =
            rig.call_as(&signer, PATH, BODY).await.error(403, "InvalidSignatureException");
        assert!(message.starts_with(phrase), "{message}");
        let url = signer.presign(&rig.socket_url(&arn, None));
        let message =
            Socket::open(&url).await.err().unwrap().error(403, "InvalidSignatureException");
        assert!(message.starts_with(phrase), "{message}");
    }
    for time in [now - minutes(4), now + minutes(4)] {
        let signer = Signer { time, ..Signer::new() };
        assert_eq!(rig.call_as(&signer, PATH, BODY).await.status, ACCEPTED);
    }
}

#[tokio::test]
async fn a_presigned_url_expires_when_it_says() {
    let rig = Rig::start().await;
    let arn = rig.channel("demo").await;
    let time = SystemTime::now() - minutes(1);
    let short = Signer { time, expires: Duration::from_secs(30), ..Signer::new() };
    let refused = Socket::open(&short.presign(&rig.socket_url(&arn, None))).await.err().unwrap();
    assert!(refused.error(403, "InvalidSignatureException").starts_with("Signature expired"));
    let long = Signer { expires: minutes(5), ..short };
    assert!(Socket::open(&long.presign(&rig.socket_url(&arn, None))).await.is_ok());
}

#[tokio::test]
async fn a_presigned_url_cannot_be_changed() {
    let rig = Rig::start().await;
    let arn = rig.channel("demo").await;
    let url = Signer::new().presign(&rig.socket_url(&arn, Some("v1")));
    for (from, to, name) in [
        ("X-Amz-ClientId=v1", "X-Amz-ClientId=v2", "InvalidSignatureException"),
        ("/_kvs/v/", "/_kvs/m/", "InvalidSignatureException"),
        ("X-Amz-Expires=299", "X-Amz-Expires=300", "InvalidSignatureException"),
        ("X-Amz-ClientId=v1", "X-Amz-ClientId=v1&x=y", "InvalidSignatureException"),
        ("X-Amz-Expires=299", "X-Amz-Expires=0", "IncompleteSignatureException"),
        ("X-Amz-Expires=299", "X-Amz-Expires=0299", "IncompleteSignatureException"),
        ("X-Amz-Expires=299", "X-Amz-Expires=%2B299", "IncompleteSignatureException"),
        (
            "X-Amz-Expires=299",
            "X-Amz-Expires=299&X-Amz-Expires=299",
            "IncompleteSignatureException",
        ),
        ("X-Amz-SignedHeaders=host", "X-Amz-SignedHeaders=date", "IncompleteSignatureException"),
        (
            "X-Amz-SignedHeaders=host",
            "X-Amz-SignedHeaders=host%3Bhost",
            "IncompleteSignatureException",
        ),
        (
            "X-Amz-SignedHeaders=host",
            "X-Amz-SignedHeaders=Host%3Bhost",
            "IncompleteSignatureException",
        ),
        ("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1", "IncompleteSignatureException"),
        ("&X-Amz-Signature=", "&X-Amz-Sig=", "IncompleteSignatureException"),
    ] {
        let changed = url.replacen(from, to, 1);
        assert_ne!(changed, url, "{from}");
        Socket::open(&changed).await.err().unwrap().error(403, name);
    }
    assert!(Socket::open(&url).await.is_ok());
}

#[tokio::test]
async fn a_request_without_a_signature_is_refused() {
    let rig = Rig::start().await;
    let none = rig.send(Method::POST, PATH, &[], BODY).await;
    none.error(403, "MissingAuthenticationTokenException");
    let arn = rig.channel("demo").await;
    let refused = Socket::open(&rig.socket_url(&arn, None)).await.err().unwrap();
    refused.error(403, "MissingAuthenticationTokenException");
    for authorization in [
        "Basic bG9jYWw6bG9jYWw=",
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=x",
        "AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, Signature=00",
        "AWS4-HMAC-SHA256 Credential=a/20250102/us-west-2/kinesisvideo/aws4_request, \
         SignedHeaders=host;x-amz-date, Signature=00",
    ] {
        let headers = [
            ("authorization".to_owned(), authorization.to_owned()),
            ("x-amz-date".to_owned(), "20260102T030405Z".to_owned()),
        ];
        let answer = rig.send(Method::POST, PATH, &headers, BODY).await;
        answer.error(403, "IncompleteSignatureException");
        let answer = rig.send(Method::POST, PATH, &headers[..1], BODY).await;
        answer.error(403, "IncompleteSignatureException");
    }
}

#[tokio::test]
async fn a_signature_is_for_one_region_and_service() {
    let rig = Rig::start().await;
    for signer in
        [Signer { region: "eu-west-1", ..Signer::new() }, Signer { service: "s3", ..Signer::new() }]
    {
        let message =
            rig.call_as(&signer, PATH, BODY).await.error(403, "InvalidSignatureException");
        assert!(message.starts_with("Credential should be scoped to"), "{message}");
    }
    let elsewhere = Config { region: "eu-west-1".to_owned(), ..Config::default() };
    let rig = Rig::with(elsewhere).await;
    let signer = Signer { region: "eu-west-1", ..Signer::new() };
    assert_eq!(rig.call_as(&signer, PATH, BODY).await.status, ACCEPTED);
}
