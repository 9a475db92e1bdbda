//! The site as GitHub Pages serves it: plain files below a path, no emulator and none of its
//! headers.

mod server;

use std::{fs, time::Duration};

use anyhow::{Context, Result, ensure};
use kvs_e2e::{
    Browser, Camera, Driver, Page, SOON, Video,
    published::{Site, folder},
    service::workspace,
    story::check,
};
use serde_json::json;
use tokio::sync::{Mutex, MutexGuard};

use crate::server::Server;

/// One browser at a time, since the machine is small.
static BROWSER: Mutex<()> = Mutex::const_new(());

/// A page of the site that is open.
struct Visit {
    page: Page,
    server: Server,
    _driver: Driver,
    _turn: MutexGuard<'static, ()>,
}

impl Visit {
    /// Opens what is at `path`.
    async fn to(path: &str) -> Result<Self> {
        let turn = BROWSER.lock().await;
        let server = Server::start().await?;
        let driver = Driver::start().await?;
        let browser = Browser::start(&driver, Camera::Missing).await?;
        let page = browser.open("visitor", &format!("{}{path}", server.url())).await?;
        Ok(Self { page, server, _driver: driver, _turn: turn })
    }

    /// Opens the test page and waits until it is ready.
    async fn to_the_page() -> Result<Self> {
        let visit = Self::to("").await?;
        visit.page.until_text("#status", "Ready", SOON).await?;
        Ok(visit)
    }

    /// Nothing failed, nothing was forbidden, and nobody else was asked.
    async fn went_well(&self) -> Result<()> {
        check(&self.page).await?;
        let failures = self.server.failures();
        ensure!(failures.is_empty(), "asked for in vain: {failures:?}");
        let elsewhere = self.page.value(ELSEWHERE).await?;
        ensure!(elsewhere == json!([]), "others were asked: {elsewhere}");
        let mut said = self.page.browser().console().await?;
        said.retain(|line| is_complaint(line));
        ensure!(said.is_empty(), "the console says {said:?}");
        Ok(())
    }
}

/// Errors, and warnings of what is ours: rustdoc preloads fonts in a way that browsers warn of.
fn is_complaint(line: &str) -> bool {
    line.starts_with("SEVERE") || line.starts_with("WARNING") && !line.contains("/docs/rust/")
}

/// Whom a page has asked besides its own server: for files, by a socket, for a way through.
const ELSEWHERE: &str = "[
    ...performance.getEntriesByType('resource').map((entry) => entry.name),
    ...probe.sockets.map((socket) => socket.url),
    ...probe.connections.flatMap((it) => it.getConfiguration().iceServers).flatMap((it) => it.urls),
].filter((url) => new URL(url).origin !== location.origin && !url.startsWith('data:'))";

#[tokio::test(flavor = "multi_thread")]
async fn the_first_screen_says_that_no_emulator_is_there() -> Result<()> {
    let visit = Visit::to_the_page().await?;
    visit.page.until_text("#notices", "No emulator serves this page", SOON).await?;
    visit.page.until_text("#notices", "cargo xtask demo", SOON).await?;
    let primary = "document.getElementById('try-button').matches('[data-primary]')";
    ensure!(visit.page.value(primary).await? == json!(true), "another door is recommended");
    // It is known only after the first screen, whose doors it does not move.
    let below = "document.getElementById('notices').getBoundingClientRect().top >=
                 document.getElementById('start').getBoundingClientRect().bottom";
    ensure!(visit.page.value(below).await? == json!(true), "the notice is above the doors");
    visit.went_well().await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_click_makes_a_call_and_asks_nobody() -> Result<()> {
    let visit = Visit::to_the_page().await?;
    let before = visit.server.answers().len();
    visit.page.click("#try-button").await?;
    visit.page.until_text("#status", "Connected", SOON).await?;
    visit.page.until_text("#call-note", "nothing leaves this computer", SOON).await?;
    Video::new(&visit.page, "#viewer .remote-view", 0).is_live().await?;
    ensure!(visit.server.answers().len() == before, "{:?}", visit.server.answers());
    visit.went_well().await?;
    visit.page.click("#stop-viewer-button").await?;
    visit.page.until_text("#status", "Ready", SOON).await?;
    let open = json!({ "tracks": 0, "connections": 0, "sockets": 0, "videos": 0 });
    ensure!(visit.page.value("probe.open()").await? == open, "something is left open");
    visit.went_well().await
}

/// The most that is loaded before the first screen is usable, and in all before and in a call:
/// packed, without headers. What is required is 80 KB, and 200 KB.
const FIRST_SCREEN: u64 = 16_000;
const IN_ALL: usize = 200_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_call_takes_few_bytes_and_the_first_screen_fewer() -> Result<()> {
    let _turn = BROWSER.lock().await;
    let publication = Site::read(&folder()?)?.publish(Duration::ZERO).await?;
    let driver = Driver::start().await?;
    let browser = Browser::start(&driver, Camera::Missing).await?;
    let page = browser.open("visitor", publication.url()).await?;
    page.until_text("#status", "Ready", SOON).await?;
    let early = page.value(EARLY).await?.as_u64().context("no sum is told")?;
    ensure!((1..=FIRST_SCREEN).contains(&early), "{early} bytes, of {FIRST_SCREEN} at most");
    page.click("#try-button").await?;
    page.until_text("#status", "Connected", SOON).await?;
    let sent = publication.sent();
    let all: usize = sent.iter().map(|(_, bytes)| bytes).sum();
    ensure!(all <= IN_ALL, "{all} bytes, of {IN_ALL} at most: {sent:?}");
    for part in ["/index.html", "/css/page.css", "/js/main.js", "/pkg/kvs_webrtc_bg.wasm"] {
        let times = sent.iter().filter(|(path, _)| path == part).count();
        ensure!(times == 1, "{part} is loaded {times} times");
    }
    check(&page).await
}

/// The bytes of what was asked for before the first screen was usable.
const EARLY: &str = "['navigation', 'resource'].flatMap((type) => performance.getEntriesByType(type))
    .filter(({ startTime }) => startTime < performance.getEntriesByName('first-screen')[0].startTime)
    .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)";

/// The site's SDK is without what the page never makes.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_page_takes_of_the_sdk_is_there() -> Result<()> {
    let mut taken = vec!["Viewer".to_owned(), "Master".to_owned()];
    for script in fs::read_dir(workspace().join("www/js"))? {
        let script = script?.path();
        if !script.is_file() {
            continue;
        }
        let text = fs::read_to_string(script)?;
        for (before, _) in text.match_indices(" } = await sdk;").map(|(at, _)| text.split_at(at)) {
            let names = before.rsplit("const { ").next().unwrap_or_default();
            taken.extend(names.split(", ").map(str::to_owned));
        }
    }
    ensure!(taken.iter().any(|name| name == "SigV4RequestSigner"), "only {taken:?}");
    let visit = Visit::to_the_page().await?;
    let script = "return import('./pkg/kvs_webrtc.js').then((sdk) =>
                  arguments[0].filter((name) => typeof sdk[name] !== 'function'));";
    let missing = visit.page.run(script, vec![json!(taken)]).await?;
    ensure!(missing == json!([]), "the site's SDK lacks {missing}");
    visit.went_well().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_loaded_later_is_below_the_path_too() -> Result<()> {
    let visit = Visit::to_the_page().await?;
    let script = "const field = document.getElementById('language');
                  field.value = 'ko';
                  field.dispatchEvent(new Event('change', { bubbles: true }));";
    visit.page.run(script, vec![]).await?;
    visit.page.until_text("#notices", "에뮬레이터가 제공한 페이지가 아닙니다", SOON).await?;
    visit.went_well().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_leads_to_the_documentation() -> Result<()> {
    let visit = Visit::to_the_page().await?;
    visit.page.until_text("#notices a", "Documentation", SOON).await?;
    visit.page.click("#notices a").await?;
    for reference in ["package", "rust"] {
        let link = format!("a[href^='{reference}/']");
        visit.page.click(&link).await?;
        let there = format!("location.pathname.includes('/kvs-webrtc/docs/{reference}/')");
        visit.page.until(&format!("{reference} is open"), SOON, &there).await?;
        visit.page.until("it is loaded", SOON, "document.readyState === 'complete'").await?;
        visit.went_well().await?;
        visit.page.run("history.back();", vec![]).await?;
        visit
            .page
            .until("the first page is back", SOON, "location.pathname.endsWith('/docs/')")
            .await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_emulators_headers_the_pages_own_policy_holds() -> Result<()> {
    let visit = Visit::to_the_page().await?;
    let script = "document.head.append(Object.assign(document.createElement('style'), { textContent: '' }));";
    visit.page.run(script, vec![]).await?;
    let seen = "probe.violations.some((it) => it.startsWith('style-src'))";
    visit.page.until("a style in the page is refused", SOON, seen).await?;
    ensure!(visit.went_well().await.is_err(), "a breach goes unnoticed");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_beside_the_path_would_be_noticed() -> Result<()> {
    let visit = Visit::to_the_page().await?;
    visit.page.run("await fetch('/pkg/kvs_webrtc.js');", vec![]).await?;
    ensure!(visit.server.failures() == ["404 /pkg/kvs_webrtc.js"], "{:?}", visit.server.answers());
    ensure!(visit.went_well().await.is_err(), "it goes unnoticed");
    Ok(())
}
