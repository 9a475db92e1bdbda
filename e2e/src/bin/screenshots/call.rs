//! Takes the README's picture of a call: a master's window above a viewer's, into `docs/call.jpg`.

use std::fs;

use anyhow::{Context, Result};
use kvs_e2e::{Camera, Page, SOON, Story, Video, service::workspace};
use serde_json::json;

use crate::hide_scrollbars;

/// A window's width in CSS pixels.
const WIDTH: u32 = 1000;
/// The windows' heights, which end below the pictures and what is said about them.
const MASTER_HEIGHT: u32 = 602;
const VIEWER_HEIGHT: u32 = 692;

/// In place of the camera; takes a name and colours.
const TEST_CARD: &str = include_str!("test_card.js");
const WARM: [&str; 7] =
    ["#d8dbe2", "#ffc61a", "#f7941d", "#dc322c", "#c43da0", "#7b3fb5", "#3a2b6b"];
const COOL: [&str; 7] =
    ["#d8dbe2", "#a8e05f", "#1eb05c", "#1ab8a6", "#1ab8cc", "#2c7be5", "#2c3fa8"];

/// Draws both windows on one ground, with room around them, and gives the bytes of a JPEG.
const COMPOSE: &str = "
    const pictures = await Promise.all(arguments[0].map((data) => new Promise((resolve) => {
      const image = new Image();
      image.onload = () => resolve(image);
      image.src = `data:image/png;base64,${data}`;
    })));
    const gap = 24;
    const canvas = document.createElement('canvas');
    canvas.width = pictures[0].width + 2 * gap;
    canvas.height = gap + pictures.reduce((sum, picture) => sum + picture.height + gap, 0);
    const context = canvas.getContext('2d');
    context.fillStyle = '#8d95a5';
    context.fillRect(0, 0, canvas.width, canvas.height);
    let top = gap;
    for (const picture of pictures) {
      context.save();
      context.beginPath();
      context.roundRect(gap, top, picture.width, picture.height, 14);
      context.clip();
      context.drawImage(picture, gap, top);
      context.restore();
      top += picture.height + gap;
    }
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.85));
    return [...new Uint8Array(await blob.arrayBuffer())];";

/// Makes a call in two browsers and takes its picture.
pub(crate) async fn take(story: &Story<'_>) -> Result<()> {
    let query = "degradation-preference=maintain-resolution&clientId=kitchen";
    let master = story.open("master", Camera::Granted, query).await?;
    let viewer = story.open("viewer", Camera::Granted, query).await?;
    dress(&master, MASTER_HEIGHT, "light", "Front door", WARM).await?;
    dress(&viewer, VIEWER_HEIGHT, "dark", "Kitchen", COOL).await?;
    master.click("#master-button").await?;
    master.until_text("#status", "Waiting for viewers", SOON).await?;
    viewer.click("#viewer-button").await?;
    Video::new(&viewer, "#viewer .remote-view", 0).grows_to(1280, SOON).await?;
    Video::new(&master, "#master .remote-view", 0).grows_to(1280, SOON).await?;
    write(&viewer, "Good morning! Is the door closed?").await?;
    master.until_text("#master .messages", "Good morning!", SOON).await?;
    write(&master, "It is. I see you well.").await?;
    viewer.until_text("#viewer .messages", "I see you well", SOON).await?;
    // The facts below a picture come once a second.
    for (page, role) in [(&master, "master"), (&viewer, "viewer")] {
        page.until_text(&format!("#{role} .facts"), "1280×720", SOON).await?;
        page.until_text(&format!("#{role} .facts"), "Sending", SOON).await?;
    }
    let pictures = [shoot(&master).await?, shoot(&viewer).await?];
    let path = workspace().join("docs/call.jpg");
    fs::write(&path, compose(&master, &pictures).await?)
        .with_context(|| format!("{} cannot be written", path.display()))?;
    println!("{}", path.display());
    Ok(())
}

/// Gives a page the window's size, a light or dark scheme, and something to show.
async fn dress(
    page: &Page,
    height: u32,
    scheme: &str,
    name: &str,
    colours: [&str; 7],
) -> Result<()> {
    page.browser().resize(WIDTH, height).await?;
    hide_scrollbars(page).await?;
    page.browser().prefers(scheme).await?;
    page.run(TEST_CARD, vec![json!(name), json!(colours)]).await?;
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

/// Both pictures in one, as JPEG: drawn by a browser, which can.
async fn compose(page: &Page, pictures: &[String; 2]) -> Result<Vec<u8>> {
    let bytes = page.run(COMPOSE, vec![json!(pictures)]).await?;
    serde_json::from_value(bytes).context("no picture was composed")
}
