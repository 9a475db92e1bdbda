//! People follow links to the page.

use anyhow::{Result, ensure};
use kvs_e2e::{Camera, SOON, Story};
use serde_json::json;

use crate::people::tales;

tales![
    a_link_fills_the_fields_and_starts_nothing,
    a_region_by_a_link_sets_what_one_by_hand_sets,
    keys_in_a_link_are_dropped,
    an_endpoint_from_a_link_is_not_used_before_it_is_confirmed,
    an_endpoint_from_a_link_is_used_or_removed,
];

async fn a_link_fills_the_fields_and_starts_nothing(story: &Story<'_>) -> Result<()> {
    let query = "view=viewer&channelName=garage&clientId=me&sendVideo=false&sendAudio=true\
                 &forceTURN=true&region=eu-central-1";
    let page = story.open("page", Camera::Granted, query).await?;
    let filled = page
        .value(
            "['channelName', 'clientId', 'region'].map((id) => document.getElementById(id).value)
             .concat(['sendVideo', 'sendAudio', 'forceTURN']
             .map((id) => document.getElementById(id).checked))",
        )
        .await?;
    ensure!(filled == json!(["garage", "me", "eu-central-1", false, true, true]), "{filled}");
    page.until_text("#notices", "press Start viewer", SOON).await?;
    let open = page.value("[kvs.viewer, kvs.master, probe.tracks.length, probe.sockets.length]");
    let open = open.await?;
    ensure!(open == json!([null, null, 0, 0]), "something runs: {open}");
    Ok(())
}

async fn a_region_by_a_link_sets_what_one_by_hand_sets(story: &Story<'_>) -> Result<()> {
    let ticked = "document.getElementById('enable-fips').checked";
    for (query, fips) in
        [("region=us-gov-west-1", true), ("region=us-gov-west-1&enable-fips=false", false)]
    {
        let page = story.open("page", Camera::Missing, query).await?;
        ensure!(page.value(ticked).await? == json!(fips), "FIPS, by {query}");
        page.click("#ingestion-fold > summary").await?;
        if query.contains("us-gov") {
            page.until_text("#ingestion-warning", "not offered in us-gov", SOON).await?;
        }
        story.close(page).await?;
    }
    let page =
        story.open("page", Camera::Missing, "region=us-gov-west-1&enable-fips=false").await?;
    page.click("#share > summary").await?;
    let link = page.until_text("#share-link", "region=us-gov-west-1", SOON).await?;
    ensure!(link.contains("enable-fips=false"), "whoever follows it has FIPS: {link}");
    let page = story.open("wrong", Camera::Missing, "region=nowhere").await?;
    page.click("#channel-fold > summary").await?;
    page.until_text("#region-message", "region", SOON).await.map(drop)
}

async fn keys_in_a_link_are_dropped(story: &Story<'_>) -> Result<()> {
    let query = "accessKeyId=AKIDLEAKED&secretAccessKey=leakedSecret&sessionToken=leakedToken\
                 &SecretAccessKey=leakedToo&channelName=garage";
    let page = story.open("page", Camera::Granted, query).await?;
    page.until_text("#notices", "carried keys", SOON).await?;
    let everything = page
        .value(
            "location.href + [...document.querySelectorAll('input')].map((i) => i.value).join()
             + document.body.innerText + JSON.stringify([{ ...localStorage }, { ...sessionStorage }])",
        )
        .await?
        .to_string();
    ensure!(everything.contains("garage"), "the rest of the link is used: {everything}");
    ensure!(!everything.to_lowercase().contains("leaked"), "{everything}");
    Ok(())
}

async fn an_endpoint_from_a_link_is_not_used_before_it_is_confirmed(
    story: &Story<'_>,
) -> Result<()> {
    // Nobody listens there; a request to it would be a violation of trust all the same.
    let query = "endpoint=http%3A%2F%2Flocalhost%3A9&channelName=garage";
    let page = story.open("page", Camera::Granted, query).await?;
    page.until_text("#endpoint-question", "localhost:9", SOON).await?;
    page.click("#viewer-button").await?;
    page.until_text("#endpoint-message", "endpoint", SOON).await?;
    let asked =
        "performance.getEntriesByType('resource').filter((e) => e.name.includes(':9/')).length
                 + probe.sockets.length";
    ensure!(page.value(asked).await? == json!(0), "the endpoint was asked");
    Ok(())
}

async fn an_endpoint_from_a_link_is_used_or_removed(story: &Story<'_>) -> Result<()> {
    let query = "endpoint=https%3A%2F%2Fkvs.example.com&channelName=garage";
    for (button, asked) in [
        ("#endpoint-use-button", "'https://kvs.example.com'"),
        ("#endpoint-drop-button", "location.origin"),
    ] {
        let page = story.open("page", Camera::Missing, query).await?;
        let catch = "globalThis.asked = [];
                     globalThis.fetch = async (request) => {
                       asked.push(new URL(request.url ?? request).origin);
                       throw new TypeError('caught');
                     };";
        page.run(catch, vec![]).await?;
        page.click(button).await?;
        let gone = page.value("document.getElementById('endpoint-confirm').hidden").await?;
        ensure!(gone == json!(true), "{button}: it is asked still");
        page.click("#create-channel-button").await?;
        page.until_text("#problem", "network.unreachable", SOON).await?;
        let seen = format!("asked.length > 0 && asked.every((one) => one === {asked})");
        let seen = page.value(&seen).await?;
        ensure!(seen == json!(true), "{button}: another one was asked");
        story.close(page).await?;
    }
    Ok(())
}
