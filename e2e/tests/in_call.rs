//! What people do and see while they are in a call.

use anyhow::{Result, ensure};
use kvs_e2e::{Camera, Kind, Page, SOON, Story};
use serde_json::json;

use crate::people::{call, start_master, tales, viewer};

tales![
    a_connection_says_how_good_it_is,
    what_is_sent_is_muted_and_comes_back,
    the_screen_is_shared_and_the_camera_comes_back,
    another_microphone_is_chosen,
    a_picture_is_kept_and_recorded,
    a_picture_fills_the_screen,
    a_picture_fills_its_frame,
    the_sound_is_turned_on_in_the_picture,
    a_picture_that_may_not_begin_asks_for_a_click,
    the_coders_are_named,
];

async fn a_connection_says_how_good_it_is(story: &Story<'_>) -> Result<()> {
    let (master, viewer) = call(story, "").await?;
    for (page, stage) in [(&master, "#master"), (&viewer, "#viewer")] {
        let badge = format!("{stage} .quality[data-score] b");
        page.until(
            "there is a badge",
            SOON,
            &format!("document.querySelector('{badge}')?.textContent"),
        )
        .await?;
        let facts = page.until_text(&format!("{stage} .facts"), "video/", SOON).await?;
        ensure!(facts.contains("direct, "), "no path in {facts}");
        for figure in ["kbit/s", "fps", "%", "ms"] {
            page.until_text(&format!("{stage} .sparks"), figure, SOON).await?;
        }
        let curve = format!("document.querySelector('{stage} .sparks polyline').points.length > 1");
        page.until("a curve is drawn", SOON, &curve).await?;
    }
    Ok(())
}

async fn what_is_sent_is_muted_and_comes_back(story: &Story<'_>) -> Result<()> {
    let (master, _viewer) = call(story, "sendAudio=true").await?;
    let sound = "kvs.master.localStream.getAudioTracks()[0].enabled";
    let mute = "#master [data-control=mute]";
    master.click(mute).await?;
    master.until("the sound is off", SOON, &format!("{sound} === false")).await?;
    is_pressed(&master, mute, true).await?;
    master.click(mute).await?;
    master.until("the sound is on", SOON, sound).await?;
    let open = "probe.tracks.filter((t) => t.kind === 'video' && t.readyState === 'live').length";
    let camera = "#master [data-control=cameraOff]";
    master.click(camera).await?;
    master.until("the camera is closed", SOON, &format!("{open} === 0")).await?;
    is_pressed(&master, camera, true).await?;
    master.click(camera).await?;
    master.until("the camera is open", SOON, &format!("{open} === 1")).await?;
    master.click("#master [data-control=mirror]").await?;
    let mirrored = "getComputedStyle(document.querySelector('#master .local-view')).transform";
    ensure!(master.value(mirrored).await? == json!("matrix(-1, 0, 0, 1, 0, 0)"));
    Ok(())
}

async fn the_screen_is_shared_and_the_camera_comes_back(story: &Story<'_>) -> Result<()> {
    let (master, _viewer) = call(story, "").await?;
    let screen = "navigator.mediaDevices.getDisplayMedia = async () => {
                    const canvas = document.createElement('canvas');
                    canvas.getContext('2d');
                    globalThis.screenTrack = canvas.captureStream(5).getVideoTracks()[0];
                    return new MediaStream([screenTrack]);
                  };";
    master.run(screen, vec![]).await?;
    let sent = "kvs.master.viewers[0].peerConnection.getSenders()
                .find((sender) => sender.track?.kind === 'video').track";
    let share = "#master [data-control=share]";
    master.click(share).await?;
    master.until("the screen is sent", SOON, &format!("{sent} === screenTrack")).await?;
    is_pressed(&master, share, true).await?;
    master.click(share).await?;
    master.until("the camera is sent", SOON, &format!("{sent} !== screenTrack")).await?;
    is_pressed(&master, share, false).await?;
    // Who refuses is told so, and the call goes on.
    let refuse = "navigator.mediaDevices.getDisplayMedia = async () => {
                    throw new DOMException('no', 'NotAllowedError');
                  };";
    master.run(refuse, vec![]).await?;
    master.click(share).await?;
    master.until_text("#problem", "browser.screenDenied", SOON).await?;
    is_pressed(&master, share, false).await?;
    master.until_text("#status", "Connected to 1 viewer", SOON).await.map(drop)
}

async fn another_microphone_is_chosen(story: &Story<'_>) -> Result<()> {
    let master = story.open("master", Camera::Several, "sendAudio=true").await?;
    start_master(&master).await?;
    let _viewer = viewer(story, "viewer", "sendAudio=true").await?;
    master.until_text("#status", "Connected to 1 viewer", SOON).await?;
    let list = "document.querySelector('#master [data-device=audioinput]')";
    master.until("there is a choice", SOON, &format!("{list}.options.length > 1")).await?;
    let choose = format!(
        "const list = {list};
         const other = [...list.options].find((option) => option.value !== list.value);
         list.value = other.value;
         list.dispatchEvent(new Event('change', {{ bubbles: true }}));
         return other.value;"
    );
    let chosen = master.run(&choose, vec![]).await?;
    let used = "kvs.master.localStream.getAudioTracks()[0].getSettings().deviceId";
    master.until("it is used", SOON, &format!("{used} === {chosen}")).await
}

async fn a_picture_is_kept_and_recorded(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    let keep = "globalThis.saved = [];
                const make = URL.createObjectURL;
                URL.createObjectURL = (blob) => { saved.push(blob); return make.call(URL, blob); };
                HTMLAnchorElement.prototype.click = function () { saved.name = this.download; };";
    page.run(keep, vec![]).await?;
    page.click("#try-button").await?;
    page.until_text("#status", "Connected", SOON).await?;
    let shown = "document.querySelector('#viewer video').videoWidth > 0";
    page.until("there is a picture", SOON, shown).await?;
    page.click("#viewer [data-tool=snapshot]").await?;
    page.until("it is kept", SOON, "saved[0]?.type === 'image/png' && saved[0].size > 1000")
        .await?;
    let record = "#viewer [data-tool=record]";
    page.click(record).await?;
    is_pressed(&page, record, true).await?;
    let now = page.value("document.querySelector('#viewer video').currentTime").await?;
    let later = format!("document.querySelector('#viewer video').currentTime > {now} + 1");
    page.until("a second passes", SOON, &later).await?;
    page.click(record).await?;
    page.until(
        "it is recorded",
        SOON,
        "saved[1]?.type.startsWith('video/') && saved[1].size > 1000",
    )
    .await?;
    is_pressed(&page, record, false).await
}

async fn a_picture_fills_the_screen(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    page.click("#try-button").await?;
    page.until_text("#status", "Connected", SOON).await?;
    let shown = "document.querySelector('#viewer video').videoWidth > 0";
    page.until("there is a picture", SOON, shown).await?;
    page.click("#viewer [data-tool=fullScreen]").await?;
    page.until("it fills the screen", SOON, "document.fullscreenElement?.matches('.screen')")
        .await?;
    page.run("return document.exitFullscreen();", vec![]).await?;
    let stub = "HTMLVideoElement.prototype.requestPictureInPicture = async function () {
                  globalThis.floating = this.className;
                };";
    page.run(stub, vec![]).await?;
    page.click("#viewer [data-tool=pictureInPicture]").await?;
    page.until("it floats", SOON, "globalThis.floating === 'remote-view'").await
}

async fn is_pressed(page: &Page, selector: &str, pressed: bool) -> Result<()> {
    let state = format!("document.querySelector('{selector}').ariaPressed === '{pressed}'");
    page.until(&format!("{selector} is pressed: {pressed}"), SOON, &state).await
}

async fn a_picture_fills_its_frame(story: &Story<'_>) -> Result<()> {
    let page = in_a_trial(story).await?;
    let fill = "#viewer [data-tool=fill]";
    let fits = "getComputedStyle(document.querySelector('#viewer video')).objectFit";
    for (pressed, wanted) in [(true, "cover"), (false, "contain")] {
        page.click(fill).await?;
        is_pressed(&page, fill, pressed).await?;
        ensure!(page.value(fits).await? == json!(wanted), "it is not {wanted}");
    }
    Ok(())
}

async fn the_sound_is_turned_on_in_the_picture(story: &Story<'_>) -> Result<()> {
    let (_master, viewer) = call(story, "sendAudio=true").await?;
    let prompt = "#viewer .screen-prompt";
    asks(&viewer, "Turn the sound on").await?;
    viewer.click(prompt).await?;
    let sounds = "!document.querySelector('#viewer .remote-view').muted";
    ensure!(viewer.value(sounds).await? == json!(true), "it is silent");
    viewer.until_text("#viewer .tools", "Mute", SOON).await?;
    let shown = format!("document.querySelector('{prompt}').checkVisibility()");
    ensure!(viewer.value(&shown).await? == json!(false), "it still asks");
    // The focus does not get lost with it, and who wants silence then is not asked again.
    let focus = "document.activeElement.textContent";
    ensure!(viewer.value(focus).await? == json!("Mute"), "the focus is lost");
    viewer.press(" ").await?;
    viewer.until("it is silent", SOON, &format!("!({sounds})")).await?;
    ensure!(viewer.value(&shown).await? == json!(false), "it asks again");
    Ok(())
}

async fn a_picture_that_may_not_begin_asks_for_a_click(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    let refuse = "const play = HTMLMediaElement.prototype.play;
        HTMLMediaElement.prototype.play = function () {
          if (globalThis.allowed) return play.call(this);
          this.autoplay = false;
          this.pause();
          return Promise.reject(new DOMException('no click', 'NotAllowedError'));
        };";
    page.run(refuse, vec![]).await?;
    page.click("#try-button").await?;
    let prompt = "#viewer .screen-prompt";
    asks(&page, "Start the picture").await?;
    page.click(prompt).await?;
    asks(&page, "Start the picture").await?;
    page.run("globalThis.allowed = true;", vec![]).await?;
    page.click(prompt).await?;
    let plays = "!document.querySelector('#viewer video').paused
        && !document.querySelector('#viewer .screen-prompt').checkVisibility()";
    page.until("it plays", SOON, plays).await
}

/// The prompt in the viewer's picture says this.
async fn asks(page: &Page, wanted: &str) -> Result<()> {
    let prompt = "document.querySelector('#viewer .screen-prompt')";
    let asks = format!("{prompt}?.checkVisibility() && {prompt}.textContent === '{wanted}'");
    page.until(wanted, SOON, &asks).await
}

async fn the_coders_are_named(story: &Story<'_>) -> Result<()> {
    // Chromium tells pages that have a camera; Firefox tells none, and nothing is said then.
    let (master, page) = call(story, "").await?;
    let told: &[_] = match Kind::wanted() {
        Kind::Chromium => &["Encoder OpenH264, in software", "Decoder FFmpeg, in software"],
        Kind::Firefox => &["Sending", "Receiving", "Codec video/VP8"],
    };
    for page in [&master, &page] {
        for fact in told {
            page.until_text(".facts", fact, SOON).await?;
        }
        let facts = page.text(".facts").await?;
        let coders = ["Encoder", "Decoder"].map(|coder| facts.contains(coder));
        ensure!(coders == [Kind::wanted() == Kind::Chromium; 2], "{facts}");
    }
    let facts = "return import('./js/stats.js').then(({ factsFrom }) => {
        const of = (encoderImplementation) => factsFrom({ connection: {},
          tracks: [{ direction: 'outbound', kind: 'video', encoderImplementation }] })['fact.encoder'];
        return ['MediaFoundationVideoEncodeAccelerator', 'unknown', 'Something'].map(of)
          .map((said) => said?.key ?? said);
      });";
    let facts = page.run(facts, vec![]).await?;
    ensure!(facts == json!(["coder.hardware", null, "Something"]), "{facts}");
    Ok(())
}

async fn in_a_trial(story: &Story<'_>) -> Result<Page> {
    let page = story.open("page", Camera::Missing, "").await?;
    page.click("#try-button").await?;
    page.until_text("#status", "Connected", SOON).await?;
    let shown = "document.querySelector('#viewer video').videoWidth > 0";
    page.until("there is a picture", SOON, shown).await?;
    Ok(page)
}
