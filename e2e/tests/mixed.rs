//! People have different browsers.

use anyhow::{Result, ensure};
use kvs_e2e::{Camera, Kind, Page, SOON, Story};
use serde_json::json;

use crate::people::{both_see, start_master, tales, write};

tales![
    a_viewer_in_firefox_sees_a_master_in_chromium,
    a_viewer_in_chromium_sees_a_master_in_firefox,
];

async fn a_viewer_in_firefox_sees_a_master_in_chromium(story: &Story<'_>) -> Result<()> {
    call_between(story, Kind::Chromium, Kind::Firefox).await
}

async fn a_viewer_in_chromium_sees_a_master_in_firefox(story: &Story<'_>) -> Result<()> {
    call_between(story, Kind::Firefox, Kind::Chromium).await
}

/// A call with picture both ways and a message each way.
async fn call_between(story: &Story<'_>, of_master: Kind, of_viewer: Kind) -> Result<()> {
    let master = story.open_in(of_master, "master", Camera::Granted, "").await?;
    start_master(&master).await?;
    let viewer = story.open_in(of_viewer, "viewer", Camera::Granted, "").await?;
    viewer.click("#viewer-button").await?;
    viewer.until_text("#status", "Connected", SOON).await?;
    master.until_text("#status", "Connected to 1 viewer", SOON).await?;
    both_see(&master, &viewer).await?;
    sends_what_firefox_has(&master, "kvs.master.viewers[0].peerConnection").await?;
    sends_what_firefox_has(&viewer, "kvs.viewer.peerConnection").await?;
    write(&viewer, "from there").await?;
    master.until_text("#master .messages", "from there", SOON).await?;
    write(&master, "from here").await?;
    viewer.until_text("#viewer .messages", "from here", SOON).await.map(drop)
}

/// VP8: Firefox has H.264 only where it could download it.
async fn sends_what_firefox_has(page: &Page, connection: &str) -> Result<()> {
    let sent = format!(
        "{connection}.getStats().then((report) => [...report.values()]
            .filter(({{ type, kind }}) => type === 'outbound-rtp' && kind === 'video')
            .map(({{ codecId }}) => report.get(codecId).mimeType))"
    );
    let sent = page.value(&sent).await?;
    ensure!(sent == json!(["video/VP8"]), "{}: it sends {sent}", page.name());
    Ok(())
}
