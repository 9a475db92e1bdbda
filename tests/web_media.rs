//! What a session sends, changed while it runs: tracks, devices, screens; in a real browser.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "web_common/page.rs"]
mod page;

use js_sys::{Array, Promise, Reflect};
use page::{Page, done, error_of, get, object, options, text};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{MediaStream, MediaStreamTrack, MediaStreamTrackState};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(module = "/tests/common/relay.js")]
extern "C" {
    fn install();
    fn next(target: &JsValue, event: &str, fits: JsValue) -> Promise;
}

#[wasm_bindgen(module = "/tests/common/relay.js")]
extern "C" {
    fn canvas(colour: &str) -> MediaStream;
    fn shows(stream: &JsValue, colour: &str) -> Promise;
    fn negotiations(connection: &JsValue) -> JsValue;
    #[wasm_bindgen(js_name = fakeScreen)]
    fn fake_screen() -> js_sys::Function;
    #[wasm_bindgen(js_name = refuseScreen)]
    fn refuse_screen(name: &str);
    fn cameras() -> Array;
    #[wasm_bindgen(js_name = refuseCamera)]
    fn refuse_camera(name: &str, constraint: &str);
    #[wasm_bindgen(js_name = allowDevices)]
    fn allow_devices();
    #[wasm_bindgen(js_name = withoutCamera)]
    fn without_camera();
    #[wasm_bindgen(js_name = changeDevices)]
    fn change_devices();
    fn later(milliseconds: u32) -> Promise;
}

const ANY: JsValue = JsValue::UNDEFINED;

fn video() -> JsValue {
    "video".into()
}

fn track_of(stream: &JsValue) -> MediaStreamTrack {
    stream.unchecked_ref::<MediaStream>().get_tracks().get(0).unchecked_into()
}

fn is_live(track: &MediaStreamTrack) -> bool {
    track.ready_state() == MediaStreamTrackState::Live
}

/// A master and two viewers that see it.
async fn call(more: &str) -> (Page, [Page; 2]) {
    install();
    let master = Page::master(&options(more));
    done(master.call("start", &[]).unwrap()).await;
    let viewers = [r#","clientId":"a""#, r#","clientId":"b""#];
    let viewers = viewers.map(|id| Page::viewer(&options(id)));
    for viewer in &viewers {
        viewer.run("start", &[]).await;
    }
    (master, viewers)
}

fn end(master: &Page, viewers: &[Page]) {
    viewers.iter().for_each(Page::stop);
    master.stop();
}

#[wasm_bindgen_test]
async fn a_track_is_swapped_for_all_viewers_without_another_offer() {
    let (master, viewers) = call("").await;
    let local = master.get("localStream");
    let camera = track_of(&local);
    let connections = ["a", "b"].map(|id| master.call("peerConnection", &[id.into()]).unwrap());
    let seen = connections.map(|connection| negotiations(&connection));
    let red = canvas("red");
    master.run("replaceTrack", &[video(), track_of(&red).into()]).await;
    for viewer in &viewers {
        done(shows(&viewer.get("remoteStream"), "red")).await;
    }
    assert_eq!(master.get("localStream"), local, "another object");
    assert_eq!(track_of(&local), track_of(&red));
    assert!(!is_live(&camera), "the camera is still open");
    let blue = canvas("blue");
    master.run("replaceTrack", &[video(), track_of(&blue).into()]).await;
    done(shows(&viewers[1].get("remoteStream"), "blue")).await;
    assert!(is_live(&track_of(&red)), "what was given was stopped");
    for seen in &seen {
        assert_eq!(get(seen, "count"), 0, "it asked for another offer");
    }
    // Who comes later sees what is sent now.
    let late = Page::viewer(&options(r#","clientId":"c""#));
    late.run("start", &[]).await;
    done(shows(&late.get("remoteStream"), "blue")).await;
    late.stop();
    end(&master, &viewers);
    assert!(is_live(&track_of(&blue)), "what was given was stopped");
}

#[wasm_bindgen_test]
async fn muting_shows_black_and_with_release_the_camera_closes_meanwhile() {
    let (master, viewers) = call("").await;
    let picture = viewers[0].get("remoteStream");
    done(shows(&picture, "camera")).await;
    master.run("setMuted", &[video(), true.into()]).await;
    done(shows(&picture, "black")).await;
    let camera = track_of(&master.get("localStream"));
    assert!(is_live(&camera) && !camera.enabled());
    master.run("setMuted", &[video(), false.into()]).await;
    done(shows(&picture, "camera")).await;

    let opened = cameras();
    let release = object(r#"{"release":true}"#);
    master.run("setMuted", &[video(), true.into(), release.clone()]).await;
    assert!(!is_live(&camera), "the camera is still open");
    master.run("setMuted", &[video(), true.into(), release]).await;
    assert_eq!(opened.length(), 0);
    master.run("setMuted", &[video(), false.into()]).await;
    assert_eq!(opened.length(), 1);
    let camera = track_of(&master.get("localStream"));
    assert!(is_live(&camera) && camera.enabled());
    done(shows(&picture, "camera")).await;
    allow_devices();
    end(&master, &viewers);
    assert!(!is_live(&camera));
}

#[wasm_bindgen_test]
async fn another_camera_is_opened_by_its_id_and_the_one_before_closed() {
    let (master, viewers) = call("").await;
    let devices: Array = master.run("devices", &[]).await.unchecked_into();
    let cameras_known: Vec<_> =
        devices.iter().filter(|device| text(device, "kind") == "videoinput").collect();
    let id = text(cameras_known.last().unwrap(), "deviceId");
    let before = track_of(&master.get("localStream"));
    let opened = cameras();
    master.run("switchDevice", &[video(), id.as_str().into()]).await;
    let asked = text(&opened.get(0), "constraints");
    assert!(asked.contains(&format!(r#""deviceId":{{"exact":"{id}"}}"#)), "{asked}");
    assert!(asked.contains("1280"), "its other constraints are gone: {asked}");
    assert!(!is_live(&before) && is_live(&track_of(&master.get("localStream"))));
    done(shows(&viewers[0].get("remoteStream"), "camera")).await;

    // One that is not there leaves what is sent as it is.
    let now = track_of(&master.get("localStream"));
    let gone = master.fail("switchDevice", &[video(), "nowhere".into()]).await;
    assert_eq!(gone.0, "browser.constraintNotMet");
    assert!(gone.1.contains("deviceId"), "{}", gone.1);
    assert!(is_live(&now) && track_of(&master.get("localStream")) == now);
    allow_devices();
    end(&master, &viewers);
}

#[wasm_bindgen_test]
async fn a_shared_screen_gives_way_to_the_camera_whoever_ends_it() {
    let (master, viewers) = call("").await;
    let picture = viewers[0].get("remoteStream");
    let camera = track_of(&master.get("localStream"));
    let end_by_browser = fake_screen();
    master.run("shareScreen", &[]).await;
    done(shows(&picture, "blue")).await;
    assert_eq!(text(&track_of(&master.get("localStream")), "contentHint"), "detail");
    let ended = next(&master.0, "localtrackended", ANY);
    end_by_browser.call0(&JsValue::UNDEFINED).unwrap();
    let ended = done(ended).await;
    assert_eq!((text(&ended, "kind"), text(&ended, "source")), ("video".into(), "screen".into()));
    done(shows(&picture, "camera")).await;
    assert_eq!(track_of(&master.get("localStream")), camera);

    fake_screen();
    master.run("shareScreen", &[]).await;
    let screen = track_of(&master.get("localStream"));
    master.run("stopScreenShare", &[]).await;
    assert!(!is_live(&screen) && is_live(&camera));
    done(shows(&picture, "camera")).await;

    refuse_screen("NotAllowedError");
    assert_eq!(master.fail("shareScreen", &[]).await.0, "browser.screenDenied");
    assert_eq!(track_of(&master.get("localStream")), camera);
    allow_devices();
    end(&master, &viewers);
}

#[wasm_bindgen_test]
async fn a_camera_that_is_unplugged_is_told_and_another_may_take_its_place() {
    let opened = cameras();
    let (master, viewers) = call("").await;
    let camera = get(&opened.get(0), "track");
    let ended = next(&master.0, "localtrackended", ANY);
    let end_by_itself: js_sys::Function = get(&camera, "endByItself").unchecked_into();
    end_by_itself.call0(&camera).unwrap();
    assert_eq!(text(&done(ended).await, "source"), "device");
    let red = canvas("red");
    master.run("replaceTrack", &[video(), track_of(&red).into()]).await;
    done(shows(&viewers[0].get("remoteStream"), "red")).await;
    // It is no longer ours: nothing more is told of it.
    let told = next(&master.0, "localtrackended", ANY);
    end_by_itself.call0(&camera).unwrap();
    let silence = Promise::race(&Array::of2(&told, &later(50)));
    assert!(done(silence).await.is_undefined());
    allow_devices();
    end(&master, &viewers);
}

#[wasm_bindgen_test]
async fn a_given_stream_is_sent_and_stays_as_it_was() {
    install();
    let red = canvas("red");
    let master_options = options("");
    Reflect::set(&master_options, &"stream".into(), &red).unwrap();
    let opened = cameras();
    let master = Page::master(&master_options);
    done(master.call("start", &[]).unwrap()).await;
    let viewer = Page::viewer(&options(""));
    viewer.run("start", &[]).await;
    done(shows(&viewer.get("remoteStream"), "red")).await;
    assert_eq!(opened.length(), 0, "a camera was opened");
    master.run("replaceTrack", &[video(), JsValue::NULL]).await;
    assert_eq!(red.get_tracks().length(), 1);
    let kind = master.fail("replaceTrack", &["audio".into(), JsValue::NULL]).await;
    assert_eq!(kind.0, "caller.invalidArgument");
    allow_devices();
    viewer.stop();
    master.stop();
    assert!(is_live(&track_of(&red)));
}

#[wasm_bindgen_test]
async fn a_viewer_without_a_camera_may_send_something_else() {
    install();
    let master = Page::master(&options(""));
    done(master.call("start", &[]).unwrap()).await;
    refuse_camera("NotReadableError", "");
    let viewer = Page::viewer(&options(r#","video":true,"clientId":"a""#));
    let error = next(&viewer.0, "error", ANY);
    viewer.run("start", &[]).await;
    assert_eq!(text(&get(&done(error).await, "error"), "code"), "browser.cameraBusy");
    assert_eq!(viewer.get("localStream"), JsValue::NULL);
    let local = next(&viewer.0, "localstream", ANY);
    let red = canvas("red");
    viewer.run("replaceTrack", &[video(), track_of(&red).into()]).await;
    done(local).await;
    let seen = master.call("remoteStream", &["a".into()]).unwrap();
    done(shows(&seen, "red")).await;
    allow_devices();
    viewer.stop();
    master.stop();
}

/// What a master says that gets no camera: the start rejects, or has resolved before.
async fn camera_error(master: &Page) -> JsValue {
    let told = next(&master.0, "error", ANY);
    let start: Promise = master.call("start", &[]).unwrap().unchecked_into();
    match wasm_bindgen_futures::JsFuture::from(start).await {
        Err(error) => error,
        Ok(_) => get(&done(told).await, "error"),
    }
}

#[wasm_bindgen_test]
async fn what_the_browser_refuses_has_the_code_of_its_kind() {
    install();
    for (more, name, constraint, code) in [
        ("", "NotAllowedError", "", "browser.cameraDenied"),
        ("", "NotFoundError", "", "browser.cameraNotFound"),
        ("", "NotReadableError", "", "browser.cameraBusy"),
        ("", "OverconstrainedError", "frameRate", "browser.constraintNotMet"),
        (r#","video":false,"audio":true"#, "NotAllowedError", "", "browser.microphoneDenied"),
        (r#","video":false,"audio":true"#, "NotReadableError", "", "browser.microphoneBusy"),
        (r#","audio":true"#, "NotAllowedError", "", "browser.mediaDenied"),
    ] {
        refuse_camera(name, constraint);
        let error = camera_error(&Page::master(&options(more))).await;
        assert_eq!(text(&error, "code"), code, "{name}");
        let message = text(&error, "message");
        assert!(message.contains(constraint), "{message}");
    }
    allow_devices();
    without_camera();
    let error = camera_error(&Page::master(&options(r#","audio":true"#))).await;
    assert_eq!(text(&error, "code"), "browser.cameraNotFound");
    allow_devices();
}

#[wasm_bindgen_test]
async fn changes_wait_for_the_camera_and_end_with_the_session() {
    install();
    let master = Page::master(&options(""));
    let early = master.fail("replaceTrack", &[video(), JsValue::NULL]).await;
    assert_eq!(early.0, "caller.notConnected");
    // Asked for before the camera is open: done after it, in their order.
    let start = master.call("start", &[]).unwrap();
    let red = canvas("red");
    let first = master.call("replaceTrack", &[video(), track_of(&red).into()]).unwrap();
    let second = master.call("setMuted", &[video(), true.into()]).unwrap();
    for promise in [start, first, second] {
        done(promise).await;
    }
    assert!(!track_of(&red).enabled());
    assert_eq!(track_of(&master.get("localStream")), track_of(&red));
    // Asked for, and stopped before it could be done; from inside of a callback too.
    let switching = master.call("switchDevice", &[video(), "x".into()]).unwrap();
    let sharing = {
        fake_screen();
        master.call("shareScreen", &[]).unwrap()
    };
    master.stop();
    assert_eq!(error_of(switching).await.0, "caller.stopped");
    assert_eq!(error_of(sharing).await.0, "caller.stopped");
    allow_devices();
}

#[wasm_bindgen_test]
async fn a_stop_inside_of_what_is_told_of_a_track_is_fine() {
    let (master, viewers) = call("").await;
    let inner = master.0.clone();
    let stop = Closure::<dyn Fn()>::new(move || Page(inner.clone()).stop());
    let listener = stop.as_ref().clone();
    master.call("addEventListener", &["localtrackended".into(), listener]).unwrap();
    let closed = next(&master.0, "close", ANY);
    let end_by_browser = fake_screen();
    master.run("shareScreen", &[]).await;
    end_by_browser.call0(&JsValue::UNDEFINED).unwrap();
    assert_eq!(text(&done(closed).await, "reason"), "stopped");
    assert_eq!(master.get("localStream"), JsValue::NULL);
    allow_devices();
    viewers.iter().for_each(Page::stop);
}

#[wasm_bindgen_test]
async fn devices_are_listed_and_changes_of_them_told_once() {
    install();
    let master = Page::master(&options(""));
    let devices: Array = master.run("devices", &[]).await.unchecked_into();
    assert!(devices.length() > 0);
    for device in devices.iter() {
        let members: Vec<_> =
            js_sys::Object::keys(device.unchecked_ref::<js_sys::Object>()).iter().collect();
        assert_eq!(members, ["kind", "deviceId", "label", "groupId"]);
    }
    let told = std::rc::Rc::new(std::cell::Cell::new(0));
    let count = std::rc::Rc::clone(&told);
    let count = Closure::<dyn Fn()>::new(move || count.set(count.get() + 1));
    master.call("addEventListener", &["devicechange".into(), count.as_ref().clone()]).unwrap();
    let changed = next(&master.0, "devicechange", ANY);
    change_devices();
    done(changed).await;
    done(later(400)).await;
    assert_eq!(told.get(), 1);
}

#[wasm_bindgen_test]
async fn what_is_wrong_in_an_argument_is_named() {
    let (master, viewers) = call("").await;
    let audio = r#"{"kind":"audio"}"#;
    for (method, arguments, member) in [
        ("replaceTrack", vec!["screen".into(), JsValue::NULL], "kind"),
        ("replaceTrack", vec![video(), ANY], "track"),
        ("replaceTrack", vec![video(), object(audio)], "track"),
        ("setMuted", vec![ANY, true.into()], "kind"),
        ("setMuted", vec![video(), "yes".into()], "muted"),
        ("setMuted", vec![video(), true.into(), object(r#"{"release":1}"#)], "release"),
        ("setMuted", vec![video(), true.into(), 7.into()], "options"),
        ("shareScreen", vec![7.into()], "options"),
        ("start", vec![7.into()], "options"),
        ("start", vec!["signal".into()], "options"),
        ("start", vec![object(r#"{"signal":7}"#)], "signal"),
        ("start", vec![object(r#"{"signal":{"aborted":true}}"#)], "signal"),
        ("report", vec![7.into()], "options"),
        ("report", vec![object(r#"{"addresses":"yes"}"#)], "addresses"),
        ("switchDevice", vec![video(), 7.into()], "deviceId"),
        ("switchDevice", vec![video(), "".into()], "deviceId"),
    ] {
        let (code, message) = master.fail(method, &arguments).await;
        assert_eq!(code, "caller.invalidArgument", "{method}");
        assert!(message.starts_with(member), "{method}: {message}");
    }
    end(&master, &viewers);
    for (more, member) in [
        (r#","stream":{}"#, "stream"),
        (r#","stream":7"#, "stream"),
        (r#","codecs":"video/VP8""#, "codecs"),
        (r#","codecs":{"video":"video/VP8"}"#, "codecs.video"),
        (r#","codecs":{"video":["VP8"]}"#, "codecs.video"),
        (r#","codecs":{"audio":["video/VP8"]}"#, "codecs.audio"),
        (r#","codecs":{"audio":[7]}"#, "codecs.audio"),
        (r#","maxBitrate":"fast""#, "maxBitrate"),
        (r#","maxBitrate":1.5"#, "maxBitrate"),
        (r#","maxBitrate":{"audio":1}"#, "maxBitrate.audio"),
        (r#","maxFramerate":0"#, "maxFramerate"),
        (r#","startBitrate":10"#, "startBitrate"),
        (r#","contentHint":"fast""#, "contentHint"),
        (r#","contentHint":{"video":"music"}"#, "contentHint.video"),
        (r#","dataChannel":"on""#, "dataChannel"),
        (r#","dataChannel":{"ordered":1}"#, "dataChannel.ordered"),
        (r#","dataChannel":{"maxRetransmits":-1}"#, "dataChannel.maxRetransmits"),
        (
            r#","dataChannel":{"maxRetransmits":1,"maxPacketLifeTime":1}"#,
            "dataChannel.maxRetransmits",
        ),
    ] {
        let error = kvs_webrtc::js::Viewer::new(&options(more)).err().unwrap();
        assert_eq!(text(&error, "code"), "caller.invalidArgument", "{more}");
        assert!(text(&error, "message").starts_with(member), "{more}: {}", text(&error, "message"));
    }
}
