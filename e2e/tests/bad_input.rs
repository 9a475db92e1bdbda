//! Whatever is wrong, in the fields or around the page, has its sentence where it happened, and the way out.

use anyhow::{Context, Result, ensure};
use kvs_e2e::{Camera, Page, SOON, Service, Story};
use serde_json::json;

use crate::people::{call, has_let_go, tales};

tales![
    long_and_hostile_texts_are_named_in_every_field,
    a_text_that_is_too_long_for_the_data_channel_is_kept,
    a_device_that_another_program_has_is_named,
    a_missing_microphone_is_named,
    who_is_offline_is_told,
    an_emulator_that_is_gone_is_told,
    a_browser_without_wasm_is_told,
    a_browser_that_is_too_old_is_told,
];

/// The text fields, and the most characters that each may have.
const LONGEST: [(&str, usize); 9] = [
    ("channelName", 256),
    ("region", 32),
    ("clientId", 256),
    ("accessKeyId", 128),
    ("secretAccessKey", 256),
    ("sessionToken", 8192),
    ("streamName", 256),
    ("session-url", 512),
    ("endpoint", 512),
];

const HOSTILE: &str = "<img/src=x/onerror=alert(\u{e9})>";
const HOSTILE_URL: &str = "javascript:alert(1)//<img/src=x>";

/// Puts a text into a field past what the field itself allows, and leaves it; gives what was there.
const ENTER: &str = "const field = document.getElementById(arguments[0]);
    const good = field.value;
    field.closest('details').open = true;
    field.value = arguments[1];
    for (const event of ['input', 'change']) field.dispatchEvent(new Event(event, { bubbles: true }));
    return good;";

async fn long_and_hostile_texts_are_named_in_every_field(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    for (id, most) in LONGEST {
        let (start, hostile) = match id {
            "endpoint" | "session-url" => ("https://x.example/", HOSTILE_URL),
            _ => ("", HOSTILE),
        };
        let long = format!("{start}{}", "a".repeat(most + 1 - start.len()));
        for (text, said) in
            [(long.as_str(), format!("{most} is the most")), (hostile, String::new())]
        {
            let good = page.run(ENTER, vec![json!(id), json!(text)]).await?;
            let place = format!("#{id}-message");
            let told = page.until_text(&place, &said, SOON).await?;
            ensure!(!told.is_empty(), "{id}: nothing is said of {text}");
            let made = page.value(&format!("document.querySelector('{place} *')")).await?;
            ensure!(made.is_null(), "{id}: {text} has become an element");
            let wide =
                "document.documentElement.scrollWidth > document.documentElement.clientWidth";
            ensure!(page.value(wide).await? == json!(false), "{id}: the page has become wider");
            page.click("#viewer-button").await?;
            let focus = page.value("document.activeElement.id").await?;
            ensure!(focus == json!(id), "{id}: the focus is on {focus}");
            page.run(ENTER, vec![json!(id), good]).await?;
        }
    }
    for text in [HOSTILE.to_owned(), "x".repeat(100_000)] {
        page.run(ENTER, vec![json!("keys-paste"), json!(text)]).await?;
        page.until_text("#keys-paste-message", "no keys in this text", SOON).await?;
    }
    ensure!(page.value("kvs.viewer").await?.is_null(), "something runs");
    Ok(())
}

async fn a_text_that_is_too_long_for_the_data_channel_is_kept(story: &Story<'_>) -> Result<()> {
    let (_master, viewer) = call(story, "sendVideo=false").await?;
    let chat = "#viewer .chat";
    let write =
        "document.querySelector(arguments[0] + ' textarea').value = 'x'.repeat(arguments[1]);";
    viewer.run(write, vec![json!(chat), json!(5_000_000)]).await?;
    viewer.click("#viewer .chat .send").await?;
    let told = viewer.until_text("#viewer .chat .field-message", "bytes", SOON).await?;
    let kept =
        viewer.value("document.querySelector('#viewer .chat textarea').value.length").await?;
    ensure!(kept == json!(5_000_000), "{told}, and {kept} characters are left");
    viewer.until_text("#status", "Connected", SOON).await.map(drop)
}

/// From now on the browser refuses devices with an error of this name.
async fn refuse_devices(page: &Page, name: &str) -> Result<()> {
    let refuse = "const [name] = arguments;
        navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', name); };";
    page.run(refuse, vec![json!(name)]).await.map(drop)
}

async fn a_device_that_another_program_has_is_named(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Granted, "").await?;
    refuse_devices(&page, "NotReadableError").await?;
    page.click("#preview-button").await?;
    page.until_text("#preview-message", "Another program has the device", SOON).await?;
    page.click("#master-button").await?;
    page.until_text("#problem", "browser.cameraBusy", SOON).await?;
    page.until_text("#problem", "Close other programs", SOON).await?;
    has_let_go(&page).await
}

async fn a_missing_microphone_is_named(story: &Story<'_>) -> Result<()> {
    let query = "sendVideo=false&sendAudio=true";
    let page = story.open("page", Camera::Granted, query).await?;
    refuse_devices(&page, "NotFoundError").await?;
    page.click("#preview-button").await?;
    page.until_text("#preview-message", "There is no such device", SOON).await?;
    page.click("#master-button").await?;
    page.until_text("#problem", "browser.microphoneNotFound", SOON).await?;
    page.until_text("#problem", "Connect a microphone", SOON).await?;
    has_let_go(&page).await
}

async fn who_is_offline_is_told(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "sendVideo=false").await?;
    page.browser().offline(true).await?;
    page.click("#viewer-button").await?;
    let told = page.until_text("#problem", "network.unreachable", SOON).await;
    page.click("#create-channel-button").await?;
    let said = page.until_text("#problem", "Check the connection", SOON).await;
    page.browser().offline(false).await?;
    told?;
    said?;
    // The way out: once there is a network again.
    page.click("#create-channel-button").await?;
    page.until_text("#channelName-message", "created", SOON).await.map(drop)
}

async fn an_emulator_that_is_gone_is_told(story: &Story<'_>) -> Result<()> {
    let service = Service::start().await?;
    let url = service.page_url("sendVideo=false");
    let page = story.open_url("page", Camera::Missing, &url).await?;
    page.until_text("#status", "Ready", SOON).await?;
    drop(service);
    for button in ["#master-button", "#viewer-button", "#try-button"] {
        page.click(button).await?;
        page.until_text("#problem", "network.unreachable", SOON).await?;
        page.until_text("#problem", "Check the connection", SOON).await?;
        page.click("#problem button").await?;
    }
    page.click("#connection-test-button").await?;
    page.until_text("#connection-test-verdict", "Start with the keys", SOON).await.map(drop)
}

/// Loads the page in a browser that is changed by a script before it, looks at it, and has the
/// browser as it was.
async fn changed(page: &Page, script: &str, place: &str, said: &str) -> Result<()> {
    let added = page.browser().before_pages(script).await?;
    page.reload().await?;
    let told = page.until_text(place, said, SOON).await;
    page.run("probe.errors.length = 0;", vec![]).await?;
    page.browser().forget(added).await?;
    told.map(drop).with_context(|| script.to_owned())
}

async fn a_browser_without_wasm_is_told(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    let compiles_none = "for (const way of ['instantiateStreaming', 'instantiate', 'compile', 'compileStreaming'])
        WebAssembly[way] = async () => { throw new WebAssembly.CompileError('disallowed by embedder'); };";
    for forbid in ["delete globalThis.WebAssembly;", compiles_none] {
        changed(&page, forbid, "#problem", "lets no WebAssembly run").await?;
    }
    page.until_text("#status", "The SDK is missing", SOON).await?;
    let absent = "const fetched = globalThis.fetch;
        globalThis.fetch = async (url, ...more) => String(url?.url ?? url).endsWith('.wasm')
          ? new Response('', { status: 404 }) : fetched(url, ...more);";
    changed(&page, absent, "#problem", "build the SDK first").await
}

async fn a_browser_that_is_too_old_is_told(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    let shown = "document.getElementById('too-old').checkVisibility()";
    ensure!(page.value(shown).await? == json!(false), "this one is not");
    for lack in ["delete globalThis.RTCPeerConnection;", "delete AbortSignal.timeout;"] {
        changed(&page, lack, "#too-old", "too old for this page").await?;
    }
    page.until_text("#too-old", "브라우저가 오래되었거나", SOON).await.map(drop)
}
