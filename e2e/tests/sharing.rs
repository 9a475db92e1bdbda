//! People pass a call on, ask for help, and find out what does not work.

use std::{env, fs, net::Ipv4Addr, path::PathBuf};

use anyhow::{Context, Result, ensure};
use kvs_e2e::{
    Camera, Page, SOON, Service, Story,
    service::{ACCESS_KEY_ID, SECRET},
};
use kvs_emulator::{Config, Keys};
use serde_json::{Value, json};

use crate::people::{start_master, tales};

tales![
    a_link_carries_the_settings_and_no_secret,
    the_qr_code_is_the_link,
    the_qr_encoder_is_as_npm_has_it,
    the_link_leads_to_this_computer_from_others,
    a_report_is_shown_before_it_is_copied,
    a_report_is_printed_whole_and_alone,
    a_report_begins_an_issue_where_the_site_has_some,
    the_connection_test_finds_all_well,
    the_connection_test_names_what_is_wrong,
    the_connection_test_judges_the_bandwidth,
];

async fn a_link_carries_the_settings_and_no_secret(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    page.fill("#accessKeyId", ACCESS_KEY_ID).await?;
    page.fill("#secretAccessKey", SECRET).await?;
    page.fill("#session-url", "https://example.com/session").await?;
    page.fill("#clientId", "me").await?;
    page.fill("#channelName", "garage").await?;
    page.tick("#sendAudio", true).await?;
    page.tick("#forceTURN", true).await?;
    page.tick("#remember-keys", true).await?;
    page.click("#share > summary").await?;
    page.until_text("#share-link", "view=viewer", SOON).await?;
    let link = page.text("#share-link").await?;
    for secret in [ACCESS_KEY_ID, SECRET, "session", "localhost%3A", "clientId", "remember"] {
        ensure!(!link.contains(secret), "{secret} is in {link}");
    }
    page.tick("#remember-keys", false).await?;
    let (_, query) = link.split_once('?').context("a link without settings")?;
    let other = story.open("other", Camera::Missing, query).await?;
    other.until_text("#notices", "press Start viewer", SOON).await?;
    let filled =
        "[document.getElementById('channelName').value, ...['sendAudio', 'forceTURN', 'send-host',
                   'send-relay'].map((id) => document.getElementById(id).checked)]";
    let filled = other.value(filled).await?;
    ensure!(filled == json!(["garage", true, true, false, true]), "{filled}");
    Ok(())
}

async fn the_qr_code_is_the_link(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    page.click("#share > summary").await?;
    let link = page.until_text("#share-link", "demo-channel", SOON).await?;
    page.until("the code is drawn", SOON, "document.querySelector('#share-code svg path')").await?;
    for text in [link, "é".to_owned(), "x".repeat(150), "y".repeat(300), "z".repeat(858)] {
        let script =
            "return import('./js/qr-code.js').then(({ encodeQr }) => encodeQr(arguments[0]));";
        let script = script.replace("arguments[0]", &json!(text).to_string());
        let seen = read_code(&page.run(&script, vec![]).await?)?;
        ensure!(seen == text, "{text} is read as {seen}");
    }
    let long = "return import('./js/qr-code.js').then(({ encodeQr }) => encodeQr('x'.repeat(859)))
                  .then(() => 'made', (error) => error.message);";
    let said = page.run(long, vec![]).await?;
    ensure!(said.as_str().is_some_and(|said| said.contains("too long")), "{said}");
    Ok(())
}

async fn the_qr_encoder_is_as_npm_has_it(_: &Story<'_>) -> Result<()> {
    let modules = env::var_os("KVS_NODE_MODULES")
        .context("KVS_NODE_MODULES is not set: `cargo xtask test` does it")?;
    let published = PathBuf::from(modules).join("lean-qr");
    let ours = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../www/vendor/lean-qr");
    for name in ["nano.mjs", "LICENSE"] {
        let read = |path: PathBuf| {
            fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))
        };
        let same = read(ours.join(name))? == read(published.join(name))?;
        ensure!(same, "www/vendor/lean-qr/{name} is not what npm has");
    }
    Ok(())
}

async fn the_link_leads_to_this_computer_from_others(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    page.click("#share > summary").await?;
    page.until_text("#share-where", "on this computer alone", SOON).await?;
    ensure!(page.text("#share-link").await?.starts_with("http://127.0.0.1:"));
    let keys = Keys::default().with_secret("hush".into());
    let (host, lan) = (Ipv4Addr::UNSPECIFIED, Ipv4Addr::new(192, 0, 2, 7));
    let config = Config { host, advertised_ip: Some(lan), keys, ..Service::config() };
    let service = Service::run(config).await?;
    let url = format!("http://localhost:{}/", service.addr().port());
    let page = story.open_url("open to others", Camera::Missing, &url).await?;
    page.click("#share > summary").await?;
    page.until_text("#share-where", "in its network", SOON).await?;
    let link = page.text("#share-link").await?;
    let start = format!("http://192.0.2.7:{}/?", service.addr().port());
    ensure!(link.starts_with(&start) && !link.contains("hush"), "{link}");
    Ok(())
}

/// Reads a code as a camera does; four pixels a module, four modules of margin.
fn read_code(modules: &Value) -> Result<String> {
    const PIXELS: usize = 4;
    const MARGIN: usize = 4;
    let rows = modules.as_array().context("no rows")?;
    let side = (rows.len() + 2 * MARGIN) * PIXELS;
    let dark = |x: usize, y: usize| {
        let at = |pixel: usize| (pixel / PIXELS).checked_sub(MARGIN);
        let module = rows.get(at(y)?)?.get(at(x)?)?;
        module.as_bool()
    };
    let shade = |x: usize, y: usize| if dark(x, y) == Some(true) { 0 } else { 255 };
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(side, side, shade);
    let grid = image.detect_grids().into_iter().next().context("there is no code")?;
    Ok(grid.decode()?.1)
}

async fn a_report_is_shown_before_it_is_copied(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Granted, "").await?;
    page.fill("#accessKeyId", ACCESS_KEY_ID).await?;
    page.fill("#secretAccessKey", SECRET).await?;
    start_master(&page).await?;
    page.click("#stop-master-button").await?;
    let copied = "globalThis.copied = null;
                  navigator.clipboard.writeText = async (text) => { globalThis.copied = text; };";
    page.run(copied, vec![]).await?;
    page.click("#report-button").await?;
    let report = page.until_text("#report-text", "\"timeline\"", SOON).await?;
    let top = "document.getElementById('report-text').scrollTop";
    ensure!(page.value(top).await? == json!(0), "the report's end is shown first");
    ensure!(page.value("copied").await?.is_null(), "it is copied before it is read");
    for secret in [SECRET, ACCESS_KEY_ID, "X-Amz-Signature=", "credential\": \"ey"] {
        ensure!(!report.contains(secret), "{secret} is in {report}");
    }
    page.click("#report-copy").await?;
    page.until("it is copied", SOON, "copied === document.getElementById('report-text').value")
        .await?;
    page.click("#report-close").await
}

async fn a_report_is_printed_whole_and_alone(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    page.click("#try-button").await?;
    page.until_text("#status", "Connected", SOON).await?;
    page.run("document.getElementById('share').open = true;", vec![]).await?;
    page.click("#report-button").await?;
    page.until_text("#report-text", "\"timeline\"", SOON).await?;
    page.run("globalThis.print = () => { globalThis.printed = true; };", vec![]).await?;
    page.click("#report-print").await?;
    ensure!(page.value("printed").await? == json!(true), "the button prints nothing");
    page.browser().shows_print(true).await?;
    let seen = "(() => {
        const paper = document.getElementById('report-paper');
        return {
          whole: paper.innerText.trim() === document.getElementById('report-text').value.trim()
            && paper.getBoundingClientRect().height > 2 * innerHeight,
          others: [...document.querySelectorAll('body *')]
            .filter((element) => element !== paper && element.checkVisibility()).length,
        };
      })()";
    let seen = page.value(seen).await;
    page.browser().shows_print(false).await?;
    let seen = seen?;
    ensure!(seen == json!({ "whole": true, "others": 0 }), "{seen}");
    ensure!(!page.text("body").await?.is_empty(), "the page is gone");
    page.click("#report-close").await
}

async fn a_report_begins_an_issue_where_the_site_has_some(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    page.fill("#accessKeyId", ACCESS_KEY_ID).await?;
    page.fill("#secretAccessKey", SECRET).await?;
    page.click("#share > summary").await?;
    page.click("#report-button").await?;
    page.until_text("#report-text", "\"settings\"", SOON).await?;
    let offered = "document.getElementById('report-issue').checkVisibility()";
    ensure!(page.value(offered).await? == json!(false), "nobody said where");
    page.click("#report-close").await?;
    let script = "document.getElementById('report-issue').dataset.at = arguments[0];
        globalThis.opened = [];
        globalThis.open = (...given) => { opened.push(given); };";
    page.run(script, vec![json!("https://github.com/me/calls/issues/new")]).await?;
    for long in [false, true] {
        if long {
            page.run("document.getElementById('channelName').value = 'x'.repeat(9000);", vec![])
                .await?;
        }
        page.click("#report-button").await?;
        page.until_text("#report-text", "\"settings\"", SOON).await?;
        page.click("#report-issue").await?;
        page.click("#report-close").await?;
    }
    let opened = page.value("opened").await?;
    let at = |index: usize, part: usize| opened.get(index)?.get(part)?.as_str();
    for (index, cut) in [(0, false), (1, true)] {
        ensure!(at(index, 2) == Some("noopener"), "{opened}");
        let address = at(index, 0).context("nothing was opened")?;
        ensure!(address.starts_with("https://github.com/me/calls/issues/new?body="), "{address}");
        ensure!(address.len() <= 7000 && address.contains("paste+it+here") == cut, "{address}");
        ensure!(!address.contains(SECRET) && !address.contains(ACCESS_KEY_ID), "{address}");
        ensure!(cut || address.contains("demo-channel"), "{address}");
    }
    Ok(())
}

async fn the_connection_test_finds_all_well(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Granted, "").await?;
    page.click("#create-channel-button").await?;
    page.until_text("#channelName-message", "created", SOON).await?;
    page.click("#connection-test-button").await?;
    page.until_text("#connection-test-verdict", "All that a call needs works", SOON).await?;
    for check in ["browser", "keys", "clock", "socket", "turnUdp", "media", "bandwidth", "devices"]
    {
        ensure!(state_of(&page, check).await? == json!("good"), "{check}");
    }
    let open = page.value("probe.open()").await?;
    ensure!(open == json!({ "tracks": 0, "connections": 0, "sockets": 0, "videos": 0 }), "{open}");
    ensure!(page.value("probe.tracks.length").await? == json!(0), "a camera was opened");
    page.click("#connection-test-report").await?;
    page.until_text("#report-text", "\"turnUdp\"", SOON).await?;
    page.click("#report-close").await
}

async fn the_connection_test_names_what_is_wrong(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    page.fill("#secretAccessKey", "not-the-secret").await?;
    page.click("#connection-test-button").await?;
    page.until_text("#connection-test-verdict", "Start with the keys", SOON).await?;
    for (check, state) in
        [("keys", "failed"), ("socket", "skipped"), ("media", "skipped"), ("devices", "skipped")]
    {
        ensure!(state_of(&page, check).await? == json!(state), "{check} is not {state}");
    }
    page.until_text("#connection-test-list", "secret access key", SOON).await.map(drop)
}

async fn the_connection_test_judges_the_bandwidth(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Granted, "").await?;
    page.click("#create-channel-button").await?;
    page.until_text("#channelName-message", "created", SOON).await?;
    // A narrow line: a kilobyte each tenth of a second.
    let narrow = "const create = RTCPeerConnection.prototype.createDataChannel;
        Object.defineProperty(RTCDataChannel.prototype, 'bufferedAmount', { get: () => 1e9 });
        RTCPeerConnection.prototype.createDataChannel = function (...given) {
          const channel = create.apply(this, given);
          const timer = setInterval(() => {
            if (channel.readyState === 'closed') clearInterval(timer);
            if (channel.readyState === 'open') channel.send(new Uint8Array(1000));
          }, 100);
          return channel;
        };";
    page.run(narrow, vec![]).await?;
    page.click("#connection-test-button").await?;
    page.until_text("#connection-test-verdict", "too little bandwidth", 2 * SOON).await?;
    ensure!(state_of(&page, "bandwidth").await? == json!("failed"));
    page.until_text("#connection-test-list", "Only 0.1 Mbit/s", SOON).await.map(drop)
}

async fn state_of(page: &Page, check: &str) -> Result<Value> {
    page.value(&format!("document.querySelector('[data-check={check}]').dataset.state")).await
}
