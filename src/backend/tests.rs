//! A service that answers at once, asked through [`BundleIssuer`].

use std::cell::RefCell;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::*;

const ARN: &str = "arn:aws:kinesisvideo:us-west-2:123456789012:channel/demo/1700000000000";

/// Runs what waits for nothing.
fn run<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits for something"),
    }
}

fn service(request: &SignedRequest) -> Response {
    let body = if request.url.ends_with("/getSignalingChannelEndpoint") {
        r#"{"ResourceEndpointList":[
            {"Protocol":"WSS","ResourceEndpoint":"wss://v-1.example.com"},
            {"Protocol":"HTTPS","ResourceEndpoint":"https://r-1.example.com"}]}"#
    } else {
        r#"{"IceServerList":[{"Uris":["turn:t:443?transport=udp"],"Username":"u",
            "Password":"hunter2","Ttl":300}]}"#
    };
    Response { status: 200, error_type: None, body: body.to_owned(), date: None }
}

struct Story {
    issuer: BundleIssuer,
    asked: RefCell<Vec<String>>,
}

impl Story {
    fn new() -> Self {
        let issuer = BundleIssuer::new(ChannelArn::parse(ARN).unwrap());
        Self { issuer, asked: RefCell::default() }
    }

    fn issue(&self, json: &str) -> Result<Bundle, Error> {
        let keys = Credentials::new("AKIDEXAMPLE", "secret", None).unwrap();
        let send = async |request: SignedRequest| {
            self.asked.borrow_mut().push(request.url.clone());
            Ok(service(&request))
        };
        let request = BackendRequest::from_json(json)?;
        run(self.issuer.issue(&request, &keys, UnixMillis(1_700_000_000_000), send))
    }

    fn asked(&self) -> Vec<String> {
        let hosts = self.asked.take();
        hosts.iter().map(|url| url.split('/').nth(2).unwrap().to_owned()).collect()
    }
}

const VIEWER: &str = r#"{"role":"VIEWER","clientId":"a","need":"connect","reason":"start"}"#;
const ICE: &str =
    r#"{"role":"VIEWER","clientId":"a","need":"ice","reason":"rollover","signal":{}}"#;

#[test]
fn a_viewer_gets_a_url_of_its_own_and_servers_with_their_life_time() {
    let bundle = Story::new().issue(VIEWER).unwrap();
    let json: serde_json::Value = serde_json::from_str(&bundle.to_json()).unwrap();
    let url = json["signedUrl"].as_str().unwrap();
    assert!(url.starts_with("wss://v-1.example.com/?X-Amz-Algorithm="), "{url}");
    assert!(url.contains("X-Amz-ClientId=a&"), "{url}");
    assert_eq!(
        (json["iceTtlSeconds"].as_u64(), json["channelArn"].as_str()),
        (Some(300), Some(ARN))
    );
    assert_eq!(
        json["iceServers"],
        serde_json::json!([
            { "urls": ["stun:stun.kinesisvideo.us-west-2.amazonaws.com:443"] },
            { "urls": ["turn:t:443?transport=udp"], "username": "u", "credential": "hunter2" },
        ])
    );
}

#[test]
fn what_is_not_needed_is_neither_made_nor_asked_for() {
    let story = Story::new();
    story.issue(VIEWER).unwrap();
    assert_eq!(story.asked(), ["kinesisvideo.us-west-2.amazonaws.com", "r-1.example.com"]);
    let bundle = story.issue(ICE).unwrap();
    assert_eq!((bundle.signed_url, bundle.ice_servers.len()), (None, 2));
    assert_eq!(story.asked(), ["r-1.example.com"]);
}

#[test]
fn after_a_refusal_the_endpoints_are_asked_for_again() {
    let story = Story::new();
    story.issue(VIEWER).unwrap();
    story.asked();
    story.issue(&VIEWER.replace("start", "refused")).unwrap();
    assert_eq!(story.asked().len(), 2);
}

#[test]
fn a_master_has_no_client_id_and_a_viewer_has_one() {
    let story = Story::new();
    let bundle = story.issue(r#"{"role":"MASTER","need":"connect","reason":"start"}"#).unwrap();
    assert!(!bundle.to_json().contains("ClientId"));
    let nobody = VIEWER.replace(r#""clientId":"a","#, "");
    assert!(story.issue(&nobody).unwrap_err().message().starts_with("clientId"));
}

#[test]
fn a_request_that_makes_no_sense_is_refused_by_member() {
    for (json, member) in [
        ("", "request"),
        ("null", "role"),
        (r#"{"role":"viewer"}"#, "role"),
        (r#"{"role":7}"#, "role"),
        (&VIEWER.replace("connect", "all"), "need"),
        (&VIEWER.replace("start", "because"), "reason"),
        (&VIEWER.replace(r#":"a""#, r#":"a b""#), "clientId"),
        (&VIEWER.replace(r#":"a""#, ":[]"), "clientId"),
    ] {
        let error = BackendRequest::from_json(json).unwrap_err();
        assert!(error.message().starts_with(member), "{error}");
        assert_eq!(status_of(&error), 400);
    }
}

#[test]
fn a_page_learns_its_own_mistakes_and_nothing_of_the_keys() {
    let error = Error::argument("role", "must be \"x\"");
    let json = r#"{"code":"caller.invalidArgument","message":"role must be \"x\""}"#;
    assert_eq!((error_json(&error).as_str(), status_of(&error)), (json, 400));
    let error = Error::new(Code::KeysDenied, "User: arn:aws:iam::1:user/x is not authorized");
    let told = error_json(&error);
    assert!(told.starts_with(r#"{"code":"keys.denied","#) && !told.contains("arn:"), "{told}");
    assert_eq!(status_of(&error), 502);
}

#[test]
fn a_page_is_answered_with_a_status_and_json() {
    let story = Story::new();
    let keys = Credentials::new("AKIDEXAMPLE", "secret", None).unwrap();
    let send = async |request: SignedRequest| Ok(service(&request));
    let (status, body) = run(story.issuer.answer(VIEWER, &keys, UnixMillis(0), send));
    assert!(status == 200 && body.starts_with(r#"{"signedUrl":"wss://"#), "{status} {body}");
    let (status, body) = run(story.issuer.answer("[]", &keys, UnixMillis(0), send));
    assert_eq!(status, 400);
    assert!(body.starts_with(r#"{"code":"caller.invalidArgument","message":"role"#), "{body}");
    let down = async |_| Err(Error::new(Code::NetworkUnreachable, "down"));
    let (status, _) = run(Story::new().issuer.answer(VIEWER, &keys, UnixMillis(0), down));
    assert_eq!(status, 502);
}

#[test]
fn debug_output_of_a_bundle_keeps_its_secrets() {
    let text = format!("{:?}", Story::new().issue(VIEWER).unwrap());
    assert!(!text.contains("hunter2") && !text.contains("X-Amz-Signature"), "{text}");
}
