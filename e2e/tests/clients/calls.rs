//! Calls between other people's clients and ours, in a browser.

use std::{fs, future::Future, pin::Pin};

use anyhow::{Context as _, Result};
use kvs_e2e::{
    Browser, Camera, Page, SOON, Service, Stage, Story, Video,
    driver::Driver,
    service::workspace,
    story::{check, describe},
};
use kvs_emulator::{Config, Tls};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::Mutex;

use crate::script::{Failure, Script, named_by};

/// One at a time, since a call takes both cores of a small machine.
static CALL: Mutex<()> = Mutex::const_new(());

/// The channel of all calls.
const CHANNEL: &str = "front-door";

#[tokio::test(flavor = "multi_thread")]
async fn our_viewer_and_a_master_of_aiortc() -> Result<(), Failure> {
    let _turn = CALL.lock().await;
    let stage = Stage::default();
    let story = Story::begin(&stage).await?;
    let outcome = with_aiortc(&story).await;
    story.end("aiortc-master", outcome).await.map_err(anyhow::Error::msg)?;
    Ok(())
}

async fn with_aiortc(story: &Story<'_>) -> Result<()> {
    let mut master = Script::python(story.service(), "master.py", &[CHANNEL])?;
    master.until_line("waiting for viewers").await?;
    let viewer = story.open("viewer", Camera::Granted, &format!("channelName={CHANNEL}")).await?;
    viewer.click("#viewer-button").await?;
    viewer.until_text("#status", "Connected", SOON).await?;
    Video::new(&viewer, "#viewer .remote-view", 0).is_live().await?;
    viewer.fill(".chat textarea", "Is anybody there?").await?;
    viewer.click(".chat .send").await?;
    viewer.until_text("#viewer .messages", "you said Is anybody there?", SOON).await?;
    master.until_line("seen    a viewer's picture").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn our_viewer_and_a_master_of_the_reference() -> Result<(), Failure> {
    call_with_reference("reference-master", |ours, reference, settings| {
        Box::pin(async move {
            reference.run("return reference.master(arguments[0])", vec![settings]).await?;
            reference.until_text("#status", "Waiting for viewers", SOON).await?;
            ours.click("#viewer-button").await?;
            ours.until_text("#status", "Connected", SOON).await?;
            Video::new(ours, "#viewer .remote-view", 0).is_live().await?;
            Video::new(reference, "#remote", 0).is_live().await
        })
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn our_master_and_a_viewer_of_the_reference() -> Result<(), Failure> {
    call_with_reference("reference-viewer", |ours, reference, settings| {
        Box::pin(async move {
            ours.click("#master-button").await?;
            ours.until_text("#status", "Waiting for viewers", SOON).await?;
            reference.run("return reference.viewer(arguments[0])", vec![settings]).await?;
            ours.until_text("#status", "Connected to 1 viewer", SOON).await?;
            Video::new(ours, "#master .remote-view", 0).is_live().await?;
            Video::new(reference, "#remote", 0).is_live().await
        })
    })
    .await
}

/// What happens on our page and the reference's, with what the latter has to know.
type Tale = for<'a> fn(
    &'a Page,
    &'a Page,
    settings: Value,
) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// Over TLS, without which the reference signs nothing.
async fn call_with_reference(name: &str, tale: Tale) -> Result<(), Failure> {
    let _turn = CALL.lock().await;
    let mut config = Service::config();
    config.network.tls = Tls::Made;
    let service = Service::run(config).await?;
    let site = reference_site()?;
    let reference_page = Config { site: Some(site.path().into()), ..Service::config() };
    let reference_page = Service::run(reference_page).await?;
    let settings = make_channel(&service).await?;

    let driver = Driver::start().await?;
    let (browser, other) = tokio::try_join!(
        Browser::start_trusting(&driver, Camera::Granted),
        Browser::start_trusting(&driver, Camera::Granted),
    )?;
    // A picture of full size from the start.
    let query = format!("channelName={CHANNEL}&degradation-preference=maintain-resolution");
    let ours = browser.open("ours", &service.page_url(&query)).await?;
    let reference = other.open("reference", &reference_page.page_url("")).await?;
    let outcome = async {
        ours.until_text("#status", "Ready", SOON).await?;
        tale(&ours, &reference, settings).await?;
        tokio::try_join!(check(&ours), check(&reference)).map(drop)
    };
    if let Err(error) = outcome.await {
        let pages = [describe(name, &ours).await, describe(name, &reference).await];
        return Err(error.context(pages.concat()).into());
    }
    Ok(())
}

/// The reference's page, with the bundle that its package has for browsers.
fn reference_site() -> Result<TempDir> {
    let site = TempDir::with_prefix("kvs-reference-")?;
    let page = workspace().join("e2e/clients/reference");
    let package = named_by("KVS_NODE_MODULES")?.join("amazon-kinesis-video-streams-webrtc");
    for (folder, file) in [
        (&page, "index.html"),
        (&page, "reference.js"),
        (&package.join("dist"), "kvs-webrtc.min.js"),
    ] {
        let from = folder.join(file);
        let copied = fs::copy(&from, site.path().join(file));
        copied.with_context(|| format!("{} cannot be copied", from.display()))?;
    }
    Ok(site)
}

/// Makes the channel and gives what a page has to know of it.
async fn make_channel(service: &Service) -> Result<Value> {
    let mut script = Script::node(service, "channel.mjs", &[CHANNEL])?;
    let settings = script.until_line("channel ").await?;
    serde_json::from_str(&settings).context("the script does not say what the channel is")
}
