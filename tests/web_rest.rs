//! `KinesisVideoClient` in a real browser: what only a browser does to a request.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use js_sys::{Function, JSON, Object, Promise, Reflect};
use kvs_webrtc::js::KinesisVideoClient;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::AbortController;

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(module = "/tests/common/rest.js")]
extern "C" {
    fn restore();
    fn answering(status: u16, body: &str, headers: &JsValue) -> Function;
    fn hanging(notes: &JsValue) -> Function;
    fn aborting(controller: &JsValue) -> Function;
    fn noting(notes: &JsValue) -> Function;
}

const ENDPOINT: &str = "https://kinesisvideo.example.com";

fn object(json: &str) -> JsValue {
    JSON::parse(json).unwrap()
}

fn get(value: &JsValue, path: &str) -> JsValue {
    path.split('.').fold(value.clone(), |value, name| Reflect::get(&value, &name.into()).unwrap())
}

fn text(value: &JsValue, path: &str) -> String {
    get(value, path).as_string().unwrap_or_default()
}

fn client(endpoint: &str, more: &str, fetch: Option<Function>) -> KinesisVideoClient {
    let options = object(&format!(
        r#"{{"region":"us-west-2","endpoint":"{endpoint}",
            "credentials":{{"accessKeyId":"AK","secretAccessKey":"SK"}}{more}}}"#
    ));
    if let Some(fetch) = fetch {
        Reflect::set(&options, &"fetch".into(), &fetch).unwrap();
    }
    KinesisVideoClient::new(&options).unwrap()
}

fn describe(client: &KinesisVideoClient, options: &JsValue) -> Promise {
    client.describe_signaling_channel(&object(r#"{"ChannelName":"demo"}"#), options)
}

async fn done(promise: Promise) -> JsValue {
    JsFuture::from(promise).await.unwrap()
}

async fn error(promise: Promise) -> JsValue {
    JsFuture::from(promise).await.unwrap_err()
}

#[wasm_bindgen_test]
async fn a_request_carries_nothing_of_the_page() {
    let notes = Object::new();
    let client = client(ENDPOINT, "", Some(noting(&notes)));
    done(describe(&client, &JsValue::UNDEFINED)).await;
    assert_eq!(text(&notes, "url"), format!("{ENDPOINT}/describeSignalingChannel"));
    for (name, value) in [
        ("method", "POST"),
        ("body", r#"{"ChannelName":"demo"}"#),
        ("credentials", "omit"),
        ("redirect", "error"),
        ("cache", "no-store"),
        ("referrerPolicy", "no-referrer"),
    ] {
        assert_eq!(text(&notes, &format!("init.{name}")), value, "{name}");
    }
    let headers: Object = get(&notes, "init.headers").unchecked_into();
    let names: Vec<_> = Object::keys(&headers).iter().filter_map(|name| name.as_string()).collect();
    // The service's CORS answer allows these.
    assert_eq!(names, ["content-type", "x-amz-date", "authorization"]);
    assert!(get(&notes, "self").is_undefined());
}

#[wasm_bindgen_test]
async fn a_request_that_the_browser_refuses_is_told_as_unreachable() {
    restore();
    // The port of the discard protocol: browsers do not say why they do not ask it, as with an
    // answer that another origin does not let them read.
    let client = client("http://localhost:9", r#","maxAttempts":2"#, None);
    let error = error(describe(&client, &JsValue::UNDEFINED)).await;
    assert_eq!(text(&error, "code"), "network.unreachable");
    assert_eq!(text(&error, "message"), "localhost:9 could not be reached");
    assert_eq!(get(&error, "$metadata.attempts"), 2);
    assert!(get(&error, "service").is_undefined());
}

#[wasm_bindgen_test]
async fn what_cors_hides_is_undefined_and_the_error_is_told_by_the_body() {
    let body = r#"{"__type":"ResourceNotFoundException","Message":"m"}"#;
    let hidden = answering(404, body, &Object::new());
    let error = error(describe(&client(ENDPOINT, "", Some(hidden)), &JsValue::UNDEFINED)).await;
    assert_eq!(text(&error, "code"), "service.channelNotFound");
    assert_eq!(text(&error, "service.name"), "ResourceNotFoundException");
    assert_eq!(get(&error, "service.status"), 404);
    assert!(get(&error, "service.requestId").is_undefined());

    let shown = object(r#"{"x-amzn-RequestId":"request-1"}"#);
    let fetch = answering(200, "{}", &shown);
    let output = done(describe(&client(ENDPOINT, "", Some(fetch)), &JsValue::UNDEFINED)).await;
    assert_eq!(text(&output, "$metadata.requestId"), "request-1");
    assert!(get(&output, "ChannelInfo").is_undefined());
}

#[wasm_bindgen_test]
async fn without_a_date_a_wrong_clock_cannot_be_mended() {
    let body = r#"{"message":"Signature expired: x is now earlier than y"}"#;
    let notes = answering(403, body, &Object::new());
    let error = error(describe(&client(ENDPOINT, "", Some(notes)), &JsValue::UNDEFINED)).await;
    assert_eq!(text(&error, "code"), "caller.clockSkewed");
    assert_eq!(get(&error, "$metadata.attempts"), 1);
}

#[wasm_bindgen_test]
async fn a_time_out_gives_the_request_up_and_tries_again() {
    let notes = Object::new();
    let client = client(ENDPOINT, r#","timeoutMs":20,"maxAttempts":2"#, Some(hanging(&notes)));
    let error = error(describe(&client, &JsValue::UNDEFINED)).await;
    assert_eq!(text(&error, "code"), "network.timeout");
    assert_eq!((get(&notes, "calls"), get(&notes, "aborted")), (2.into(), 2.into()));
}

#[wasm_bindgen_test]
async fn aborting_gives_the_request_up_even_from_inside_of_fetch() {
    let controller = AbortController::new().unwrap();
    let options = Object::new();
    Reflect::set(&options, &"signal".into(), &controller.signal()).unwrap();
    let inside = client(ENDPOINT, "", Some(aborting(&controller)));
    let thrown = error(describe(&inside, &options)).await;
    assert_eq!(text(&thrown, "code"), "caller.aborted");
    // The signal stays aborted: nothing is sent.
    let notes = Object::new();
    let outside = client(ENDPOINT, "", Some(hanging(&notes)));
    let thrown = error(describe(&outside, &options)).await;
    assert_eq!(text(&thrown, "code"), "caller.aborted");
    assert!(get(&notes, "calls").is_undefined());
}

#[wasm_bindgen_test]
async fn aborting_one_call_leaves_the_others() {
    let notes = Object::new();
    let client = client(ENDPOINT, r#","timeoutMs":50,"maxAttempts":1"#, Some(hanging(&notes)));
    let controller = AbortController::new().unwrap();
    let options = Object::new();
    Reflect::set(&options, &"signal".into(), &controller.signal()).unwrap();
    let (one, other) = (describe(&client, &options), describe(&client, &JsValue::UNDEFINED));
    controller.abort();
    assert_eq!(text(&error(one).await, "code"), "caller.aborted");
    assert_eq!(text(&error(other).await, "code"), "network.timeout");
}

#[wasm_bindgen_test]
async fn a_client_that_is_let_go_of_finishes_its_calls() {
    let fetch = answering(200, r#"{"ChannelInfo":{"CreationTime":1.5}}"#, &Object::new());
    let client = client(ENDPOINT, "", Some(fetch));
    let promise = describe(&client, &JsValue::UNDEFINED);
    drop(client);
    let created = get(&done(promise).await, "ChannelInfo.CreationTime");
    let created: js_sys::Date = created.dyn_into().unwrap();
    assert_eq!(created.to_iso_string(), "1970-01-01T00:00:01.500Z");
}
