//! `getStats()` of every browser in one shape, with rates since the call before.
//!
//! Source: W3C webrtc-stats. Firefox names no selected pair in its transport, but marks the pair.

use js_sys::{Array, Function, Object};
use wasm_bindgen::{JsCast, JsValue};

use crate::session::{Limit, Sample, mask_address};
use crate::web::reflect::{get, get_some, get_string, object, set};

/// Tracks that are told of at the most.
const MAX_TRACKS: usize = 32;

/// Members that are copied, ours beside the W3C's, with what makes our unit of the W3C's.
type Member = (&'static str, &'static str, f64);

const TRACK: [Member; 28] = [
    ("id", "trackIdentifier", 1.0),
    ("mid", "mid", 1.0),
    ("rid", "rid", 1.0),
    ("packetsReceived", "packetsReceived", 1.0),
    ("packetsSent", "packetsSent", 1.0),
    ("packetsLost", "packetsLost", 1.0),
    ("packetsRetransmitted", "retransmittedPacketsSent", 1.0),
    ("bytesReceived", "bytesReceived", 1.0),
    ("bytesSent", "bytesSent", 1.0),
    ("jitter", "jitter", 1000.0),
    ("width", "frameWidth", 1.0),
    ("height", "frameHeight", 1.0),
    ("framesPerSecond", "framesPerSecond", 1.0),
    ("framesReceived", "framesReceived", 1.0),
    ("framesDecoded", "framesDecoded", 1.0),
    ("framesDropped", "framesDropped", 1.0),
    ("framesEncoded", "framesEncoded", 1.0),
    ("framesSent", "framesSent", 1.0),
    ("keyFramesDecoded", "keyFramesDecoded", 1.0),
    ("keyFramesEncoded", "keyFramesEncoded", 1.0),
    ("freezeCount", "freezeCount", 1.0),
    ("freezeDuration", "totalFreezesDuration", 1000.0),
    ("nackCount", "nackCount", 1.0),
    ("pliCount", "pliCount", 1.0),
    ("audioLevel", "audioLevel", 1.0),
    ("qualityLimitationReason", "qualityLimitationReason", 1.0),
    ("encoderImplementation", "encoderImplementation", 1.0),
    ("decoderImplementation", "decoderImplementation", 1.0),
];

/// What the other side says of a track that we send.
const REMOTE: [Member; 3] = [
    ("packetsLost", "packetsLost", 1.0),
    ("jitter", "jitter", 1000.0),
    ("roundTripTime", "roundTripTime", 1000.0),
];

const PAIR: [Member; 5] = [
    ("roundTripTime", "currentRoundTripTime", 1000.0),
    ("availableOutgoingBitrate", "availableOutgoingBitrate", 1.0),
    ("availableIncomingBitrate", "availableIncomingBitrate", 1.0),
    ("bytesSent", "bytesSent", 1.0),
    ("bytesReceived", "bytesReceived", 1.0),
];

const TRANSPORT: [Member; 5] = [
    ("dtlsState", "dtlsState", 1.0),
    ("tlsVersion", "tlsVersion", 1.0),
    ("dtlsCipher", "dtlsCipher", 1.0),
    ("srtpCipher", "srtpCipher", 1.0),
    ("pairChanges", "selectedCandidatePairChanges", 1.0),
];

const CANDIDATE: [Member; 5] = [
    ("type", "candidateType", 1.0),
    ("protocol", "protocol", 1.0),
    ("relayProtocol", "relayProtocol", 1.0),
    ("networkType", "networkType", 1.0),
    ("port", "port", 1.0),
];

const CHANNEL: [Member; 5] = [
    ("state", "state", 1.0),
    ("messagesSent", "messagesSent", 1.0),
    ("messagesReceived", "messagesReceived", 1.0),
    ("bytesSent", "bytesSent", 1.0),
    ("bytesReceived", "bytesReceived", 1.0),
];

/// What was counted when one use of the measurements last looked at one connection.
#[derive(Default)]
pub(crate) struct Meter {
    tracks: Vec<(String, Counted, Rates)>,
}

/// Counters of one track.
#[derive(Clone, Copy, Default)]
struct Counted {
    /// Epoch milliseconds.
    at: f64,
    bytes: f64,
    packets: f64,
    lost: f64,
    frames: Option<f64>,
    freezes: Option<f64>,
}

/// What came of two looks at a track.
#[derive(Clone, Copy, Default)]
struct Rates {
    bits: Option<f64>,
    loss: Option<f64>,
    frames: Option<f64>,
    freezes: Option<f64>,
}

/// One look at a connection.
pub(crate) struct Reading {
    /// For the page.
    pub(crate) stats: Object,
    /// For the verdict; nothing where this was the first look.
    pub(crate) sample: Option<Sample>,
}

impl Meter {
    /// Puts a browser's report into our shape.
    pub(crate) fn read(&mut self, report: &JsValue, mask: bool) -> Reading {
        let report = Report(entries(report));
        let mut sample = Sample::default();
        let mut is_first = true;
        let mut tracks = std::mem::take(&mut self.tracks);
        let told = Array::new();
        for (entry, receives) in report.tracks() {
            let id = get_string(entry, "id").unwrap_or_default();
            let remote = get_string(entry, "remoteId").and_then(|id| report.find(&id));
            let now = Counted::read(entry, remote, receives);
            let before = tracks.iter().position(|(known, ..)| *known == id);
            let before = before.map(|index| tracks.swap_remove(index));
            is_first &= before.is_none();
            let rates =
                before.map_or_else(Rates::default, |(_, then, rates)| now.since(&then, rates));
            told.push(&report.track(entry, remote, receives, &rates));
            sample.add(entry, remote, receives, &rates);
            self.tracks.push((id, now, rates));
        }
        let connection = report.connection(mask);
        let round_trip = get(&connection, "roundTripTime").as_f64();
        sample.round_trip_micros = round_trip.map(|millis| whole(millis * 1000.0));
        let stats = object(&[
            ("timestamp", js_sys::Date::now().into()),
            ("tracks", told.into()),
            ("connection", connection),
        ]);
        if let Some(channel) = report.first("data-channel") {
            set(&stats, "dataChannel", &copied(channel, &CHANNEL));
        }
        Reading { stats, sample: (!is_first).then_some(sample) }
    }
}

impl Counted {
    fn read(entry: &JsValue, remote: Option<&JsValue>, receives: bool) -> Self {
        let [bytes, packets] = if receives {
            ["bytesReceived", "packetsReceived"]
        } else {
            ["bytesSent", "packetsSent"]
        };
        let loser = if receives { Some(entry) } else { remote };
        Self {
            at: number(entry, "timestamp").unwrap_or_default(),
            bytes: number(entry, bytes).unwrap_or_default(),
            packets: number(entry, packets).unwrap_or_default(),
            lost: loser.and_then(|loser| number(loser, "packetsLost")).unwrap_or_default(),
            frames: number(entry, if receives { "framesDecoded" } else { "framesEncoded" }),
            freezes: number(entry, "freezeCount"),
        }
    }

    /// Rates since `then`. A report that the browser gives twice says what the first one said.
    fn since(&self, then: &Self, rates: Rates) -> Rates {
        let seconds = (self.at - then.at) / 1000.0;
        if seconds <= 0.0 {
            return rates;
        }
        let more = |now: f64, then: f64| (now - then).max(0.0);
        let both = |now: Option<f64>, then: Option<f64>| Some(more(now?, then.unwrap_or_default()));
        let (packets, lost) = (more(self.packets, then.packets), more(self.lost, then.lost));
        Rates {
            bits: Some(more(self.bytes, then.bytes) * 8.0 / seconds),
            loss: (packets + lost > 0.0).then(|| lost / (packets + lost)),
            frames: both(self.frames, then.frames).map(|frames| frames / seconds),
            freezes: both(self.freezes, then.freezes),
        }
    }
}

impl Sample {
    fn add(&mut self, entry: &JsValue, remote: Option<&JsValue>, receives: bool, rates: &Rates) {
        if let Some(bits) = rates.bits {
            self.media_bits = Some(self.media_bits.unwrap_or_default() + whole(bits));
        }
        let is_video = kind(entry).as_deref() == Some("video");
        if receives && is_video {
            lower(&mut self.frames_milli, rates.frames.map(|frames| whole(frames * 1000.0)));
            raise(&mut self.freezes, rates.freezes.map(whole));
        }
        raise(&mut self.loss, rates.loss.map(|ratio| whole(ratio * 10_000.0)));
        let jitter = if receives { Some(entry) } else { remote };
        let jitter = jitter.and_then(|entry| number(entry, "jitter"));
        raise(&mut self.jitter_micros, jitter.map(|seconds| whole(seconds * 1_000_000.0)));
        match get_string(entry, "qualityLimitationReason").as_deref() {
            Some("bandwidth") => self.limit = Some(Limit::Bandwidth),
            Some("cpu") => self.limit = self.limit.or(Some(Limit::Cpu)),
            _ => {}
        }
    }
}

/// A browser's report, entry by entry.
struct Report(Vec<JsValue>);

impl Report {
    fn tracks(&self) -> impl Iterator<Item = (&JsValue, bool)> {
        let direction = |entry: &JsValue| match get_string(entry, "type").as_deref() {
            Some("inbound-rtp") => Some(true),
            Some("outbound-rtp") => Some(false),
            _ => None,
        };
        let tracks = self.0.iter().filter_map(move |entry| Some((entry, direction(entry)?)));
        tracks.take(MAX_TRACKS)
    }

    fn find(&self, id: &str) -> Option<&JsValue> {
        self.0.iter().find(|entry| get_string(entry, "id").as_deref() == Some(id))
    }

    fn named(&self, entry: &JsValue, member: &str) -> Option<&JsValue> {
        get_string(entry, member).and_then(|id| self.find(&id))
    }

    fn first(&self, kind: &str) -> Option<&JsValue> {
        self.of_type(kind).next()
    }

    fn of_type(&self, kind: &str) -> impl Iterator<Item = &JsValue> {
        self.0.iter().filter(move |entry| get_string(entry, "type").as_deref() == Some(kind))
    }

    fn track(
        &self,
        entry: &JsValue,
        remote: Option<&JsValue>,
        receives: bool,
        rates: &Rates,
    ) -> JsValue {
        let track = copied(entry, &TRACK);
        set(&track, "kind", &kind(entry).into());
        let direction = if receives { "inbound" } else { "outbound" };
        set(&track, "direction", &direction.into());
        if let Some(codec) = self.named(entry, "codecId") {
            set(&track, "codec", &get(codec, "mimeType"));
        }
        if let Some(remote) = remote.filter(|_| !receives) {
            copy(remote, &track, &REMOTE);
        }
        set(&track, "bitrate", &or_null(rates.bits));
        set(&track, "lossRatio", &or_null(rates.loss));
        if rates.frames.is_some() && get(&track, "framesPerSecond").is_undefined() {
            set(&track, "framesPerSecond", &or_null(rates.frames));
        }
        track
    }

    fn connection(&self, mask: bool) -> JsValue {
        let connection = JsValue::from(Object::new());
        let transport = self.first("transport");
        if let Some(transport) = transport {
            copy(transport, &connection, &TRANSPORT);
        }
        let pair = transport.and_then(|one| self.named(one, "selectedCandidatePairId"));
        let Some(pair) = pair.or_else(|| self.selected_pair()) else { return connection };
        copy(pair, &connection, &PAIR);
        let sides = [("local", "localCandidateId"), ("remote", "remoteCandidateId")];
        let mut is_relayed = false;
        for (side, member) in sides {
            let Some(candidate) = self.named(pair, member) else { continue };
            is_relayed |= get_string(candidate, "candidateType").as_deref() == Some("relay");
            let told = copied(candidate, &CANDIDATE);
            let address = ["address", "ip"].iter().find_map(|name| get_string(candidate, name));
            if let Some(address) = address {
                let shown = if mask { mask_address(&address) } else { address };
                set(&told, "address", &shown.into());
            }
            set(&connection, side, &told);
        }
        set(&connection, "relayed", &is_relayed.into());
        connection
    }

    fn selected_pair(&self) -> Option<&JsValue> {
        let pairs = || self.of_type("candidate-pair");
        let is_in_use = |pair: &&JsValue| {
            get(pair, "nominated").is_truthy()
                && get_string(pair, "state").as_deref() == Some("succeeded")
        };
        let marked = pairs().find(|pair| get(pair, "selected").is_truthy());
        marked.or_else(|| pairs().find(is_in_use))
    }
}

/// The values of an `RTCStatsReport`, or of anything like a `Map`.
fn entries(report: &JsValue) -> Vec<JsValue> {
    let values = get(report, "values").dyn_into::<Function>();
    let values = values.ok().and_then(|values| values.call0(report).ok());
    values.map(|values| Array::from(&values).to_vec()).unwrap_or_default()
}

fn copied(from: &JsValue, members: &[Member]) -> JsValue {
    let to = JsValue::from(Object::new());
    copy(from, &to, members);
    to
}

/// Copies what is there; numbers into our unit.
fn copy(from: &JsValue, to: &JsValue, members: &[Member]) {
    for (ours, theirs, factor) in members {
        if let Some(value) = get_some(from, theirs) {
            let value = value.as_f64().map_or(value, |number| (number * factor).into());
            set(to, ours, &value);
        }
    }
}

/// Older Firefox says `mediaType`.
fn kind(entry: &JsValue) -> Option<String> {
    get_string(entry, "kind").or_else(|| get_string(entry, "mediaType"))
}

fn number(entry: &JsValue, name: &str) -> Option<f64> {
    get(entry, name).as_f64().filter(|number| number.is_finite())
}

fn or_null(number: Option<f64>) -> JsValue {
    number.map_or(JsValue::NULL, JsValue::from)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
const fn whole(number: f64) -> u64 {
    number as u64
}

fn raise(known: &mut Option<u64>, value: Option<u64>) {
    *known = (*known).max(value);
}

fn lower(known: &mut Option<u64>, value: Option<u64>) {
    *known = match (*known, value) {
        (Some(known), Some(value)) => Some(known.min(value)),
        (known, value) => known.or(value),
    };
}
