//! The emulator's storage session: met by the page, and by pages that know nothing but WebRTC and the
//! socket's messages.

use anyhow::{Context, Result};
use kvs_e2e::{
    Camera, Kind, Page, SOON, Story, Video,
    service::{ACCESS_KEY_ID, SECRET},
};
use serde_json::{Value, json};

use crate::people::{ON_VIEWER, tales};
use crate::storage::store;

tales![
    what_the_page_finds_stored_is_a_call_with_the_service,
    a_camera_reaches_the_session_and_from_there_a_viewer,
];

/// Joins the channel's storage session in a role, and answers what it offers by a bare connection.
const JOIN: &str = "const [accessKeyId, secretAccessKey, clientId] = arguments;
    const { KinesisVideoClient, SigV4RequestSigner } = await import('/pkg/kvs_webrtc.js');
    const region = 'us-west-2';
    const credentials = { accessKeyId, secretAccessKey };
    const client = new KinesisVideoClient({ region, endpoint: location.origin, credentials });
    const Role = clientId ? 'VIEWER' : 'MASTER';
    if (!clientId) {
      const { ChannelARN } = await client.createSignalingChannel({ ChannelName: 'ingestion' });
      const { StreamARN } = await client.createStream({ StreamName: 'ingestion', DataRetentionInHours: 1 });
      const MediaStorageConfiguration = { Status: 'ENABLED', StreamARN };
      await client.updateMediaStorageConfiguration({ ChannelARN, MediaStorageConfiguration });
    }
    const { ChannelInfo } = await client.describeSignalingChannel({ ChannelName: 'ingestion' });
    const { ChannelARN } = ChannelInfo;
    const { ResourceEndpointList } = await client.getSignalingChannelEndpoint({
      ChannelARN, SingleMasterChannelEndpointConfiguration: { Protocols: ['WSS', 'HTTPS', 'WEBRTC'], Role },
    });
    const endpoint = ResourceEndpointList.find(({ Protocol }) => Protocol === 'WSS').ResourceEndpoint;
    const query = { 'X-Amz-ChannelARN': ChannelARN, ...(clientId && { 'X-Amz-ClientId': clientId }) };
    const signer = new SigV4RequestSigner(region, credentials);
    const socket = new WebSocket(await signer.getSignedURL(endpoint, query));
    await new Promise((opened) => socket.addEventListener('open', opened));
    const { IceServerList } = await client.getIceServerConfig({ ChannelARN });
    const iceServers = IceServerList.map(({ Uris, Username, Password }) =>
      ({ urls: Uris, username: Username, credential: Password }));
    const connection = new RTCPeerConnection({ iceServers });
    globalThis.own = { connection, socket, statuses: [] };
    const send = (action, payload) =>
      socket.send(JSON.stringify({ action, messagePayload: btoa(JSON.stringify(payload)), correlationId: 'c' }));
    connection.addEventListener('icecandidate', ({ candidate }) => candidate && send('ICE_CANDIDATE', candidate));
    connection.addEventListener('track', ({ track }) => {
      if (track.kind !== 'video') return;
      own.video = Object.assign(document.createElement('video'), { muted: true, autoplay: true });
      own.video.srcObject = new MediaStream([track]);
    });
    const early = [];
    socket.addEventListener('message', async ({ data }) => {
      if (!data) return;
      const { messageType, messagePayload, statusResponse } = JSON.parse(data);
      if (messageType === 'STATUS_RESPONSE') own.statuses.push(statusResponse);
      if (messageType === 'ICE_CANDIDATE') {
        const candidate = JSON.parse(atob(messagePayload));
        if (connection.remoteDescription) await connection.addIceCandidate(candidate);
        else early.push(candidate);
      }
      if (messageType !== 'SDP_OFFER') return;
      // A viewer may talk. Firefox reaches 127.0.0.1 only for a page that has a camera or a microphone.
      const stream = await navigator.mediaDevices.getUserMedia({ video: !clientId, audio: true });
      for (const track of stream.getTracks()) connection.addTrack(track, stream);
      await connection.setRemoteDescription(JSON.parse(atob(messagePayload)));
      for (const candidate of early) await connection.addIceCandidate(candidate);
      await connection.setLocalDescription();
      send('SDP_ANSWER', connection.localDescription);
    });
    if (clientId) await client.joinStorageSessionAsViewer({ channelArn: ChannelARN, clientId });
    else await client.joinStorageSession({ channelArn: ChannelARN });";

async fn what_the_page_finds_stored_is_a_call_with_the_service(story: &Story<'_>) -> Result<()> {
    let query = "sendAudio=true&ingest-media=true";
    let master = story.open("master", Camera::Granted, query).await?;
    store(&master).await?;
    master.click("#master-button").await?;
    master.until_text("#status", CONNECTED, SOON).await?;
    let query = "sendVideo=false&openDataChannel=false&ingest-media=true";
    // Firefox has a way to 127.0.0.1 for pages that may use a camera, and for others by luck.
    let camera = match Kind::wanted() {
        Kind::Chromium => Camera::Missing,
        Kind::Firefox => Camera::Granted,
    };
    let viewer = story.open("viewer", camera, query).await?;
    viewer.click("#viewer-button").await?;
    viewer.until_text("#status", CONNECTED, SOON).await?;
    Video::new(&viewer, ON_VIEWER, 0).is_live().await?;
    viewer.click("#stop-viewer-button").await?;
    master.click("#stop-master-button").await?;
    master.until_text("#status", "Ready", SOON).await.map(drop)
}

const CONNECTED: &str = "Connected to the service";

async fn a_camera_reaches_the_session_and_from_there_a_viewer(story: &Story<'_>) -> Result<()> {
    let master = join(story, "master", Camera::Granted, None).await?;
    until_connected(&master).await?;
    let viewer = join(story, "viewer", Camera::Granted, Some("v1")).await?;
    until_connected(&viewer).await?;
    viewer.until("the camera is seen", SOON, "own.video?.videoWidth > 0").await?;
    viewer
        .until_some("frames are counted", SOON, || async {
            let peers = peers(&viewer).await?;
            let frames = |(at, flow): (usize, &str)| {
                let peer = peers.get(at).and_then(|peer| peer.pointer(flow));
                peer.and_then(Value::as_u64).unwrap_or_default()
            };
            let flows = [
                (0, "/received/video/frames"),
                (0, "/received/audio/frames"),
                (1, "/sent/video/frames"),
                (1, "/sent/audio/frames"),
            ];
            Ok(flows.into_iter().all(|flow| frames(flow) > 30).then_some(()))
        })
        .await?;
    let admin = story.service().page_url("") + "_emulator/";
    let admin = story.open_url("admin", Camera::Missing, &admin).await?;
    admin.until_text("#storage", "Master of ingestion", SOON).await?;
    admin.until_text("#storage", "frames of video", SOON).await.map(drop)
}

async fn join(
    story: &Story<'_>,
    name: &str,
    camera: Camera,
    client_id: Option<&str>,
) -> Result<Page> {
    let page = story.open(name, camera, "").await?;
    let arguments = vec![json!(ACCESS_KEY_ID), json!(SECRET), json!(client_id)];
    page.run(&format!("return (async () => {{ {JOIN} }})();"), arguments).await?;
    Ok(page)
}

async fn until_connected(page: &Page) -> Result<()> {
    let connected = "own.connection.connectionState === 'connected' && own.statuses.length === 0";
    page.until("the session is reached", SOON, connected).await
}

/// What the emulator says of who is in storage sessions.
async fn peers(page: &Page) -> Result<Vec<Value>> {
    let script = "return fetch('/_emulator/storage', { headers: { 'X-Kvs-Emulator': '1' } })
                      .then((response) => response.json());";
    let told = page.run(script, Vec::new()).await?;
    told.pointer("/peers").and_then(Value::as_array).cloned().context("there are no peers")
}
