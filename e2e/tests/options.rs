//! Every setting of a connection does what it says.

use anyhow::{Context, Result, ensure};
use kvs_e2e::{Camera, Kind, Page, SOON, Story, Video};
use serde_json::json;

use crate::people::{ON_VIEWER, call, master, start_master, tales, viewer};

tales![
    the_ticked_codecs_come_first_in_the_offer,
    candidates_are_filtered_as_they_leave_and_as_they_come,
    a_codec_that_the_other_side_lacks_is_told,
    a_codec_that_the_other_side_puts_first_is_told,
    codecs_are_passed_on_by_link_and_report,
    nat_traversal_sets_the_candidates,
    the_camera_opens_in_the_chosen_resolution,
    a_camera_that_gives_less_opens_and_its_resolution_is_told,
    a_lost_signaling_connection_comes_back_where_that_is_ticked,
    requests_are_logged_where_that_is_asked_for,
];

async fn the_ticked_codecs_come_first_in_the_offer(story: &Story<'_>) -> Result<()> {
    let _master = master(story, "").await?;
    let page = story.open("viewer", Camera::Missing, "sendVideo=false").await?;
    let preferred = preferred_codec(&page).await?;
    ensure!(first_codec(&page).await? == preferred, "as the page comes");
    if preferred == "H264" {
        page.tick("input[value='video/H264']", false).await?;
    }
    page.tick("input[value='video/VP9']", true).await?;
    ensure!(first_codec(&page).await? == "VP9", "where VP9 is ticked");
    page.tick("#codec-filter-toggle", false).await?;
    ensure!(first_codec(&page).await? == "VP8", "the browser's own order");
    page.click("#reset-codecs").await?;
    ensure!(first_codec(&page).await? == preferred, "as at first");
    Ok(())
}

/// What is ticked at first: H.264, and the page says so where the browser lacks it, as a Firefox
/// does that has downloaded nothing. Its own order counts then.
async fn preferred_codec(page: &Page) -> Result<&'static str> {
    let ticked = "[...document.querySelectorAll('input[name=vcodec]:checked')]
                  .map(({ value }) => value)";
    let ticked = page.value(ticked).await?;
    if ticked == json!(["video/H264"]) {
        return Ok("H264");
    }
    ensure!(Kind::wanted() == Kind::Firefox && ticked == json!([]), "ticked at first: {ticked}");
    let said = page.value("document.getElementById('codec-message').textContent").await?;
    ensure!(said == "This browser has no video/H264: what it has is used.", "it says {said}");
    Ok("VP8")
}

/// Makes a call and names the codec that its offer begins with.
async fn first_codec(page: &Page) -> Result<String> {
    page.click("#viewer-button").await?;
    page.until_text("#status", "Connected", SOON).await?;
    let script = "const { sdp } = kvs.viewer.peerConnection.localDescription;
                  const [, payload] = /m=video \\d+ \\S+ (\\d+)/.exec(sdp);
                  return new RegExp(`a=rtpmap:${payload} (\\\\w+)`).exec(sdp)[1];";
    let codec = page.run(script, vec![]).await?;
    page.click("#stop-viewer-button").await?;
    page.until_text("#status", "Ready", SOON).await?;
    Ok(codec.as_str().context("no codec")?.to_owned())
}

/// Keeps what is said on the socket and what a connection is told.
pub(crate) const WATCH: &str = "
    globalThis.said = [];
    globalThis.taken = [];
    const { send } = WebSocket.prototype;
    WebSocket.prototype.send = function (text) {
      const { action, messagePayload } = JSON.parse(text);
      said.push([action, atob(messagePayload)]);
      return send.call(this, text);
    };
    const { addIceCandidate } = RTCPeerConnection.prototype;
    RTCPeerConnection.prototype.addIceCandidate = function (candidate) {
      taken.push(candidate.candidate);
      return addIceCandidate.call(this, candidate);
    };
    globalThis.typesOf = (texts) =>
      [...new Set(texts.map((text) => / typ (\\w+)/.exec(text)?.[1]).filter(Boolean))].sort();
    globalThis.sent = () => said.filter(([action]) => action === 'ICE_CANDIDATE').map(([, text]) => text);";

async fn candidates_are_filtered_as_they_leave_and_as_they_come(story: &Story<'_>) -> Result<()> {
    let _master = master(story, "").await?;
    // With no direct path, which would end the gathering before there is a relay.
    let query =
        "sendVideo=false&send-host=false&send-srflx=false&accept-host=false&accept-srflx=false";
    let page = story.open("viewer", Camera::Missing, query).await?;
    page.run(WATCH, vec![]).await?;
    page.click("#viewer-button").await?;
    page.until_text("#status", "Connected", SOON).await?;
    page.until("candidates went both ways", SOON, "sent().length && taken.length").await?;
    let types = page.value("[typesOf(sent()), typesOf(taken)]").await?;
    ensure!(types == json!([["relay"], ["relay"]]), "sent and taken: {types}");
    Ok(())
}

async fn a_codec_that_the_other_side_lacks_is_told(story: &Story<'_>) -> Result<()> {
    let master = master(story, "codec-filter-toggle=false").await?;
    // A master that has no VP9.
    let lacks = "const { setRemoteDescription } = RTCPeerConnection.prototype;
        RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {
          return setRemoteDescription.call(this, { type, sdp: globalThis.lacking ? sdp.replaceAll(' VP9/', ' none/') : sdp });
        };
        globalThis.lacking = true;";
    master.run(lacks, vec![]).await?;
    let query = "sendVideo=false&video/H264=false&video/VP9=true";
    let page = story.open("viewer", Camera::Missing, query).await?;
    page.click("#viewer-button").await?;
    page.until_text("#codec-note", "not ticked: the other side has none of the ticked", SOON)
        .await?;
    page.click("#stop-viewer-button").await?;
    ensure!(page.text("#codec-note").await?.is_empty(), "it is left over");
    master.run("globalThis.lacking = false;", vec![]).await?;
    page.click("#viewer-button").await?;
    page.until_text("#viewer .facts", "video/VP9", SOON).await?;
    ensure!(page.text("#codec-note").await?.is_empty(), "VP9 is ticked");
    Ok(())
}

async fn a_codec_that_the_other_side_puts_first_is_told(story: &Story<'_>) -> Result<()> {
    // Each has the other's codec, and wants another one first.
    let master = master(story, "video/H264=false&video/VP9=true").await?;
    let viewer = viewer(story, "viewer", "video/H264=false&video/VP8=true").await?;
    viewer.until_text("#status", "Connected", SOON).await?;
    for (page, used) in [(&master, "VP8"), (&viewer, "VP9")] {
        let note =
            format!("uses video/{used}, which is not ticked: the other side puts it before those");
        page.until_text("#codec-note", &note, SOON).await?;
    }
    Ok(())
}

async fn codecs_are_passed_on_by_link_and_report(story: &Story<'_>) -> Result<()> {
    let page = story.open("page", Camera::Missing, "").await?;
    let h264 = preferred_codec(&page).await? == "H264";
    page.click("#share > summary").await?;
    let link = page.until_text("#share-link", "view=viewer", SOON).await?;
    ensure!(!link.contains("%2F"), "as the page comes there is nothing to tell: {link}");
    if h264 {
        page.tick("input[value='video/H264']", false).await?;
    }
    page.tick("input[value='video/VP9']", true).await?;
    page.tick("input[value='audio/PCMU']", true).await?;
    let link = page.until_text("#share-link", "PCMU", SOON).await?;
    page.click("#report-button").await?;
    let report = page.until_text("#report-text", "\"video/VP9\": \"true\"", SOON).await?;
    ensure!(report.contains("\"video/H264\": \"false\"") == h264, "{report}");
    let (_, query) = link.split_once('?').context("a link without settings")?;
    let other = story.open("other", Camera::Missing, query).await?;
    let ticked = "[...document.querySelectorAll('#codec-list input:checked')].map((box) => box.value).sort()";
    let seen = other.value(ticked).await?;
    ensure!(seen == json!(["audio/PCMU", "audio/opus", "video/VP9"]), "{seen}");
    other.click("#reset-codecs").await?;
    let at_first = if h264 { json!(["audio/opus", "video/H264"]) } else { json!(["audio/opus"]) };
    let seen = other.value(ticked).await?;
    ensure!(seen == at_first, "as at first: {seen}");
    Ok(())
}

async fn nat_traversal_sets_the_candidates(story: &Story<'_>) -> Result<()> {
    let page = story
        .open("page", Camera::Missing, "forceTURN=true&send-host=false&accept-tcp=false")
        .await?;
    let ticked = "['send', 'accept'].map((way) => ['host', 'srflx', 'prflx', 'relay', 'tcp', 'udp']
                  .filter((kind) => document.getElementById(`${way}-${kind}`).checked).join(' '))";
    let all = "host srflx prflx relay tcp udp";
    let seen = page.value(ticked).await?;
    ensure!(
        seen == json!(["srflx prflx relay tcp udp", "host srflx prflx relay udp"]),
        "by a link: {seen}"
    );
    page.tick("#forceSTUN", true).await?;
    ensure!(page.value(ticked).await? == json!(["srflx tcp udp", "srflx udp"]));
    page.tick("#forceTURN", true).await?;
    ensure!(page.value(ticked).await? == json!(["relay tcp udp", "relay udp"]));
    page.tick("#natTraversalDisabled", true).await?;
    ensure!(page.value(ticked).await? == json!([all, all]));
    Ok(())
}

async fn the_camera_opens_in_the_chosen_resolution(story: &Story<'_>) -> Result<()> {
    for (choice, size) in [("fullscreen", json!([640, 480])), ("widescreen", json!([1280, 720]))] {
        let page = master(story, &format!("resolution={choice}")).await?;
        page.until("the camera is open", SOON, "kvs.master.localStream").await?;
        let seen =
            "const { width, height } = kvs.master.localStream.getVideoTracks()[0].getSettings();
                    return [width, height];";
        let seen = page.run(seen, vec![]).await?;
        ensure!(seen == size, "{choice}: {seen}");
        page.click("#stop-master-button").await?;
    }
    Ok(())
}

/// The camera has no more pixels than these; whether that is enough for what is asked, the browser decides by its rules.
const SMALL: &str = "
    const { getUserMedia } = MediaDevices.prototype;
    const within = (max, { exact, min = exact, ...wish }) => ({ ...wish, min, max });
    MediaDevices.prototype.getUserMedia = function ({ video: { width, height, ...more }, audio }) {
      const video = { ...more, width: within(320, width), height: within(240, height) };
      return getUserMedia.call(this, { video, audio });
    };";

async fn a_camera_that_gives_less_opens_and_its_resolution_is_told(
    story: &Story<'_>,
) -> Result<()> {
    let page = story.open("master", Camera::Granted, "").await?;
    page.run(SMALL, vec![]).await?;
    for choice in ["#widescreen", "#fullscreen"] {
        page.tick(choice, true).await?;
        start_master(&page).await?;
        page.until_text("#master .facts", "Camera 320×240,", SOON).await?;
        let shown = "document.querySelector('#master .local-view').videoWidth === 320";
        page.until("the picture is shown", SOON, shown).await?;
        ensure!(page.text("#problem").await?.is_empty(), "{choice}: it is called a problem");
        page.click("#stop-master-button").await?;
    }
    Ok(())
}

async fn a_lost_signaling_connection_comes_back_where_that_is_ticked(
    story: &Story<'_>,
) -> Result<()> {
    let page = story.open("master", Camera::Granted, "signaling-reconnect=false").await?;
    start_master(&page).await?;
    page.run("probe.sockets.at(-1).close()", vec![]).await?;
    page.until_text("#status", "signaling connection is gone", SOON).await?;
    page.click("#stop-master-button").await?;
    page.tick("#signaling-reconnect", true).await?;
    start_master(&page).await?;
    let sockets = page.value("probe.sockets.length").await?;
    page.run("probe.sockets.at(-1).close()", vec![]).await?;
    page.until("it is opened again", SOON, &format!("probe.sockets.length > {sockets}")).await?;
    page.until_text("#status", "Waiting for viewers", SOON).await.map(drop)
}

async fn requests_are_logged_where_that_is_asked_for(story: &Story<'_>) -> Result<()> {
    let (master, viewer) = call(story, "log-aws-sdk-calls=true").await?;
    Video::new(&viewer, ON_VIEWER, 0).is_live().await?;
    for page in [&master, &viewer] {
        let log = page.until_text("#logs", "getSignalingChannelEndpoint", SOON).await?;
        ensure!(log.contains("answer: 200"), "how it ended is not in {log}");
    }
    let quiet = story.open("quiet", Camera::Missing, "").await?;
    quiet.click("#create-channel-button").await?;
    quiet.until_text("#channelName-message", "exists", SOON).await?;
    let log = quiet.text("#logs").await?;
    ensure!(!log.contains("createSignalingChannel"), "nobody asked for {log}");
    quiet.tick("#log-aws-sdk-calls", true).await?;
    quiet.click("#create-channel-button").await?;
    quiet.until_text("#logs", "SignalingChannel", SOON).await.map(drop)
}
