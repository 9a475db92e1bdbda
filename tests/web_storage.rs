//! `Master` and `Viewer` with `ingestion` in a real browser, with a storage session in the page.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "web_common/page.rs"]
mod page;

use js_sys::{Array, Promise};
use kvs_webrtc::js::{Master, Viewer};
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
    #[wasm_bindgen(js_name = storageSession)]
    fn storage_session(id: JsValue, stream: JsValue) -> Promise;
    fn canvas(colour: &str) -> JsValue;
    fn shows(stream: &JsValue, colour: &str) -> Promise;
    fn later(milliseconds: u32) -> Promise;
}

/// The description in which the session answered, and whether its frames name a recipient.
fn answer(storage: &JsValue) -> String {
    let heard: Vec<JsValue> = get(storage, "heard").unchecked_into::<Array>().iter().collect();
    assert!(heard.iter().all(|frame| get(frame, "recipientClientId").is_undefined()));
    assert!(!text(heard.first().unwrap(), "correlationId").is_empty());
    text(&get(&get(storage, "peer"), "remoteDescription"), "sdp")
}

/// The sections of a description, each with its lines.
fn sections(sdp: &str) -> Vec<&str> {
    sdp.split("m=").skip(1).collect()
}

#[wasm_bindgen_test]
async fn a_master_sends_both_to_the_storage_session_and_has_no_viewer() {
    install();
    let more = r#","ingestion":true,"audio":true,"codecs":{"video":["video/VP8"]}"#;
    let master = Page::master(&options(more));
    master.run("start", &[]).await;
    assert_eq!(master.get("state"), "waiting");
    assert!(master.call("peerConnection", &[JsValue::NULL]).unwrap().is_null());
    let up = next(&master.0, "state", has_state("connected"));
    let storage = done(storage_session(JsValue::NULL, JsValue::UNDEFINED)).await;
    done(up).await;
    let sdp = answer(&storage);
    let [video, audio] = sections(&sdp)[..] else { panic!("{sdp}") };
    assert!(video.starts_with("video ") && video.contains("a=sendonly"), "{video}");
    assert!(audio.starts_with("audio ") && audio.contains("a=sendonly"), "{audio}");
    assert_eq!(master.get("viewers").unchecked_into::<Array>().length(), 0);
    assert!(!master.call("peerConnection", &[JsValue::NULL]).unwrap().is_null());
    let mut sent = false;
    for _ in 0..50 {
        let stats = master.run("getStats", &[JsValue::NULL]).await;
        let tracks: Array = get(&stats, "tracks").unchecked_into();
        sent =
            tracks.iter().filter(|track| get(track, "bytesSent").as_f64() > Some(0.0)).count() > 1;
        if sent {
            break;
        }
        done(later(100)).await;
    }
    assert!(sent, "nothing is sent of video or audio");
    // The service ends it, as after an hour.
    let over = next(&master.0, "state", has_state("waiting"));
    Page(get(&storage, "peer")).call("close", &[]).unwrap();
    done(over).await;
    // Another one is offered, and the master leaves it.
    let again = next(&master.0, "state", has_state("connected"));
    let storage = done(storage_session(JsValue::NULL, JsValue::UNDEFINED)).await;
    done(again).await;
    master.stop();
    assert!(master.call("peerConnection", &[JsValue::NULL]).unwrap().is_null());
    drop(storage);
}

#[wasm_bindgen_test]
async fn a_viewer_sees_what_the_storage_session_shows_and_sends_no_video() {
    install();
    let more = r#","ingestion":true,"clientId":"kitchen","dataChannel":true"#;
    let viewer = Page::viewer(&options(more));
    let waiting = next(&viewer.0, "state", has_state("waiting"));
    let stream = next(&viewer.0, "stream", JsValue::UNDEFINED);
    let start = viewer.call("start", &[]).unwrap();
    done(waiting).await;
    assert!(viewer.get("peerConnection").is_null());
    // That nothing is offered yet is no end of the start.
    assert_eq!(viewer.fail("start", &[]).await.0, "caller.alreadyStarted");
    let storage = done(storage_session("kitchen".into(), canvas("red"))).await;
    done(start).await;
    assert_eq!(viewer.get("state"), "connected");
    let seen = get(&done(stream).await, "stream");
    done(shows(&seen, "red")).await;
    let sdp = answer(&storage);
    let [video, audio] = sections(&sdp)[..] else { panic!("{sdp}") };
    assert!(video.contains("a=recvonly") && audio.starts_with("audio "), "{sdp}");
    // Firefox names a direction of the whole, which those of the sections take the place of.
    let sends = |section: &str| section.contains("a=sendrecv") || section.contains("a=sendonly");
    assert!(!sends(video) && !sends(audio), "{sdp}");
    viewer.stop();
}

#[wasm_bindgen_test]
fn what_a_storage_session_does_not_take_is_refused_at_once() {
    install();
    let options = |more| options(&format!(r#","ingestion":{more}"#));
    for error in [
        Master::new(&options(r#"true,"audio":false"#)).err(),
        Viewer::new(&options(r#"true,"video":true"#)).err(),
        Viewer::new(&options(r#""yes""#)).err(),
    ] {
        let error = error.unwrap();
        assert_eq!(text(&error, "code"), "caller.invalidArgument");
        assert!(text(&error, "message").starts_with("ingestion"));
    }
}
