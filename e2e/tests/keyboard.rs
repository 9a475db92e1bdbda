//! People without a mouse: all by Tab, Enter, Space and Escape, and the focus is always seen.

use anyhow::{Context, Result, bail, ensure};
use kvs_e2e::{Camera, Page, SOON, Story};
use serde_json::{Value, json};

use crate::people::tales;

tales![
    a_call_is_made_muted_and_ended,
    a_message_is_sent_and_a_report_is_read,
    the_focus_stays_when_a_start_fails,
    single_keys_make_a_call_and_rest_while_somebody_types,
];

const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";
const SPACE: &str = " ";

/// More stops than there are on any screen.
const MOST_STOPS: usize = 90;

/// Where the focus is, and whether it can be seen there.
const FOCUS: &str = "
    const at = document.activeElement;
    const box = at.getBoundingClientRect();
    const { outlineStyle, outlineWidth } = getComputedStyle(at);
    return {
      what: `${at.localName}#${at.id}.${at.className}`,
      seen: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2
        && box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    };";

async fn a_call_is_made_muted_and_ended(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Granted, "sendAudio=true").await?;
    go_to(&page, ".skip-link", false).await?;
    go_to(&page, "#master-button", false).await?;
    page.press(ENTER).await?;
    page.until_text("#status", "Waiting for viewers", SOON).await?;
    is_at(&page, "#master-heading").await?;
    let sound = "kvs.master.localStream.getAudioTracks()[0].enabled";
    go_to(&page, "[data-control=mute]", false).await?;
    page.press(SPACE).await?;
    page.until("the sound is off", SOON, &format!("!{sound}")).await?;
    page.press(ENTER).await?;
    page.until("the sound is on", SOON, sound).await?;
    go_to(&page, "[data-control=cameraOff]", false).await?;
    for pressed in [true, false] {
        page.press(SPACE).await?;
        let changed = format!(
            "document.querySelector('[data-control=cameraOff]:not([aria-busy])').ariaPressed === '{pressed}'"
        );
        page.until("the camera is switched", SOON, &changed).await?;
        is_at(&page, "[data-control=cameraOff]").await?;
    }
    go_to(&page, "#stop-master-button", true).await?;
    page.press(ENTER).await?;
    page.until_text("#status", "Ready", SOON).await?;
    is_at(&page, "#master-button").await
}

async fn a_message_is_sent_and_a_report_is_read(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    go_to(&page, "#try-button", false).await?;
    page.press(SPACE).await?;
    page.until_text("#status", "Connected", SOON).await?;
    go_to(&page, "#viewer .chat textarea", false).await?;
    page.press("Is anybody there?").await?;
    page.press(ENTER).await?;
    page.until_text("#master .messages", "Is anybody there?", SOON).await?;
    go_to(&page, "#share > summary", false).await?;
    page.press(ENTER).await?;
    go_to(&page, "#report-button", false).await?;
    page.press(ENTER).await?;
    page.until_text("#report-text", "\"timeline\"", SOON).await?;
    go_to(&page, "#report-copy", false).await?;
    page.press(ESCAPE).await?;
    page.until("the report is closed", SOON, "!document.getElementById('report').open").await?;
    is_at(&page, "#report-button").await
}

async fn the_focus_stays_when_a_start_fails(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "sendVideo=false").await?;
    go_to(&page, "#viewer-button", false).await?;
    page.press(ENTER).await?;
    page.until_text("#problem", "service.channelNotFound", SOON).await?;
    is_at(&page, "#viewer-button").await?;
    go_to(&page, "#problem button", true).await?;
    page.press(ENTER).await?;
    page.until("it is taken away", SOON, "!document.querySelector('#problem button')").await?;
    is_at(&page, "#main").await?;
    go_to(&page, "#try-button", false).await?;
    page.run("document.getElementById('secretAccessKey').value = '';", vec![]).await?;
    go_to(&page, "#viewer-button", false).await?;
    page.press(ENTER).await?;
    page.until_text("#secretAccessKey-message", "Enter the secret", SOON).await?;
    is_at(&page, "#secretAccessKey").await?;
    // Refused before there is anything to show.
    page.fill("#secretAccessKey", "not-the-secret").await?;
    go_to(&page, "#master-button", true).await?;
    page.press(ENTER).await?;
    page.until_text("#problem", "secret access key", SOON).await?;
    is_at(&page, "#master-button").await?;
    page.fill("#secretAccessKey", "local").await?;
    // That left the focus in the field, which is behind the channel's.
    go_to(&page, "#channel-fold > summary", true).await?;
    page.press(ENTER).await?;
    go_to(&page, "#create-channel-button", false).await?;
    page.press(ENTER).await?;
    page.until_text("#channelName-message", "created", SOON).await?;
    is_at(&page, "#create-channel-button").await
}

async fn single_keys_make_a_call_and_rest_while_somebody_types(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Granted, "sendAudio=true").await?;
    let listed = "document.getElementById('shortcuts')?.open === true";
    let begun = "document.getElementById('master-button').disabled";
    page.press("?").await?;
    page.until("the list is shown", SOON, listed).await?;
    for said in ["Start master", "Microphone off", "Write a message", "This list"] {
        page.until_text("#shortcuts", said, SOON).await?;
    }
    page.press("m").await?;
    ensure!(page.value(begun).await? == json!(false), "a key works behind the list");
    page.press(ESCAPE).await?;
    page.until("the list is gone", SOON, &format!("!({listed})")).await?;
    page.press("m").await?;
    page.until_text("#status", "Waiting for viewers", SOON).await?;
    page.press("a").await?;
    let silent = "!kvs.master.localStream.getAudioTracks()[0].enabled";
    page.until("the sound is off", SOON, silent).await?;
    page.press("w").await?;
    is_at(&page, "#master .chat textarea").await?;
    page.press("stop?").await?;
    page.until_text("#master .chat textarea", "stop?", SOON).await?;
    ensure!(page.value(&format!("{begun} && !{listed}")).await? == json!(true), "a letter acted");
    go_to(&page, "#stop-master-button", true).await?;
    page.press("s").await?;
    page.until_text("#status", "Ready", SOON).await?;
    // Where Korean is typed, the same keys say other letters.
    let korean = "document.body.dispatchEvent(
        new KeyboardEvent('keydown', { key: '\u{3161}', code: 'KeyM', bubbles: true }));";
    page.run(korean, vec![]).await?;
    page.until_text("#status", "Waiting for viewers", SOON).await?;
    page.press("S").await?;
    page.until_text("#status", "Ready", SOON).await?;
    // Whoever speaks to the computer wants none, at the next visit neither.
    page.click("#shortcuts-button").await?;
    page.tick("#shortcuts-on", false).await?;
    page.press(ESCAPE).await?;
    for reloaded in [false, true] {
        page.until("the list is gone", SOON, &format!("!({listed})")).await?;
        page.press("m?").await?;
        let acted = page.value(&format!("{begun} || {listed}")).await?;
        ensure!(acted == json!(false), "a key acts that is off, reloaded: {reloaded}");
        if !reloaded {
            page.reload().await?;
            page.until_text("#status", "Ready", SOON).await?;
        }
    }
    page.run("localStorage.clear()", vec![]).await.map(drop)
}

/// Presses Tab until the focus is there; it is seen at each stop.
async fn go_to(page: &Page, selector: &str, back: bool) -> Result<()> {
    let mut stops = Vec::new();
    while stops.len() < MOST_STOPS {
        page.tab(back).await?;
        let focus = page.run(FOCUS, vec![]).await?;
        let what = focus.get("what").and_then(Value::as_str).context("nothing")?.to_owned();
        ensure!(focus.get("seen") == Some(&json!(true)), "the focus is not seen: {focus}");
        if page.value(&at(selector)).await? == json!(true) {
            return Ok(());
        }
        stops.push(what);
    }
    bail!("Tab does not lead to {selector}, but to {}", stops.join(", "))
}

async fn is_at(page: &Page, selector: &str) -> Result<()> {
    let reached = page.until(&format!("the focus is at {selector}"), SOON, &at(selector)).await;
    let focus = page.run(FOCUS, vec![]).await?;
    reached.with_context(|| format!("it is at {focus}"))
}

fn at(selector: &str) -> String {
    format!("document.activeElement.matches('{selector}')")
}
