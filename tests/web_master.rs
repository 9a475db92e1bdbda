//! A master's viewers in a real browser: who is let in, sent to, closed; a socket that is lost.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "web_common/page.rs"]
mod page;

use js_sys::{Array, Function, Promise};
use page::{Page, done, get, options, text};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(module = "/tests/common/relay.js")]
extern "C" {
    fn install();
    fn next(target: &JsValue, event: &str, fits: JsValue) -> Promise;
    #[wasm_bindgen(js_name = hasState)]
    fn has_state(state: &str) -> JsValue;
    fn drop(id: JsValue, code: u16);
    fn quietly() -> Function;
}

const ANY: JsValue = JsValue::UNDEFINED;

/// A master, with more options, whose socket is open.
async fn master(more: &str) -> Page {
    install();
    let master = Page::master(&options(more));
    master.run("start", &[]).await;
    master
}

fn viewer(id: &str) -> Page {
    Page::viewer(&options(&format!(r#","clientId":"{id}","dataChannel":true"#)))
}

/// A viewer whose call with the master is up, and whose data channel is open on both sides; the
/// master's browser tells of the two in either order.
async fn connected(master: &Page, id: &str) -> Page {
    let viewer = viewer(id);
    let open = next(&master.0, "channelopen", ANY);
    let up = next(&master.0, "viewerstate", has_state("connected"));
    viewer.run("start", &[]).await;
    done(open).await;
    done(up).await;
    viewer
}

/// Has the master's listener run this JavaScript, which sees `viewer`.
fn on_viewer(master: &Page, body: &str) {
    let listener = Function::new_with_args("viewer", body);
    master.call("on", &["viewer".into(), listener.into()]).unwrap();
}

fn viewers(master: &Page) -> Vec<JsValue> {
    master.get("viewers").unchecked_into::<Array>().iter().collect()
}

fn ids(master: &Page) -> Vec<String> {
    viewers(master).iter().map(|viewer| text(viewer, "clientId")).collect()
}

fn call(target: &JsValue, method: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    Page(target.clone()).call(method, arguments)
}

/// The code and the words of what is thrown.
fn thrown(result: Result<JsValue, JsValue>) -> (String, String) {
    let error = result.unwrap_err();
    (text(&error, "code"), text(&error, "message"))
}

#[wasm_bindgen_test]
async fn a_viewer_is_the_same_object_as_long_as_its_connection_lives() {
    let master = master("").await;
    assert!(viewers(&master).is_empty());
    let first = connected(&master, "kitchen").await;
    let old = viewers(&master).remove(0);
    assert_eq!(old, viewers(&master).remove(0));
    assert_eq!(old, master.call("viewer", &["kitchen".into()]).unwrap());
    assert_eq!(
        (text(&old, "clientId"), text(&old, "state")),
        ("kitchen".into(), "connected".into())
    );
    let connection = master.call("peerConnection", &["kitchen".into()]).unwrap();
    assert_eq!(get(&old, "peerConnection"), connection);
    let stream = master.call("remoteStream", &["kitchen".into()]).unwrap();
    assert_eq!(get(&old, "stream"), stream);
    assert_eq!(get(&old, "bufferedAmount"), JsValue::from(0));
    let stats = done(call(&old, "getStats", &[]).unwrap()).await;
    assert!(stats.is_object());
    assert!(master.call("viewer", &["nobody".into()]).unwrap().is_null());

    // The same id on another tab: this one's end must not touch it.
    let second = connected(&master, "kitchen").await;
    let new = viewers(&master).remove(0);
    assert_ne!(old, new);
    assert_eq!((text(&old, "state"), text(&new, "state")), ("closed".into(), "connected".into()));
    assert!(get(&old, "stream").is_null() && get(&old, "peerConnection").is_null());
    assert!(done(call(&old, "getStats", &[]).unwrap()).await.is_null());
    assert_eq!(thrown(call(&old, "send", &["x".into()])).0, "caller.notConnected");
    for method in ["close", "reject", "accept"] {
        call(&old, method, &[]).unwrap();
    }
    assert_eq!(text(&new, "state"), "connected");
    let heard = next(&second.0, "message", ANY);
    call(&new, "send", &["to this one".into()]).unwrap();
    assert_eq!(text(&done(heard).await, "data"), "to this one");
    first.stop();
    second.stop();
    master.stop();
    assert!(viewers(&master).is_empty());
    assert_eq!(text(&new, "state"), "closed");
}

#[wasm_bindgen_test]
async fn a_viewer_is_rejected_and_sent_nothing() {
    let master = master("").await;
    on_viewer(&master, "viewer.reject(); viewer.accept()");
    let closed = next(&master.0, "viewerstate", has_state("closed"));
    let viewer = viewer("kitchen");
    let waiting = next(&viewer.0, "state", has_state("waiting"));
    let start = viewer.call("start", &[]).unwrap();
    done(waiting).await;
    assert_eq!(text(&done(closed).await, "reason"), "rejected");
    assert!(viewers(&master).is_empty());
    assert_eq!(viewer.get("state"), "waiting");
    viewer.stop();
    page::error_of(start).await;
    master.stop();
}

#[wasm_bindgen_test]
async fn a_viewer_waits_until_somebody_decides() {
    for (way, listener) in [
        ("wait", "event => event.detail.wait()"),
        ("preventDefault", "event => event.preventDefault()"),
    ] {
        let master = master("").await;
        let listener = js_sys::eval(listener).unwrap();
        master.call("addEventListener", &["viewer".into(), listener]).unwrap();
        let asked = next(&master.0, "viewer", ANY);
        let viewer = viewer("kitchen");
        let start = viewer.call("start", &[]).unwrap();
        let asks = done(asked).await;
        assert_eq!((text(&asks, "state"), ids(&master)), ("asking".into(), vec!["kitchen".into()]));
        assert!(get(&asks, "peerConnection").is_null(), "{way}");
        call(&asks, "accept", &[]).unwrap();
        call(&asks, "reject", &[]).unwrap();
        done(start).await;
        assert_eq!(text(&asks, "state"), "connected", "{way}");
        viewer.stop();
        master.stop();
    }
}

#[wasm_bindgen_test]
async fn a_message_reaches_one_viewer_or_all_and_it_is_told_how_many() {
    let master = master("").await;
    assert_eq!(master.call("broadcast", &["x".into()]).unwrap(), JsValue::from(0));
    assert_eq!(thrown(master.call("send", &["x".into()])).0, "caller.notConnected");
    let (a, b) = (connected(&master, "a").await, connected(&master, "b").await);
    let heard = [next(&a.0, "message", ANY), next(&b.0, "message", ANY)];
    assert_eq!(master.call("broadcast", &["to all".into()]).unwrap(), JsValue::from(2));
    for heard in heard {
        assert_eq!(text(&done(heard).await, "data"), "to all");
    }
    let heard = next(&b.0, "message", ANY);
    master.call("send", &["to b".into(), "b".into()]).unwrap();
    assert_eq!(text(&done(heard).await, "data"), "to b");
    let too_large = JsValue::from("x".repeat(2_000_000));
    assert_eq!(thrown(master.call("broadcast", &[too_large])).0, "peer.messageTooLarge");
    for page in [a, b, master] {
        page.stop();
    }
}

#[wasm_bindgen_test]
async fn a_viewer_whose_buffer_is_full_keeps_nothing_from_the_others() {
    let master = master("").await;
    let (a, b) = (connected(&master, "a").await, connected(&master, "b").await);
    let chunk = JsValue::from(js_sys::Uint8Array::new_with_length(256 * 1024));
    let full = loop {
        if let Err(error) = master.call("send", &[chunk.clone(), "a".into()]) {
            break error;
        }
    };
    assert_eq!(text(&full, "code"), "caller.bufferFull");
    let heard = next(&b.0, "message", ANY);
    assert_eq!(master.call("broadcast", &[chunk]).unwrap(), JsValue::from(1));
    assert_eq!(get(&get(&done(heard).await, "data"), "byteLength"), 256 * 1024);
    let report = master.run("report", &[]).await;
    let log = js_sys::JSON::stringify(&get(&report, "log")).unwrap().as_string().unwrap();
    assert!(log.contains("a viewer was not sent a message"), "{log}");
    for page in [a, b, master] {
        page.stop();
    }
}

#[wasm_bindgen_test]
async fn one_viewer_is_closed_without_the_others() {
    let master = master("").await;
    let (a, b) = (connected(&master, "a").await, connected(&master, "b").await);
    let left = next(&a.0, "close", ANY);
    let of_a = master.call("viewer", &["a".into()]).unwrap();
    call(&of_a, "close", &[]).unwrap();
    assert_eq!(text(&done(left).await, "reason"), "left");
    assert_eq!((text(&of_a, "state"), ids(&master)), ("closed".into(), vec!["b".into()]));
    assert_eq!(b.get("state"), "connected");
    b.stop();
    master.stop();
}

#[wasm_bindgen_test]
async fn what_is_wrong_is_named() {
    let master = master("").await;
    let (seven, nothing) = (JsValue::from(7), JsValue::UNDEFINED);
    let name = JsValue::from("state");
    for (method, arguments, member) in [
        ("viewer", vec![seven.clone()], "clientId"),
        ("peerConnection", vec![nothing.clone()], "clientId"),
        ("remoteStream", vec![nothing.clone()], "clientId"),
        ("bufferedAmount", vec![seven.clone()], "clientId"),
        ("quality", vec![nothing.clone()], "clientId"),
        ("send", vec!["x".into(), seven.clone()], "clientId"),
        ("broadcast", vec![seven.clone()], "data"),
        ("broadcast", vec![nothing.clone()], "data"),
        ("on", vec![seven.clone(), Function::new_no_args("").into()], "type"),
        ("on", vec![name.clone(), seven.clone()], "listener"),
        ("addEventListener", vec![nothing.clone(), JsValue::NULL], "type"),
        ("addEventListener", vec![name.clone(), seven.clone()], "listener"),
        ("removeEventListener", vec![name.clone(), "x".into()], "listener"),
    ] {
        let (code, words) = thrown(master.call(method, &arguments));
        assert_eq!(code, "caller.invalidArgument", "{method}");
        assert!(words.starts_with(member), "{method}: {words}");
    }
    let (code, words) = master.fail("getStats", &[seven]).await;
    assert_eq!((code.as_str(), words.starts_with("clientId")), ("caller.invalidArgument", true));
    master.stop();
    for (more, member) in [
        (r#","maxViewers":0"#, "maxViewers"),
        (r#","maxViewers":33"#, "maxViewers"),
        (r#","maxHeldCandidates":1.5"#, "maxHeldCandidates"),
        (r#","maxOffers":"5""#, "maxOffers"),
        (r#","maxRejected":-1"#, "maxRejected"),
        (r#","reconnect":"yes""#, "reconnect"),
        (r#","candidates":7"#, "candidates"),
        (r#","candidates":{"send":{"host":1}}"#, "candidates.send.host"),
    ] {
        let error = kvs_webrtc::js::Master::new(&options(more)).err().unwrap();
        assert_eq!(text(&error, "code"), "caller.invalidArgument", "{more}");
        assert!(text(&error, "message").starts_with(member), "{more}");
    }
}

#[wasm_bindgen_test]
async fn a_listener_that_throws_or_rejects_keeps_nobody_out() {
    for body in ["throw new Error('x')", "return Promise.reject(new Error('x'))"] {
        let master = master("").await;
        let stop = quietly();
        on_viewer(&master, body);
        let viewer = connected(&master, "kitchen").await;
        assert_eq!(ids(&master), ["kitchen"]);
        let reported = stop.call0(&JsValue::UNDEFINED).unwrap();
        assert_eq!(reported, JsValue::from(1), "{body}");
        viewer.stop();
        master.stop();
    }
}

#[wasm_bindgen_test]
async fn everything_may_be_ended_inside_every_callback() {
    for (event, act) in [
        ("viewer", "master.stop()"),
        ("viewer", "master.viewers[0].close()"),
        ("viewerstate", "master.stop()"),
        ("viewerstate", "master.viewers.forEach((viewer) => viewer.close())"),
        ("channelopen", "master.stop()"),
        ("channelopen", "master.viewers[0].close()"),
        ("message", "master.viewers[0].close()"),
        ("message", "master.viewers[0].send('bye'); master.stop()"),
        ("viewer", "master.stop(); master.start()"),
    ] {
        let master = master("").await;
        let listener = Function::new_with_args("master", act).bind1(&ANY, &master.0);
        master.call("on", &[event.into(), listener.into()]).unwrap();
        let over = next(&master.0, "viewerstate", has_state("closed"));
        let viewer = viewer("kitchen");
        let start = viewer.call("start", &[]).unwrap();
        let sends = Function::new_with_args(
            "viewer",
            "viewer.on('channelopen', () => viewer.send('hello'));
             viewer.on('message', () => viewer.stop())",
        );
        sends.call1(&JsValue::UNDEFINED, &viewer.0).unwrap();
        done(over).await;
        let expected =
            if act.contains("start") || !act.contains("stop") { "waiting" } else { "closed" };
        let state = master.get("state").as_string().unwrap();
        assert!(
            state == expected || (act.contains("start") && state == "starting"),
            "{event}: {act}"
        );
        assert!(viewers(&master).is_empty(), "{event}: {act}");
        viewer.stop();
        master.stop();
        let _ = wasm_bindgen_futures::JsFuture::from(start.unchecked_into::<Promise>()).await;
    }
}

#[wasm_bindgen_test]
async fn a_lost_socket_is_opened_again_and_calls_go_on() {
    let master = master("").await;
    let first = connected(&master, "a").await;
    let (detached, waiting) = (
        next(&master.0, "state", has_state("detached")),
        next(&master.0, "state", has_state("waiting")),
    );
    drop(JsValue::NULL, 1001);
    done(detached).await;
    assert_eq!((first.get("state"), ids(&master)), ("connected".into(), vec!["a".into()]));
    done(waiting).await;
    let second = connected(&master, "b").await;
    assert_eq!(
        (first.get("state"), ids(&master)),
        ("connected".into(), vec!["a".into(), "b".into()])
    );
    for page in [first, second, master] {
        page.stop();
    }
}

#[wasm_bindgen_test]
async fn a_master_takes_no_more_viewers_than_it_is_told() {
    let master = master(r#","maxViewers":1"#).await;
    let first = connected(&master, "a").await;
    let told = next(&master.0, "error", ANY);
    let second = viewer("b");
    let start = second.call("start", &[]).unwrap();
    let detail = done(told).await;
    assert_eq!(text(&detail, "clientId"), "b");
    assert_eq!(text(&get(&detail, "error"), "code"), "service.limitExceeded");
    assert_eq!(ids(&master), ["a"]);
    second.stop();
    page::error_of(start).await;
    first.stop();
    master.stop();
}
