//! `Master` and `Viewer` in a real browser, over a relay in the page.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Promise, Reflect};
use kvs_webrtc::error::Code;
use kvs_webrtc::js::{KinesisVideoClient, Master, Viewer};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(module = "/tests/common/relay.js")]
extern "C" {
    fn install();
    fn refuse(status: u16, name: &str);
    #[wasm_bindgen(js_name = timesAsked)]
    fn times_asked() -> u32;
    fn next(target: &JsValue, event: &str, fits: JsValue) -> Promise;
    #[wasm_bindgen(js_name = hasState)]
    fn has_state(state: &str) -> JsValue;
    #[wasm_bindgen(js_name = slowTurn)]
    fn slow_turn(milliseconds: u32);
    #[wasm_bindgen(js_name = manyCodecs)]
    fn many_codecs() -> Function;
    #[wasm_bindgen(js_name = slowCamera)]
    fn slow_camera() -> Promise;
    #[wasm_bindgen(js_name = twoVideos)]
    fn two_videos() -> Promise;
    #[wasm_bindgen(js_name = onEverything)]
    fn on_everything(target: &JsValue, act: &Function);
    fn thrower() -> Function;
}

fn object(json: &str) -> JsValue {
    js_sys::JSON::parse(json).unwrap()
}

fn options(more: &str) -> JsValue {
    object(&format!(
        r#"{{"channelName":"demo","region":"us-west-2","endpoint":"http://localhost:9",
            "natTraversal":"disabled",
            "credentials":{{"accessKeyId":"AK","secretAccessKey":"SK"}}{more}}}"#
    ))
}

fn text(value: &JsValue, name: &str) -> String {
    Reflect::get(value, &name.into()).unwrap().as_string().unwrap_or_default()
}

async fn done(promise: Promise) -> JsValue {
    JsFuture::from(promise).await.unwrap()
}

async fn code_of(promise: Promise) -> String {
    text(&JsFuture::from(promise).await.unwrap_err(), "code")
}

/// A class of ours as the JavaScript object that a page holds.
fn master(more: &str) -> (JsValue, Caller) {
    let object = JsValue::from(Master::new(&options(more)).unwrap());
    (object.clone(), Caller(object))
}

fn viewer(more: &str) -> (JsValue, Caller) {
    let object = JsValue::from(Viewer::new(&options(more)).unwrap());
    (object.clone(), Caller(object))
}

/// Calls methods by name, as a page does.
struct Caller(JsValue);

impl Caller {
    fn call(&self, method: &str, argument: &JsValue) -> Result<JsValue, JsValue> {
        let function: Function = Reflect::get(&self.0, &method.into())?.unchecked_into();
        function.call1(&self.0, argument)
    }

    fn start(&self) -> Promise {
        self.call("start", &JsValue::UNDEFINED).unwrap().unchecked_into()
    }

    fn stop(&self) {
        self.call("stop", &JsValue::UNDEFINED).unwrap();
    }

    fn get(&self, member: &str) -> JsValue {
        Reflect::get(&self.0, &member.into()).unwrap()
    }
}

#[wasm_bindgen_test]
async fn a_call_comes_up_carries_messages_and_ends_on_both_sides_at_once() {
    install();
    let (m, master) = master("");
    let (v, viewer) = viewer(r#","clientId":"kitchen","dataChannel":true"#);
    let at_master = next(&m, "message", JsValue::UNDEFINED);
    let at_viewer = next(&v, "message", JsValue::UNDEFINED);
    let stream = next(&v, "stream", JsValue::UNDEFINED);
    done(master.start()).await;
    done(viewer.start()).await;
    assert_eq!(viewer.get("state"), "connected");
    assert_eq!(viewer.get("clientId"), "kitchen");
    let told = Reflect::get(&done(stream).await, &"stream".into()).unwrap();
    assert_eq!(told, viewer.get("remoteStream"));

    let sent = async |from: &Caller, what: &JsValue| {
        while from.call("send", what).is_err() {
            done(tick()).await;
        }
    };
    sent(&viewer, &"to the master".into()).await;
    let heard = done(at_master).await;
    assert_eq!(
        (text(&heard, "data"), text(&heard, "clientId")),
        ("to the master".into(), "kitchen".into())
    );
    sent(&master, &js_sys::Uint8Array::from([7, 8].as_slice())).await;
    let heard = Reflect::get(&done(at_viewer).await, &"data".into()).unwrap();
    assert_eq!(js_sys::Uint8Array::new(&heard).to_vec(), [7, 8]);

    let left = next(&m, "viewerstate", has_state("closed"));
    let camera: web_sys::MediaStream = master.get("localStream").unchecked_into();
    viewer.stop();
    assert_eq!(text(&done(left).await, "reason"), "left");
    master.stop();
    let tracks = camera.get_tracks();
    assert_eq!(tracks.length(), 1);
    assert!(tracks.iter().all(|track| text(&track, "readyState") == "ended"));
    for (object, member) in [
        (&master, "localStream"),
        (&viewer, "remoteStream"),
        (&viewer, "peerConnection"),
        (&viewer, "clientId"),
    ] {
        assert!(object.get(member).is_null(), "{member}");
    }
}

#[wasm_bindgen_test]
async fn a_viewer_connects_under_the_id_that_is_fixed() {
    install();
    let (m, master) = master("");
    let (_, viewer) = viewer(r#","clientId":{"fixed":"kitchen"}"#);
    let told = next(&m, "viewerstate", has_state("connected"));
    done(master.start()).await;
    done(viewer.start()).await;
    assert_eq!(viewer.get("clientId"), "kitchen");
    assert_eq!(text(&done(told).await, "clientId"), "kitchen");
    viewer.stop();
    master.stop();
}

#[wasm_bindgen_test]
async fn a_master_that_leaves_is_noticed_by_its_viewer() {
    install();
    let (_, master) = master("");
    let (v, viewer) = viewer("");
    done(master.start()).await;
    done(viewer.start()).await;
    let closed = next(&v, "close", JsValue::UNDEFINED);
    master.stop();
    assert_eq!(text(&done(closed).await, "reason"), "left");
    assert_eq!(viewer.get("state"), "closed");
}

#[wasm_bindgen_test]
async fn a_second_start_is_refused_and_a_stopped_session_starts_again() {
    install();
    let (_, master) = master("");
    done(master.start()).await;
    assert_eq!(code_of(master.start()).await, "caller.alreadyStarted");
    master.stop();
    done(master.start()).await;
    master.stop();
}

#[wasm_bindgen_test]
async fn what_was_prepared_is_not_asked_for_at_the_start() {
    install();
    let (_, master) = master("");
    done(master.start()).await;
    install();
    let (_, viewer) = viewer("");
    let prepare = || viewer.call("prepare", &JsValue::UNDEFINED).unwrap().unchecked_into();
    let (one, other): (Promise, Promise) = (prepare(), prepare());
    done(one).await;
    done(other).await;
    let asked = times_asked();
    assert!(asked > 0);
    assert_eq!((viewer.get("state"), viewer.get("peerConnection")), ("idle".into(), JsValue::NULL));
    done(viewer.start()).await;
    assert_eq!(times_asked(), asked);
    done(prepare()).await;
    viewer.stop();
    master.stop();

    refuse(400, "ResourceNotFoundException");
    let (_, lost) = self::viewer("");
    let prepare = lost.call("prepare", &JsValue::UNDEFINED).unwrap().unchecked_into();
    assert_eq!(code_of(prepare).await, "service.channelNotFound");
    assert_eq!(lost.get("state"), "idle");
}

#[wasm_bindgen_test]
async fn a_start_can_be_aborted_before_and_while_it_runs() {
    install();
    let (v, viewer) = viewer("");
    let controller = web_sys::AbortController::new().unwrap();
    let signal = js_sys::Object::new();
    Reflect::set(&signal, &"signal".into(), &controller.signal()).unwrap();
    let waiting = next(&v, "state", has_state("waiting"));
    let start: Promise = viewer.call("start", &signal).unwrap().unchecked_into();
    done(waiting).await;
    controller.abort();
    assert_eq!(code_of(start).await, "caller.aborted");
    assert_eq!(viewer.get("state"), "closed");
    let again: Promise = viewer.call("start", &signal).unwrap().unchecked_into();
    assert_eq!(code_of(again).await, "caller.aborted");
}

#[wasm_bindgen_test]
async fn stop_may_be_called_inside_every_callback() {
    for event in ["state", "localstream", "stream", "message", "close"] {
        install();
        let (m, master) = master("");
        let (_, viewer) = viewer(r#","video":true,"dataChannel":true"#);
        let caller = Caller(m.clone());
        let act = Closure::<dyn Fn(String)>::new(move |happened: String| {
            if happened == event {
                caller.stop();
            }
        });
        on_everything(&m, act.as_ref().unchecked_ref());
        let closed = next(&m, "close", JsValue::UNDEFINED);
        let started = master.start();
        let other = viewer.start();
        if event == "close" {
            done(started).await;
            master.stop();
        } else if event == "message" {
            done(started).await;
            done(other.clone()).await;
            while viewer.call("send", &"x".into()).is_err() {
                done(tick()).await;
            }
        } else {
            let _ = JsFuture::from(started).await;
        }
        done(closed).await;
        assert_eq!(master.get("state"), "closed", "{event}");
        viewer.stop();
        let _ = JsFuture::from(other).await;
    }
}

#[wasm_bindgen_test]
async fn stop_and_start_inside_a_callback_happen_in_their_order() {
    install();
    let (m, master) = master("");
    let inner = Caller(m.clone());
    let again = Rc::new(RefCell::new(None));
    let kept = Rc::clone(&again);
    let act = Closure::<dyn Fn(String)>::new(move |happened: String| {
        if happened == "localstream" && kept.borrow().is_none() {
            inner.stop();
            *kept.borrow_mut() = Some((inner.start(), inner.start()));
        }
    });
    on_everything(&m, act.as_ref().unchecked_ref());
    let closed = next(&m, "close", JsValue::UNDEFINED);
    let first = master.start();
    let _ = JsFuture::from(first).await;
    done(closed).await;
    let (second, third) = again.borrow_mut().take().unwrap();
    done(second).await;
    assert_eq!(code_of(third).await, "caller.alreadyStarted");
    assert_eq!(master.get("state"), "waiting");
    master.stop();
}

fn tick() -> Promise {
    Promise::new(&mut |resolve, _| {
        let window = web_sys::window().unwrap();
        window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, 5).unwrap();
    })
}

#[wasm_bindgen_test]
async fn a_page_that_is_left_ends_its_session_and_may_come_back() {
    install();
    let (m, master) = master("");
    for _ in 0..2 {
        done(master.start()).await;
        let closed = next(&m, "close", JsValue::UNDEFINED);
        let event = web_sys::Event::new("pagehide").unwrap();
        web_sys::window().unwrap().dispatch_event(&event).unwrap();
        assert_eq!(text(&done(closed).await, "reason"), "stopped");
    }
}

#[wasm_bindgen_test]
async fn a_camera_that_opens_after_the_stop_is_released() {
    install();
    let opened = slow_camera();
    let (_, master) = master("");
    done(master.start()).await;
    master.stop();
    // The page's function opens the camera only now.
    let track = done(opened).await;
    while text(&track, "readyState") != "ended" {
        done(tick()).await;
    }
}

#[wasm_bindgen_test]
async fn an_abort_after_the_start_ends_nothing() {
    install();
    let (_, master) = master("");
    let controller = web_sys::AbortController::new().unwrap();
    let signal = js_sys::Object::new();
    Reflect::set(&signal, &"signal".into(), &controller.signal()).unwrap();
    done(master.call("start", &signal).unwrap().unchecked_into()).await;
    let refused: Promise = master.call("start", &signal).unwrap().unchecked_into();
    assert_eq!(code_of(refused).await, "caller.alreadyStarted");
    controller.abort();
    assert_eq!(master.get("state"), "waiting");
    master.stop();
}

#[wasm_bindgen_test]
async fn an_offer_does_not_wait_for_slow_turn_servers() {
    install();
    let (_, master) = master("");
    done(master.start()).await;
    slow_turn(5_000);
    let options = options("");
    Reflect::set(&options, &"natTraversal".into(), &"stun-turn".into()).unwrap();
    let viewer = Caller(Viewer::new(&options).unwrap().into());
    let begun = js_sys::Date::now();
    done(viewer.start()).await;
    assert!(js_sys::Date::now() - begun < 4_000.0, "it waited for the TURN servers");
    assert_eq!(viewer.get("state"), "connected");
    viewer.stop();
    master.stop();
    install();
}

#[wasm_bindgen_test]
async fn a_description_too_large_for_the_service_is_made_smaller() {
    install();
    let finish = many_codecs();
    let (_, master) = master("");
    let (_, viewer) = viewer("");
    done(master.start()).await;
    let started = JsFuture::from(viewer.start()).await;
    let shrunk = finish.call0(&JsValue::UNDEFINED).unwrap();
    started.unwrap();
    assert!(shrunk.as_f64().unwrap() >= 1.0, "none was made smaller");
    master.stop();
    viewer.stop();
}

#[wasm_bindgen_test]
async fn an_offer_of_many_videos_gets_one_picture() {
    install();
    let (_, master) = master("");
    done(master.start()).await;
    let sending = done(two_videos()).await;
    assert_eq!(sending, JsValue::from_str("recvonly,inactive"));
    master.stop();
}

#[wasm_bindgen_test]
async fn a_listener_that_throws_disturbs_nobody() {
    install();
    let (m, master) = master("");
    // The browser reports what a listener throws to the window; the test runner must not see it.
    let window = web_sys::window().unwrap();
    let quiet = Closure::<dyn Fn(web_sys::Event)>::new(|event: web_sys::Event| {
        event.prevent_default();
        event.stop_immediate_propagation();
    });
    window
        .add_event_listener_with_callback_and_bool("error", quiet.as_ref().unchecked_ref(), true)
        .unwrap();
    let function: Function = Reflect::get(&m, &"on".into()).unwrap().unchecked_into();
    let off: Function = function.call2(&m, &"state".into(), &thrower()).unwrap().unchecked_into();
    done(master.start()).await;
    assert_eq!(master.get("state"), "waiting");
    off.call0(&JsValue::UNDEFINED).unwrap();
    master.stop();
    assert_eq!(master.get("state"), "closed");
    window
        .remove_event_listener_with_callback_and_bool("error", quiet.as_ref().unchecked_ref(), true)
        .unwrap();
}

#[wasm_bindgen_test]
async fn errors_are_error_objects_that_say_what_to_do() {
    install();
    refuse(404, "ResourceNotFoundException");
    let (_, viewer) = viewer("");
    let error = JsFuture::from(viewer.start()).await.unwrap_err();
    assert!(error.is_instance_of::<js_sys::Error>());
    assert_eq!(text(&error, "name"), "KvsError");
    assert_eq!(text(&error, "code"), "service.channelNotFound");
    assert_eq!(text(&error, "hint"), Code::ServiceChannelNotFound.hint());
    assert_eq!(Reflect::get(&error, &"retryable".into()).unwrap(), JsValue::FALSE);
    install();
}

#[wasm_bindgen_test]
async fn keys_may_come_from_a_function_and_its_failure_is_an_error() {
    install();
    for (body, code) in [
        ("throw new Error('no login')", "keys.missing"),
        ("return Promise.reject('no login')", "keys.missing"),
        ("return null", "keys.missing"),
        ("return { accessKeyId: 'AK' }", "keys.missing"),
    ] {
        let options = options("");
        let provider = Function::new_no_args(body);
        Reflect::set(&options, &"credentials".into(), &provider).unwrap();
        let viewer = Caller(Viewer::new(&options).unwrap().into());
        assert_eq!(code_of(viewer.start()).await, code, "{body}");
    }
    let options = options("");
    let keys = "return Promise.resolve({ accessKeyId: 'AK', secretAccessKey: 'SK' })";
    Reflect::set(&options, &"credentials".into(), &Function::new_no_args(keys)).unwrap();
    let client = KinesisVideoClient::new(&options).unwrap();
    let input = object(r#"{"ChannelName":"demo"}"#);
    let created = done(client.create_signaling_channel(&input, &JsValue::UNDEFINED)).await;
    assert!(text(&created, "ChannelARN").starts_with("arn:aws:kinesisvideo:"));
}

#[wasm_bindgen_test]
fn what_is_wrong_in_the_options_is_named() {
    for (more, member) in [
        (r#","video":"yes""#, "video"),
        (r#","clientId":"AWS_x""#, "clientId"),
        (r#","clientId":7"#, "clientId"),
        (r#","clientId":{}"#, "clientId"),
        (r#","clientId":{"fixed":7}"#, "fixed"),
        (r#","clientId":{"fixed":"AWS_x"}"#, "clientId"),
        (r#","dataChannel":"on""#, "dataChannel"),
        (r#","channelName":"a b""#, "channelName"),
        (r#","degradationPreference":"fast""#, "degradationPreference"),
    ] {
        let error = Viewer::new(&options(more)).err().unwrap();
        assert_eq!(text(&error, "code"), "caller.invalidArgument", "{more}");
        assert!(text(&error, "message").starts_with(member), "{more}");
    }
    for nothing in [JsValue::UNDEFINED, JsValue::NULL, JsValue::from(7)] {
        assert!(Viewer::new(&nothing).is_err());
        assert!(Master::new(&nothing).is_err());
        assert!(KinesisVideoClient::new(&nothing).is_err());
    }
}
