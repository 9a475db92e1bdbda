//! The peer connection: descriptions that fit, parameters of what is sent, a data channel with
//! hostile ends; in a real browser.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "web_common/page.rs"]
mod page;

use js_sys::{Array, Function, Promise, Uint8Array};
use page::{Page, done, get, options, text};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(module = "/tests/common/relay.js")]
extern "C" {
    fn install();
    fn next(target: &JsValue, event: &str, fits: JsValue) -> Promise;
}

#[wasm_bindgen(module = "/tests/common/relay.js")]
extern "C" {
    fn stranger() -> Promise;
    #[wasm_bindgen(js_name = junkChannels)]
    fn junk_channels(stranger: &JsValue, count: u32) -> Promise;
    #[wasm_bindgen(js_name = sendAll)]
    fn send_all(stranger: &JsValue, messages: &Array);
    fn descriptions() -> Array;
    fn longer(bytes: u32) -> Function;
    #[wasm_bindgen(js_name = parametersOf)]
    fn parameters_of(connection: &JsValue, kind: &str) -> Promise;
    fn applied() -> Array;
    #[wasm_bindgen(js_name = channelsMade)]
    fn channels_made() -> Array;
    #[wasm_bindgen(js_name = tooManyConnections)]
    fn too_many_connections() -> Function;
}

#[wasm_bindgen(module = "/tests/common/service.js")]
extern "C" {
    #[wasm_bindgen(js_name = hostileOffer)]
    fn hostile_offer(id: &str, change: &str) -> Promise;
    #[wasm_bindgen(js_name = foreignMaster)]
    fn hostile_master(change: &str) -> Promise;
}

const ANY: JsValue = JsValue::UNDEFINED;
const LIMIT: u32 = 10 * 1024;

fn undo(change: &Function) {
    change.call0(&JsValue::UNDEFINED).unwrap();
}

async fn call(of_master: &str, of_viewer: &str) -> (Page, Page) {
    install();
    let master = Page::master(&options(of_master));
    done(master.call("start", &[]).unwrap()).await;
    let viewer = Page::viewer(&options(&[r#","clientId":"a""#, of_viewer].concat()));
    viewer.run("start", &[]).await;
    (master, viewer)
}

/// A call whose data channel is open on both sides.
async fn chat(of_viewer: &str) -> (Page, Page) {
    install();
    let master = Page::master(&options(""));
    done(master.call("start", &[]).unwrap()).await;
    let viewer = Page::viewer(&options(&[r#","clientId":"a""#, of_viewer].concat()));
    let open = [next(&viewer.0, "channelopen", ANY), next(&master.0, "channelopen", ANY)];
    viewer.run("start", &[]).await;
    for open in open {
        done(open).await;
    }
    (master, viewer)
}

fn said(descriptions: &Array, kind: &str) -> (u32, String) {
    let found = descriptions.iter().find(|one| text(one, "type") == kind).unwrap();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let size = get(&found, "size").as_f64().unwrap() as u32;
    (size, text(&found, "sdp"))
}

#[wasm_bindgen_test]
async fn all_codecs_with_tracks_and_a_channel_fit_into_a_message() {
    install();
    let heard = descriptions();
    let more = r#","audio":true,"video":true"#;
    let (master, viewer) = call(more, &[more, r#","dataChannel":true"#].concat()).await;
    for kind in ["offer", "answer"] {
        let (size, sdp) = said(&heard, kind);
        assert!(size <= LIMIT, "the {kind} has {size}");
        for kept in ["a=ice-options:trickle", "a=rtcp-mux", "a=group:BUNDLE 0 1 2", "VP8/", "opus/"]
        {
            assert!(sdp.contains(kept), "the {kind} has no {kept}");
        }
    }
    viewer.stop();
    master.stop();
}

#[wasm_bindgen_test]
async fn what_a_codec_less_cannot_mend_loses_header_extensions_and_still_connects() {
    install();
    let heard = descriptions();
    let undo_longer = longer(9000);
    let (master, viewer) = call("", r#","codecs":{"video":["video/VP9"]}"#).await;
    undo(&undo_longer);
    let (size, sdp) = said(&heard, "offer");
    assert!(size <= LIMIT, "the offer has {size}");
    assert!(sdp.contains("a=ice-options:trickle") && sdp.contains("sdes:mid"));
    assert!(!sdp.contains("urn:x:") && !sdp.contains("AV1/"), "{sdp}");
    let vp9 = sdp.find("VP9/").expect("the preferred codec is gone");
    assert!(vp9 < sdp.find("VP8/").unwrap(), "the preferred codec is not first");
    viewer.stop();
    master.stop();
}

#[wasm_bindgen_test]
async fn preferred_codecs_come_first_and_are_used_and_the_rest_stays() {
    install();
    let heard = descriptions();
    let (master, viewer) = call(r#","codecs":{"video":["video/VP9","video/VP8"]}"#, "").await;
    let (_, answer) = said(&heard, "answer");
    let first = answer.split("m=video").nth(1).unwrap();
    let first = first.lines().find_map(|line| line.strip_prefix("a=rtpmap:")).unwrap();
    assert!(first.contains("VP9/"), "{first}");
    // Whatever else this browser has.
    assert!(answer.contains("VP8/") && answer.contains("rtx/"));
    viewer.stop();
    master.stop();
}

#[wasm_bindgen_test]
async fn caps_are_set_on_what_is_sent_once_it_is_negotiated() {
    let caps = r#","maxBitrate":{"video":400000,"audio":24000},"maxFramerate":12,"audio":true,
                   "video":true,"degradationPreference":"maintain-resolution","startBitrate":300000,
                   "contentHint":"detail""#;
    let (master, viewer) = call(caps, caps).await;
    let at_master = master.call("peerConnection", &["a".into()]).unwrap();
    for connection in [at_master, viewer.get("peerConnection")] {
        // The browser takes them in its own time.
        for (kind, told) in [
            ("video", [r#""maxBitrate":400000"#, r#""maxFramerate":12"#]),
            ("audio", [r#""maxBitrate":24000"#, "encodings"]),
        ] {
            loop {
                let parameters = done(parameters_of(&connection, kind)).await.as_string().unwrap();
                if told.iter().all(|told| parameters.contains(told)) {
                    break;
                }
            }
        }
    }
    let track = master.get("localStream").unchecked_into::<web_sys::MediaStream>();
    let hints: Vec<_> =
        track.get_tracks().iter().map(|track| text(&track, "contentHint")).collect();
    assert!(hints.contains(&"detail".to_owned()) && hints.contains(&String::new()));
    viewer.stop();
    master.stop();
}

#[wasm_bindgen_test]
async fn a_number_caps_video_alone_and_hints_may_differ_by_kind() {
    let more = r#","maxBitrate":400000,"audio":true,"video":true,
                   "contentHint":{"video":"motion","audio":"music"}"#;
    let (master, viewer) = call(more, more).await;
    let connection = viewer.get("peerConnection");
    let mut parameters = String::new();
    while !parameters.contains(r#""maxBitrate":400000"#) {
        parameters = done(parameters_of(&connection, "video")).await.as_string().unwrap();
    }
    let audio = done(parameters_of(&connection, "audio")).await.as_string().unwrap();
    assert!(!audio.contains("maxBitrate"), "{audio}");
    for page in [master, viewer] {
        let stream = page.get("localStream").unchecked_into::<web_sys::MediaStream>();
        let hint = |tracks: Array| text(&tracks.get(0), "contentHint");
        assert_eq!(hint(stream.get_video_tracks()), "motion");
        assert_eq!(hint(stream.get_audio_tracks()), "music");
        page.stop();
    }
}

#[wasm_bindgen_test]
async fn one_path_carries_all_and_the_start_bitrate_is_in_what_is_applied() {
    let applied = applied();
    let more = r#","video":true,"startBitrate":321000"#;
    let (master, viewer) = call(more, more).await;
    let at_master = master.call("peerConnection", &["a".into()]).unwrap();
    for connection in [at_master, viewer.get("peerConnection")] {
        let configuration =
            connection.unchecked_ref::<web_sys::RtcPeerConnection>().get_configuration();
        assert_eq!(text(&configuration, "bundlePolicy"), "max-bundle");
    }
    get(&applied, "end").unchecked_into::<Function>().call0(&JsValue::UNDEFINED).unwrap();
    assert_eq!(applied.length(), 2, "an offer and an answer");
    for sdp in applied.iter().filter_map(|sdp| sdp.as_string()) {
        assert!(sdp.contains("x-google-start-bitrate=321"), "{sdp}");
    }
    viewer.stop();
    master.stop();
}

#[wasm_bindgen_test]
async fn the_data_channel_is_made_as_it_is_asked_for() {
    for (asked, made) in [
        ("true", (true, JsValue::NULL, JsValue::NULL)),
        ("{}", (true, JsValue::NULL, JsValue::NULL)),
        (r#"{"ordered":true}"#, (true, JsValue::NULL, JsValue::NULL)),
        (r#"{"ordered":false,"maxRetransmits":3}"#, (false, 3.into(), JsValue::NULL)),
        (r#"{"maxPacketLifeTime":450}"#, (true, JsValue::NULL, 450.into())),
    ] {
        install();
        let channels = channels_made();
        let viewer = Page::viewer(&options(&[r#","dataChannel":"#, asked].concat()));
        let started = viewer.call("start", &[]).unwrap();
        assert_eq!(channels.length(), 1, "{asked}");
        let channel = channels.get(0);
        assert_eq!(text(&channel, "label"), "kvsDataChannel");
        let (ordered, retransmits, life_time) = made;
        assert_eq!(get(&channel, "ordered"), ordered, "{asked}");
        assert_eq!(get(&channel, "maxRetransmits"), retransmits, "{asked}");
        assert_eq!(get(&channel, "maxPacketLifeTime"), life_time, "{asked}");
        viewer.stop();
        assert_eq!(page::error_of(started).await.0, "caller.stopped");
    }
}

#[wasm_bindgen_test]
async fn a_message_too_large_is_refused_and_the_channel_stays_open() {
    let (master, viewer) = chat(r#","dataChannel":true"#).await;
    let refused = |data: JsValue| {
        let error = viewer.call("send", &[data]).unwrap_err();
        text(&error, "code")
    };
    let large = 256 * 1024 + 1;
    assert_eq!(refused(Uint8Array::new_with_length(large).into()), "peer.messageTooLarge");
    assert_eq!(refused("x".repeat(large as usize).into()), "peer.messageTooLarge");
    // Fewer characters than the limit, more bytes.
    assert_eq!(refused("€".repeat(100_000).into()), "peer.messageTooLarge");
    let blob = js_sys::global();
    for wrong in
        [JsValue::from(7), JsValue::NULL, JsValue::UNDEFINED, blob.into(), Array::new().into()]
    {
        assert_eq!(refused(wrong), "caller.invalidArgument");
    }
    let largest = Uint8Array::new_with_length(large - 1);
    for whole in
        [largest.clone().into(), JsValue::from(largest.buffer()), "€".repeat(87_381).into()]
    {
        let came = next(&master.0, "message", ANY);
        viewer.call("send", std::slice::from_ref(&whole)).unwrap();
        let data = get(&done(came).await, "data");
        let length = |of: &JsValue| match of.as_string() {
            Some(text) => text.len(),
            None => Uint8Array::new(of).length() as usize,
        };
        assert_eq!(length(&data), length(&whole));
    }
    viewer.stop();
    master.stop();
}

#[wasm_bindgen_test]
async fn a_full_buffer_refuses_and_says_when_there_is_room_again() {
    let (master, viewer) = chat(r#","dataChannel":{"bufferedAmountLowThreshold":1000}"#).await;
    let low = next(&viewer.0, "bufferedamountlow", ANY);
    let chunk = JsValue::from(Uint8Array::new_with_length(256 * 1024));
    let mut sent = 0;
    let error = loop {
        match viewer.call("send", std::slice::from_ref(&chunk)) {
            Ok(_) => sent += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(text(&error, "code"), "caller.bufferFull");
    assert!(sent > 32, "only {sent} were taken");
    assert!(viewer.get("bufferedAmount").as_f64().unwrap() > 8e6);
    done(low).await;
    assert!(viewer.get("bufferedAmount").as_f64().unwrap() <= 1000.0);
    viewer.call("send", &[chunk]).unwrap();
    assert_eq!(master.call("bufferedAmount", &["a".into()]).unwrap(), 0);
    viewer.stop();
    master.stop();
}

#[wasm_bindgen_test]
async fn channels_that_are_not_ours_are_closed_and_the_call_goes_on() {
    install();
    let master = Page::master(&options(""));
    done(master.call("start", &[]).unwrap()).await;
    let open = next(&master.0, "channelopen", ANY);
    let stranger = done(stranger()).await;
    done(open).await;
    done(junk_channels(&stranger, 1_000)).await;
    let came = next(&master.0, "message", ANY);
    send_all(&stranger, &Array::of1(&"still here".into()));
    assert_eq!(text(&done(came).await, "data"), "still here");
    master.stop();
}

#[wasm_bindgen_test]
async fn a_flood_is_cut_and_the_call_goes_on() {
    install();
    let master = Page::master(&options(""));
    done(master.call("start", &[]).unwrap()).await;
    let open = next(&master.0, "channelopen", ANY);
    let stranger = done(stranger()).await;
    done(open).await;
    let heard = std::rc::Rc::new(std::cell::Cell::new(0_u32));
    let count = std::rc::Rc::clone(&heard);
    let count = Closure::<dyn Fn()>::new(move || count.set(count.get() + 1));
    master.call("addEventListener", &["message".into(), count.as_ref().clone()]).unwrap();
    let flood: Array = (0..60_000).map(|_| JsValue::from("<script>")).collect();
    let odd = [JsValue::from(""), "\u{0}[[[[".into(), Uint8Array::new_with_length(0).into()];
    send_all(&stranger, &odd.iter().collect());
    let begun = js_sys::Date::now();
    send_all(&stranger, &flood);
    let ended = Function::new_with_args("detail", "return detail.data === 'end'");
    let came = next(&master.0, "message", ended.into());
    let end = Array::of1(&"end".into());
    let mut waiting = Some(came);
    while let Some(came) = waiting.take() {
        send_all(&stranger, &end);
        let soon = Promise::race(&Array::of2(&came, &later_promise(100)));
        if done(soon).await.is_undefined() {
            waiting = Some(came);
        }
    }
    // What was taken of each second that has begun, at the most.
    let seconds = (js_sys::Date::now() - begun) / 1000.0;
    assert!(heard.get() >= 4, "nothing came");
    assert!(f64::from(heard.get()) <= 10_000.0 * (seconds + 2.0), "{} came", heard.get());
    assert_eq!(master.get("state"), "waiting");
    master.stop();
}

fn later_promise(milliseconds: i32) -> Promise {
    Promise::new(&mut |resolve, _| {
        let window = web_sys::window().unwrap();
        window
            .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds)
            .unwrap();
    })
}

#[wasm_bindgen_test]
async fn a_browser_that_makes_no_more_connections_says_so() {
    install();
    let real = too_many_connections();
    let viewer = Page::viewer(&options(""));
    let (code, _) = viewer.fail("start", &[]).await;
    undo(&real);
    assert_eq!(code, "browser.tooManyConnections");
}

/// Descriptions that a browser is given, and takes none of.
const HOSTILE: [&str; 6] = [
    "no fingerprint",
    "a payload type beyond 127",
    "a line's end in a mid",
    "a line's end in an ice-ufrag",
    "sections of no kind",
    "no description",
];

/// Descriptions that no browser is given.
const ENDLESS: [&str; 2] = ["10,000 sections", "a megabyte"];

async fn dropped(session: &Page, reason: &str) -> f64 {
    let report = session.run("report", &[]).await;
    get(&get(&report, "drops"), reason).as_f64().unwrap_or_default()
}

#[wasm_bindgen_test]
async fn an_offer_that_is_none_ends_nothing_but_its_own_connection() {
    let (master, viewer) = chat(r#","dataChannel":true"#).await;
    for (number, change) in HOSTILE.into_iter().enumerate() {
        let id = format!("evil-{number}");
        let fits = Function::new_with_args("it", &format!("return it.clientId === '{id}'"));
        let told = next(&master.0, "error", fits.into());
        done(hostile_offer(&id, change)).await;
        assert_eq!(
            text(&get(&done(told).await, "error"), "code"),
            "peer.badDescription",
            "{change}"
        );
        assert!(master.call("viewer", &[id.into()]).unwrap().is_null(), "{change}");
    }
    for change in ENDLESS {
        done(hostile_offer("endless", change)).await;
    }
    let heard = next(&viewer.0, "message", ANY);
    assert_eq!(master.call("broadcast", &["still here".into()]).unwrap(), 1);
    assert_eq!(text(&done(heard).await, "data"), "still here");
    assert!(dropped(&master, "frameTooLong").await >= 2.0);
    assert_eq!((master.get("state"), viewer.get("state")), ("waiting".into(), "connected".into()));
    let another = Page::viewer(&options(r#","clientId":"b""#));
    another.run("start", &[]).await;
    for session in [another, viewer, master] {
        session.stop();
    }
}

#[wasm_bindgen_test]
async fn an_answer_that_is_none_ends_the_start_with_a_code_and_the_next_one_goes_on() {
    install();
    let viewer = Page::viewer(&options(r#","clientId":"a""#));
    for change in HOSTILE {
        let end: Function = done(hostile_master(change)).await.unchecked_into();
        assert_eq!(viewer.fail("start", &[]).await.0, "peer.badDescription", "{change}");
        assert_eq!(viewer.get("state"), "closed", "{change}");
        undo(&end);
    }
    let master = Page::master(&options(""));
    master.run("start", &[]).await;
    viewer.run("start", &[]).await;
    assert_eq!(viewer.get("state"), "connected");
    viewer.stop();
    master.stop();
}
