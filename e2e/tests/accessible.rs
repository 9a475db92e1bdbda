//! The page is for everybody: no barrier that axe-core knows of on any screen, and a call by keyboard.

use std::{env, fs, path::Path};

use anyhow::{Context, Result, ensure};
use kvs_e2e::{Camera, Page, SOON, Story};
use serde_json::json;

use crate::people::{has_let_go, tales};

tales![
    no_screen_has_a_barrier_in_the_light,
    no_screen_has_a_barrier_in_the_dark_in_korean,
    a_call_is_made_and_ended_by_keyboard_alone,
];

async fn no_screen_has_a_barrier_in_the_light(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Granted, "").await?;
    has_no_barriers(&page).await
}

async fn no_screen_has_a_barrier_in_the_dark_in_korean(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Granted, "").await?;
    colours(&page, "dark").await?;
    let choose = "const select = document.getElementById('language');
                  select.value = 'ko';
                  select.dispatchEvent(new Event('change', { bubbles: true }));";
    page.run(choose, vec![]).await?;
    page.until_text("#start", "바로 체험하기", SOON).await?;
    let outcome = has_no_barriers(&page).await;
    // The browser goes to another story.
    page.run("localStorage.clear()", vec![]).await?;
    colours(&page, "").await?;
    outcome
}

async fn colours(page: &Page, scheme: &str) -> Result<()> {
    let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
    page.browser().cdp("Emulation.setEmulatedMedia", features).await.map(drop)
}

async fn has_no_barriers(page: &Page) -> Result<()> {
    let modules = env::var_os("KVS_NODE_MODULES")
        .context("KVS_NODE_MODULES names no folder: `cargo xtask test` sets it")?;
    let axe = Path::new(&modules).join("axe-core/axe.min.js");
    let axe = fs::read_to_string(&axe).with_context(|| axe.display().to_string())?;
    page.run(&axe, vec![]).await?;
    check(page, "the first screen").await?;
    page.run("for (const fold of document.querySelectorAll('details')) fold.open = true;", vec![])
        .await?;
    check(page, "the settings").await?;
    page.click("#create-stream-button").await?;
    check(page, "the dialog of a stream").await?;
    page.click("#create-stream-modal-cancel-button").await?;
    page.click("#report-button").await?;
    page.until("the report is shown", SOON, "document.getElementById('report').open").await?;
    check(page, "the report").await?;
    page.click("#report-close").await?;
    page.fill("#channelName", "no where").await?;
    page.click("#viewer-button").await?;
    page.until("it is reported", SOON, "document.querySelector('[aria-invalid=true]')").await?;
    check(page, "a mistake").await?;
    page.fill("#channelName", "nowhere").await?;
    page.click("#viewer-button").await?;
    page.until_text("#problem", "service.channelNotFound", SOON).await?;
    check(page, "a failed start").await?;
    page.click("#connection-test-button").await?;
    let done = "!document.getElementById('connection-test-report').hidden";
    page.until("the test is done", SOON, done).await?;
    check(page, "the connection test").await?;
    for (start, stop) in
        [("#try-button", "#stop-viewer-button"), ("#master-button", "#stop-master-button")]
    {
        page.click(start).await?;
        page.until("it runs", SOON, "(kvs.viewer ?? kvs.master)?.state.match(/connected|waiting/)")
            .await?;
        page.until("a picture is shown", SOON, "document.querySelector('.has-picture')").await?;
        check(page, start).await?;
        page.click(stop).await?;
    }
    Ok(())
}

async fn check(page: &Page, screen: &str) -> Result<()> {
    let script = "return axe.run(document, { resultTypes: ['violations'] }).then(({ violations, passes }) =>
                    [passes.length > 10, violations.map(({ id, nodes }) => [id, nodes.map((n) => n.target)])]);";
    let found = page.run(script, vec![]).await?;
    ensure!(found == json!([true, []]), "{screen}: {found}");
    Ok(())
}

async fn a_call_is_made_and_ended_by_keyboard_alone(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    go_to(&page, "try-button").await?;
    press(&page, "Enter", 13, "\r").await?;
    page.until_text("#status", "Connected", SOON).await?;
    go_to(&page, "viewer-message").await?;
    for letter in ["h", "i"] {
        let key = json!({ "type": "char", "text": letter });
        page.browser().cdp("Input.dispatchKeyEvent", key).await?;
    }
    press(&page, "Enter", 13, "\r").await?;
    page.until_text("#master .messages", "hi", SOON).await?;
    go_to(&page, "stop-master-button").await?;
    press(&page, "Enter", 13, "\r").await?;
    has_let_go(&page).await?;
    let focus = page.value("document.activeElement.id").await?;
    ensure!(focus == json!("try-button"), "the focus is on {focus}");
    Ok(())
}

/// Presses the tabulator until an element has the focus, and sees that it shows that.
async fn go_to(page: &Page, id: &str) -> Result<()> {
    for _ in 0..150 {
        press(page, "Tab", 9, "").await?;
        let focus = page.value("document.activeElement.id").await?;
        if focus == json!(id) {
            let outline = "getComputedStyle(document.activeElement).outlineStyle";
            let outline = page.value(outline).await?;
            ensure!(outline != json!("none"), "{id} does not show that it has the focus");
            return Ok(());
        }
    }
    anyhow::bail!("{id} is not reached")
}

async fn press(page: &Page, key: &str, code: u32, text: &str) -> Result<()> {
    // Without a text no character comes of it.
    let down = if text.is_empty() { "rawKeyDown" } else { "keyDown" };
    for kind in [down, "keyUp"] {
        let text = if kind == "keyDown" { text } else { "" };
        let event = json!({ "type": kind, "key": key, "code": key, "text": text, "windowsVirtualKeyCode": code });
        page.browser().cdp("Input.dispatchKeyEvent", event).await?;
    }
    Ok(())
}
