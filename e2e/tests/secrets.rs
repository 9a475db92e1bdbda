//! Keys stay in the page's memory.

use anyhow::{Result, ensure};
use kvs_e2e::{
    Camera, Page, SOON, Story,
    service::{ACCESS_KEY_ID, SECRET},
};

use crate::people::{start_master, tales, viewer, whole_log};

tales![keys_are_neither_kept_nor_shown, remembered_keys_stay_in_their_tab];

async fn keys_are_neither_kept_nor_shown(story: &Story<'_>) -> Result<()> {
    let page = story.open("master", Camera::Granted, "").await?;
    enter_keys(&page).await?;
    page.click("#debug-button").await?;
    start_master(&page).await?;
    let other = viewer(story, "viewer", "").await?;
    other.until_text("#status", "Connected", SOON).await?;
    page.click("#stop-master-button").await?;
    // A failed start may say more than one that works.
    page.fill("#channelName", "nowhere").await?;
    page.click("#viewer-button").await?;
    page.until_text("#problem", "service.channelNotFound", SOON).await?;

    let shown = page
        .value(
            "[location.href, document.title, document.body.innerText, document.cookie,
              JSON.stringify([{ ...localStorage }, { ...sessionStorage }])].join('\\n')",
        )
        .await?;
    page.run("console.info('this is told')", vec![]).await?;
    let console = page.browser().console().await?.join("\n");
    ensure!(console.contains("this is told"), "the console is not told: {console}");
    let log = whole_log(&page).await?;
    ensure!(log.lines().count() > 3, "the log is hardly used: {log}");
    for text in [&shown.to_string(), &log, &console] {
        ensure!(!text.contains(SECRET), "the secret is in: {text}");
    }
    // Whoever reads a signed URL may use it for some minutes.
    let unmasked = log.replace("X-Amz-Signature=[redacted]", "");
    ensure!(!unmasked.contains("X-Amz-Signature="), "a signature is in: {log}");
    Ok(())
}

async fn remembered_keys_stay_in_their_tab(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Granted, "").await?;
    page.tick("#remember-keys", true).await?;
    enter_keys(&page).await?;
    page.reload().await?;
    page.until(
        "the keys are back after a reload",
        SOON,
        &format!("document.getElementById('secretAccessKey')?.value === '{SECRET}'"),
    )
    .await?;
    let local = page.value("JSON.stringify({ ...localStorage })").await?;
    ensure!(local == "{}", "in localStorage: {local}");
    page.tick("#remember-keys", false).await?;
    let session = page.value("JSON.stringify({ ...sessionStorage })").await?;
    ensure!(session == "{}", "still in sessionStorage: {session}");
    Ok(())
}

async fn enter_keys(page: &Page) -> Result<()> {
    page.fill("#accessKeyId", ACCESS_KEY_ID).await?;
    page.fill("#secretAccessKey", SECRET).await?;
    page.click("#channelName").await
}
