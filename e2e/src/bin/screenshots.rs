//! Takes the README's picture of a call: a master and a viewer, side by side, into `docs/call.jpg`.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result, bail};
use kvs_e2e::{Camera, Page, SOON, Stage, Story, Video, service::workspace};
use serde_json::json;

/// What a window shows, in CSS pixels; the picture is two of them wide.
const WINDOW: (u32, u32) = (600, 1000);

#[tokio::main]
async fn main() -> Result<()> {
    let stage = Stage::default();
    let story = Story::begin(&stage).await?;
    let outcome = take(&story).await;
    if let Err(report) = story.end("screenshots", outcome).await {
        bail!(report);
    }
    Ok(())
}

async fn take(story: &Story<'_>) -> Result<()> {
    let query = "degradation-preference=maintain-resolution&clientId=kitchen";
    let master = story.open("master", Camera::Granted, query).await?;
    let viewer = story.open("viewer", Camera::Granted, query).await?;
    for (page, scheme) in [(&master, "light"), (&viewer, "dark")] {
        dress(page, scheme).await?;
    }
    master.click("#master-button").await?;
    master.until_text("#status", "Waiting for viewers", SOON).await?;
    viewer.click("#viewer-button").await?;
    Video::new(&viewer, "#viewer .remote-view", 0).grows_to(1280, SOON).await?;
    Video::new(&master, "#master .remote-view", 0).grows_to(1280, SOON).await?;
    write(&viewer, "Good morning! Is the front door closed?").await?;
    master.until_text(".messages", "Good morning!", SOON).await?;
    write(&master, "It is. I see you well.").await?;
    viewer.until_text(".messages", "I see you well", SOON).await?;

    let pictures = [shoot(&master).await?, shoot(&viewer).await?];
    let path = docs().join("call.jpg");
    fs::write(&path, compose(&master, &pictures).await?)
        .with_context(|| format!("{} cannot be written", path.display()))?;
    println!("{}", path.display());
    Ok(())
}

/// Gives a page the window's size and a light or dark scheme.
async fn dress(page: &Page, scheme: &str) -> Result<()> {
    let (width, height) = WINDOW;
    let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
    page.browser().cdp("Emulation.setDeviceMetricsOverride", size).await?;
    let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
    page.browser().cdp("Emulation.setEmulatedMedia", media).await?;
    Ok(())
}

async fn write(page: &Page, text: &str) -> Result<()> {
    page.fill(".chat textarea", text).await?;
    page.click(".chat .send").await
}

/// The window as PNG in base64.
async fn shoot(page: &Page) -> Result<String> {
    page.run("scrollTo(0, 0)", Vec::new()).await?;
    let picture = page.browser().cdp("Page.captureScreenshot", json!({ "format": "png" })).await?;
    let data = picture.get("data").and_then(|data| data.as_str()).context("no screenshot")?;
    Ok(data.to_owned())
}

/// Both pictures side by side, as JPEG: drawn by the browser, which can.
async fn compose(page: &Page, pictures: &[String; 2]) -> Result<Vec<u8>> {
    let script = "
        const pictures = await Promise.all(arguments[0].map((data) => new Promise((resolve) => {
          const image = new Image();
          image.onload = () => resolve(image);
          image.src = `data:image/png;base64,${data}`;
        })));
        const canvas = document.createElement('canvas');
        canvas.width = pictures[0].width + pictures[1].width;
        canvas.height = pictures[0].height;
        const context = canvas.getContext('2d');
        context.drawImage(pictures[0], 0, 0);
        context.drawImage(pictures[1], pictures[0].width, 0);
        const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.82));
        return [...new Uint8Array(await blob.arrayBuffer())];";
    let bytes = page.run(script, vec![json!(pictures)]).await?;
    serde_json::from_value(bytes).context("no picture was composed")
}

fn docs() -> PathBuf {
    workspace().join("docs")
}
