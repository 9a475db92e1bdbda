//! A page without keys: its back end is asked for all that it needs.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use kvs_e2e::{
    Backend, Camera, Page, SOON, Service, Story,
    service::{ACCESS_KEY_ID, SECRET},
};
use kvs_emulator::{Behaviour, Config};
use serde_json::{Value, json};

use crate::people::{make_channel, tales};

tales![relays_outlive_their_credentials_and_new_ones_are_asked_for];

/// Five minutes are 30 seconds.
const TIME_SCALE: f64 = 10.0;
/// When the user names of the TURN servers are good no more, and some time for a busy machine.
const TTL_LIMIT: Duration = Duration::from_secs(40);

async fn relays_outlive_their_credentials_and_new_ones_are_asked_for(
    story: &Story<'_>,
) -> Result<()> {
    let hour = Duration::from_secs(60 * 60);
    let behaviour =
        Behaviour { time_scale: TIME_SCALE, idle: hour, lifetime: hour, ..Behaviour::default() };
    let service = Service::run(Config { behaviour, ..Service::config() }).await?;
    let operator = story.open("operator", Camera::Missing, "").await?;
    let channel = make_channel(&operator, service.endpoint(), "keyless").await?;
    let backend = Backend::start(&service, &channel).await?;
    let page = story.open_url("page", Camera::Granted, backend.origin()).await?;
    page.until("the page is ready", SOON, "document.title === 'Ready'").await?;

    page.run("await page.master.start()", Vec::new()).await?;
    join(&page, "early").await?;
    page.until("the TURN servers ran out", TTL_LIMIT, "page.turnExpiry() < Date.now()").await?;
    advances(&page, "early").await?;
    join(&page, "late").await?;
    advances(&page, "early").await?;

    let asked = page.value("page.asked").await?;
    let master = |need, reason| request("MASTER", Value::Null, need, reason);
    let viewer = |id: &str| request("VIEWER", json!(id), "connect", "start");
    let expected = json!([
        master("connect", "start"),
        viewer("early"),
        viewer("late"),
        master("ice", "rollover"),
    ]);
    ensure!(asked == expected, "the provider was asked {asked}");
    holds_no_key(&page).await
}

fn request(role: &str, client_id: Value, need: &str, reason: &str) -> Value {
    json!({ "role": role, "clientId": client_id, "need": need, "reason": reason })
}

/// A viewer starts, over relays on both sides, and sees the master.
async fn join(page: &Page, id: &str) -> Result<()> {
    page.run("page.viewers[arguments[0]] = await page.see(arguments[0])", vec![json!(id)]).await?;
    let pair = format!("probe.selectedPair(page.viewers.{id}.peerConnection)");
    let pair = page.value(&pair).await?;
    ensure!(pair == json!({ "local": "relay", "remote": "relay" }), "{id} is connected by {pair}");
    advances(page, id).await
}

/// The master's picture goes on at a viewer's.
async fn advances(page: &Page, id: &str) -> Result<()> {
    let script = "const video = document.querySelector('video');
        video.srcObject = page.viewers[arguments[0]].remoteStream;
        return probe.frames(video, 10, 5000);";
    let frames = page.run(script, vec![json!(id)]).await?;
    ensure!(frames == json!(10), "{id} sees {frames} frames");
    Ok(())
}

/// Of the keys, the page was sent only the access key id, as a part of presigned URLs.
async fn holds_no_key(page: &Page) -> Result<()> {
    let script = "const texts = [document.documentElement.outerHTML];
        for (const { name } of performance.getEntriesByType('resource')) {
          if (new URL(name).origin === location.origin && !name.endsWith('/session'))
            texts.push(await (await fetch(name)).text());
        }
        return [...texts, ...page.received].join('\\n');";
    let received = page.run(script, Vec::new()).await?;
    let received = received.as_str().context("the page received no text")?;
    for known in ["iceServers", "messagePayload", "WatchedSocket"] {
        ensure!(received.contains(known), "{known} is not in what the page received");
    }
    ensure!(!received.contains(SECRET), "the secret is in the page");
    let without_urls = received.replace(&format!("X-Amz-Credential={ACCESS_KEY_ID}%2F"), "");
    ensure!(without_urls.len() < received.len(), "no presigned URL came");
    ensure!(!without_urls.contains(ACCESS_KEY_ID), "the access key id is in the page");
    Ok(())
}
