//! People try it: both sides in one page, with no key and no camera.

use anyhow::{Result, ensure};
use kvs_e2e::{Camera, Page, SOON, Story, Video};
use serde_json::json;

use crate::people::{ON_VIEWER, has_let_go, tales, viewer, write};

tales![
    one_click_makes_a_call_on_the_emulator,
    one_click_makes_a_call_where_there_is_no_emulator,
    a_wait_is_timed,
    a_door_without_keys_leads_to_what_is_missing,
];

async fn one_click_makes_a_call_on_the_emulator(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    try_it(&page).await?;
    page.until_text("#call-note", "emulator", SOON).await?;
    let channel = page.text("#logs").await?;
    ensure!(channel.contains("Channel try-"), "it has a channel of its own: {channel}");
    end_it(&page).await?;
    // Nothing was done to the person's own channel.
    let other = viewer(story, "other", "sendVideo=false").await?;
    other.until_text("#problem", "service.channelNotFound", SOON).await?;
    Ok(())
}

async fn one_click_makes_a_call_where_there_is_no_emulator(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    page.browser().block(&["/_emulator/about.json"]).await?;
    let outcome = tries_without_emulator(&page).await;
    // The browser goes to another story.
    page.browser().block(&[]).await?;
    outcome
}

async fn tries_without_emulator(page: &Page) -> Result<()> {
    page.reload().await?;
    page.until_text("#status", "Ready", SOON).await?;
    let requests = "performance.getEntriesByType('resource').length + probe.sockets.length";
    let before = page.value(requests).await?;
    try_it(page).await?;
    page.until_text("#call-note", "nothing leaves this computer", SOON).await?;
    page.until_text("#call-note", "cargo xtask demo", SOON).await?;
    ensure!(page.value(requests).await? == before, "something was asked");
    end_it(page).await
}

async fn a_wait_is_timed(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "sendVideo=false").await?;
    page.click("#create-channel-button").await?;
    page.until_text("#channelName-message", "created", SOON).await?;
    page.click("#viewer-button").await?;
    page.until_text("#status", "Waiting for the master", SOON).await?;
    for seconds in ["1 s", "2 s"] {
        page.until_text("#status-time", seconds, SOON).await?;
    }
    // The line itself would be read out each second.
    ensure!(page.text("#status").await? == "Waiting for the master…");
    page.click("#stop-viewer-button").await?;
    page.until_text("#status", "Ready", SOON).await?;
    ensure!(page.text("#status-time").await?.is_empty(), "it goes on");
    Ok(())
}

async fn a_door_without_keys_leads_to_what_is_missing(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    for fold in ["keys-fold", "channel-fold"] {
        let open = page.value(&format!("document.getElementById('{fold}').open")).await?;
        ensure!(open == json!(false), "{fold} is open");
    }
    let go_on = "document.getElementById('continue-button').checkVisibility()";
    ensure!(page.value(go_on).await? == json!(false));
    let clear = "document.getElementById('secretAccessKey').value = '';";
    page.run(clear, vec![]).await?;
    page.click("#viewer-button").await?;
    page.until_text("#secretAccessKey-message", "Enter the secret", SOON).await?;
    page.fill("#secretAccessKey", "local").await?;
    page.tick("#sendVideo", false).await?;
    page.click("#continue-button").await?;
    page.until_text("#problem", "service.channelNotFound", SOON).await.map(drop)
}

async fn try_it(page: &Page) -> Result<()> {
    page.click("#try-button").await?;
    page.until_text("#status", "Connected", SOON).await?;
    Video::new(page, ON_VIEWER, 0).is_live().await?;
    let shown = "['master', 'viewer'].every((id) => document.getElementById(id).checkVisibility())";
    ensure!(page.value(shown).await? == json!(true), "both sides are shown");
    write(page, "to myself").await?;
    page.until_text("#master .messages", "viewer-of-this-page to myself", SOON).await?;
    ensure!(page.value("probe.tracks.length").await? == json!(0), "a camera was asked for");
    Ok(())
}

async fn end_it(page: &Page) -> Result<()> {
    page.click("#stop-viewer-button").await?;
    has_let_go(page).await?;
    ensure!(page.value("[kvs.master, kvs.viewer]").await? == json!([null, null]));
    page.until_text("#status", "Ready", SOON).await.map(drop)
}
