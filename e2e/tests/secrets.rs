//! Keys stay in the page's memory.

use std::io::Write as _;

use anyhow::{Context, Result, ensure};
use kvs_e2e::{
    Camera, Page, SOON, Service, Story,
    service::{ACCESS_KEY_ID, SECRET},
};
use kvs_emulator::{Config, Keys};
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use crate::people::{start_master, tales, whole_log};

tales![keys_are_neither_kept_nor_shown, remembered_keys_stay_in_their_tab];

/// The session token of a temporary key: found nowhere else either.
const TOKEN: &str = "NotToBeSeenEither/IQoJb3JpZ2luX2VjEXAMPLE==";

async fn keys_are_neither_kept_nor_shown(story: &Story<'_>) -> Result<()> {
    let (service, _file) = service_with_a_temporary_key().await?;
    let page = open_with_keys(story, &service, "master").await?;
    start_master(&page).await?;
    let other = open_with_keys(story, &service, "viewer").await?;
    other.click("#viewer-button").await?;
    other.until_text("#status", "Connected", SOON).await?;
    let lent = "[...new Set(probe.connections.flatMap((one) => one.getConfiguration().iceServers)
        .flatMap(({ username, credential }) => [username, credential]).filter(Boolean))]";
    let mut secrets = vec![json!(ACCESS_KEY_ID), json!(SECRET), json!(TOKEN)];
    for page in [&page, &other] {
        let lent = page.value(lent).await?;
        let lent = lent.as_array().context("no list")?;
        ensure!(lent.len() >= 2, "no TURN server was lent: {lent:?}");
        secrets.extend(lent.iter().cloned());
    }
    page.click("#stop-master-button").await?;
    // A failed start may say more than one that works.
    page.fill("#channelName", "nowhere").await?;
    page.click("#viewer-button").await?;
    page.until_text("#problem", "service.channelNotFound", SOON).await?;
    for page in [&page, &other] {
        shows_none_of(page, &secrets).await?;
    }
    // Whoever reads a signed URL may use it for some minutes.
    let log = whole_log(&page).await?;
    ensure!(log.lines().count() > 3, "the log is hardly used: {log}");
    let unmasked = log.replace("X-Amz-Signature=[redacted]", "");
    ensure!(!unmasked.contains("X-Amz-Signature="), "a signature is in: {log}");
    // The key does not work without its token, so that the calls above have sent it.
    page.fill("#sessionToken", "another").await?;
    page.click("#create-channel-button").await?;
    page.until_text("#problem", "keys.", SOON).await.map(drop)
}

/// Looks for secrets, as they are and as in a URL, wherever a page keeps or shows something.
async fn shows_none_of(page: &Page, secrets: &[Value]) -> Result<()> {
    page.click("#report-button").await?;
    page.until_text("#report-text", "\"settings\"", SOON).await?;
    page.run("console.info('this is told')", vec![]).await?;
    let console = page.browser().console().await?.join("\n");
    ensure!(console.contains("this is told"), "the console is not told: {console}");
    page.click("#report-close").await?;
    page.click("#debug-button").await?;
    let log = whole_log(page).await?;
    let script = "const [secrets, console, log] = arguments;
        const places = {
          console,
          log,
          URL: location.href,
          cookie: document.cookie,
          page: document.documentElement.outerHTML + document.documentElement.textContent,
          report: document.getElementById('report-text').value,
          storage: JSON.stringify([{ ...localStorage }, { ...sessionStorage }]),
        };
        return Object.entries(places).flatMap(([place, text]) => secrets
          .filter((secret) => text.includes(secret) || text.includes(encodeURIComponent(secret)))
          .map((secret) => `${secret} in ${place}`));";
    let found = page.run(script, vec![json!(secrets), json!(console), json!(log)]).await?;
    ensure!(found == json!([]), "{}: {found}", page.name());
    Ok(())
}

/// A service whose only key comes with a token.
async fn service_with_a_temporary_key() -> Result<(Service, NamedTempFile)> {
    let mut file = NamedTempFile::new()?;
    let key =
        json!({ "accessKeyId": ACCESS_KEY_ID, "secretAccessKey": SECRET, "sessionToken": TOKEN });
    file.write_all(json!({ "keys": [key] }).to_string().as_bytes())?;
    let keys = Keys::default().with_file(file.path())?;
    Ok((Service::run(Config { keys, ..Service::config() }).await?, file))
}

async fn open_with_keys(story: &Story<'_>, service: &Service, name: &str) -> Result<Page> {
    let url = service.page_url("log-aws-sdk-calls=true");
    let page = story.open_url(name, Camera::Granted, &url).await?;
    page.until_text("#status", "Ready", SOON).await?;
    page.fill("#sessionToken", TOKEN).await?;
    enter_keys(&page).await?;
    Ok(page)
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
