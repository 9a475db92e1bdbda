//! People make mistakes, and are told which.

use anyhow::{Result, ensure};
use kvs_e2e::{
    Camera, Page, SOON, Service, Story, Video,
    service::{ACCESS_KEY_ID, SECRET},
};
use serde_json::json;

use crate::people::{ON_VIEWER, both_see, has_let_go, master, start_master, tales, viewer};

tales![
    a_wrong_secret_is_named,
    a_missing_channel_is_named,
    a_master_elsewhere_makes_no_channel_by_itself,
    white_space_around_a_pasted_key_does_no_harm,
    white_space_inside_a_key_is_named_beside_the_field,
    a_refused_camera_is_named,
    a_missing_camera_is_named,
];

async fn a_wrong_secret_is_named(story: &Story<'_>) -> Result<()> {
    for role in ["master", "viewer"] {
        let page = story.open(role, Camera::Granted, "").await?;
        page.fill("#secretAccessKey", "not-the-secret").await?;
        page.click(&format!("#{role}-button")).await?;
        page.until_text("#problem", "keys.wrongSecret", SOON).await?;
        page.until_text("#problem", "secret access key", SOON).await?;
        is_back_at_the_form(&page).await?;
    }
    Ok(())
}

async fn a_missing_channel_is_named(story: &Story<'_>) -> Result<()> {
    let page = viewer(story, "viewer", "channelName=nowhere").await?;
    page.until_text("#problem", "service.channelNotFound", SOON).await?;
    page.until_text("#problem", "create it first", SOON).await?;
    is_back_at_the_form(&page).await
}

/// Only where the page comes from the emulator that it talks to does a master make its channel.
async fn a_master_elsewhere_makes_no_channel_by_itself(story: &Story<'_>) -> Result<()> {
    let elsewhere = Service::start().await?;
    let page = story.open("master", Camera::Granted, "").await?;
    page.fill("#endpoint", elsewhere.endpoint()).await?;
    page.click("#master-button").await?;
    page.until_text("#problem", "service.channelNotFound", SOON).await?;
    page.until_text("#problem", "create it first", SOON).await?;
    is_back_at_the_form(&page).await?;
    page.click("#create-channel-button").await?;
    page.until_text("#channelName-message", "created", SOON).await?;
    start_master(&page).await
}

async fn white_space_around_a_pasted_key_does_no_harm(story: &Story<'_>) -> Result<()> {
    let late = story.open("master", Camera::Granted, "").await?;
    paste(&late, "#accessKeyId", &format!("\u{feff} {ACCESS_KEY_ID}\t")).await?;
    paste(&late, "#secretAccessKey", &format!(" {SECRET}\u{a0} ")).await?;
    // What was cut is said as soon as the field is left.
    late.click("#channelName").await?;
    for id in ["accessKeyId", "secretAccessKey"] {
        late.until_text(&format!("#{id}-message"), "white space", SOON).await?;
    }
    start_master(&late).await?;
    let early = viewer(story, "viewer", "").await?;
    both_see(&late, &early).await
}

async fn white_space_inside_a_key_is_named_beside_the_field(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Granted, "").await?;
    paste(&page, "#secretAccessKey", "two halves").await?;
    // Scripts of the keys' panel may still be coming.
    let requests = "performance.getEntriesByType('resource')
        .filter(({ initiatorType }) => initiatorType === 'fetch').length + probe.sockets.length";
    let before = page.value(requests).await?;
    for button in ["#create-channel-button", "#master-button", "#viewer-button"] {
        page.click(button).await?;
        page.until_text("#secretAccessKey-message", "white space inside", SOON).await?;
    }
    let said = page.text("#secretAccessKey-message").await?;
    ensure!(!said.contains("halves"), "the message repeats the key: {said}");
    let after = page.value(requests).await?;
    ensure!(after == before, "{before} requests have become {after}");
    is_back_at_the_form(&page).await
}

async fn a_refused_camera_is_named(story: &Story<'_>) -> Result<()> {
    let master = story.open("master", Camera::Refused, "").await?;
    master.click("#master-button").await?;
    master.until_text("#problem", "browser.cameraDenied", SOON).await?;
    is_back_at_the_form(&master).await
}

async fn a_missing_camera_is_named(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    page.click("#master-button").await?;
    page.until_text("#problem", "browser.cameraNotFound", SOON).await?;
    is_back_at_the_form(&page).await?;
    // Who sends nothing needs none.
    let master = master(story, "").await?;
    page.tick("#sendVideo", false).await?;
    page.click("#viewer-button").await?;
    Video::new(&page, ON_VIEWER, 0).is_live().await?;
    master.until_text("#status", "Connected to 1 viewer", SOON).await?;
    Ok(())
}

/// After a failure all is let go, and the person may try again.
async fn is_back_at_the_form(page: &Page) -> Result<()> {
    has_let_go(page).await?;
    let idle = page.value("[kvs.master, kvs.viewer]").await?;
    ensure!(idle == json!([null, null]), "{}: something runs: {idle}", page.name());
    page.until("the form is back", SOON, "document.querySelector('#settings').checkVisibility()")
        .await
}

/// Puts a text into a field as pasting does: whole, with characters that no key types.
async fn paste(page: &Page, selector: &str, text: &str) -> Result<()> {
    page.fill(selector, "").await?;
    let script = "const field = document.querySelector(arguments[0]);
                  field.focus();
                  document.execCommand('insertText', false, arguments[1]);
                  return field.value;";
    let value = page.run(script, vec![json!(selector), json!(text)]).await?;
    ensure!(value == json!(text), "{selector} holds {value}");
    Ok(())
}
