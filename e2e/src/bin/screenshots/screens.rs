//! The page's screens: each in both languages, both schemes and on both devices, small enough for a
//! repository.

use std::fs;

use anyhow::{Context, Result, bail, ensure};
use kvs_e2e::{Camera, Page, SOON, Story, service::workspace};
use serde_json::{Value, json};

use crate::hide_scrollbars;

/// What a picture may weigh, and the qualities that are tried for it.
const MOST_BYTES: usize = 45_000;
const QUALITIES: [u8; 4] = [50, 40, 30, 20];

/// A font without a letter draws the same box for each.
const HAS_LETTERS: &str = "
    const drawn = (letter) => {
      const canvas = document.createElement('canvas');
      const context = canvas.getContext('2d');
      context.font = '32px sans-serif';
      context.fillText(letter, 10, 50);
      return canvas.toDataURL();
    };
    return drawn('한') !== drawn('글');";
const NO_FONT: &str = "no font on this machine has Korean letters; Debian's fonts-nanum does";

/// The parts of the form, by their folds.
const FOLDS: [(&str, &str); 7] = [
    ("settings-channel", "channel-fold"),
    ("settings-send", "send-fold"),
    ("settings-picture", "media-fold"),
    ("settings-connection", "advanced"),
    ("settings-ingestion", "ingestion-fold"),
    ("settings-measurements", "measure-fold"),
    ("settings-keys", "keys-fold"),
];

/// As WebDriver has it.
const ESCAPE: &str = "\u{e00c}";
const CURVE: &str = "document.querySelector('.sparks polyline')?.points.length > 5";
const MEASURED: &str = "document.querySelectorAll('#dqp-chart polyline').length > 2
    && document.querySelector('#dqp-chart polyline').points.length > 8";

/// In which way a screen is looked at.
#[derive(Clone, Copy)]
pub(crate) struct Look {
    language: &'static str,
    scheme: &'static str,
    device: &'static str,
    width: u32,
    height: u32,
}

/// Each language in each scheme on each device.
pub(crate) fn looks() -> impl Iterator<Item = Look> {
    let desktop = Look { language: "", scheme: "", device: "desktop", width: 1280, height: 900 };
    let phone = Look { device: "phone", width: 390, height: 844, ..desktop };
    ["en", "ko"].into_iter().flat_map(move |language| {
        ["light", "dark"].into_iter().flat_map(move |scheme| {
            [desktop, phone].map(|device| Look { language, scheme, ..device })
        })
    })
}

/// Goes through the page and takes a picture of each screen.
pub(crate) async fn take(story: &Story<'_>, look: Look) -> Result<()> {
    let page = open(story, look).await?;
    form(&page, look).await?;
    checks(&page, look).await?;
    dialogs(&page, look).await?;
    trial(&page, look).await?;
    let master = open(story, look).await?;
    call(&master, &page, look).await?;
    let page = open(story, look).await?;
    mistake(&page, look).await
}

async fn open(story: &Story<'_>, look: Look) -> Result<Page> {
    let page = story.open(look.device, Camera::Granted, "sendAudio=true").await?;
    page.browser().prefers(look.scheme).await?;
    page.browser().resize(look.width, look.height).await?;
    hide_scrollbars(&page).await?;
    let speak = "const select = document.getElementById('language');
                 select.value = arguments[0];
                 select.dispatchEvent(new Event('change', { bubbles: true }));";
    page.run(speak, vec![json!(look.language)]).await?;
    let spoken = format!("document.documentElement.lang === '{}'", look.language);
    page.until("the language has changed", SOON, &spoken).await?;
    ensure!(page.run(HAS_LETTERS, vec![]).await? == json!(true), "{}", NO_FONT);
    Ok(page)
}

/// The first screen, and the parts of the form.
async fn form(page: &Page, look: Look) -> Result<()> {
    shoot(page, look, "first", "body").await?;
    for (screen, fold) in FOLDS {
        unfold(page, fold, true).await?;
        if fold == "send-fold" {
            page.click("#preview-button").await?;
            let heard = "document.getElementById('preview-video').videoWidth > 0
                && document.getElementById('preview-meter').value > 0";
            page.until("camera and microphone are there", SOON, heard).await?;
        }
        shoot(page, look, screen, &format!("#{fold}")).await?;
        if fold == "send-fold" {
            page.click("#preview-button").await?;
        }
        unfold(page, fold, false).await?;
    }
    Ok(())
}

/// The connection test, and what is passed on to others.
async fn checks(page: &Page, look: Look) -> Result<()> {
    unfold(page, "channel-fold", true).await?;
    page.click("#create-channel-button").await?;
    let made = "document.getElementById('channelName-message').textContent !== ''";
    page.until("there is a channel", SOON, made).await?;
    unfold(page, "channel-fold", false).await?;
    page.click("#connection-test-button").await?;
    let done = "!document.getElementById('connection-test-report').hidden";
    page.until("the test is done", SOON, done).await?;
    shoot(page, look, "connection-test", "#connection-test").await?;
    unfold(page, "share", true).await?;
    page.until("there is a code", SOON, "document.querySelector('#share-code svg')").await?;
    shoot(page, look, "share", "#share").await?;
    unfold(page, "share", false).await?;
    unfold(page, "faults", true).await?;
    page.until("there are faults", SOON, "document.querySelector('#faults button')").await?;
    shoot(page, look, "faults", "#faults").await?;
    unfold(page, "faults", false).await
}

async fn dialogs(page: &Page, look: Look) -> Result<()> {
    page.click("#connection-test-report").await?;
    page.until("there is a report", SOON, "document.getElementById('report-text').value").await?;
    shoot(page, look, "report", "body").await?;
    page.click("#report-close").await?;
    unfold(page, "ingestion-fold", true).await?;
    page.click("#create-stream-button").await?;
    page.until("it asks", SOON, "document.getElementById('create-stream-modal').open").await?;
    shoot(page, look, "create-stream", "body").await?;
    page.click("#create-stream-modal-cancel-button").await?;
    unfold(page, "ingestion-fold", false).await?;
    page.click("#shortcuts-button").await?;
    page.until("they are listed", SOON, "document.querySelector('dialog[open]')").await?;
    shoot(page, look, "shortcuts", "body").await?;
    page.press(ESCAPE).await
}

/// Both sides in one page, and where the time went.
async fn trial(page: &Page, look: Look) -> Result<()> {
    page.click("#try-button").await?;
    page.until("there is a badge", SOON, "document.querySelector('.quality[data-score]')").await?;
    page.until("a curve is drawn", SOON, CURVE).await?;
    shoot(page, look, "trial", "body").await?;
    shoot(page, look, "waterfall", "#waterfall").await?;
    page.click("#waterfall summary").await?;
    shoot(page, look, "waterfall-table", "#waterfall details").await?;
    page.click("#stop-viewer-button").await
}

/// A call between two windows, with all that can be known of it.
async fn call(master: &Page, viewer: &Page, look: Look) -> Result<()> {
    master.click("#master-button").await?;
    let waits = "document.querySelector('#master video')?.videoWidth > 0";
    master.until("the master has its camera", SOON, waits).await?;
    for ticked in ["#openDataChannel", "#enableDQPmetrics"] {
        viewer.tick(ticked, true).await?;
    }
    viewer.click("#viewer-button").await?;
    viewer.until("a curve is drawn", SOON, CURVE).await?;
    viewer.fill("#viewer-message", "안녕하세요").await?;
    viewer.click("#viewer .send").await?;
    master.until_text("#master .messages", "안녕하세요", SOON).await?;
    shoot(viewer, look, "viewer", "#viewer").await?;
    shoot(master, look, "master", "#master").await?;
    viewer.until("it is measured", 2 * SOON, MEASURED).await?;
    shoot(viewer, look, "device-qualification", "#dqp").await?;
    shoot(viewer, look, "log", ".log-card").await
}

/// What went wrong, with what to do.
async fn mistake(page: &Page, look: Look) -> Result<()> {
    page.fill("#secretAccessKey", "not-the-secret").await?;
    page.click("#viewer-button").await?;
    page.until_text("#problem", "keys.wrongSecret", SOON).await?;
    shoot(page, look, "problem", "body").await
}

async fn unfold(page: &Page, id: &str, open: bool) -> Result<()> {
    let script = "document.getElementById(arguments[0]).open = arguments[1];";
    page.run(script, vec![json!(id), json!(open)]).await.map(drop)
}

/// The window, with what the selector finds at its top.
async fn shoot(page: &Page, look: Look, screen: &str, selector: &str) -> Result<()> {
    let scroll = "document.activeElement.blur();
                  const { top } = document.querySelector(arguments[0]).getBoundingClientRect();
                  scrollBy({ top: top - 16, behavior: 'instant' });
                  // What is drawn when it comes into sight takes a frame.
                  return new Promise((drawn) =>
                    requestAnimationFrame(() => requestAnimationFrame(drawn)));";
    page.run(scroll, vec![json!(selector)]).await?;
    let folder = workspace().join("docs/screens");
    fs::create_dir_all(&folder)?;
    let name = format!("{screen}-{}-{}-{}.webp", look.language, look.scheme, look.device);
    let path = folder.join(name);
    for quality in QUALITIES {
        let how = json!({ "format": "webp", "quality": quality });
        let picture = page.browser().cdp("Page.captureScreenshot", how).await?;
        let data = picture.get("data").and_then(Value::as_str).context("no screenshot")?;
        let decode = "return [...atob(arguments[0])].map((letter) => letter.charCodeAt(0));";
        let bytes: Vec<u8> = serde_json::from_value(page.run(decode, vec![json!(data)]).await?)?;
        if bytes.len() <= MOST_BYTES {
            fs::write(&path, bytes).with_context(|| format!("{}", path.display()))?;
            println!("{}", path.display());
            return Ok(());
        }
    }
    bail!("{} is too large", path.display())
}
