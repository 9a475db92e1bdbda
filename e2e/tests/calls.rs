//! People call each other.

use std::time::Duration;

use anyhow::{Result, ensure};
use kvs_e2e::{Camera, SOON, Story, Video};
use serde_json::{Value, json};

use crate::people::{ON_MASTER, ON_VIEWER, both_see, call, shows_viewers, tales, viewer, write};

tales![
    the_channel_is_created_and_then_found,
    two_clicks_in_two_windows_make_a_call,
    a_message_arrives_in_each_direction,
    the_resolution_is_kept_where_that_is_asked_for,
    a_second_and_a_third_viewer_join,
    a_viewer_that_was_first_sees_the_master_come,
    a_call_with_turn_only_is_relayed_on_both_sides,
];

async fn the_channel_is_created_and_then_found(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Granted, "channelName=front-door").await?;
    page.click("#create-channel-button").await?;
    page.until_text("#channelName-message", "created", SOON).await?;
    page.click("#create-channel-button").await?;
    page.until_text("#channelName-message", "exists already", SOON).await?;
    ensure!(page.text("#problem").await?.is_empty(), "a channel that exists is no problem");
    Ok(())
}

async fn two_clicks_in_two_windows_make_a_call(story: &Story<'_>) -> Result<()> {
    let (master, viewer) = call(story, "").await?;
    both_see(&master, &viewer).await?;
    Video::new(&master, "#master .local-view", 0).is_live().await?;
    Video::new(&viewer, "#viewer .local-view", 0).is_live().await?;
    // A picture begins small and grows, slowly where the machine has other things to do.
    let within = Duration::from_secs(30);
    Video::new(&viewer, ON_VIEWER, 0).grows_to(480, within).await?;
    Video::new(&master, ON_MASTER, 0).grows_to(480, within).await.map(drop)
}

async fn a_message_arrives_in_each_direction(story: &Story<'_>) -> Result<()> {
    let (master, viewer) = call(story, "sendVideo=true").await?;
    write(&viewer, "Is anybody there?").await?;
    master.until_text("#master .messages", "Is anybody there?", SOON).await?;
    // What comes from others is text, whatever it looks like.
    let hostile = "<img src=x onerror=alert(1)>";
    write(&master, hostile).await?;
    viewer.until_text("#viewer .messages", hostile, SOON).await?;
    ensure!(viewer.value("document.querySelector('.messages img')").await?.is_null());
    Ok(())
}

async fn the_resolution_is_kept_where_that_is_asked_for(story: &Story<'_>) -> Result<()> {
    let (master, viewer) = call(story, "degradation-preference=maintain-resolution").await?;
    let within = Duration::from_secs(3);
    let (on_viewer, on_master) =
        (Video::new(&viewer, ON_VIEWER, 0), Video::new(&master, ON_MASTER, 0));
    let sizes =
        tokio::try_join!(on_viewer.grows_to(1280, within), on_master.grows_to(1280, within))?;
    for size in [sizes.0, sizes.1] {
        ensure!((size.width, size.height) == (1280, 720), "{size:?}");
    }
    both_see(&master, &viewer).await
}

async fn a_second_and_a_third_viewer_join(story: &Story<'_>) -> Result<()> {
    // A browser that starts and a call that runs hold each other up, on a small machine for long.
    let mut late = Vec::new();
    for name in ["second", "third"] {
        let query = format!("sendVideo=false&clientId={name}");
        late.push(story.open(name, Camera::Granted, &query).await?);
    }
    let (master, first) = call(story, "clientId=first").await?;
    both_see(&master, &first).await?;
    let mut viewers = vec![first];
    for page in late {
        page.click("#viewer-button").await?;
        Video::new(&page, ON_VIEWER, 0).is_live().await?;
        viewers.push(page);
    }
    master.until_text("#status", "Connected to 3 viewers", SOON).await?;
    shows_viewers(&master, 3).await?;
    for page in &viewers {
        Video::new(page, ON_VIEWER, 0).is_live().await?;
    }
    // Only the first sends a picture back, and it is still there.
    Video::new(&master, ON_MASTER, 0).is_live().await?;
    write(&master, "to all of you").await?;
    for page in &viewers {
        page.until_text("#viewer .messages", "to all of you", SOON).await?;
    }
    Ok(())
}

async fn a_viewer_that_was_first_sees_the_master_come(story: &Story<'_>) -> Result<()> {
    let late = story.open("master", Camera::Granted, "").await?;
    late.click("#create-channel-button").await?;
    late.until_text("#channelName-message", "created", SOON).await?;
    let early = viewer(story, "viewer", "").await?;
    early.until_text("#status", "Waiting for the master", SOON).await?;
    late.click("#master-button").await?;
    both_see(&late, &early).await
}

async fn a_call_with_turn_only_is_relayed_on_both_sides(story: &Story<'_>) -> Result<()> {
    let (master, viewer) = call(story, "natTraversal=forceTURN").await?;
    both_see(&master, &viewer).await?;
    let pairs: [(&str, Value); 2] = [
        ("master", master.value("probe.selectedPair(kvs.master.viewers[0].peerConnection)").await?),
        ("viewer", viewer.value("probe.selectedPair(kvs.viewer.peerConnection)").await?),
    ];
    for (who, pair) in pairs {
        ensure!(pair == json!({ "local": "relay", "remote": "relay" }), "{who}: {pair}");
    }
    Ok(())
}
