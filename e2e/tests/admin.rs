//! The emulator's own page: it shows what goes on, and does what its buttons say.

use anyhow::{Context, Result, ensure};
use kvs_e2e::{Camera, Page, SOON, Story};
use serde_json::{Value, json};

use crate::people::{call, tales};

tales![
    it_shows_a_call_and_ends_its_connections,
    what_its_forms_set_is_so,
    nobody_else_can_ask_for_what_it_shows,
];

async fn admin(story: &Story<'_>) -> Result<Page> {
    let url = story.service().page_url("") + "_emulator/";
    let page = story.open_url("admin", Camera::Missing, &url).await?;
    page.until_text("#summary", "us-west-2", SOON).await?;
    Ok(page)
}

/// What the admin API answers to the page itself about `part`, a JSON pointer into the state.
async fn state(page: &Page, part: &str) -> Result<Value> {
    let script = "return fetch('state', { headers: { 'X-Kvs-Emulator': '1' } })
                      .then((response) => response.json());";
    let state = page.run(script, Vec::new()).await?;
    state.pointer(part).cloned().with_context(|| format!("{part} is not in {state}"))
}

async fn it_shows_a_call_and_ends_its_connections(story: &Story<'_>) -> Result<()> {
    let page = admin(story).await?;
    page.until_text("#no-channels", "Nobody", SOON).await?;
    let (_master, viewer) = call(story, "clientId=front-door").await?;
    page.until_text("#channels", "front-door", SOON).await?;
    page.until_text("#channels", "Master", SOON).await?;
    for part in ["viewer:front-door \u{2192} master", "SDP_OFFER", "SDP_ANSWER", "delivered"] {
        page.until_text("#messages", part, SOON).await?;
    }
    let own = page.text("#messages").await?;
    ensure!(!own.contains("v=0") && !own.contains("eyJ"), "a payload is shown: {own}");
    page.click("[aria-label='Close front-door of demo-channel']").await?;
    page.until_text("#said", "Done: 1 connection", SOON).await?;
    page.until(
        "the viewer is gone",
        SOON,
        "!document.getElementById('channels').innerText.includes('front-door')",
    )
    .await?;
    // Media has a way of its own.
    viewer.until_text("#status", "Connected", SOON).await?;
    Ok(())
}

async fn what_its_forms_set_is_so(story: &Story<'_>) -> Result<()> {
    let page = admin(story).await?;
    page.fill("#add-fault [name=channel]", "demo-*").await?;
    page.fill("#add-fault [name=times]", "2").await?;
    page.click("#add-fault .actions button:not([type])").await?;
    page.until_text("#faults", "channel=demo-*, times=2", SOON).await?;
    page.fill("#set-clock [name=skewSeconds]", "-600").await?;
    page.fill("#set-clock [name=timeScale]", "60").await?;
    page.click("#set-clock button").await?;
    page.until_text("#clock", "600 s behind; timers run 60 times as fast", SOON).await?;
    page.tick("#set-settings [name=quotas]", false).await?;
    page.click("#set-settings button").await?;
    page.until_text("#said", "Done", SOON).await?;
    page.tick("#set-turn [name=turn]", true).await?;
    page.click("#set-turn button:not([type])").await?;
    page.until_some("TURN is silent", SOON, || async {
        let turn = state(&page, "/turn").await?;
        Ok((turn == json!({ "stun": "serve", "turn": "silent" })).then_some(()))
    })
    .await?;
    let quotas = state(&page, "/settings/quotas").await?;
    ensure!(quotas == json!(false), "quotas are {quotas}");
    // Who opens it later finds the forms as things stand.
    page.reload().await?;
    page.until(
        "the forms are filled in",
        SOON,
        "document.querySelector('#set-turn [name=turn]').checked",
    )
    .await?;
    let scale = page.value("document.querySelector('#set-clock [name=timeScale]').value").await?;
    ensure!(scale == json!("60"), "{scale}");
    page.click("[aria-label='Remove drop']").await?;
    page.until_text("#no-faults", "None", SOON).await?;
    // What cannot be done is said, and nothing is lost.
    page.fill("#add-fault [name=channel]", "a*b").await?;
    page.click("#add-fault .actions button:not([type])").await?;
    page.until_text("#said", "`a*b` is no pattern", SOON).await?;
    Ok(())
}

async fn nobody_else_can_ask_for_what_it_shows(story: &Story<'_>) -> Result<()> {
    // Another port is another origin: the page of a second emulator.
    let other = kvs_e2e::Service::start().await?;
    let page = story.open_url("stranger", Camera::Missing, &other.page_url("")).await?;
    let script = "return fetch(arguments[0], { headers: { 'X-Kvs-Emulator': '1' } })
                      .then((response) => `read ${response.status}`, (error) => error.name);";
    let target = story.service().page_url("") + "_emulator/state";
    let answer = page.run(script, vec![json!(target)]).await.context("the stranger's request")?;
    ensure!(answer == json!("TypeError"), "another origin's page got {answer}");
    // Without the header there is no preflight, and nothing is done.
    let script =
        "return fetch(arguments[0], { method: 'POST', mode: 'no-cors', body: arguments[1] })
                      .then((response) => response.type, (error) => error.name);";
    let faults = story.service().page_url("") + "_emulator/faults";
    let drop = json!({ "fault": "drop" }).to_string();
    let sent = page.run(script, vec![json!(faults), json!(drop)]).await?;
    ensure!(sent == json!("opaque"), "it was not sent: {sent}");
    let faults = state(&admin(story).await?, "/faults").await?;
    ensure!(faults == json!([]), "a stranger's page made a fault: {faults}");
    Ok(())
}
