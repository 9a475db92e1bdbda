//! Streams, stored channels, and the service's other addresses.

use anyhow::{Result, ensure};
use kvs_e2e::{
    Camera, Page, SOON, Story,
    service::{ACCESS_KEY_ID, SECRET},
};
use serde_json::json;

use crate::people::tales;

tales![
    a_channel_is_stored_in_a_new_stream_and_no_more,
    streams_and_the_list_need_no_channel_name,
    a_list_that_stops_says_so,
    a_stream_with_a_wrong_name_or_time_is_not_made,
    a_stream_is_kept_for_the_hours_that_are_typed,
    dual_stack_and_fips_go_to_their_own_addresses,
];

async fn a_channel_is_stored_in_a_new_stream_and_no_more(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    store(&page).await?;
    page.click("#describe-media-storage-configuration-button").await?;
    page.until_text("#storage-result", "demo-channel is stored in the stream garage", SOON).await?;
    page.click("#listStorageChannels").await?;
    page.until_text("#storage-result", "Stored: demo-channel", SOON).await?;
    page.fill("#streamName", "").await?;
    page.click("#update-media-storage-configuration-button").await?;
    page.until_text("#storage-result", "is not stored", SOON).await?;
    page.click("#listStorageChannels").await?;
    page.until_text("#storage-result", "No channel is stored", SOON).await?;
    page.fill("#streamName", "nowhere").await?;
    page.click("#update-media-storage-configuration-button").await?;
    page.until_text("#problem", "service.", SOON).await.map(drop)
}

async fn streams_and_the_list_need_no_channel_name(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    page.fill("#channelName", "").await?;
    make_stream(&page).await?;
    page.click("#listStorageChannels").await?;
    page.until_text("#storage-result", "No channel is stored.", SOON).await?;
    page.click("#describe-media-storage-configuration-button").await?;
    page.until_text("#channelName-message", "Enter the name", SOON).await.map(drop)
}

async fn a_list_that_stops_says_so(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    // An account of so many channels, in pages of 50, none of them stored.
    let many = "const { fetch } = globalThis;
        const answer = (told) => new Response(JSON.stringify(told), { headers: { 'Content-Type': 'application/json' } });
        let asked = 0;
        globalThis.fetch = async (request, ...rest) => {
          const { url } = new Request(request, ...rest);
          if (url.endsWith('/describeMediaStorageConfiguration')) {
            return answer({ MediaStorageConfiguration: { Status: 'DISABLED' } });
          }
          if (!url.endsWith('/listSignalingChannels')) return fetch(request, ...rest);
          asked += 1;
          const ChannelInfoList = Array.from({ length: 50 }, (_, at) => ({ ChannelName: `${asked}-${at}` }));
          return answer({ ChannelInfoList, NextToken: asked < globalThis.pages ? 'more' : undefined });
        };
        globalThis.pages = 5;
        globalThis.again = () => { asked = 0; globalThis.pages = 4; };";
    page.run(many, vec![]).await?;
    page.click("#listStorageChannels").await?;
    page.until_text("#storage-result", "only the first 200 were looked at", SOON).await?;
    page.run("again();", vec![]).await?;
    page.click("#listStorageChannels").await?;
    let whole = "document.getElementById('storage-result').textContent === 'No channel is stored.'";
    page.until("all were looked at", SOON, whole).await
}

async fn a_stream_with_a_wrong_name_or_time_is_not_made(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    open_dialog(&page).await?;
    let (name, hours) =
        ("#create-stream-modal-stream-input", "#create-stream-modal-retention-input");
    ensure!(page.text(hours).await? == "48", "it is kept for two days");
    for (stream, kept, place, said) in [
        ("", "48", name, "Enter the name of the stream"),
        ("my stream", "48", name, "white space inside"),
        ("garage", "-1", hours, "whole hours"),
        ("garage", "1.5", hours, "whole hours"),
        ("garage", "999999", hours, "whole hours"),
    ] {
        page.fill(name, stream).await?;
        page.fill(hours, kept).await?;
        page.click("#create-stream-modal-create-stream-button").await?;
        page.until_text(&format!("{place}-message"), said, SOON).await?;
    }
    page.click("#create-stream-modal-cancel-button").await?;
    let open = page.value("document.getElementById('create-stream-modal').open").await?;
    ensure!(open == json!(false), "the dialog is open");
    Ok(())
}

async fn a_stream_is_kept_for_the_hours_that_are_typed(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    open_dialog(&page).await?;
    page.fill("#create-stream-modal-retention-input", "72").await?;
    page.click("#create-stream-modal-cancel-button").await?;
    make_stream(&page).await?;
    let script = "const { KinesisVideoClient } = await import('/pkg/kvs_webrtc.js');
        const [accessKeyId, secretAccessKey] = arguments;
        const credentials = { accessKeyId, secretAccessKey };
        const client = new KinesisVideoClient({ region: 'us-west-2', endpoint: location.origin, credentials });
        return (await client.describeStream({ StreamName: 'garage' })).StreamInfo.DataRetentionInHours;";
    let hours = page.run(script, vec![json!(ACCESS_KEY_ID), json!(SECRET)]).await?;
    ensure!(hours == json!(72), "the service keeps it for {hours} hours");
    Ok(())
}

async fn dual_stack_and_fips_go_to_their_own_addresses(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    let catch = "globalThis.asked = [];
                 globalThis.fetch = async (url) => {
                   asked.push(new URL(url.url ?? url).host);
                   throw new TypeError('caught');
                 };";
    page.run(catch, vec![]).await?;
    page.fill("#endpoint", "").await?;
    let choose = "document.getElementById('endpoint-type').value = 'dual-stack';";
    page.run(choose, vec![]).await?;
    page.tick("#sendVideo", false).await?;
    for button in ["#create-channel-button", "#viewer-button"] {
        page.run("asked.length = 0;", vec![]).await?;
        page.click(button).await?;
        page.until_text("#problem", "network.unreachable", SOON).await?;
        let host = page.value("asked[0]").await?;
        ensure!(host == json!("kinesisvideo.us-west-2.api.aws"), "{button}: {host}");
    }
    page.tick("#enable-fips", true).await?;
    page.click("#viewer-button").await?;
    page.until_text("#enable-fips-message", "us-gov regions only", SOON).await?;
    page.tick("#enable-fips", false).await?;
    page.fill("#region", "us-gov-west-1").await?;
    page.click("#channelName").await?;
    let ticked = "document.getElementById('enable-fips').checked";
    page.until("FIPS is ticked", SOON, ticked).await?;
    for button in ["#create-channel-button", "#viewer-button", "#master-button"] {
        page.run("asked.length = 0;", vec![]).await?;
        page.click(button).await?;
        page.until("it was asked", SOON, "asked.length").await?;
        let host = page.value("asked[0]").await?;
        ensure!(host.as_str().is_some_and(|host| host.contains("fips")), "{button}: {host}");
        page.until_text("#problem", "network.unreachable", SOON).await?;
    }
    Ok(())
}

/// Makes the channel and a stream for it, by the dialog.
pub(crate) async fn store(page: &Page) -> Result<()> {
    page.click("#create-channel-button").await?;
    page.until_text("#channelName-message", "created", SOON).await?;
    make_stream(page).await?;
    page.click("#update-media-storage-configuration-button").await?;
    page.until_text("#storage-result", "is stored in the stream garage", SOON).await.map(drop)
}

/// Opens the dialog, whose script may have to be loaded.
async fn open_dialog(page: &Page) -> Result<()> {
    page.click("#create-stream-button").await?;
    page.until("it is open", SOON, "document.getElementById('create-stream-modal').open").await
}

/// Makes the stream, by the dialog.
async fn make_stream(page: &Page) -> Result<()> {
    open_dialog(page).await?;
    page.fill("#create-stream-modal-stream-input", "garage").await?;
    page.click("#create-stream-modal-create-stream-button").await?;
    page.until_text("#storage-result", "stream garage is created", SOON).await.map(drop)
}
