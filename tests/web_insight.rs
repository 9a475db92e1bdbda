//! In a real browser: what a session knows about itself, during a call between two peers in one
//! page.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use js_sys::{Array, Function, JSON, Object, Promise, Reflect};
use kvs_webrtc::js::{Master, Viewer};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(module = "/tests/common/relay.js")]
extern "C" {
    fn install();
    fn next(target: &JsValue, event: &str, fits: JsValue) -> Promise;
}

const SECRET: &str = "KnownSecretAccessKey";
const TOKEN: &str = "KnownSessionToken";

fn options(more: &str) -> JsValue {
    JSON::parse(&format!(
        r#"{{"channelName":"demo","region":"us-west-2","endpoint":"http://localhost:9",
            "natTraversal":"disabled",
            "credentials":{{"accessKeyId":"AK","secretAccessKey":"{SECRET}","sessionToken":"{TOKEN}"}}{more}}}"#
    ))
    .unwrap()
}

fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap()
}

fn text(object: &JsValue, name: &str) -> String {
    get(object, name).as_string().unwrap_or_default()
}

fn number(object: &JsValue, name: &str) -> f64 {
    let found = get(object, name).as_f64();
    found.unwrap_or_else(|| panic!("{name} is no number in {}", json(object)))
}

fn json(value: &JsValue) -> String {
    JSON::stringify(value).unwrap().into()
}

fn call(object: &JsValue, method: &str, arguments: &[JsValue]) -> JsValue {
    let function: Function = get(object, method).unchecked_into();
    function.apply(object, &arguments.iter().cloned().collect::<Array>()).unwrap()
}

async fn done(promise: JsValue) -> JsValue {
    JsFuture::from(promise.unchecked_into::<Promise>()).await.unwrap()
}

/// Asks again and again until the answer fits.
async fn until<T>(mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        let later = Promise::new(&mut |resolve, _| {
            let window = web_sys::window().unwrap();
            window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, 50).unwrap();
        });
        JsFuture::from(later).await.unwrap();
    }
}

fn list(value: JsValue) -> Vec<JsValue> {
    Array::from(&value).to_vec()
}

fn find(list: &[JsValue], name: &str, role: &str) -> Option<JsValue> {
    list.iter().find(|entry| text(entry, "name") == name && text(entry, "role") == role).cloned()
}

/// A master and a viewer that have a call.
async fn a_call(of_master: &str, of_viewer: &str) -> (JsValue, JsValue) {
    install();
    let more = r#","degradationPreference":"maintain-resolution""#;
    let master = JsValue::from(Master::new(&options(&[more, of_master].concat())).unwrap());
    let viewer = r#","clientId":"kitchen""#;
    let viewer = JsValue::from(Viewer::new(&options(&[viewer, of_viewer].concat())).unwrap());
    done(call(&master, "start", &[])).await;
    done(call(&viewer, "start", &[])).await;
    (master, viewer)
}

fn stop(sides: [&JsValue; 2]) {
    for side in sides {
        call(side, "stop", &[]);
    }
}

/// The video of the call's second measurement, and all of that.
async fn measured(side: &JsValue, arguments: &[JsValue]) -> (JsValue, JsValue) {
    until(async || {
        let stats = done(call(side, "getStats", arguments)).await;
        let tracks = list(get(&stats, "tracks"));
        let video = tracks.into_iter().find(|track| text(track, "kind") == "video")?;
        let moves = get(&video, "bitrate").as_f64().is_some_and(|bits| bits > 0.0)
            && get(&video, "framesPerSecond").as_f64().is_some_and(|frames| frames > 0.0);
        // A path's round trip and an open channel may be a moment later than the picture.
        let is_known = get(&get(&stats, "connection"), "roundTripTime").as_f64().is_some();
        let channel = get(&stats, "dataChannel");
        let is_up = channel.is_undefined() || text(&channel, "state") == "open";
        (moves && is_known && is_up).then_some((video, stats))
    })
    .await
}

#[wasm_bindgen_test]
async fn measurements_have_one_shape_on_both_sides() {
    let (master, viewer) = a_call("", r#","dataChannel":true"#).await;
    let (video, stats) = measured(&viewer, &[]).await;
    assert_eq!(text(&video, "direction"), "inbound");
    assert!(text(&video, "codec").starts_with("video/"), "{}", json(&video));
    for member in ["width", "height", "framesDecoded", "packetsReceived", "bytesReceived"] {
        assert!(number(&video, member) > 0.0, "{member}");
    }
    for member in ["packetsLost", "jitter", "nackCount", "pliCount"] {
        assert!(number(&video, member) >= 0.0, "{member}");
    }
    let connection = get(&stats, "connection");
    for side in ["local", "remote"] {
        let candidate = get(&connection, side);
        let kind = text(&candidate, "type");
        assert!(kind == "host" || kind == "prflx", "{}", json(&candidate));
        assert_eq!(text(&candidate, "protocol"), "udp");
    }
    assert_eq!(get(&connection, "relayed"), JsValue::FALSE);
    assert!(number(&connection, "bytesReceived") > 0.0);
    assert!(number(&connection, "roundTripTime") < 1_000.0);
    assert!(number(&stats, "timestamp") > 1.6e12);
    assert_eq!(text(&get(&stats, "dataChannel"), "state"), "open");

    let (video, _) = measured(&master, &["kitchen".into()]).await;
    assert_eq!(text(&video, "direction"), "outbound");
    assert!(number(&video, "framesEncoded") > 0.0);
    assert!(done(call(&master, "getStats", &["nobody".into()])).await.is_null());
    stop([&master, &viewer]);
    assert!(done(call(&viewer, "getStats", &[])).await.is_null());
}

/// Has the browser's `getStats` answer what `body` makes of its `report`; gives what ends that.
fn stats_become(body: &str) -> Function {
    let install = "const kept = RTCPeerConnection.prototype.getStats;
        RTCPeerConnection.prototype.getStats = async function () {
            const report = await kept.call(this);
            return make(report);
        };
        return () => { RTCPeerConnection.prototype.getStats = kept; };";
    let make = Function::new_with_args("report", body);
    Function::new_with_args("make", install)
        .call1(&JsValue::UNDEFINED, &make)
        .unwrap()
        .unchecked_into()
}

#[wasm_bindgen_test]
async fn a_browser_that_names_no_selected_pair_and_no_kind_is_understood() {
    let (master, viewer) = a_call("", "").await;
    let restore = stats_become(
        "const old = new Map();
        for (const [id, { selectedCandidatePairId, kind, ...rest }] of report) {
            if (rest.type === 'candidate-pair') rest.selected = id === selectedCandidatePairId || rest.nominated;
            if (rest.type !== 'transport') old.set(id, { ...rest, mediaType: kind });
        }
        return old;",
    );
    let (video, stats) = measured(&viewer, &[]).await;
    assert_eq!(text(&video, "kind"), "video");
    let connection = get(&stats, "connection");
    assert_eq!(get(&connection, "relayed"), JsValue::FALSE, "{}", json(&connection));
    assert!(number(&connection, "bytesReceived") > 0.0);
    restore.call0(&JsValue::UNDEFINED).unwrap();
    stop([&master, &viewer]);
}

#[wasm_bindgen_test]
async fn a_browser_whose_measurements_fail_or_are_nonsense_disturbs_nobody() {
    let (master, viewer) = a_call("", r#","qualityInterval":500"#).await;
    for (body, is_null) in [
        ("throw new Error('no')", true),
        ("return null", false),
        (
            "return new Map([['a', null], ['b', 7], ['c', { type: 'inbound-rtp', bytesReceived: 'x' }]])",
            false,
        ),
        ("return new Map([['t', { type: 'transport', selectedCandidatePairId: 't' }]])", false),
    ] {
        let restore = stats_become(body);
        let stats = done(call(&viewer, "getStats", &[])).await;
        assert_eq!(stats.is_null(), is_null, "{body}: {}", json(&stats));
        let report = done(call(&viewer, "report", &[])).await;
        assert_eq!(text(&report, "state"), "connected");
        restore.call0(&JsValue::UNDEFINED).unwrap();
    }
    assert_eq!(text(&viewer, "state"), "connected");
    stop([&master, &viewer]);
}

#[wasm_bindgen_test]
async fn the_quality_of_a_good_call_is_told_to_who_listens() {
    let (master, viewer) = a_call("", r#","qualityInterval":500"#).await;
    let good = Closure::<dyn Fn(JsValue) -> bool>::new(|quality: JsValue| {
        get(&quality, "score").as_f64().is_some_and(|score| score >= 4.0)
    });
    let told = done(next(&viewer, "quality", good.as_ref().clone()).into()).await;
    assert!(Array::is_array(&get(&told, "reasons")));
    let now = get(&viewer, "quality");
    assert!((0.0..=5.0).contains(&number(&now, "score")), "{}", json(&now));
    let of_master = until(async || {
        let quality = call(&master, "quality", &["kitchen".into()]);
        (!quality.is_null()).then_some(quality)
    });
    assert!(number(&of_master.await, "score") >= 1.0);
    stop([&master, &viewer]);
    assert!(get(&viewer, "quality").is_null());
}

#[wasm_bindgen_test]
async fn both_timelines_are_complete_and_in_user_timing() {
    let (master, viewer) = a_call(r#","profile":true"#, r#","video":true,"profile":true"#).await;
    let timeline = until(async || {
        let timeline = list(call(&viewer, "timeline", &[]));
        let is_whole = find(&timeline, "peerConnection", "master").is_some();
        is_whole.then_some(timeline)
    })
    .await;
    for (role, names) in [
        (
            "viewer",
            &[
                "signaling",
                "getToken",
                "describeChannel",
                "getEndpoint",
                "sign",
                "connect",
                "media",
                "offerToAnswer",
                "waitForMaster",
                "peerConnection",
                "dataChannelRoundTrip",
            ][..],
        ),
        (
            "master",
            &[
                "signaling",
                "getToken",
                "describeChannel",
                "getEndpoint",
                "connect",
                "answer",
                "peerConnection",
                "dataChannelRoundTrip",
            ],
        ),
    ] {
        for name in names {
            let span = find(&timeline, name, role);
            let span = span.unwrap_or_else(|| panic!("{role} has no {name}"));
            assert!(number(&span, "duration") >= 0.0, "{name}");
            assert!(number(&span, "end") >= number(&span, "start"), "{name}");
        }
    }
    for name in ["iceGathering", "clickToFirstFrame"] {
        assert!(find(&timeline, name, "viewer").is_some(), "{name}");
    }
    assert!(timeline.is_sorted_by_key(|span| number(span, "start") as u64));

    let of_master = list(call(&master, "timeline", &[]));
    let answer = find(&of_master, "answer", "master").unwrap();
    assert_eq!(text(&answer, "clientId"), "kitchen");
    assert!(find(&of_master, "waitForViewer", "master").is_some());

    let performance = web_sys::window().unwrap().performance().unwrap();
    let entries = list(call(&performance, "getEntriesByType", &["measure".into()]));
    for name in ["kvs-webrtc:viewer:connect", "kvs-webrtc:master:connect"] {
        let entry = entries.iter().find(|entry| text(entry, "name") == name).unwrap();
        let age = performance.now() - number(entry, "startTime");
        assert!((0.0..60_000.0).contains(&age), "{name} is {age} ms old");
    }
    assert!(!entries.iter().any(|entry| text(entry, "name").contains("kitchen")));
    stop([&master, &viewer]);
}

#[wasm_bindgen_test]
async fn a_report_has_no_secret_and_masks_addresses_unless_asked() {
    let more = r#","endpoint":"http://localhost:9","dataChannel":true"#;
    let (master, viewer) = a_call("", more).await;
    measured(&viewer, &[]).await;
    let report = done(call(&viewer, "report", &[])).await;
    assert_eq!(number(&report, "schema"), 1.0);
    assert_eq!(text(&report, "version"), env!("CARGO_PKG_VERSION"));
    assert_eq!(text(&report, "state"), "connected");
    assert!(text(&report, "userAgent").contains("Mozilla"));
    let shown = get(&report, "options");
    assert_eq!(text(&shown, "endpoint"), "localhost:9");
    assert_eq!(text(&shown, "credentials"), "given");
    assert_eq!(text(&shown, "clientId"), "given");
    assert!(!list(get(&report, "timeline")).is_empty());
    assert!(list(get(&report, "log")).len() > 10);
    let whole = json(&report);
    assert!(whole.len() <= 64 * 1024, "{}", whole.len());
    for secret in [SECRET, TOKEN, "X-Amz-Signature", "ice-pwd", "kitchen"] {
        assert!(!whole.contains(secret), "{secret} in {whole}");
    }
    let address = |report: &JsValue| {
        let stats = list(get(report, "stats"));
        let remote = get(&get(&stats[0], "connection"), "remote");
        text(&remote, "address")
    };
    assert!(address(&report).ends_with(['x', 'l']), "{}", address(&report));
    let whole = done(call(&viewer, "report", &[JSON::parse(r#"{"addresses":true}"#).unwrap()]));
    let open = address(&whole.await);
    assert!(!open.ends_with(".x") && open != "x.local", "{open}");
    stop([&master, &viewer]);
}

#[wasm_bindgen_test]
async fn lines_go_to_a_logger_of_either_kind_and_one_that_fails_disturbs_nobody() {
    install();
    let lines = Array::new();
    let log = Function::new_with_args(
        "lines, level, target, message",
        "lines.push([level, target, message].join())",
    );
    let log = log.bind1(&JsValue::UNDEFINED, &lines);
    let console = Object::new();
    Reflect::set(&console, &"info".into(), &log).unwrap();
    Reflect::set(&console, &"log".into(), &log).unwrap();
    let throws = Function::new_no_args("throw new Error('no')");
    let rejects = Function::new_no_args("return Promise.reject('no')");
    for (logger, writes) in [
        (log.into(), true),
        (console.into(), true),
        (throws.into(), false),
        (rejects.into(), false),
    ] {
        lines.set_length(0);
        let options = options("");
        Reflect::set(&options, &"logger".into(), &logger).unwrap();
        Reflect::set(&options, &"logLevel".into(), &"debug".into()).unwrap();
        let master = JsValue::from(Master::new(&options).unwrap());
        done(call(&master, "start", &[])).await;
        assert_eq!(text(&master, "state"), "waiting");
        assert_eq!(lines.length() > 5, writes);
        assert!(!json(&lines).contains(SECRET));
        let report = done(call(&master, "report", &[])).await;
        let complaints = json(&get(&report, "log")).matches("the logger threw").count();
        assert!(complaints <= 1);
        call(&master, "stop", &[]);
    }
}

#[wasm_bindgen_test]
async fn stop_may_be_called_inside_the_logger() {
    install();
    let held = Array::new();
    let body = "if (message === 'state: starting') { held[0].timeline(); held[0].stop(); }";
    let logger = Function::new_with_args("held, level, target, message", body);
    let options = options("");
    let logger = logger.bind1(&JsValue::UNDEFINED, &held);
    Reflect::set(&options, &"logger".into(), &logger).unwrap();
    let master = JsValue::from(Master::new(&options).unwrap());
    held.push(&master);
    let started = call(&master, "start", &[]).unchecked_into::<Promise>();
    let error = JsFuture::from(started).await.unwrap_err();
    assert_eq!(text(&error, "code"), "caller.stopped");
    assert_eq!(text(&master, "state"), "closed");
}

#[wasm_bindgen_test]
fn what_is_wrong_in_the_options_is_named() {
    for (more, member) in [
        (r#","logger":7"#, "logger"),
        (r#","logger":{}"#, "logger"),
        (r#","logLevel":"loud""#, "logLevel"),
        (r#","profile":"yes""#, "profile"),
        (r#","qualityInterval":10"#, "qualityInterval"),
        (r#","qualityInterval":"2000""#, "qualityInterval"),
    ] {
        let error = Viewer::new(&options(more)).err().unwrap();
        assert_eq!(text(&error, "code"), "caller.invalidArgument", "{more}");
        assert!(text(&error, "message").starts_with(member), "{more}");
    }
}
