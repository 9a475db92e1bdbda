//! Streams, ingestion, and the service's other addresses.

use anyhow::{Result, ensure};
use kvs_e2e::{Camera, Page, SOON, Story};
use serde_json::json;

use crate::people::{call, tales};

tales![
    a_channel_is_stored_in_a_new_stream_and_no_more,
    a_stream_with_a_wrong_name_or_time_is_not_made,
    ingestion_is_found_out_and_refused_where_it_cannot_be,
    a_storage_session_is_joined_by_itself_and_by_hand,
    joining_is_tried_again_and_given_up,
    dual_stack_and_fips_go_to_their_own_addresses,
    the_device_qualification_tells_averages,
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

async fn a_stream_with_a_wrong_name_or_time_is_not_made(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    page.click("#create-stream-button").await?;
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

async fn ingestion_is_found_out_and_refused_where_it_cannot_be(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Granted, "sendAudio=false").await?;
    store(&page).await?;
    page.tick("#ingest-media", true).await?;
    for (button, said) in [
        ("#master-button", "a master sends video and sound"),
        ("#viewer-button", "a viewer sends no video"),
    ] {
        page.click(button).await?;
        page.until_text("#problem", said, SOON).await?;
    }
    page.tick("#sendVideo", false).await?;
    page.click("#viewer-button").await?;
    page.until_text("#problem", "there are no messages", SOON).await?;
    ensure!(page.value("probe.sockets.length").await? == json!(0), "something was begun");
    page.fill("#region", "us-gov-west-1").await?;
    page.until_text("#ingestion-warning", "not offered in us-gov", SOON).await.map(drop)
}

async fn a_storage_session_is_joined_by_itself_and_by_hand(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Granted, "sendAudio=true").await?;
    store(&page).await?;
    page.tick("#ingest-media-manual-on", true).await?;
    page.click("#master-button").await?;
    page.until_text("#logs", "The storage session is joined", SOON).await?;
    page.click("#stop-master-button").await?;
    page.click("#clear-logs").await?;
    page.tick("#show-join-storage-session-button", true).await?;
    page.click("#master-button").await?;
    page.until_text("#status", "Waiting for viewers", SOON).await?;
    ensure!(!page.text("#logs").await?.contains("joined"), "nobody has asked to join");
    page.click("#join-storage-session-button").await?;
    page.until_text("#logs", "The storage session is joined", SOON).await?;
    page.click("#stop-master-button").await?;
    let hidden =
        page.value("document.getElementById('join-storage-session-button').hidden").await?;
    ensure!(hidden == json!(true), "the button is left over");
    Ok(())
}

async fn joining_is_tried_again_and_given_up(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    let script = "const run = ({ fails = [], tell = () => {}, limits = {} }) => new Promise((done) => {
        let joins = 0;
        const joining = startJoining({
          join: async () => {
            joins += 1;
            const error = fails[joins - 1];
            if (error) throw error;
            tell();
          },
          over: (error) => done([joins, error?.message ?? null]),
        }, { everyMs: 1, jitterMs: 0, upWithinMs: 1, ...limits });
        globalThis.joining = joining;
      });
      const { startJoining } = await import('./js/joining.js');
      const error = (message, rest) => Object.assign(new Error(message), rest);
      const busy = error('busy', { retryable: true });
      return [
        await run({}),
        await run({ fails: [busy, busy, error('denied', {})] }),
        await run({ fails: [error('the maximum number of viewers is reached', { retryable: true })] }),
        await run({ fails: [error('failed', { service: { status: 500 } }), error('end', {})] }),
        await run({ tell: () => setTimeout(() => globalThis.joining.offered()), limits: { everyMs: 50 } }),
      ];";
    let seen = page.run(&format!("return (async () => {{ {script} }})();"), vec![]).await?;
    let full = "the maximum number of viewers is reached";
    let expected = json!([[25, null], [3, "denied"], [1, full], [2, "end"], [5, null]]);
    ensure!(seen == expected, "how often it asked, and why it ended: {seen}");
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
    page.run("asked.length = 0;", vec![]).await?;
    page.click("#create-channel-button").await?;
    page.until("it was asked", SOON, "asked.length").await?;
    let host = page.value("asked[0]").await?;
    ensure!(host.as_str().is_some_and(|host| host.contains("fips")), "FIPS: {host}");
    Ok(())
}

async fn the_device_qualification_tells_averages(story: &Story<'_>) -> Result<()> {
    let (_master, viewer) = call(story, "enableDQPmetrics=true").await?;
    viewer.until_text("#dqp-summary", "Done", SOON).await?;
    let values = viewer.text("#dqp-values").await?;
    for part in
        ["Click to first frame", "Offer to first frame", "Local candidate", "kbit/s", "fps", "host"]
    {
        ensure!(values.contains(part), "{part} is not in {values}");
    }
    viewer.until_text("#dqp-chart", "Dropped", SOON).await.map(drop)
}

/// Makes the channel and a stream for it, by the dialog.
async fn store(page: &Page) -> Result<()> {
    page.click("#create-channel-button").await?;
    page.until_text("#channelName-message", "created", SOON).await?;
    page.click("#create-stream-button").await?;
    page.fill("#create-stream-modal-stream-input", "garage").await?;
    page.click("#create-stream-modal-create-stream-button").await?;
    page.until_text("#storage-result", "stream garage is created", SOON).await?;
    page.click("#update-media-storage-configuration-button").await?;
    page.until_text("#storage-result", "is stored in the stream garage", SOON).await.map(drop)
}
