//! What is ticked is sent, and nothing else.

use anyhow::{Context, Result, ensure};
use kvs_e2e::{Camera, SOON, Story};
use serde_json::json;

use crate::people::{master, tales, viewer};

tales![the_offer_holds_what_is_ticked, sound_arrives_in_the_codec_that_comes_first,];

/// Of each part of a description: what it is of, and which way media go.
const PARTS: &str = "globalThis.partsOf = ({ sdp }) => sdp.split('\\r\\nm=').slice(1)
    .map((part) => [/^\\w+/.exec(part)[0], /a=(sendrecv|sendonly|recvonly|inactive)/.exec(part)?.[1]])
    .map(([kind, way]) => (kind === 'application' ? kind : `${kind} ${way}`)).sort();";

async fn the_offer_holds_what_is_ticked(story: &Story<'_>) -> Result<()> {
    let _master = master(story, "").await?;
    let page = story.open("viewer", Camera::Granted, "sendVideo=false").await?;
    page.run(PARTS, vec![]).await?;
    for (audio, messages, expected) in [
        (false, true, json!([["application", "audio recvonly", "video recvonly"], 1])),
        (false, false, json!([["audio recvonly", "video recvonly"], 0])),
        (true, false, json!([["audio sendrecv", "video recvonly"], 0])),
    ] {
        page.tick("#sendAudio", audio).await?;
        page.tick("#openDataChannel", messages).await?;
        page.click("#viewer-button").await?;
        page.until_text("#status", "Connected", SOON).await?;
        let seen = "[partsOf(kvs.viewer.peerConnection.localDescription),
                     document.querySelectorAll('#viewer textarea').length]";
        let seen = page.value(seen).await?;
        ensure!(seen == expected, "sound {audio}, messages {messages}: {seen}");
        page.click("#stop-viewer-button").await?;
    }
    Ok(())
}

async fn sound_arrives_in_the_codec_that_comes_first(story: &Story<'_>) -> Result<()> {
    let query = "sendAudio=true&audio/opus=false&audio/PCMU=true";
    let master = master(story, query).await?;
    let viewer = viewer(story, "viewer", query).await?;
    for (page, connection) in [
        (&viewer, "kvs.viewer?.peerConnection"),
        (&master, "kvs.master.viewers[0]?.peerConnection"),
    ] {
        let heard = format!(
            "(async () => {{
               const report = await {connection}?.getStats() ?? new Map();
               return [...report.values()]
                 .filter(({{ type, kind, bytesReceived }}) => type === 'inbound-rtp' && kind === 'audio' && bytesReceived > 0)
                 .map(({{ codecId }}) => report.get(codecId)?.mimeType).join();
             }})()"
        );
        page.until_some("there is sound of the other side", SOON, || async {
            Ok((page.value(&heard).await? == json!("audio/PCMU")).then_some(()))
        })
        .await?;
        let first = format!(
            "const sdp = {connection}.localDescription.sdp;
             const [, payload] = /m=audio \\d+ \\S+ (\\d+)/.exec(sdp);
             return payload === '0' ? 'PCMU' : new RegExp(`a=rtpmap:${{payload}} (\\\\w+)`).exec(sdp)[1];"
        );
        let codec = page.run(&first, vec![]).await?;
        let codec = codec.as_str().context("no codec")?;
        ensure!(codec == "PCMU", "{}: {codec} comes first", page.name());
    }
    Ok(())
}
