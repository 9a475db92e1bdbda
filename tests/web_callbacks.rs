//! Whatever the application does inside a callback, and whatever its callbacks throw, is borne; in
//! a real browser.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "web_common/page.rs"]
mod page;

use js_sys::{Array, Function, Promise};
use page::{Page, done, error_of, get, object, options, text};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(module = "/tests/common/relay.js")]
extern "C" {
    fn install();
    fn quietly() -> Function;
    fn next(target: &JsValue, event: &str, fits: JsValue) -> Promise;
    #[wasm_bindgen(js_name = hasState)]
    fn has_state(state: &str) -> JsValue;
}

#[wasm_bindgen(module = "/tests/common/callbacks.js")]
extern "C" {
    #[wasm_bindgen(js_name = eventsOf)]
    fn events_of(role: &str) -> Array;
    fn everything(master: &JsValue, viewer: &JsValue, acted: &JsValue) -> Promise;
    fn misbehave(session: &JsValue, role: &str, how: &str, way: &str) -> Function;
    fn restarting(session: &JsValue) -> Function;
    fn acting(name: &str, act: &Function) -> JsValue;
}

/// A master and a viewer that are told everything there is.
fn pair() -> (Page, Page) {
    install();
    // No TURN server comes, which is told as an error.
    let all =
        r#","natTraversal":"stun-turn","video":true,"dataChannel":true,"qualityInterval":500"#;
    let viewer = [all, r#","clientId":"a""#].concat();
    (Page::master(&options(all)), Page::viewer(&options(&viewer)))
}

fn names(list: &JsValue) -> Vec<String> {
    let mut names: Vec<_> = Array::from(list).iter().filter_map(|name| name.as_string()).collect();
    names.sort();
    names
}

#[wasm_bindgen_test]
async fn callbacks_that_throw_or_reject_disturb_nobody() {
    for (how, way) in [
        ("throw", "on"),
        ("throw", "addEventListener"),
        ("reject", "on"),
        ("reject", "addEventListener"),
    ] {
        let (master, viewer) = pair();
        let ends =
            [misbehave(&master.0, "master", how, way), misbehave(&viewer.0, "viewer", how, way)];
        let stop = quietly();
        let told = Array::from(&done(everything(&master.0, &viewer.0, &JsValue::UNDEFINED)).await);
        // A closed session still tells of devices.
        ends.iter().for_each(|end| drop(end.call0(&JsValue::UNDEFINED).unwrap()));
        let reported = stop.call0(&JsValue::UNDEFINED).unwrap().as_f64().unwrap();
        for (told, role) in told.iter().zip(["master", "viewer"]) {
            let expected = names(&events_of(role));
            assert_eq!(names(&told), expected, "{role}: {how}, {way}");
            #[allow(clippy::cast_precision_loss)]
            let at_least = expected.len() as f64;
            assert!(reported >= at_least, "{reported} were reported of {at_least}");
        }
        assert_eq!((master.get("state"), viewer.get("state")), ("closed".into(), "closed".into()));
    }
}

/// Stops and starts the session inside the first event of each kind.
async fn restarts(role: &str) {
    for event in names(&events_of(role)) {
        let (master, viewer) = pair();
        let subject = if role == "master" { &master } else { &viewer };
        let restart = restarting(&subject.0);
        subject.call("addEventListener", &[event.as_str().into(), restart.clone().into()]).unwrap();
        let stop = quietly();
        let over = get(&restart, "over");
        // What is told by the last stop comes after it.
        let acted = if event == "close" { JsValue::UNDEFINED } else { over.clone() };
        let played = everything(&master.0, &viewer.0, &acted);
        let again = done(over).await;
        master.stop();
        viewer.stop();
        done(played).await;
        let started = JsFuture::from(get(&again, "start").unchecked_into::<Promise>()).await;
        if let Err(error) = started {
            assert_eq!(text(&error, "code"), "caller.stopped", "{role}: {event}");
        }
        let closes: Function = get(&again, "closes").unchecked_into();
        assert_eq!(closes.call0(&JsValue::UNDEFINED).unwrap(), 2, "{role}: {event}");
        assert_eq!(subject.get("state"), "closed", "{role}: {event}");
        assert_eq!(stop.call0(&JsValue::UNDEFINED).unwrap(), 0, "{role}: {event}");
    }
}

#[wasm_bindgen_test]
async fn a_master_may_be_stopped_and_started_inside_every_callback() {
    restarts("master").await;
}

#[wasm_bindgen_test]
async fn a_viewer_may_be_stopped_and_started_inside_every_callback() {
    restarts("viewer").await;
}

/// What a session calls that is no listener.
const CALLED: [&str; 7] =
    ["credentials", "session", "fetch", "logger", "WebSocket", "send", "close"];

/// Options of a session whose callback of this name acts.
fn with_acting(name: &str, act: &Function) -> JsValue {
    let options = match name {
        "session" => object(r#"{"natTraversal":"disabled","clientId":"a"}"#),
        _ => options(r#","clientId":"a""#),
    };
    let member = if ["send", "close"].contains(&name) { "WebSocket" } else { name };
    js_sys::Reflect::set(&options, &member.into(), &acting(name, act)).unwrap();
    options
}

#[wasm_bindgen_test]
async fn a_session_may_be_stopped_and_started_inside_what_its_options_have() {
    for name in CALLED {
        for role in ["master", "viewer"] {
            install();
            let restart = restarting(&JsValue::UNDEFINED);
            let options = with_acting(name, &restart);
            let subject =
                if role == "master" { Page::master(&options) } else { Page::viewer(&options) };
            let of: Function = get(&restart, "of").unchecked_into();
            of.call1(&JsValue::UNDEFINED, &subject.0).unwrap();
            let waiting = next(&subject.0, "state", has_state("waiting"));
            let first = subject.call("start", &[]).unwrap();
            // A master says something only to a viewer, and either closes its socket when it stops.
            let viewer = Page::viewer(&page::options(r#","clientId":"b""#));
            let other = match (name, role) {
                ("send", "master") => {
                    done(waiting).await;
                    Some(viewer.call("start", &[]).unwrap())
                }
                ("close", _) => {
                    done(waiting).await;
                    subject.stop();
                    None
                }
                _ => None,
            };
            let again = done(get(&restart, "over")).await;
            subject.stop();
            viewer.stop();
            for start in [Some(first), Some(get(&again, "start")), other].into_iter().flatten() {
                if let Err(error) = JsFuture::from(start.unchecked_into::<Promise>()).await {
                    assert_eq!(text(&error, "code"), "caller.stopped", "{role}: {name}");
                }
            }
            let closes: Function = get(&again, "closes").unchecked_into();
            assert_eq!(closes.call0(&JsValue::UNDEFINED).unwrap(), 2, "{role}: {name}");
            assert_eq!(subject.get("state"), "closed", "{role}: {name}");
        }
    }
}

#[wasm_bindgen_test]
async fn what_an_options_function_throws_ends_a_start_or_disturbs_nobody() {
    for (name, code) in [
        ("credentials", Some("keys.missing")),
        ("session", Some("caller.sessionFailed")),
        ("fetch", Some("network.unreachable")),
        ("WebSocket", Some("service.refused")),
        ("logger", None),
        ("send", None),
        ("close", None),
    ] {
        for role in ["master", "viewer"] {
            install();
            let thrower = Function::new_no_args("throw new Error('an option that throws')");
            let options = with_acting(name, &thrower);
            let subject =
                if role == "master" { Page::master(&options) } else { Page::viewer(&options) };
            let stop = quietly();
            match (code, role) {
                (Some(code), _) => assert_eq!(subject.fail("start", &[]).await.0, code, "{role}"),
                (None, "master") => {
                    subject.run("start", &[]).await;
                    subject.stop();
                }
                (None, _) => {
                    let waiting = next(&subject.0, "state", has_state("waiting"));
                    let started = subject.call("start", &[]).unwrap();
                    done(waiting).await;
                    subject.stop();
                    assert_eq!(error_of(started).await.0, "caller.stopped", "{name}");
                }
            }
            assert_eq!(subject.get("state"), "closed", "{role}: {name}");
            assert_eq!(stop.call0(&JsValue::UNDEFINED).unwrap(), 0, "{role}: {name}");
        }
    }
}
