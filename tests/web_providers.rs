//! What the application gives a session to ask: its session provider, its keys, its `fetch`; in a
//! real browser.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "web_common/page.rs"]
mod page;

use js_sys::{Array, Function, Promise, Reflect};
use kvs_webrtc::js::KinesisVideoClient;
use page::{Page, done, error_of, get, object, options, text};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(module = "/tests/common/relay.js")]
extern "C" {
    fn install();
    fn later(milliseconds: u32) -> Promise;
    #[wasm_bindgen(js_name = tooManyConnections)]
    fn too_many_connections() -> Function;
    fn next(target: &JsValue, event: &str, fits: JsValue) -> Promise;
    #[wasm_bindgen(js_name = hasState)]
    fn has_state(state: &str) -> JsValue;
}

#[wasm_bindgen(module = "/tests/common/providers.js")]
extern "C" {
    fn answering(signals: &Array) -> Function;
    fn hanging(signals: &Array) -> Function;
    fn slow(signals: &Array) -> Function;
    fn keys(asked: &Array) -> Function;
    fn expired() -> Function;
    fn throwing(how: &str) -> Function;
    fn only(asked: &Array) -> Function;
    #[wasm_bindgen(js_name = replaceDevices)]
    fn replace_devices(method: &str, by: &Function) -> Function;
}

/// Options of a session with a provider of this name that is the function.
fn with(options: JsValue, name: &str, function: &JsValue) -> JsValue {
    Reflect::set(&options, &name.into(), function).unwrap();
    options
}

/// Options of a session whose back end this is.
fn backed(provider: &JsValue) -> JsValue {
    with(object(r#"{"natTraversal":"stun-turn"}"#), "session", provider)
}

/// Waits until the application was asked so often; whether each of its signals has fired.
async fn fired(signals: &Array, times: u32) -> Vec<bool> {
    while signals.length() < times {
        done(later(5)).await;
    }
    let fired = |signal: JsValue| {
        assert!(signal.is_instance_of::<web_sys::AbortSignal>(), "{signal:?}");
        get(&signal, "aborted").is_truthy()
    };
    signals.iter().map(fired).collect()
}

#[wasm_bindgen_test]
async fn a_preparation_that_is_stopped_tells_who_was_asked() {
    install();
    let (provider, fetch) = (Array::new(), Array::new());
    for (options, signals) in [
        (backed(&hanging(&provider)), &provider),
        (with(options(""), "fetch", &hanging(&fetch)), &fetch),
    ] {
        let viewer = Page::viewer(&options);
        let prepared = viewer.call("prepare", &[]).unwrap();
        assert_eq!(fired(signals, 1).await, [false]);
        viewer.stop();
        assert_eq!(error_of(prepared).await.0, "caller.stopped");
        assert_eq!(viewer.get("state"), "idle");
        assert_eq!(fired(signals, 1).await, [true]);
    }
}

#[wasm_bindgen_test]
async fn a_start_goes_on_with_a_preparation_unless_the_back_end_is_asked_anew() {
    install();
    let signals = Array::new();
    let viewer = Page::viewer(&backed(&hanging(&signals)));
    let prepared = viewer.call("prepare", &[]).unwrap();
    assert_eq!(fired(&signals, 1).await, [false]);
    let started = viewer.call("start", &[]).unwrap();
    done(prepared).await;
    assert_eq!(fired(&signals, 2).await, [true, false]);
    viewer.stop();
    assert_eq!(fired(&signals, 2).await, [true, true]);
    assert_eq!(error_of(started).await.0, "caller.stopped");

    let master = Page::master(&options(""));
    master.run("start", &[]).await;
    let signals = Array::new();
    let fetch = slow(&signals);
    let viewer = Page::viewer(&with(options(""), "fetch", &fetch));
    let prepared = viewer.call("prepare", &[]).unwrap();
    assert_eq!(fired(&signals, 1).await, [false]);
    let started = viewer.call("start", &[]).unwrap();
    done(prepared).await;
    get(&fetch, "release").unchecked_into::<Function>().call0(&JsValue::UNDEFINED).unwrap();
    done(started).await;
    assert!(fired(&signals, 2).await.iter().all(|fired| !fired));
    viewer.stop();
    assert!(fired(&signals, 2).await.iter().all(|fired| *fired));
    master.stop();
}

#[wasm_bindgen_test]
async fn the_signal_of_a_running_session_fires_when_it_is_stopped() {
    install();
    let signals = Array::new();
    let master = Page::master(&backed(&answering(&signals)));
    for run in 1..=2 {
        master.run("start", &[]).await;
        assert_eq!(fired(&signals, run).await.last(), Some(&false));
        master.stop();
        assert_eq!(fired(&signals, run).await.last(), Some(&true));
    }
}

#[wasm_bindgen_test]
async fn keys_that_are_kept_are_given_up_when_the_service_calls_them_expired() {
    install();
    let asked = Array::new();
    let options = with(options(""), "credentials", &keys(&asked));
    let master = Page::master(&with(options, "fetch", &expired()));
    for _ in 0..2 {
        master.run("start", &[]).await;
        assert_eq!(asked.length(), 2, "once, and once more for fresh ones");
        master.stop();
    }
}

/// What `promise` rejects with, which is to be an error of ours with what was thrown as its cause.
async fn assert_cause(promise: impl Into<JsValue>, code: &str, function: &Function) {
    let error = JsFuture::from(promise.into().unchecked_into::<Promise>()).await.unwrap_err();
    assert_caused(&error, code, function);
}

fn assert_caused(error: &JsValue, code: &str, function: &Function) {
    assert_eq!((text(error, "name").as_str(), text(error, "code").as_str()), ("KvsError", code));
    let thrown = get(function, "thrown");
    assert!(js_sys::Object::is(&get(error, "cause"), &thrown), "{code}: {:?}", get(error, "cause"));
}

#[wasm_bindgen_test]
async fn what_a_function_of_the_applications_throws_is_the_cause() {
    install();
    for how in ["throws", "rejects"] {
        let throwing = throwing(how);
        for (options, code) in [
            (with(options(""), "credentials", &throwing), "keys.missing"),
            (backed(&throwing), "caller.sessionFailed"),
            (with(options(""), "fetch", &throwing), "network.unreachable"),
        ] {
            let master = Page::master(&options);
            assert_cause(master.call("start", &[]).unwrap(), code, &throwing).await;
        }
        let keys = with(options(""), "credentials", &throwing);
        let prepared = Page::viewer(&keys).call("prepare", &[]).unwrap();
        assert_cause(prepared, "keys.missing", &throwing).await;
        let once = with(options(""), "maxAttempts", &1.into());
        for (options, code) in
            [(keys, "keys.missing"), (with(once, "fetch", &throwing), "network.unreachable")]
        {
            let client = KinesisVideoClient::new(&options).unwrap();
            let listed = client.list_signaling_channels(&object("{}"), &JsValue::UNDEFINED);
            assert_cause(listed, code, &throwing).await;
        }
    }
}

#[wasm_bindgen_test]
async fn what_the_browser_throws_is_the_cause() {
    install();
    let throwing = throwing("rejects");
    let restore =
        [replace_devices("getUserMedia", &throwing), replace_devices("getDisplayMedia", &throwing)];
    let master = Page::master(&options(""));
    assert_cause(master.call("start", &[]).unwrap(), "browser.cameraBusy", &throwing).await;
    let viewer = Page::viewer(&options(r#","video":true"#));
    let told = next(&viewer.0, "error", JsValue::UNDEFINED);
    let started = viewer.call("start", &[]).unwrap();
    assert_caused(&get(&done(told).await, "error"), "browser.cameraBusy", &throwing);
    let shared = viewer.call("shareScreen", &[]).unwrap();
    assert_cause(shared, "browser.screenDenied", &throwing).await;
    let switched = viewer.call("switchDevice", &["video".into(), "another".into()]).unwrap();
    assert_cause(switched, "browser.cameraBusy", &throwing).await;
    viewer.stop();
    assert_eq!(error_of(started).await.0, "caller.stopped");
    restore.iter().for_each(|undo| drop(undo.call0(&JsValue::UNDEFINED).unwrap()));
}

#[wasm_bindgen_test]
async fn what_the_browser_says_of_a_connection_is_the_cause() {
    install();
    let real = too_many_connections();
    let started = Page::viewer(&options("")).call("start", &[]).unwrap();
    let error = JsFuture::from(started.unchecked_into::<Promise>()).await.unwrap_err();
    real.call0(&JsValue::UNDEFINED).unwrap();
    assert_eq!(text(&get(&error, "cause"), "name"), "UnknownError");
}

#[wasm_bindgen_test]
async fn a_cause_is_in_no_log_and_no_report() {
    install();
    let lines = Array::new();
    let options = with(options(""), "credentials", &throwing("throws"));
    let logger = Function::new_with_args("lines, ...line", "lines.push(JSON.stringify(line))");
    let options = with(options, "logger", &logger.bind1(&JsValue::UNDEFINED, &lines));
    let master = Page::master(&with(options, "logLevel", &"debug".into()));
    master.fail("start", &[]).await;
    let report = master.run("report", &[]).await;
    let lines = lines.join("\n").as_string().unwrap();
    let report = js_sys::JSON::stringify(&report).unwrap().as_string().unwrap();
    for text in [lines, report] {
        assert!(text.contains("out of luck"), "the error itself is told: {text}");
        assert!(!text.contains("hush-hush"), "{text}");
    }
}

const URL: &str = "wss://localhost:9/s?X-Amz-Signature=x";

/// A session provider whose answer is this expression; `good` is a presigned URL in it.
fn answers(expression: &str) -> JsValue {
    let body = ["const good = '", URL, "'; return ", expression].concat();
    Function::new_no_args(&body).into()
}

#[wasm_bindgen_test]
async fn a_bundle_that_cannot_be_used_is_an_error_that_names_the_member() {
    install();
    for (expression, words) in [
        ("undefined", "session() must give an object"),
        ("null", "session() must give an object"),
        ("7", "session() must give an object"),
        ("Promise.resolve('{}')", "session() must give an object"),
        ("{}", "session() gave no signedUrl"),
        ("{ signedUrl: null }", "session() gave no signedUrl"),
        ("{ get signedUrl() { throw new Error('no'); } }", "session() gave no signedUrl"),
        ("{ signedUrl: 7 }", "signedUrl"),
        ("{ signedUrl: '' }", "signedUrl"),
        ("{ signedUrl: 'wss://hush/s' }", "signedUrl"),
        ("{ signedUrl: 'wss://hush/s?X-Amz-Date=x' }", "signedUrl"),
        ("{ signedUrl: good.replace('wss', 'https') }", "signedUrl"),
        ("{ signedUrl: good.replace('wss', 'javascript') }", "signedUrl"),
        ("{ signedUrl: good + 'x'.repeat(16384) }", "signedUrl"),
        ("{ signedUrl: good, iceTtlSeconds: '300' }", "iceTtlSeconds"),
        ("{ signedUrl: good, iceTtlSeconds: -1 }", "iceTtlSeconds"),
        ("{ signedUrl: good, iceTtlSeconds: NaN }", "iceTtlSeconds"),
        ("{ signedUrl: good, iceServers: [{ urls: 'turn:t', Ttl: 'x' }] }", "iceTtlSeconds"),
        ("{ signedUrl: good, iceServers: { urls: 'turn:t' } }", "iceServers"),
        ("{ signedUrl: good, iceServers: 'turn:t' }", "iceServers"),
        ("{ signedUrl: good, iceServers: [{}] }", "iceServers"),
        ("{ signedUrl: good, iceServers: [{ urls: 'turn:t' }, null] }", "iceServers"),
        ("{ signedUrl: good, iceServers: [7] }", "iceServers"),
        ("{ signedUrl: good, channelArn: 7 }", "channelArn"),
        ("{ signedUrl: good, channelArn: 'arn:x' }", "channelArn"),
        (
            "{ signedUrl: good + '&X-Amz-ChannelARN=arn%3Ax', channelArn:
               'arn:aws:kinesisvideo:us-west-2:123456789012:channel/demo/1700000000000' }",
            "channelArn",
        ),
    ] {
        let master = Page::master(&backed(&answers(&["(", expression, ")"].concat())));
        let (code, message) = master.fail("start", &[]).await;
        assert_eq!(code, "caller.sessionFailed", "{expression}");
        assert!(message.starts_with(words), "{expression}: {message}");
        assert!(!message.contains("hush"), "{message}");
        assert_eq!(master.get("state"), "closed", "{expression}");
    }
}

/// The servers of a viewer's connection, whose session provider gives these.
async fn servers_of(ice_servers: &str) -> Vec<(Vec<String>, String, String)> {
    let bundle = ["{ signedUrl: good, iceServers: ", ice_servers, " }"].concat();
    let viewer = Page::viewer(&backed(&answers(&["(", &bundle, ")"].concat())));
    let started = viewer.call("start", &[]).unwrap();
    let waiting = next(&viewer.0, "state", has_state("waiting"));
    done(Promise::race(&Array::of2(&waiting, &started))).await;
    let connection: web_sys::RtcPeerConnection = viewer.get("peerConnection").unchecked_into();
    let servers: Array = get(&connection.get_configuration(), "iceServers").unchecked_into();
    let urls = |server: &JsValue| {
        let urls: Array = get(server, "urls").unchecked_into();
        urls.iter().filter_map(|url| url.as_string()).collect()
    };
    let read = |it: JsValue| (urls(&it), text(&it, "username"), text(&it, "credential"));
    let servers = servers.iter().map(read).collect();
    viewer.stop();
    assert_eq!(error_of(started).await.0, "caller.stopped");
    servers
}

#[wasm_bindgen_test]
async fn servers_may_be_written_as_a_connection_takes_them_or_as_the_service_answers() {
    install();
    let login = |urls: &[&str]| {
        (urls.iter().map(|url| (*url).to_owned()).collect(), "u".to_owned(), "p".to_owned())
    };
    let ours = "[{ urls: 'turn:a:3478', username: 'u', credential: 'p' }]";
    assert_eq!(servers_of(ours).await, [login(&["turn:a:3478"])]);
    let services =
        "[{ Uris: ['turn:a:3478', 'turn:b:3479', 7], Username: 'u', Password: 'p', Ttl: 300 }]";
    assert_eq!(servers_of(services).await, [login(&["turn:a:3478", "turn:b:3479"])]);
    let many =
        "Array(40).fill({ urls: ['stun:' + 'x'.repeat(2000), ...Array(40).fill('stun:a:3478')] })";
    let most = servers_of(many).await;
    assert_eq!(most.len(), 10);
    assert!(most.iter().all(|(urls, ..)| urls.len() == 7), "one of eight is too long");
}

#[wasm_bindgen_test]
async fn a_fetch_of_the_sessions_own_makes_all_its_requests() {
    install();
    let asked = Array::new();
    let own = only(&asked);
    let turn = with(options(""), "natTraversal", &"stun-turn".into());
    let viewer = Page::viewer(&with(turn, "fetch", &own));
    viewer.run("prepare", &[]).await;
    let paths =
        ["/describeSignalingChannel", "/getSignalingChannelEndpoint", "/v1/get-ice-server-config"];
    assert_eq!(asked.join(" ").as_string().unwrap(), paths.join(" "));
}
