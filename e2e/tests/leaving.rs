//! People leave: all is let go on their side, and the others know within a second.

use anyhow::{Result, ensure};
use kvs_e2e::{SOON, Story};
use serde_json::json;

use crate::people::{
    both_see, call, has_let_go, knows_that_the_master_left, shows_viewers, start_master, tales,
};

tales![
    a_viewer_stops_and_the_master_knows,
    the_master_stops_and_the_viewer_knows,
    a_viewer_closes_the_window_and_the_master_knows,
    the_master_closes_the_window_and_the_viewer_knows,
    they_call_again_after_both_have_stopped,
];

async fn a_viewer_stops_and_the_master_knows(story: &Story<'_>) -> Result<()> {
    let (master, viewer) = call(story, "").await?;
    viewer.click("#stop-viewer-button").await?;
    shows_viewers(&master, 0).await?;
    has_let_go(&viewer).await?;
    // The master goes on: its camera, its socket and its own picture.
    let open = master.value("probe.open()").await?;
    let expected = json!({ "tracks": 1, "connections": 0, "sockets": 1, "videos": 1 });
    ensure!(open == expected, "the master holds {open}");
    master.until_text("#status", "Waiting for viewers", SOON).await?;
    Ok(())
}

async fn the_master_stops_and_the_viewer_knows(story: &Story<'_>) -> Result<()> {
    let (master, viewer) = call(story, "").await?;
    master.click("#stop-master-button").await?;
    knows_that_the_master_left(&viewer).await?;
    has_let_go(&master).await
}

async fn a_viewer_closes_the_window_and_the_master_knows(story: &Story<'_>) -> Result<()> {
    let (master, viewer) = call(story, "").await?;
    story.close(viewer).await?;
    shows_viewers(&master, 0).await
}

async fn the_master_closes_the_window_and_the_viewer_knows(story: &Story<'_>) -> Result<()> {
    let (master, viewer) = call(story, "").await?;
    story.close(master).await?;
    knows_that_the_master_left(&viewer).await
}

async fn they_call_again_after_both_have_stopped(story: &Story<'_>) -> Result<()> {
    let (master, viewer) = call(story, "").await?;
    viewer.click("#stop-viewer-button").await?;
    master.click("#stop-master-button").await?;
    has_let_go(&viewer).await?;
    has_let_go(&master).await?;
    start_master(&master).await?;
    viewer.click("#viewer-button").await?;
    both_see(&master, &viewer).await
}
