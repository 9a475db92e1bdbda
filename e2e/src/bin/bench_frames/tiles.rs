//! A master's page that shows ten viewers, 160 by 120 each, from another browser.

use std::time::Duration;

use anyhow::Result;
use kvs_e2e::{Browser, Camera, Driver, Page, SOON, Service, story::check};
use serde_json::json;

use crate::{
    explained, open,
    table::{Row, SHARE, rows},
    watch,
};

const VIEWERS: usize = 10;

/// Once all are connected, this much longer until nothing of their start is under way.
const SETTLED: Duration = Duration::from_secs(5);

/// Ten viewers in one page, each with the same moving picture.
const JOIN: &str = "
    const { Viewer } = await import('/pkg/kvs_webrtc.js');
    const about = await (await fetch('/_emulator/about.json')).json();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [160, 120];
    const context = canvas.getContext('2d', { alpha: false });
    setInterval(() => {
      context.fillStyle = `hsl(${performance.now() / 20 % 360} 80% 50%)`;
      context.fillRect(Math.random() * 120, Math.random() * 80, 40, 40);
    }, 1000 / 30);
    const { region, accessKeyId, secretAccessKey, channelName, stunUrl } = about;
    const shared = {
      region, channelName, stunUrl, endpoint: location.origin, credentials: { accessKeyId, secretAccessKey },
    };
    globalThis.viewers = Array.from({ length: arguments[0] }, (_, index) => new Viewer({
      ...shared, clientId: `viewer-${index + 1}`, stream: canvas.captureStream(30), video: true, dataChannel: true,
    }));
    globalThis.started = 0;
    (async () => {
      // One after the other: the service takes so many requests a second.
      for (const viewer of viewers) {
        await viewer.start();
        started += 1;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    })();
    return viewers.length;";

pub(crate) async fn measure(
    service: &Service,
    driver: &Driver,
    within: Duration,
) -> Result<Vec<Row>> {
    let master = open(service, driver, "sendVideo=false&sendAudio=false").await?;
    let outcome = watched(service, driver, &master, within).await;
    explained(&master, outcome).await
}

async fn watched(
    service: &Service,
    driver: &Driver,
    master: &Page,
    within: Duration,
) -> Result<Vec<Row>> {
    master.click("#master-button").await?;
    master.until_text("#status", "Waiting for viewers", SOON).await?;
    let browser = Browser::start(driver, Camera::Missing).await?;
    let viewers = browser.open("viewers", &service.page_url("")).await?;
    viewers.until_text("#status", "Ready", SOON).await?;
    viewers.run(JOIN, vec![json!(VIEWERS)]).await?;
    let joined = format!("started === {VIEWERS} || probe.errors.length");
    viewers.until("all have joined", SOON * 4, &joined).await?;
    check(&viewers).await?;
    let shown = format!(
        "[...document.querySelectorAll('#master .remote-view')]
           .filter((video) => video.videoWidth === 160 && video.currentTime > 1).length === {VIEWERS}"
    );
    master.until("all pictures are there", SOON * 4, &shown).await?;
    tokio::time::sleep(SETTLED).await;
    let work = watch(master, within).await?;
    Ok(rows("ten tiles", &work, SHARE))
}
