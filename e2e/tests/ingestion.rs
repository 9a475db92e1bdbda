//! Ingestion: calls with the service instead of peers, and how they are joined.

use anyhow::{Result, ensure};
use kvs_e2e::{Camera, Page, SOON, Story, Video};
use serde_json::json;

use crate::people::{ON_VIEWER, tales};
use crate::storage::store;

tales![
    a_master_is_seen_and_heard_by_the_service,
    a_viewer_sees_what_the_service_shows,
    who_asks_in_vain_says_so,
    a_connection_that_ends_is_joined_for_again,
    a_connection_that_never_comes_up_is_joined_for_again_at_once,
    ingestion_with_an_own_back_end_says_that_it_has_no_effect,
    ingestion_is_found_out_and_refused_where_it_cannot_be,
    a_storage_session_is_joined_by_itself_and_by_hand,
    a_master_that_may_not_join_says_why_and_goes_on,
    a_master_asks_only_while_its_socket_is_open,
    an_answer_that_comes_after_the_call_says_nothing,
    a_viewer_asks_by_its_button_before_there_is_a_master,
    joining_keeps_the_times_of_the_reference,
    joining_is_tried_again_and_given_up,
];

const AS_MASTER: &str = "sendAudio=true&ingest-media-manual-on=true";
const AS_VIEWER: &str = "sendVideo=false&openDataChannel=false&ingest-media-manual-on=true";

async fn a_master_is_seen_and_heard_by_the_service(story: &Story<'_>) -> Result<()> {
    let page = story.open("master", Camera::Granted, AS_MASTER).await?;
    offering(&page).await?;
    page.click("#master-button").await?;
    page.until_text("#status", CONNECTED, SOON).await?;
    let arrives = "storage.decoded?.video > 5 && storage.decoded.audio > 1000";
    page.until("the service is sent both", SOON, arrives).await?;
    let answer =
        page.value("storage.frames[0].recipientClientId ?? storage.frames[0].action").await?;
    ensure!(answer == json!("SDP_ANSWER"), "{answer}");
    let tiles = page.value("document.querySelectorAll('#master .remote-view').length").await?;
    ensure!(tiles == json!(0), "the service is shown as {tiles} viewers");
    page.click("#stop-master-button").await?;
    page.run("storage.peer.close();", vec![]).await.map(drop)
}

async fn a_viewer_sees_what_the_service_shows(story: &Story<'_>) -> Result<()> {
    let page = story.open("viewer", Camera::Missing, AS_VIEWER).await?;
    offering(&page).await?;
    page.click("#viewer-button").await?;
    page.until_text("#status", CONNECTED, SOON).await?;
    Video::new(&page, ON_VIEWER, 0).is_live().await?;
    page.until_text("#logs", "the picture is here", SOON).await?;
    let offers = page.value("storage.frames.some(({ action }) => action === 'SDP_OFFER')").await?;
    ensure!(offers == json!(false), "the viewer has made an offer");
    page.click("#stop-viewer-button").await?;
    page.run("storage.peer.close(); storage.stop();", vec![]).await.map(drop)
}

async fn who_asks_in_vain_says_so(story: &Story<'_>) -> Result<()> {
    for (role, camera, query) in
        [("master", Camera::Granted, AS_MASTER), ("viewer", Camera::Missing, AS_VIEWER)]
    {
        let page = story.open(role, camera, query).await?;
        offering(&page).await?;
        page.run("storage.isDeaf = true;", vec![]).await?;
        page.run(SHORTER, vec![]).await?;
        page.click(&format!("#{role}-button")).await?;
        let note = page.until_text("#call-note", "is asked no more", SOON).await?;
        ensure!(note.contains("25 times") && note.contains("stored"), "{role}: {note}");
        page.until_text("#status", WAITING, SOON).await?;
        ensure!(page.text("#problem").await?.is_empty(), "{role}: there is no error");
        page.click(&format!("#stop-{role}-button")).await?;
        ensure!(page.text("#call-note").await?.is_empty(), "{role}: the note is left over");
        story.close(page).await?;
    }
    Ok(())
}

async fn a_connection_that_ends_is_joined_for_again(story: &Story<'_>) -> Result<()> {
    for (role, camera, query) in
        [("master", Camera::Granted, AS_MASTER), ("viewer", Camera::Missing, AS_VIEWER)]
    {
        let page = story.open(role, camera, query).await?;
        offering(&page).await?;
        page.run(SOONER, vec![]).await?;
        page.click(&format!("#{role}-button")).await?;
        page.until_text("#logs", "is not asked to join it again", SOON).await?;
        page.run("storage.peer.close();", vec![]).await?;
        page.until("another is offered", SOON, "storage.offers === 2").await?;
        page.until_text("#status", CONNECTED, SOON).await?;
        page.click(&format!("#stop-{role}-button")).await?;
        page.run("storage.peer.close(); storage.stop();", vec![]).await?;
        story.close(page).await?;
    }
    Ok(())
}

async fn a_connection_that_never_comes_up_is_joined_for_again_at_once(
    story: &Story<'_>,
) -> Result<()> {
    let page = story.open("master", Camera::Granted, AS_MASTER).await?;
    offering(&page).await?;
    // A service that takes no answer, and says so.
    let refusing = "const { send } = WebSocket.prototype;
        storage.refuse = (socket, correlationId) => socket.dispatchEvent(new MessageEvent('message', {
          data: JSON.stringify({ messageType: 'STATUS_RESPONSE', statusResponse: {
            correlationId, success: false, errorType: 'InvalidArgumentException', statusCode: '400' } }) }));
        WebSocket.prototype.send = function (text) {
          const { action, correlationId } = JSON.parse(text);
          if (action === 'SDP_ANSWER') setTimeout(() => storage.refuse(this, correlationId));
          else send.call(this, text);
        };
        storage.isRefused = true;";
    page.run(refusing, vec![]).await?;
    page.click("#master-button").await?;
    page.until("five were offered", SOON, "storage.offers === 5").await?;
    page.until_text("#call-note", "is asked no more", SOON).await?;
    page.until_text("#status", WAITING, SOON).await?;
    page.click("#stop-master-button").await?;
    page.run("storage.peer.close();", vec![]).await.map(drop)
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
    page.until_text("#status", WAITING, SOON).await?;
    ensure!(!page.text("#logs").await?.contains(ASKED), "nobody has asked to join");
    page.click("#join-storage-session-button").await?;
    page.until_text("#logs", ASKED, SOON).await?;
    page.click("#stop-master-button").await?;
    let hidden =
        page.value("document.getElementById('join-storage-session-button').hidden").await?;
    ensure!(hidden == json!(true), "the button is left over");
    Ok(())
}

async fn a_master_that_may_not_join_says_why_and_goes_on(story: &Story<'_>) -> Result<()> {
    // Nobody has made a stream for the channel.
    let query = "sendAudio=true&ingest-media-manual-on=true";
    let page = story.open("master", Camera::Granted, query).await?;
    page.click("#master-button").await?;
    page.until_text("#problem", "no media storage", SOON).await?;
    page.until_text("#call-note", "asked once", SOON).await?;
    page.until_text("#status", WAITING, SOON).await.map(drop)
}

async fn a_master_asks_only_while_its_socket_is_open(story: &Story<'_>) -> Result<()> {
    let query = "sendAudio=true&ingest-media-manual-on=true&show-join-storage-session-button=true";
    let page = story.open("master", Camera::Granted, query).await?;
    start(&page, "#master-button").await?;
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
    start(&page, "#master-button").await?;
    page.click("#join-storage-session-button").await?;
    page.until("the service is asked", SOON, "globalThis.answered").await?;
    page.click("#stop-master-button").await?;
    page.run("answered();", vec![]).await?;
    let busy = "document.getElementById('join-storage-session-button').hasAttribute('aria-busy')";
    page.until("the answer is here", SOON, &format!("!{busy}")).await?;
    ensure!(!page.text("#logs").await?.contains(ASKED), "a line about a call that is over");
    Ok(())
}

async fn a_viewer_asks_by_its_button_before_there_is_a_master(story: &Story<'_>) -> Result<()> {
    let query = "sendVideo=false&openDataChannel=false&ingest-media-manual-on=true\
                 &show-join-storage-session-as-viewer-button=true";
    let page = story.open("viewer", Camera::Missing, query).await?;
    store(&page).await?;
    page.click("#viewer-button").await?;
    page.click("#join-storage-session-as-viewer-button").await?;
    page.until_text("#logs", ASKED, SOON).await?;
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
    let script = "const run = ({ fails = [], tell = () => {}, isUp = () => false, losses = 0, limits = {} }) => new Promise((done) => {
        let joins = 0;
        const joining = startJoining({
          join: async () => {
            joins += 1;
            const error = fails[joins - 1];
            if (error) throw error;
            tell(joins);
          },
          isUp,
          up: () => (losses > 0 ? joining.lost(losses -= 1) : done([joins, 'up'])),
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
        await run({ tell: offered, isUp: () => true, losses: 3, limits: { everyMs: 50 } }),
        await run({ tell: offered, isUp: () => true, losses: 9, limits: { everyMs: 50 } }),
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
        // One that is lost is made again, as often as one that never was.
        [4, "up"],
        [5, null],
        // Failures of long ago are forgotten.
        [60, "end"]
    ]);
    ensure!(seen == expected, "how often it asked, and why it ended: {seen}");
    Ok(())
}

const WAITING: &str = "Waiting for the service";
const CONNECTED: &str = "Connected to the service";

/// Clicks, and waits for the open socket.
async fn start(page: &Page, button: &str) -> Result<()> {
    page.click(button).await?;
    page.until_text("#status", WAITING, SOON).await.map(drop)
}

/// Makes the channel, and serves its storage session in the page.
async fn offering(page: &Page) -> Result<()> {
    page.click("#create-channel-button").await?;
    page.until_text("#channelName-message", "channel", SOON).await?;
    page.run(SERVICE, vec![]).await.map(drop)
}

/// A service in the page, which takes every request to join and offers a connection then.
const SERVICE: &str = r#"const { fetch } = globalThis;
    const storage = globalThis.storage = { offers: 0, frames: [], stop() {} };
    globalThis.fetch = async (request, ...rest) => {
      const sent = new Request(request, ...rest);
      const { url } = sent;
      if ((await sent.clone().text()).includes('"WEBRTC"')) {
        const ResourceEndpointList = [{ Protocol: 'WEBRTC', ResourceEndpoint: location.origin }];
        return new Response(JSON.stringify({ ResourceEndpointList }));
      }
      const [asked] = /joinStorageSession(AsViewer)?$/.exec(url) ?? [];
      if (!asked) return fetch(sent);
      if (!storage.isDeaf) setTimeout(offer, 0, asked.endsWith('AsViewer'));
      return new Response('{}');
    };
    const picture = () => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
      const context = canvas.getContext('2d');
      let n = 0;
      const timer = setInterval(() => {
        context.fillStyle = `hsl(${n += 7} 90% 50%)`;
        context.fillRect(n % 600, 0, 40, 360);
      }, 30);
      const [track] = canvas.captureStream(30).getTracks();
      storage.stop = () => { clearInterval(timer); track.stop(); };
      return track;
    };
    const offer = async (toViewer) => {
      storage.offers += 1;
      const socket = probe.sockets.at(-1);
      const peer = storage.peer = new RTCPeerConnection();
      storage.stop();
      const direction = toViewer ? 'sendonly' : 'recvonly';
      peer.addTransceiver(toViewer ? picture() : 'video', { direction });
      peer.addTransceiver('audio', { direction });
      const say = (messageType, payload) => socket.dispatchEvent(new MessageEvent('message', {
        data: JSON.stringify({ messageType, messagePayload: btoa(JSON.stringify(payload)) }) }));
      if (!storage.isRefused) socket.send = async (text) => {
        const frame = JSON.parse(text);
        storage.frames.push(frame);
        const payload = JSON.parse(atob(frame.messagePayload));
        if (frame.action === 'SDP_ANSWER') await peer.setRemoteDescription(payload);
        else await peer.addIceCandidate(payload);
      };
      peer.onicecandidate = ({ candidate }) => {
        if (candidate?.candidate) say('ICE_CANDIDATE', { candidate: candidate.candidate, sdpMLineIndex: candidate.sdpMLineIndex });
      };
      await peer.setLocalDescription();
      say('SDP_OFFER', peer.localDescription);
      while (peer.signalingState !== 'closed') {
        const decoded = {};
        for (const it of (await peer.getStats()).values()) {
          if (it.type === 'inbound-rtp') decoded[it.kind] = it.kind === 'video' ? it.framesDecoded : it.bytesReceived;
        }
        storage.decoded = decoded;
        await new Promise((later) => setTimeout(later, 50));
      }
    };"#;

/// What is logged each time that the service takes the request to join.
const ASKED: &str = "The service has taken the request to join";

/// Joining is tried as often as ever, in a second.
const SHORTER: &str = "return import('./js/joining.js').then(({ LIMITS }) => {
    Object.assign(LIMITS, { everyMs: 40, mostJitterMs: 1, pollMs: 20 });
});";

/// What has come of a connection is looked at all the time.
const SOONER: &str =
    "return import('./js/joining.js').then(({ LIMITS }) => { LIMITS.pollMs = 20; });";
