//! Loading: until the first screen is usable, until the SDK is there, and what comes for a call.

use std::time::Duration;

use anyhow::{Context, Result};
use kvs_e2e::{
    Browser, Camera, Driver, Page,
    published::{self, Publication, Site},
};
use serde::Deserialize;
use serde_json::json;

use crate::table::Figure;

/// The line: there and back, and bits a second either way.
const ROUND_TRIP: Duration = Duration::from_millis(150);
const BITS: u32 = 1_600_000;
/// How many times slower than this machine.
const SLOWER: u32 = 4;
/// Round trips of a new connection before its first request: TCP's and TLS's.
const TO_CONNECT: u32 = 2;
/// How long a page may take, which is not measured here but hangs.
const LATE: Duration = Duration::from_secs(60);

/// What the figures are of.
pub(crate) const NOTE: &str = "\
150 ms round trip, 1.6 Mbit/s, processor 4 times slower, nothing in the cache. The browser delays each
response and slows the page's process; the server adds two round trips to the first connection, as TCP
and TLS take, and speaks HTTP/1.1. The first screen is usable when it is painted in its language and no
click on a door is lost. Bytes are gzip -9, without headers. Ready is the SDK instantiated.";

const MS: (&str, usize) = ("ms", 0);
const KB: (&str, usize) = ("KB", 1);

/// What one visit came to.
#[derive(Debug, Deserialize)]
struct Visit {
    first_screen: f64,
    /// Bytes of what was asked for before.
    before: f64,
    ready: f64,
    /// Bytes in all by then.
    #[serde(skip)]
    all: f64,
    /// From a click until a call is up.
    #[serde(skip)]
    call: f64,
    /// Bytes that the click has added.
    #[serde(skip)]
    added: f64,
}

const VISIT: &str = "
    const mark = (name) => performance.getEntriesByName(name)[0].startTime;
    // The page's own mark is set when the frame is handed over; it may be on the screen later.
    const stands = mark('first-screen');
    const first_screen = Math.max(stands, mark('first-contentful-paint'));
    const entries = ['navigation', 'resource'].flatMap((type) => performance.getEntriesByType(type));
    const early = entries.filter(({ startTime }) => startTime < stands);
    const before = early.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
    return { first_screen, before, ready: mark('ready') };";

/// Opens the page so many times and gives what that took.
pub(crate) async fn measure(runs: u32) -> Result<Vec<Figure>> {
    let site = Site::read(&published::folder()?)?;
    let driver = Driver::start().await?;
    let browser = Browser::start(&driver, Camera::Missing).await?;
    let mut visits = Vec::new();
    // The first one also pays for what the browser does once.
    for run in 0..=runs {
        let visit = visit(&browser, &site).await?;
        if run > 0 {
            visits.push(visit);
        }
    }
    let runs = |figure: fn(&Visit) -> f64| visits.iter().map(figure).collect::<Vec<_>>();
    let kilobytes =
        |figure: fn(&Visit) -> f64| visits.iter().map(|it| figure(it) / 1000.0).collect();
    Ok(vec![
        Figure {
            what: "first screen usable",
            unit: MS,
            runs: runs(|it| it.first_screen),
            most: Some(1500.0),
        },
        Figure {
            what: "loaded before that",
            unit: KB,
            runs: kilobytes(|it| it.before),
            most: Some(80.0),
        },
        Figure { what: "ready", unit: MS, runs: runs(|it| it.ready), most: None },
        Figure { what: "loaded in all", unit: KB, runs: kilobytes(|it| it.all), most: Some(200.0) },
        Figure {
            what: "click on *Try it now* to connected",
            unit: MS,
            runs: runs(|it| it.call),
            most: None,
        },
        Figure {
            what: "loaded by that click",
            unit: KB,
            runs: kilobytes(|it| it.added),
            most: None,
        },
    ])
}

async fn visit(browser: &Browser, site: &Site) -> Result<Visit> {
    let publication = site.publish(ROUND_TRIP * TO_CONNECT).await?;
    browser.leave().await?;
    slow_down(browser).await?;
    let page = browser.open("visitor", publication.url()).await?;
    page.until_text("#status", "Ready", LATE).await?;
    let mut visit = Visit::deserialize(page.run(VISIT, vec![]).await?)?;
    visit.all = sum(&publication);
    visit.call = call(&page).await?;
    visit.added = sum(&publication) - visit.all;
    Ok(visit)
}

/// Clicks *Try it now* and gives the time until both sides are connected.
async fn call(page: &Page) -> Result<f64> {
    let click = "globalThis.clicked = performance.now();
        const line = document.getElementById('status');
        new MutationObserver(() => {
          if (line.textContent === 'Connected') globalThis.connected ??= performance.now();
        }).observe(line, { childList: true });
        document.getElementById('try-button').click();";
    page.run(click, vec![]).await?;
    page.until("the call is up", LATE, "globalThis.connected").await?;
    page.value("connected - clicked").await?.as_f64().context("no time is told")
}

async fn slow_down(browser: &Browser) -> Result<()> {
    let bytes = BITS / 8;
    let line = json!({
        "offline": false,
        "latency": u64::try_from(ROUND_TRIP.as_millis())?,
        "downloadThroughput": bytes,
        "uploadThroughput": bytes,
    });
    browser.cdp("Network.enable", json!({})).await?;
    browser.cdp("Network.emulateNetworkConditions", line).await?;
    browser.cdp("Emulation.setCPUThrottlingRate", json!({ "rate": SLOWER })).await.map(drop)
}

fn sum(publication: &Publication) -> f64 {
    publication.sent().iter().map(|(_, bytes)| *bytes as f64).sum()
}
