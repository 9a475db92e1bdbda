//! What a session tells of what the service and the data channel say, in a real browser.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[allow(dead_code, reason = "each test uses its part of the page")]
#[path = "web_common/page.rs"]
mod page;

use js_sys::{ArrayBuffer, Function, Promise, Uint8Array};
use page::{Page, done, error_of, get, options, text};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(module = "/tests/common/relay.js")]
extern "C" {
    fn install();
    fn next(target: &JsValue, event: &str, fits: JsValue) -> Promise;
    #[wasm_bindgen(js_name = hasState)]
    fn has_state(state: &str) -> JsValue;
    fn stranger() -> Promise;
}

#[wasm_bindgen(module = "/tests/common/service.js")]
extern "C" {
    fn saying() -> Function;
    #[wasm_bindgen(js_name = foreignMaster)]
    fn foreign_master() -> Promise;
    #[wasm_bindgen(js_name = lateTurn)]
    fn late_turn() -> Function;
}

const ANY: JsValue = JsValue::UNDEFINED;

/// A master and a viewer that waits for another one, with what says something on the socket of each.
async fn waiting() -> ([Page; 2], Function) {
    install();
    let say = saying();
    let master = Page::master(&options(""));
    master.run("start", &[]).await;
    let viewer = Page::viewer(&options(r#","clientId":"a""#));
    viewer.run("start", &[]).await;
    ([master, viewer], say)
}

fn say(say: &Function, place: usize, data: impl Into<JsValue>) {
    let place = u32::try_from(place).unwrap();
    say.call2(&JsValue::UNDEFINED, &place.into(), &data.into()).unwrap();
}

#[wasm_bindgen_test]
async fn what_the_service_says_is_an_event_and_no_end() {
    let (sessions, service) = waiting().await;
    for (place, session) in sessions.iter().enumerate() {
        let state = session.get("state");
        for (kind, event) in [("GO_AWAY", "goAway"), ("RECONNECT_ICE_SERVER", "reconnectIceServer")]
        {
            let told = next(&session.0, event, ANY);
            say(&service, place, format!(r#"{{"messageType":"{kind}"}}"#));
            assert!(done(told).await.is_object(), "{event}");
        }
        let told = next(&session.0, "statusResponse", ANY);
        let status = r#"{"messageType":"STATUS_RESPONSE","statusResponse":{"correlationId":"c",
            "success":false,"errorType":"E","statusCode":"400","description":"<b>"}}"#;
        say(&service, place, status);
        let told = done(told).await;
        let words = ["correlationId", "errorType", "statusCode", "description"];
        assert_eq!(words.map(|word| text(&told, word)), ["c", "E", "400", "<b>"]);
        assert_eq!(get(&told, "success"), JsValue::FALSE);
        assert_eq!(session.get("state"), state);
    }
    sessions.iter().for_each(Page::stop);
}

#[wasm_bindgen_test]
async fn a_binary_frame_is_counted_in_the_report() {
    let (sessions, service) = waiting().await;
    for (place, session) in sessions.iter().enumerate() {
        say(&service, place, ArrayBuffer::new(2));
        let drops = get(&session.run("report", &[]).await, "drops");
        assert_eq!(get(&drops, "frameMalformed"), 1);
    }
    sessions.iter().for_each(Page::stop);
}

#[wasm_bindgen_test]
async fn a_viewers_data_channel_that_closes_is_told_with_whose_it_was() {
    install();
    let master = Page::master(&options(""));
    master.run("start", &[]).await;
    let open = next(&master.0, "channelopen", ANY);
    let stranger = done(stranger()).await;
    done(open).await;
    let told = next(&master.0, "channelclose", ANY);
    Page(get(&stranger, "channel")).call("close", &[]).unwrap();
    let told = done(told).await;
    assert_eq!(
        (text(&told, "state"), text(&told, "clientId")),
        ("closed".into(), "stranger".into())
    );
    assert_eq!(text(&get(&master.get("viewers"), "0"), "state"), "connected");
    master.stop();
}

#[wasm_bindgen_test]
async fn a_masters_buffer_that_has_drained_is_told_with_whose_it_is() {
    install();
    let master = Page::master(&options(""));
    master.run("start", &[]).await;
    let open = next(&master.0, "channelopen", ANY);
    let viewer = Page::viewer(&options(r#","clientId":"a","dataChannel":true"#));
    viewer.run("start", &[]).await;
    done(open).await;
    let told = next(&master.0, "bufferedamountlow", ANY);
    let chunk = JsValue::from(Uint8Array::new_with_length(100_000));
    for _ in 0..20 {
        master.call("send", &[chunk.clone(), "a".into()]).unwrap();
    }
    assert!(master.call("bufferedAmount", &["a".into()]).unwrap().as_f64().unwrap() > 65_536.0);
    assert_eq!(text(&done(told).await, "clientId"), "a");
    assert!(master.call("bufferedAmount", &["a".into()]).unwrap().as_f64().unwrap() <= 65_536.0);
    viewer.stop();
    master.stop();
}

#[wasm_bindgen_test]
async fn a_viewer_that_a_master_does_not_answer_twice_gets_another_id_and_says_so() {
    install();
    let find_no_path = late_turn();
    let end: Function = done(foreign_master()).await.unchecked_into();
    let viewer = Page::viewer(&options(r#","clientId":"door","natTraversal":"stun-turn""#));
    let connecting = next(&viewer.0, "state", has_state("connecting"));
    let start = viewer.call("start", &[]).unwrap();
    done(connecting).await;
    assert_eq!(viewer.get("clientId"), "door");
    let told = next(&viewer.0, "clientid", ANY);
    let connecting = next(&viewer.0, "state", has_state("connecting"));
    done(find_no_path.call1(&JsValue::UNDEFINED, &viewer.0).unwrap()).await;
    let id = text(&done(told).await, "clientId");
    assert!(id.len() == 9 && id.starts_with("door."), "{id}");
    assert_eq!(viewer.get("clientId"), id.as_str());
    done(connecting).await;
    viewer.stop();
    assert_eq!(error_of(start).await.0, "caller.stopped");
    end.call0(&JsValue::UNDEFINED).unwrap();
}
