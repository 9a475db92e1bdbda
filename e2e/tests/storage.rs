//! Streams, ingestion, and the service's other addresses.

use anyhow::{Result, ensure};
use kvs_e2e::{
    Camera, Page, SOON, Story, Video,
    service::{ACCESS_KEY_ID, SECRET},
};
use serde_json::json;

use crate::people::{ON_VIEWER, both_see, master, start_master, tales, viewer};

tales![
    a_channel_is_stored_in_a_new_stream_and_no_more,
    streams_and_the_list_need_no_channel_name,
    a_list_that_stops_says_so,
    ingestion_with_an_own_back_end_says_that_it_has_no_effect,
    a_stream_with_a_wrong_name_or_time_is_not_made,
    a_stream_is_kept_for_the_hours_that_are_typed,
    ingestion_is_found_out_and_refused_where_it_cannot_be,
    a_storage_session_is_joined_by_itself_and_by_hand,
    a_master_that_asks_in_vain_keeps_its_call,
    a_master_that_may_not_join_says_why_and_goes_on,
    a_master_asks_only_while_its_socket_is_open,
    an_answer_that_comes_after_the_call_says_nothing,
    a_viewer_asks_while_it_waits_and_keeps_its_call,
    a_viewer_asks_by_its_button_before_there_is_a_master,
    joining_keeps_the_times_of_the_reference,
    joining_is_tried_again_and_given_up,
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

async fn ingestion_with_an_own_back_end_says_that_it_has_no_effect(
    story: &Story<'_>,
) -> Result<()> {
    let query = "ingest-media-manual-on=true&sendVideo=false&openDataChannel=false";
    let page = story.open("page", Camera::Missing, query).await?;
    page.fill("#session-url", "/session").await?;
    // A back end that takes its time.
    page.run("globalThis.fetch = () => new Promise(() => {});", vec![]).await?;
    page.click("#viewer-button").await?;
    page.until_text("#call-note", "no effect with your own back end", SOON).await?;
    page.until_text("#logs", "Ingestion has no effect", SOON).await?;
    page.click("#stop-viewer-button").await?;
    ensure!(page.text("#call-note").await?.is_empty(), "the note is left over");
    Ok(())
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

async fn a_stream_is_kept_for_the_hours_that_are_typed(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    page.click("#create-stream-button").await?;
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
    page.until_text("#logs", ASKED, SOON).await?;
    page.click("#stop-master-button").await?;
    page.click("#clear-logs").await?;
    page.tick("#show-join-storage-session-button", true).await?;
    page.click("#master-button").await?;
    page.until_text("#status", "Waiting for viewers", SOON).await?;
    ensure!(!page.text("#logs").await?.contains(ASKED), "nobody has asked to join");
    page.click("#join-storage-session-button").await?;
    page.until_text("#logs", ASKED, SOON).await?;
    page.click("#stop-master-button").await?;
    let hidden =
        page.value("document.getElementById('join-storage-session-button').hidden").await?;
    ensure!(hidden == json!(true), "the button is left over");
    Ok(())
}

async fn a_master_that_asks_in_vain_keeps_its_call(story: &Story<'_>) -> Result<()> {
    let master = story.open("master", Camera::Granted, "sendAudio=true").await?;
    store(&master).await?;
    master.tick("#ingest-media-manual-on", true).await?;
    master.run(SHORTER, vec![]).await?;
    start_master(&master).await?;
    let viewer = viewer(story, "viewer", "").await?;
    both_see(&master, &viewer).await?;
    // Another viewer's connection is not the service's: it is asked as often as with nobody there.
    let note = master.until_text("#call-note", "is asked no more", SOON).await?;
    ensure!(note.contains("25 times") && note.contains("stores"), "{note}");
    master.until_text("#status", "Connected to 1 viewer", SOON).await?;
    both_see(&master, &viewer).await?;
    ensure!(master.text("#problem").await?.is_empty(), "there is no error");
    master.click("#stop-master-button").await?;
    ensure!(master.text("#call-note").await?.is_empty(), "the note is left over");
    Ok(())
}

async fn a_master_that_may_not_join_says_why_and_goes_on(story: &Story<'_>) -> Result<()> {
    // Nobody has made a stream for the channel.
    let page = master(story, "sendAudio=true&ingest-media-manual-on=true").await?;
    page.until_text("#problem", "no media storage", SOON).await?;
    page.until_text("#call-note", "asked once", SOON).await?;
    page.until_text("#status", "Waiting for viewers", SOON).await?;
    let viewer = viewer(story, "viewer", "").await?;
    both_see(&page, &viewer).await
}

async fn a_master_asks_only_while_its_socket_is_open(story: &Story<'_>) -> Result<()> {
    let query = "sendAudio=true&ingest-media-manual-on=true&show-join-storage-session-button=true";
    let page = master(story, query).await?;
    let watch = "const button = document.getElementById('join-storage-session-button');
                 globalThis.seen = [button.hidden];
                 new MutationObserver(() => seen.push(button.hidden)).observe(button, { attributeFilter: ['hidden'] });
                 probe.sockets.at(-1).close();";
    page.run(watch, vec![]).await?;
    let seen = "JSON.stringify(seen) === '[false,true,false]'";
    page.until("it can be asked again", SOON, seen).await
}

async fn an_answer_that_comes_after_the_call_says_nothing(story: &Story<'_>) -> Result<()> {
    let query = "sendAudio=true&ingest-media-manual-on=true&show-join-storage-session-button=true";
    let page = story.open("page", Camera::Granted, query).await?;
    store(&page).await?;
    let late = "const { fetch } = globalThis;
        globalThis.fetch = async (request, ...rest) => {
          const { url } = new Request(request, ...rest);
          const answer = await fetch(request, ...rest);
          if (url.endsWith('/joinStorageSession')) await new Promise((answered) => { globalThis.answered = answered; });
          return answer;
        };";
    page.run(late, vec![]).await?;
    start_master(&page).await?;
    page.click("#join-storage-session-button").await?;
    page.until("the service is asked", SOON, "globalThis.answered").await?;
    page.click("#stop-master-button").await?;
    page.run("answered();", vec![]).await?;
    let busy = "document.getElementById('join-storage-session-button').hasAttribute('aria-busy')";
    page.until("the answer is here", SOON, &format!("!{busy}")).await?;
    ensure!(page.text("#call-note").await?.is_empty(), "a note about a call that is over");
    Ok(())
}

async fn a_viewer_asks_while_it_waits_and_keeps_its_call(story: &Story<'_>) -> Result<()> {
    let query = "sendVideo=false&openDataChannel=false&ingest-media-manual-on=true";
    let viewer = story.open("viewer", Camera::Missing, query).await?;
    store(&viewer).await?;
    viewer.run(SHORTER, vec![]).await?;
    viewer.click("#viewer-button").await?;
    viewer.until_text("#call-note", "25 times", SOON).await?;
    viewer.until_text("#status", "Waiting for the master", SOON).await?;
    let master = story.open("master", Camera::Granted, "").await?;
    master.click("#master-button").await?;
    Video::new(&viewer, ON_VIEWER, 0).is_live().await?;
    viewer.click("#stop-viewer-button").await?;
    viewer.click("#clear-logs").await?;
    viewer.click("#viewer-button").await?;
    viewer.until_text("#logs", "is not asked to join it again", SOON).await?;
    viewer.until_text("#call-note", "comes from the other side itself", SOON).await?;
    Video::new(&viewer, ON_VIEWER, 0).is_live().await?;
    story.close(master).await
}

async fn a_viewer_asks_by_its_button_before_there_is_a_master(story: &Story<'_>) -> Result<()> {
    let query = "sendVideo=false&openDataChannel=false&ingest-media-manual-on=true\
                 &show-join-storage-session-as-viewer-button=true";
    let page = story.open("viewer", Camera::Missing, query).await?;
    store(&page).await?;
    page.click("#viewer-button").await?;
    page.click("#join-storage-session-as-viewer-button").await?;
    page.until_text("#logs", ASKED, SOON).await?;
    page.until_text("#call-note", "does not answer", SOON).await?;
    page.click("#stop-viewer-button").await?;
    let hidden = "document.getElementById('join-storage-session-as-viewer-button').hidden";
    ensure!(page.value(hidden).await? == json!(true), "the button is left over");
    Ok(())
}

async fn joining_keeps_the_times_of_the_reference(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    let script = "const { LIMITS, jitterOf } = await import('./js/joining.js');
      const { everyMs, mostTries, mostFailures, withinMs, upWithinMs, pollMs } = LIMITS;
      return [[everyMs, mostTries, mostFailures, withinMs, upWithinMs, pollMs],
              [1, 2, 3, 4, 5].map((tries) => jitterOf(tries, 1)), jitterOf(2, 0.5)];";
    let seen = page.run(&format!("return (async () => {{ {script} }})();"), vec![]).await?;
    let expected =
        json!([[6000, 5, 5, 600_000, 30_000, 5000], [1, 200, 10_000, 10_000, 10_000], 100]);
    ensure!(seen == expected, "{seen}");
    Ok(())
}

async fn joining_is_tried_again_and_given_up(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    let script = "const run = ({ fails = [], tell = () => {}, isUp = () => false, limits = {} }) => new Promise((done) => {
        let joins = 0;
        const joining = startJoining({
          join: async () => {
            joins += 1;
            const error = fails[joins - 1];
            if (error) throw error;
            tell(joins);
          },
          isUp,
          up: () => done([joins, 'up']),
          over: (error) => done([joins, error?.message ?? null]),
        }, { everyMs: 1, jitterBase: 1, mostJitterMs: 1, upWithinMs: 3, pollMs: 1, ...limits });
        globalThis.joining = joining;
      });
      const { startJoining } = await import('./js/joining.js');
      const error = (message, rest) => Object.assign(new Error(message), rest);
      const busy = error('busy', { retryable: true });
      let polls = 0;
      const offered = () => setTimeout(() => globalThis.joining.offered());
      return [
        await run({}),
        await run({ fails: [busy, busy, error('denied', {})] }),
        await run({ fails: [error('the maximum number of viewers is reached', { retryable: true })] }),
        await run({ fails: [error('failed', { service: { status: 500 } }), error('end', {})] }),
        await run({ tell: offered, limits: { everyMs: 50 } }),
        await run({ tell: offered, isUp: () => (polls += 1) === 3, limits: { everyMs: 50 } }),
        await run({ fails: Array(60).fill(null).with(59, error('end', {})), limits: { withinMs: -1 } }),
      ];";
    let seen = page.run(&format!("return (async () => {{ {script} }})();"), vec![]).await?;
    let full = "the maximum number of viewers is reached";
    let expected = json!([
        [25, null],
        [3, "denied"],
        [1, full],
        [2, "end"],
        [5, null],
        [1, "up"],
        // Failures of long ago are forgotten.
        [60, "end"]
    ]);
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

/// What is logged each time that the service takes the request to join.
const ASKED: &str = "The service has taken the request to join";

/// Joining is tried as often as ever, in a second.
const SHORTER: &str = "return import('./js/joining.js').then(({ LIMITS }) => {
    Object.assign(LIMITS, { everyMs: 40, mostJitterMs: 1, pollMs: 20 });
});";

/// Makes the channel and a stream for it, by the dialog.
async fn store(page: &Page) -> Result<()> {
    page.click("#create-channel-button").await?;
    page.until_text("#channelName-message", "created", SOON).await?;
    make_stream(page).await?;
    page.click("#update-media-storage-configuration-button").await?;
    page.until_text("#storage-result", "is stored in the stream garage", SOON).await.map(drop)
}

/// Makes the stream, by the dialog.
async fn make_stream(page: &Page) -> Result<()> {
    page.click("#create-stream-button").await?;
    page.fill("#create-stream-modal-stream-input", "garage").await?;
    page.click("#create-stream-modal-create-stream-button").await?;
    page.until_text("#storage-result", "stream garage is created", SOON).await.map(drop)
}
