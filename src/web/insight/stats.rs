//! `getStats()` of every browser in one shape, with rates since the call before.
//!
//! Source: W3C webrtc-stats. Firefox names no selected pair in its transport, but marks the pair.

use js_sys::{Array, Function, Object};
use wasm_bindgen::{JsCast, JsValue};

use crate::session::{Limit, Sample, mask_address};
use crate::web::reflect::{get, get_some, get_string, object, set};

/// Entries of a browser's report that are looked at.
const MAX_ENTRIES: usize = 1_000;

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
        let report = Report::read(report);
        let mut sample = Sample::default();
        let mut is_first = true;
        let before = std::mem::take(&mut self.tracks);
        let tracks = Array::new();
        for entry in &report.0 {
            let receives = entry.kind == "inbound-rtp";
            if !receives && entry.kind != "outbound-rtp" || self.tracks.len() >= MAX_TRACKS {
                continue;
            }
            let track = Track {
                entry: &entry.value,
                remote: report.named(&entry.value, "remoteId"),
                receives,
            };
            let now = track.count();
            let mut rates = Rates::default();
            if let Some((_, then, known)) = before.iter().find(|(id, ..)| *id == entry.id) {
                rates = now.since(then, *known);
                is_first = false;
            }
            tracks.push(&report.track(&track, &rates));
            track.add_to(&mut sample, &rates);
            self.tracks.push((entry.id.clone(), now, rates));
        }
        let connection = report.connection(mask);
        let round_trip = number(&connection, "roundTripTime");
        sample.round_trip_micros = round_trip.map(|millis| whole(millis * 1000.0));
        let stats = object(&[
            ("timestamp", js_sys::Date::now().into()),
            ("tracks", tracks.into()),
            ("connection", connection),
        ]);
        if let Some(channel) = report.first("data-channel") {
            set(&stats, "dataChannel", &copied(channel, &CHANNEL));
        }
        Reading { stats, sample: (!is_first).then_some(sample) }
    }
}

impl Counted {
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

/// A track in one direction, and what the other side says of it where we send it.
struct Track<'a> {
    entry: &'a JsValue,
    remote: Option<&'a JsValue>,
    receives: bool,
}

impl Track<'_> {
    fn count(&self) -> Counted {
        let (bytes, packets, frames) = if self.receives {
            ("bytesReceived", "packetsReceived", "framesDecoded")
        } else {
            ("bytesSent", "packetsSent", "framesEncoded")
        };
        let count = |name| number(self.entry, name).unwrap_or_default();
        Counted {
            at: count("timestamp"),
            bytes: count(bytes),
            packets: count(packets),
            lost: self.of_receiver("packetsLost").unwrap_or_default(),
            frames: number(self.entry, frames),
            freezes: number(self.entry, "freezeCount"),
        }
    }

    /// What only the side that receives knows.
    fn of_receiver(&self, name: &str) -> Option<f64> {
        let receiver = if self.receives { Some(self.entry) } else { self.remote };
        number(receiver?, name)
    }

    /// Older Firefox says `mediaType`.
    fn kind(&self) -> JsValue {
        get_some(self.entry, "kind").unwrap_or_else(|| get(self.entry, "mediaType"))
    }

    fn add_to(&self, sample: &mut Sample, rates: &Rates) {
        if let Some(bits) = rates.bits {
            sample.media_bits = Some(sample.media_bits.unwrap_or_default() + whole(bits));
        }
        // Of audio there are none, of what we send the other side judges.
        if self.receives {
            let frames = rates.frames.map(|frames| whole(frames * 1000.0));
            sample.frames_milli = match (sample.frames_milli, frames) {
                (Some(known), Some(frames)) => Some(known.min(frames)),
                (known, frames) => known.or(frames),
            };
            raise(&mut sample.freezes, rates.freezes, 1.0);
        }
        raise(&mut sample.loss, rates.loss, 10_000.0);
        raise(&mut sample.jitter_micros, self.of_receiver("jitter"), 1_000_000.0);
        match get_string(self.entry, "qualityLimitationReason").as_deref() {
            Some("bandwidth") => sample.limit = Some(Limit::Bandwidth),
            Some("cpu") => sample.limit = sample.limit.or(Some(Limit::Cpu)),
            _ => {}
        }
    }
}

/// A browser's report, entry by entry.
struct Report(Vec<Entry>);

struct Entry {
    id: String,
    kind: String,
    value: JsValue,
}

impl Report {
    /// The values of an `RTCStatsReport`, or of anything like a `Map`.
    fn read(report: &JsValue) -> Self {
        let mut entries = Vec::new();
        let values = get(report, "values").dyn_into::<Function>();
        let values = values.ok().and_then(|values| values.call0(report).ok());
        for value in values.iter().flat_map(Array::from).take(MAX_ENTRIES) {
            let text = |name| get_string(&value, name).unwrap_or_default();
            entries.push(Entry { id: text("id"), kind: text("type"), value });
        }
        Self(entries)
    }

    fn named(&self, entry: &JsValue, member: &str) -> Option<&JsValue> {
        let id = get_string(entry, member)?;
        self.0.iter().find(|entry| entry.id == id).map(|entry| &entry.value)
    }

    fn first(&self, kind: &str) -> Option<&JsValue> {
        self.0.iter().find(|entry| entry.kind == kind).map(|entry| &entry.value)
    }

    fn track(&self, track: &Track<'_>, rates: &Rates) -> JsValue {
        let told = copied(track.entry, &TRACK);
        set(&told, "kind", &track.kind());
        set(&told, "direction", &if track.receives { "inbound" } else { "outbound" }.into());
        if let Some(codec) = self.named(track.entry, "codecId") {
            set(&told, "codec", &get(codec, "mimeType"));
        }
        if let Some(remote) = track.remote.filter(|_| !track.receives) {
            copy(remote, &told, &REMOTE);
        }
        set(&told, "bitrate", &or_null(rates.bits));
        set(&told, "lossRatio", &or_null(rates.loss));
        if rates.frames.is_some() && get(&told, "framesPerSecond").is_undefined() {
            set(&told, "framesPerSecond", &or_null(rates.frames));
        }
        told
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
        let mut nominated = None;
        for entry in self.0.iter().filter(|entry| entry.kind == "candidate-pair") {
            if get(&entry.value, "selected").is_truthy() {
                return Some(&entry.value);
            }
            let succeeded = get_string(&entry.value, "state").as_deref() == Some("succeeded");
            if succeeded && get(&entry.value, "nominated").is_truthy() {
                nominated = Some(&entry.value);
            }
        }
        nominated
    }
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

fn raise(known: &mut Option<u64>, value: Option<f64>, factor: f64) {
    *known = (*known).max(value.map(|value| whole(value * factor)));
}
