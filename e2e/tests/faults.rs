//! People break things on purpose, and see what a call does about it.

use anyhow::{Context, Result, ensure};
use kvs_e2e::{Camera, Page, SOON, Story};
use serde_json::{Value, json};

use crate::people::{call, master, tales};

tales![
    each_fault_does_what_it_says,
    a_fault_is_for_this_pages_side_of_the_call,
    a_refusal_and_a_silence_are_told,
    without_an_emulator_there_are_none,
];

/// What the admin API answers to the page itself about `part`, a JSON pointer into the state.
async fn state(page: &Page, part: &str) -> Result<Value> {
    let script = "return fetch('./_emulator/state', { headers: { 'X-Kvs-Emulator': '1' } })
                      .then((response) => response.json());";
    let state = page.run(script, Vec::new()).await?;
    state.pointer(part).cloned().with_context(|| format!("{part} is not in {state}"))
}

async fn break_it(page: &Page, fault: &str, said: &str) -> Result<()> {
    page.run("document.getElementById('faults').open = true;", vec![]).await?;
    page.until_text("#faults", "Drop the socket", SOON).await?;
    page.run("document.querySelector('#faults .verdict').textContent = '';", vec![]).await?;
    page.click(&format!("[data-fault={fault}]")).await?;
    page.until_text("#faults .verdict", said, SOON).await.map(drop)
}

async fn each_fault_does_what_it_says(story: &Story<'_>) -> Result<()> {
    let page = master(story, "").await?;
    break_it(&page, "goAway", "Done: 1 connection.").await?;
    page.until_text("#logs", "says GO_AWAY to the master", SOON).await?;
    break_it(&page, "iceServer", "Done: 1 connection.").await?;
    page.until_text("#logs", "says RECONNECT_ICE_SERVER to the master", SOON).await?;
    let note = "globalThis.stalls = [];
        const fetched = globalThis.fetch;
        globalThis.fetch = async (url, options) => {
          const answer = await fetched(url, options);
          if (String(url).endsWith('/stall')) stalls.push([JSON.parse(options.body).stalled, answer.status]);
          return answer;
        };";
    page.run(note, vec![]).await?;
    break_it(&page, "silence", "Done: 1 connection.").await?;
    page.until("it is over", SOON, "stalls.length === 2").await?;
    let stalls = page.value("stalls").await?;
    ensure!(stalls == json!([[true, 200], [false, 200]]), "{stalls}");
    for (fault, listed) in [("refuse", "refuse-upgrade"), ("loseOffer", "drop")] {
        break_it(&page, fault, "Done.").await?;
        let faults = state(&page, "/faults").await?.to_string();
        ensure!(faults.contains(listed) && faults.contains("demo-channel"), "{fault}: {faults}");
    }
    break_it(&page, "slow", "Done.").await?;
    ensure!(state(&page, "/settings/latencyMillis").await? == json!(2000));
    break_it(&page, "turnExpired", "Done.").await?;
    break_it(&page, "turnSilent", "Done.").await?;
    ensure!(state(&page, "/turn/turn").await? == json!("silent"));
    break_it(&page, "mend", "Done.").await?;
    let as_before = [
        ("/faults", json!([])),
        ("/settings/latencyMillis", json!(0)),
        ("/turn/turn", json!("serve")),
    ];
    for (part, wanted) in as_before {
        let found = state(&page, part).await?;
        ensure!(found == wanted, "{part} is {found}");
    }
    let dropped = "!kvs.master || document.getElementById('status').textContent.includes('signaling connection is gone')";
    break_it(&page, "secondMaster", "Done.").await?;
    page.until("it is told", SOON, dropped).await?;
    page.until_text("#status", "Waiting for viewers", SOON).await.map(drop)
}

async fn a_fault_is_for_this_pages_side_of_the_call(story: &Story<'_>) -> Result<()> {
    let (master, viewer) = call(story, "clientId=front-door").await?;
    let (before, mine) = ("/hub/channels/0/connections", "front-door");
    ensure!(state(&viewer, before).await?.to_string().contains(mine));
    break_it(&viewer, "drop", "Done: 1 connection.").await?;
    viewer
        .until_some("its connection is gone", SOON, || async {
            Ok((!state(&viewer, before).await?.to_string().contains(mine)).then_some(()))
        })
        .await?;
    viewer.until_text("#logs", "On purpose: drop", SOON).await?;
    // Media has a way of its own, and the master's connection was not meant.
    viewer.until_text("#status", "Connected", SOON).await?;
    master.until_text("#status", "Connected to 1 viewer", SOON).await.map(drop)
}

async fn a_refusal_and_a_silence_are_told(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    page.until("there is a panel", SOON, "!document.getElementById('faults').hidden").await?;
    let answer = "const fetched = globalThis.fetch;
        globalThis.fetch = (url, ...more) => String(url).includes('_emulator/')
          ? answered() : fetched(url, ...more);
        globalThis.answered = async () => new Response('There is no such page.', { status: 404 });";
    page.run(answer, vec![]).await?;
    page.click("#faults > summary").await?;
    page.until_text("#faults .verdict", "from its own computer alone", SOON).await?;
    let refuse = "globalThis.answered = async () => Response.json({ error: 'no <b>entry</b>' }, { status: 403 });";
    page.run(refuse, vec![]).await?;
    break_it(&page, "drop", "The emulator refuses: no <b>entry</b>").await?;
    page.run("globalThis.answered = async () => { throw new TypeError(); };", vec![]).await?;
    break_it(&page, "drop", "does not answer").await?;
    page.fill("#secretAccessKey", "").await?;
    break_it(&page, "secondMaster", "needs keys").await
}

async fn without_an_emulator_there_are_none(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    page.until("there is a panel", SOON, "!document.getElementById('faults').hidden").await?;
    page.browser().block(&["/_emulator/about.json"]).await?;
    let reloaded = page.reload().await;
    let ready = page.until_text("#notices", "No emulator serves this page", SOON).await;
    let panel = page.value("document.getElementById('faults').checkVisibility()").await;
    page.browser().block(&[]).await?;
    reloaded.and(ready.map(drop))?;
    ensure!(panel? == json!(false), "there is a panel");
    Ok(())
}
