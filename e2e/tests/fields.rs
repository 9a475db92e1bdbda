//! What is wrong in a field is said beside it, before anything is asked of anybody.

use anyhow::{Result, ensure};
use kvs_e2e::{Camera, SOON, Story};
use serde_json::json;

use crate::people::tales;

tales![
    every_text_field_says_what_is_wrong_with_it,
    white_space_is_cut_and_a_region_checked_as_a_field_is_left,
    keys_are_masked_from_the_first_request_on,
];

/// Stands for 257 characters.
const LONG: &str = "(long)";

/// A field, what is put into it, and a part of what it says.
const MISTAKES: [(&str, &str, &str); 20] = [
    ("channelName", "", "Enter the name"),
    ("channelName", "my channel", "white space inside"),
    ("channelName", "caf\u{e9}", "cannot be there"),
    ("channelName", LONG, "256 is the most"),
    ("region", "", "Enter the region"),
    ("region", "us west 2", "white space inside"),
    ("region", "oregon", "looks like us-west-2"),
    ("clientId", "AWS_me", "must not begin with AWS_"),
    ("clientId", "me/you", "cannot be there"),
    ("accessKeyId", "", "Enter the access key id"),
    ("accessKeyId", "AK ID", "white space inside"),
    ("accessKeyId", "ASIAEXAMPLE", ""),
    ("secretAccessKey", "", "Enter the secret"),
    ("sessionToken", "to ken", "white space inside"),
    ("streamName", "my/stream", "cannot be there"),
    ("streamName", LONG, "256 is the most"),
    ("session-url", "http://example.com/session", "must begin with https://"),
    ("endpoint", "somewhere", "looks like https://"),
    ("endpoint", "http://example.com", "must begin with https://"),
    ("endpoint", "https://me:you@example.com", "Leave user name and password out"),
];

async fn every_text_field_says_what_is_wrong_with_it(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Granted, "").await?;
    // Scripts of panels come when these are opened.
    let requests = "performance.getEntriesByType('resource')
        .filter(({ initiatorType }) => initiatorType === 'fetch').length + probe.sockets.length";
    let before = page.value(requests).await?;
    for (id, text, said) in MISTAKES {
        let set = "const field = document.getElementById(arguments[0]);
                   const good = field.value;
                   field.closest('details')?.setAttribute('open', '');
                   field.value = arguments[1];
                   field.dispatchEvent(new Event('input', { bubbles: true }));
                   return good;";
        let text = if text == LONG { "a".repeat(257) } else { text.to_owned() };
        let good = page.run(set, vec![json!(id), json!(text)]).await?;
        page.click("#viewer-button").await?;
        // A temporary key is complained of where its token is missing.
        let (id_of_message, said) = match said {
            "" => ("sessionToken", "session token too"),
            _ => (id, said),
        };
        page.until_text(&format!("#{id_of_message}-message"), said, SOON).await?;
        let focus = page.value("document.activeElement.id").await?;
        ensure!(focus == json!(id_of_message), "{id} {text:?}: the focus is on {focus}");
        let invalid = format!("document.getElementById('{id_of_message}').ariaInvalid");
        ensure!(page.value(&invalid).await? == json!("true"), "{id_of_message} is not marked");
        page.run(set, vec![json!(id), good]).await?;
    }
    let after = page.value(requests).await?;
    ensure!(after == before, "{before} requests have become {after}");
    ensure!(page.value("kvs.viewer").await?.is_null(), "something runs");
    Ok(())
}

/// What each text field may hold.
const GOOD: [(&str, &str); 9] = [
    ("channelName", "garage"),
    ("region", "eu-central-1"),
    ("clientId", "me"),
    ("streamName", "films"),
    ("endpoint", "https://kvs.example.com"),
    ("accessKeyId", "AKIDEXAMPLE"),
    ("secretAccessKey", "se/cret+1"),
    ("sessionToken", "tok=="),
    ("session-url", "https://example.com/session"),
];

async fn white_space_is_cut_and_a_region_checked_as_a_field_is_left(
    story: &Story<'_>,
) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    let leave = "const field = document.getElementById(arguments[0]);
                 field.closest('details').open = true;
                 field.value = arguments[1];
                 for (const event of ['input', 'change']) field.dispatchEvent(new Event(event, { bubbles: true }));
                 return field.value;";
    for (id, text) in GOOD {
        let pasted = format!("\u{feff} \u{200b}{text}\t\u{a0}");
        let left = page.run(leave, vec![json!(id), json!(pasted)]).await?;
        ensure!(left == json!(text), "{id} holds {left}");
        page.until_text(&format!("#{id}-message"), "white space", SOON).await?;
    }
    page.fill("#region", "oregon").await?;
    page.click("#channelName").await?;
    page.until_text("#region-message", "looks like us-west-2", SOON).await?;
    page.fill("#region", "us-west-2").await?;
    ensure!(page.text("#region-message").await?.is_empty(), "it is left over");
    Ok(())
}

async fn keys_are_masked_from_the_first_request_on(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    let keys = [
        ("accessKeyId", "ASIAEXAMPLEOFAKEY"),
        ("secretAccessKey", "wJalrXUtnFEMI/K7MDENG"),
        ("sessionToken", "IQoJb3JpZ2luX2VjEXAMPLE"),
    ];
    for (id, value) in keys {
        page.fill(&format!("#{id}"), value).await?;
    }
    page.click("#listStorageChannels").await?;
    page.until_text("#problem", "keys.wrongSecret", SOON).await?;
    let write = "return import('./js/log.js').then(({ log }) => log.info(arguments[0]));";
    let told = keys.map(|(_, value)| value).join(" and ");
    page.run(&write.replace("arguments[0]", &json!(told).to_string()), vec![]).await?;
    page.until_text("#logs", "[redacted] and [redacted] and [redacted]", SOON).await.map(drop)
}
