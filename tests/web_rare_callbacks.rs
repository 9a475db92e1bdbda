//! Callbacks of what few calls tell: a buffer that has drained, and another client id. They may do
//! all that others may, as `web_callbacks.rs` has it; in a real browser.
#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

#[allow(dead_code, reason = "each test uses its part of the page")]
#[path = "web_common/page.rs"]
mod page;

use js_sys::{Function, Promise, Uint8Array};
use page::{Page, done, error_of, get, options, text};
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
    fn later(milliseconds: u32) -> Promise;
}

#[wasm_bindgen(module = "/tests/common/service.js")]
extern "C" {
    #[wasm_bindgen(js_name = foreignMaster)]
    fn foreign_master() -> Promise;
    #[wasm_bindgen(js_name = lateTurn)]
    fn late_turn() -> Function;
}

#[wasm_bindgen(module = "/tests/common/callbacks.js")]
extern "C" {
    fn restarting(session: &JsValue) -> Function;
}

const ANY: JsValue = JsValue::UNDEFINED;
const LOW: &str = "bufferedamountlow";
/// What a callback may do wrong.
const WRONGS: [&str; 2] = ["throw new Error('it throws')", "return Promise.reject(new Error())"];

fn call(function: &Function) -> JsValue {
    function.call0(&JsValue::UNDEFINED).unwrap()
}

/// A master and a viewer whose data channel is open.
async fn chat() -> [Page; 2] {
    install();
    let more = r#","dataChannel":{"bufferedAmountLowThreshold":1000}"#;
    let master = Page::master(&options(more));
    master.run("start", &[]).await;
    let open = next(&master.0, "channelopen", ANY);
    let viewer = Page::viewer(&options(&[more, r#","clientId":"a""#].concat()));
    viewer.run("start", &[]).await;
    done(open).await;
    [master, viewer]
}

/// A browser reports in a task of its own what was rejected.
async fn reported() {
    done(later(10)).await;
}

/// Sends what does not leave at once.
fn fill(session: &Page) {
    let chunk = JsValue::from(Uint8Array::new_with_length(100_000));
    session.call("send", &[chunk]).unwrap();
}

/// Its second run comes as far as the first began, and each ends once.
async fn goes_on(session: &Page, restart: &Function) {
    let again = done(get(restart, "over")).await;
    session.stop();
    if let Err(error) = JsFuture::from(get(&again, "start").unchecked_into::<Promise>()).await {
        assert_eq!(text(&error, "code"), "caller.stopped");
    }
    assert_eq!(call(&get(&again, "closes").unchecked_into()), 2);
    assert_eq!(session.get("state"), "closed");
}

#[wasm_bindgen_test]
async fn a_session_may_be_stopped_and_started_when_its_buffer_has_drained() {
    for place in 0..2 {
        let sessions = chat().await;
        let subject = &sessions[place];
        let restart = restarting(&subject.0);
        subject.call("addEventListener", &[LOW.into(), restart.clone().into()]).unwrap();
        let stop = quietly();
        fill(subject);
        goes_on(subject, &restart).await;
        sessions.iter().for_each(Page::stop);
        assert_eq!(call(&stop), 0, "{place}");
    }
}

#[wasm_bindgen_test]
async fn what_fails_when_a_buffer_has_drained_disturbs_nobody() {
    for (place, wrong) in [(0, WRONGS[0]), (0, WRONGS[1]), (1, WRONGS[0]), (1, WRONGS[1])] {
        let sessions = chat().await;
        let subject = &sessions[place];
        subject.call("on", &[LOW.into(), Function::new_no_args(wrong).into()]).unwrap();
        let stop = quietly();
        for _ in 0..2 {
            let told = next(&subject.0, LOW, ANY);
            fill(subject);
            done(told).await;
        }
        let came = next(&sessions[1 - place].0, "message", ANY);
        subject.call("send", &["still here".into()]).unwrap();
        done(came).await;
        sessions.iter().for_each(Page::stop);
        reported().await;
        assert_eq!(call(&stop), 2, "{place}: {wrong}");
    }
}

/// A viewer whose second try goes on under another client id.
struct Renamed {
    viewer: Page,
    find_no_path: Function,
    end: Function,
}

impl Renamed {
    async fn new() -> Self {
        install();
        let find_no_path = late_turn();
        let end: Function = done(foreign_master()).await.unchecked_into();
        let viewer = Page::viewer(&options(r#","clientId":"door","natTraversal":"stun-turn""#));
        Self { viewer, find_no_path, end }
    }

    /// Up to its second try; gives what `start()` gave.
    async fn go(&self) -> JsValue {
        let connecting = next(&self.viewer.0, "state", has_state("connecting"));
        let start = self.viewer.call("start", &[]).unwrap();
        // The test looks at how it ends later.
        Page(start.clone()).call("catch", &[Function::new_no_args("").into()]).unwrap();
        done(connecting).await;
        done(self.find_no_path.call1(&JsValue::UNDEFINED, &self.viewer.0).unwrap()).await;
        start
    }

    async fn check_stopped(self, start: JsValue) {
        assert_eq!(error_of(start).await.0, "caller.stopped");
        call(&self.end);
    }
}

#[wasm_bindgen_test]
async fn a_viewer_may_be_stopped_and_started_when_it_gets_another_id() {
    let renamed = Renamed::new().await;
    let restart = restarting(&renamed.viewer.0);
    renamed.viewer.call("on", &["clientid".into(), restart.clone().into()]).unwrap();
    let stop = quietly();
    let start = renamed.go().await;
    goes_on(&renamed.viewer, &restart).await;
    renamed.check_stopped(start).await;
    assert_eq!(call(&stop), 0);
}

#[wasm_bindgen_test]
async fn what_fails_when_a_viewer_gets_another_id_disturbs_nobody() {
    for wrong in WRONGS {
        let renamed = Renamed::new().await;
        let viewer = &renamed.viewer;
        viewer.call("on", &["clientid".into(), Function::new_no_args(wrong).into()]).unwrap();
        let stop = quietly();
        let told = next(&viewer.0, "clientid", ANY);
        let start = renamed.go().await;
        assert!(text(&done(told).await, "clientId").starts_with("door."));
        done(next(&viewer.0, "state", has_state("connecting"))).await;
        viewer.stop();
        renamed.check_stopped(start).await;
        reported().await;
        assert_eq!(call(&stop), 1, "{wrong}");
    }
}
