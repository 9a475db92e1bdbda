//! Masters and viewers of a storage session that send and receive media.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures_util::StreamExt as _;
use kvs_emulator::media_crypto;
use serde_json::{Value, json};
use str0m::{
    Candidate, Event, Input, Output, Rtc, RtcConfig,
    change::SdpOffer,
    format::Codec,
    media::{MediaKind, MediaTime, Mid},
    net::{Protocol, Receive},
};
use tokio::{
    net::UdpSocket,
    sync::{mpsc, watch},
    time::{Instant, interval, sleep_until},
};
use tokio_tungstenite::tungstenite::Message;

use crate::rig::{Rig, Socket, soon};

/// How often a master sends a frame.
const FRAME: Duration = Duration::from_millis(20);
/// A picture in H.264, as far as anybody looks at it here.
const PICTURE: &[u8] = b"\0\0\0\x01\x65\x88\x80picture";

/// A channel with media storage; answers its ARN.
pub(crate) async fn channel_with_storage(rig: &Rig, name: &str) -> String {
    let channel = rig.channel(name).await;
    let stream = json!({ "StreamName": name, "DataRetentionInHours": 1 });
    let stream = rig.call("/createStream", &stream).await.json()["StreamARN"].clone();
    let storage = json!({ "Status": "ENABLED", "StreamARN": stream });
    let update = json!({ "ChannelARN": channel, "MediaStorageConfiguration": storage });
    let updated = rig.call("/updateMediaStorageConfiguration", &update).await;
    assert_eq!(updated.status.as_u16(), 200, "{}", updated.text());
    channel
}

/// Joins, as whoever is connected.
pub(crate) async fn join(rig: &Rig, channel: &str, client_id: Option<&str>) {
    let joined = try_join(rig, channel, client_id).await;
    assert_eq!(joined.status.as_u16(), 200, "{}", joined.text());
}

pub(crate) async fn try_join(
    rig: &Rig,
    channel: &str,
    client_id: Option<&str>,
) -> crate::rig::Response {
    let (path, body) = match client_id {
        None => ("/joinStorageSession", json!({ "channelArn": channel })),
        Some(id) => {
            ("/joinStorageSessionAsViewer", json!({ "channelArn": channel, "clientId": id }))
        }
    };
    rig.call(path, &body).await
}

/// The payload of the next message of this type.
pub(crate) async fn payload(socket: &mut Socket, kind: &str) -> Value {
    loop {
        let frame = socket.frame().await;
        if frame["messageType"] == kind {
            assert!(frame.get("senderClientId").is_none(), "{frame}");
            return decoded(&frame);
        }
    }
}

fn decoded(frame: &Value) -> Value {
    let payload = STANDARD.decode(frame["messagePayload"].as_str().unwrap()).unwrap();
    serde_json::from_slice(&payload).unwrap()
}

/// A message to the session.
pub(crate) fn message(action: &str, payload: &Value) -> Value {
    let payload = STANDARD.encode(payload.to_string());
    json!({ "action": action, "messagePayload": payload, "correlationId": "c-1" })
}

/// What a peer has seen.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) connected: bool,
    pub(crate) video: u64,
    pub(crate) audio: u64,
    /// How often it was asked for a whole picture.
    pub(crate) pictures: u64,
    pub(crate) gone: bool,
}

/// A peer with its socket and its media; it ends with this.
pub(crate) struct MediaPeer {
    seen: watch::Receiver<Seen>,
    _alive: mpsc::Sender<()>,
}

impl MediaPeer {
    /// Answers the offer that comes next; a master then sends, a viewer listens.
    pub(crate) async fn answer(mut socket: Socket) -> Self {
        let offer = payload(&mut socket, "SDP_OFFER").await;
        let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let at = udp.local_addr().unwrap();
        let mut rtc = rtc();
        rtc.add_local_candidate(Candidate::host(at, "udp").unwrap());
        let offer: SdpOffer = serde_json::from_value(offer).unwrap();
        let answer = rtc.sdp_api().accept_offer(offer).unwrap();
        let answer = serde_json::to_value(&answer).unwrap();
        socket.send(&message("SDP_ANSWER", &answer)).await;
        let (told, seen) = watch::channel(Seen::default());
        let (alive, ended) = mpsc::channel(1);
        let peer = Task { rtc, udp, at, socket, told, media: Vec::new(), sent: 0 };
        tokio::spawn(peer.run(ended));
        Self { seen, _alive: alive }
    }

    /// Waits until the peer has seen that.
    pub(crate) async fn until(&mut self, that: impl FnMut(&Seen) -> bool) -> Seen {
        *soon(self.seen.wait_for(that)).await.expect("the peer goes on")
    }
}

/// A client with the emulator's cryptography, and all else its own.
fn rtc() -> Rtc {
    let crypto = Arc::new(media_crypto());
    RtcConfig::new().set_crypto_provider(crypto).build(Instant::now().into_std())
}

struct Task {
    rtc: Rtc,
    udp: UdpSocket,
    at: SocketAddr,
    socket: Socket,
    told: watch::Sender<Seen>,
    media: Vec<(Mid, MediaKind)>,
    sent: u64,
}

impl Task {
    async fn run(mut self, mut ended: mpsc::Receiver<()>) {
        let mut frames = interval(FRAME);
        let mut buffer = [0; 2000];
        while let Some(due) = self.drain() {
            tokio::select! {
                _ = ended.recv() => return,
                _ = frames.tick() => self.send_frames(),
                Some(Ok(message)) = self.socket.0.next() => self.hear(&message),
                received = self.udp.recv_from(&mut buffer) => {
                    let (length, source) = received.unwrap();
                    let contents = &buffer[..length];
                    let receive = Receive::new(Protocol::Udp, source, self.at, contents).unwrap();
                    let input = Input::Receive(Instant::now().into_std(), receive);
                    self.rtc.handle_input(input).unwrap();
                }
                () = sleep_until(due) => {}
            }
            self.rtc.handle_input(Input::Timeout(Instant::now().into_std())).unwrap();
        }
        self.told.send_modify(|seen| seen.gone = true);
        ended.recv().await;
    }

    /// Does what there is to do; `None` at the end.
    fn drain(&mut self) -> Option<Instant> {
        loop {
            if !self.rtc.is_alive() {
                return None;
            }
            match self.rtc.poll_output().unwrap() {
                Output::Timeout(due) => return Some(Instant::from_std(due)),
                Output::Transmit(it) => {
                    self.udp.try_send_to(&it.contents, it.destination).ok();
                }
                Output::Event(event) => self.event(event),
            }
        }
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::MediaAdded(added) => self.media.push((added.mid, added.kind)),
            Event::Connected => self.told.send_modify(|seen| seen.connected = true),
            Event::KeyframeRequest(_) => self.told.send_modify(|seen| seen.pictures += 1),
            Event::MediaData(data) => {
                let is_video = data.params.spec().codec.is_video();
                assert!(!is_video || data.data.ends_with(b"picture"), "{:?}", data.data);
                self.told.send_modify(|seen| {
                    *(if is_video { &mut seen.video } else { &mut seen.audio }) += 1;
                });
            }
            _ => {}
        }
    }

    fn send_frames(&mut self) {
        self.sent += 1;
        let now = Instant::now().into_std();
        for (mid, kind) in &self.media {
            if !self.rtc.media(*mid).unwrap().direction().is_sending() {
                continue;
            }
            let Some(writer) = self.rtc.writer(*mid) else { continue };
            let (codec, data) = match kind {
                MediaKind::Video => (Codec::H264, PICTURE),
                MediaKind::Audio => (Codec::Opus, &b"sound"[..]),
            };
            let Some(params) = writer.payload_params().find(|p| p.spec().codec == codec) else {
                continue;
            };
            let (pt, rate) = (params.pt(), params.spec().clock_rate);
            let time = MediaTime::from_millis(self.sent * 20).rebase(rate);
            writer.write(pt, now, time, data).ok();
        }
    }

    fn hear(&mut self, message: &Message) {
        let Message::Text(text) = message else { return };
        if text.is_empty() {
            return;
        }
        let frame: Value = serde_json::from_str(text).unwrap();
        assert_ne!(frame["messageType"], "STATUS_RESPONSE", "{frame}");
        if frame["messageType"] == "ICE_CANDIDATE" {
            let line = decoded(&frame)["candidate"].as_str().unwrap().to_owned();
            self.rtc.add_remote_candidate(Candidate::from_sdp_string(&line).unwrap());
        }
    }
}
