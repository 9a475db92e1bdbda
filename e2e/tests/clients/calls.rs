//! Calls between other people's clients and ours, in a browser.

use std::{future::Future, pin::Pin};

use kvs_e2e::{Camera, SOON, Stage, Story, Video};
use tokio::sync::Mutex;

use crate::script::{Failure, Script};

/// One at a time, since a call takes both cores of a small machine.
static CALL: Mutex<()> = Mutex::const_new(());

type Tale = for<'a> fn(&'a Story<'a>) -> Pin<Box<dyn Future<Output = anyhow::Result<()>> + 'a>>;

async fn tell(name: &str, tale: Tale) -> Result<(), Failure> {
    let _turn = CALL.lock().await;
    let stage = Stage::default();
    let story = Story::begin(&stage).await?;
    let outcome = tale(&story).await;
    story.end(name, outcome).await.map_err(|report| anyhow::anyhow!(report))?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn our_viewer_sees_a_master_of_aiortc() -> Result<(), Failure> {
    tell("aiortc-master", |story| Box::pin(aiortc_master(story))).await
}

async fn aiortc_master(story: &Story<'_>) -> anyhow::Result<()> {
    let mut master = Script::python(story.service(), "master.py", &["front-door"])?;
    master.until_line("waiting for viewers").await?;
    let viewer = story.open("viewer", Camera::Granted, "channelName=front-door").await?;
    viewer.click("#viewer-button").await?;
    viewer.until_text("#status", "Connected", SOON).await?;
    Video::new(&viewer, "#viewer .remote-view", 0).is_live().await?;
    viewer.fill(".chat textarea", "Is anybody there?").await?;
    viewer.click(".chat .send").await?;
    viewer.until_text("#viewer .messages", "you said Is anybody there?", SOON).await?;
    master.until_line("seen    a viewer's picture").await?;
    Ok(())
}
