//! Everybody can use the page: axe-core finds nothing on any screen, in either scheme or language.

use std::{env, fs, path::PathBuf};

use anyhow::{Context, Result, ensure};
use kvs_e2e::{Camera, Page, SOON, Story};
use serde_json::Value;

use crate::people::{LANGUAGES, both_see, call, speak, tales, write};

tales![
    the_form_keeps_nobody_out,
    what_the_form_answers_keeps_nobody_out,
    the_trial_keeps_nobody_out,
    a_call_keeps_nobody_out,
];

/// The schemes, with the rules that are asked in them: colours are all that the second changes.
const SCHEMES: [(&str, &str); 2] =
    [("light", "{}"), ("dark", "{ runOnly: ['color-contrast', 'link-in-text-block'] }")];

/// What axe-core finds with the options in the place of `OPTIONS`, and how many rules hold.
const AXE: &str = "return axe.run(document, OPTIONS).then(({ violations, passes }) => ({
    held: passes.length,
    found: violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${target}: ${failureSummary}`)),
  }));";

async fn the_form_keeps_nobody_out(story: &Story<'_>) -> Result<()> {
    let page = ready(story, Camera::Granted).await?;
    is_open_to_all(&page, "first screen").await?;
    let unfold = "for (const fold of document.querySelectorAll('details')) fold.open = true;";
    page.run(unfold, vec![]).await?;
    page.until_text("#faults", "Drop the socket", SOON).await?;
    page.until("the code is drawn", SOON, "document.querySelector('#share-code svg path')").await?;
    page.click("#preview-button").await?;
    page.until("there is a preview", SOON, "document.getElementById('preview-video').videoWidth")
        .await?;
    is_open_to_all(&page, "all settings").await?;
    page.click("#preview-button").await?;
    page.click("#create-stream-button").await?;
    is_open_to_all(&page, "dialog of the stream").await?;
    page.click("#create-stream-modal-cancel-button").await?;
    page.click("#shortcuts-button").await?;
    page.until_text("#shortcuts", "This list", SOON).await?;
    is_open_to_all(&page, "shortcuts").await?;
    page.run("document.getElementById('shortcuts').close();", vec![]).await?;
    page.click("#report-button").await?;
    page.until_text("#report-text", "settings", SOON).await?;
    is_open_to_all(&page, "report").await?;
    page.click("#report-close").await
}

async fn what_the_form_answers_keeps_nobody_out(story: &Story<'_>) -> Result<()> {
    let page = ready(story, Camera::Missing).await?;
    page.run("document.getElementById('secretAccessKey').value = '';", vec![]).await?;
    page.click("#viewer-button").await?;
    page.until("the keys are asked for", SOON, "document.querySelector('[aria-invalid=true]')")
        .await?;
    is_open_to_all(&page, "missing keys").await?;
    page.fill("#secretAccessKey", "local").await?;
    page.tick("#sendVideo", false).await?;
    page.click("#continue-button").await?;
    page.until_text("#problem", "service.channelNotFound", SOON).await?;
    is_open_to_all(&page, "error").await?;
    page.fill("#secretAccessKey", "not-the-secret").await?;
    page.click("#connection-test-button").await?;
    page.until("there is a verdict", SOON, "document.querySelector('[data-check=devices]')")
        .await?;
    is_open_to_all(&page, "failed connection test").await?;
    page.fill("#secretAccessKey", "local").await?;
    page.click("#create-channel-button").await?;
    page.until_text("#channelName-message", "created", SOON).await?;
    page.click("#viewer-button").await?;
    page.until_text("#status", "Waiting for the master", SOON).await?;
    page.click("#waterfall summary").await?;
    is_open_to_all(&page, "waiting").await
}

async fn the_trial_keeps_nobody_out(story: &Story<'_>) -> Result<()> {
    let page = ready(story, Camera::Missing).await?;
    page.click("#try-button").await?;
    page.until_text("#waterfall-summary", "longest step", SOON).await?;
    page.click("#waterfall summary").await?;
    page.until("a curve is drawn", SOON, "document.querySelector('.sparks polyline')").await?;
    is_open_to_all(&page, "trial").await
}

async fn a_call_keeps_nobody_out(story: &Story<'_>) -> Result<()> {
    let (master, viewer) =
        call(story, "sendAudio=true&sendVideo=true&enableDQPmetrics=true").await?;
    both_see(&master, &viewer).await?;
    write(&viewer, "Is anybody there?").await?;
    for page in [&master, &viewer] {
        prepare(page).await?;
        page.until("there is a badge", SOON, "document.querySelector('.quality[data-score]')")
            .await?;
        is_open_to_all(page, "call").await?;
    }
    Ok(())
}

async fn ready(story: &Story<'_>, camera: Camera) -> Result<Page> {
    let page = story.open("page", camera, "sendAudio=true").await?;
    prepare(&page).await?;
    Ok(page)
}

/// Gives a page axe-core, which its policy would not let it load itself.
async fn prepare(page: &Page) -> Result<()> {
    let modules = env::var_os("KVS_NODE_MODULES")
        .context("KVS_NODE_MODULES is not set: `cargo xtask test` does it")?;
    let axe = PathBuf::from(modules).join("axe-core/axe.min.js");
    let axe = fs::read_to_string(&axe).with_context(|| format!("no {}", axe.display()))?;
    page.run(&axe, vec![]).await.map(drop)
}

/// axe-core finds nothing, in each scheme and language; the page is in English again after it.
async fn is_open_to_all(page: &Page, screen: &str) -> Result<()> {
    let mut found = Vec::new();
    for language in LANGUAGES {
        speak(page, language).await?;
        for (scheme, options) in SCHEMES {
            page.browser().prefers(scheme).await?;
            let preferred = format!("matchMedia('(prefers-color-scheme: {scheme})').matches");
            page.until("the scheme has changed", SOON, &preferred).await?;
            let seen = page.run(&AXE.replace("OPTIONS", options), vec![]).await?;
            let held = seen.get("held").and_then(Value::as_u64);
            ensure!(held > Some(0), "{screen}: axe-core looked at nothing: {seen}");
            let violations = seen.get("found").and_then(Value::as_array);
            let violations = violations.context("axe-core says nothing")?;
            found.extend(violations.iter().map(|what| format!("{language}, {scheme}: {what}")));
        }
    }
    speak(page, "en").await?;
    ensure!(found.is_empty(), "{}, {screen}:\n{}", page.name(), found.join("\n"));
    Ok(())
}
