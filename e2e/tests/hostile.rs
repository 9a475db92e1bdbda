//! What others say of themselves, whatever it is, is shown as text.

use anyhow::{Result, ensure};
use kvs_e2e::{Camera, Page, SOON, Story};
use serde_json::json;

use crate::people::{master, tales, write};

tales![
    a_tile_bears_its_client_id_whatever_that_is,
    who_comes_again_replaces_its_own_tile,
    an_error_text_of_the_service_stays_text,
];

/// The titles of the viewers' tiles.
const TITLES: &str = "[...document.querySelectorAll('#master .tile:has(.remote-view) h3')]
    .map((title) => title.textContent).join()";

/// Every id or tag of what is wider than the page, where that is.
const TOO_WIDE: &str = "(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return '';
    return [...document.querySelectorAll('body *')]
      .filter((one) => one.getBoundingClientRect().right > clientWidth)
      .map(({ id, localName }) => id || localName).join();
  })()";

async fn a_tile_bears_its_client_id_whatever_that_is(story: &Story<'_>) -> Result<()> {
    let master = master(story, "").await?;
    let viewer = story.open("viewer", Camera::Missing, "sendVideo=false").await?;
    let long = "a".repeat(256);
    for id in ["__proto__", "constructor", &long] {
        viewer.fill("#clientId", id).await?;
        come(&viewer).await?;
        has_titles(&master, id).await?;
        write(&viewer, "hello").await?;
        master.until_text("#master .messages", &format!("{id} hello"), SOON).await?;
        // By then it is in every list.
        let listed = format!(
            "[...document.getElementById('log-viewer').options].some(({{ value }}) => value === '{id}')"
        );
        master.until("the log lists it", SOON, &listed).await?;
        let wide = master.value(TOO_WIDE).await?;
        ensure!(wide == json!(""), "{id} is wider than the page: {wide}");
        viewer.click("#stop-viewer-button").await?;
        has_titles(&master, "").await?;
    }
    Ok(())
}

async fn who_comes_again_replaces_its_own_tile(story: &Story<'_>) -> Result<()> {
    let master = master(story, "").await?;
    for name in ["first", "second"] {
        let page = story.open(name, Camera::Missing, "sendVideo=false&clientId=me").await?;
        come(&page).await?;
        write(&page, name).await?;
        master.until_text("#master .messages", &format!("me {name}"), SOON).await?;
        has_titles(&master, "me").await?;
        let known = master.value("kvs.master.viewers.length").await?;
        ensure!(known == json!(1), "the master knows {known} viewers");
    }
    Ok(())
}

async fn come(viewer: &Page) -> Result<()> {
    viewer.click("#viewer-button").await?;
    viewer.until_text("#status", "Connected", SOON).await.map(drop)
}

async fn has_titles(master: &Page, titles: &str) -> Result<()> {
    master
        .until(&format!("the tiles are {titles:?}"), SOON, &format!("{TITLES} === '{titles}'"))
        .await
}

async fn an_error_text_of_the_service_stays_text(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    let hostile = "globalThis.fetch = async () => new Response(
        JSON.stringify({ message: '<img src=x onerror=\"probe.errors.push(1)\">' + 'x'.repeat(5000) }),
        { status: 400, headers: { 'x-amzn-ErrorType': '<b>HostileException</b>' } });";
    page.run(hostile, vec![]).await?;
    for button in ["#create-channel-button", "#viewer-button", "#listStorageChannels"] {
        page.click(button).await?;
        for place in ["#problem", "#logs"] {
            page.until_text(place, "<img src=x", SOON).await?;
            let made = format!(
                "document.querySelector('{place} img') ?? document.querySelector('#problem b')"
            );
            let made = page.value(&made).await?;
            ensure!(made.is_null(), "{place}: a text has become an element");
        }
        let wide = page.value(TOO_WIDE).await?;
        ensure!(wide == json!(""), "the page has become wider: {wide}");
        page.click("#problem button").await?;
        page.click("#clear-logs").await?;
    }
    Ok(())
}
