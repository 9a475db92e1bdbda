//! What masters and viewers tell each other on the data channel about their own start-up, as the
//! C SDK's sample master and the JavaScript SDK's test page write it.
//!
//! A text is one of these messages only where it has exactly its members, each of its type.
//!
//! Source: amazon-kinesis-video-streams-webrtc-sdk-c, `samples/Samples.h`
//! (`DATA_CHANNEL_MESSAGE_TEMPLATE` and the `…_METRICS_JSON_TEMPLATE`s).

use crate::json::{self, Read};
use crate::time::UnixMillis;

use super::timeline::{Phase, Timeline};

/// Longer than any of these messages; the longest has some 740 bytes.
const MAX_LENGTH: usize = 2_048;

/// How far the other side's clock may be ahead: as far as the service lets it be.
const MAX_AHEAD_MILLIS: u64 = 5 * 60 * 1000;

/// The times of the latency probe, in the order in which the two sides fill them in, the viewer
/// first.
const TIMES: [&str; 5] = [
    "firstMessageFromViewerTs",
    "firstMessageFromMasterTs",
    "secondMessageFromViewerTs",
    "secondMessageFromMasterTs",
    "lastMessageFromViewerTs",
];

/// The latency probe.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Probe {
    /// Epoch milliseconds, as far as they are filled in.
    pub(super) times: Vec<UnixMillis>,
}

/// A phase in a report: the names of its two times.
type Row = (Phase, &'static str, &'static str);

/// What a report tells of each phase: when it began and ended; `None` where a time cannot be one.
pub(super) type Report = Vec<(Phase, Option<UnixMillis>, Option<UnixMillis>)>;

/// What a master says of its start-up.
const SIGNALING: [Row; 8] = [
    (Phase::Signaling, "signalingStartTime", "signalingEndTime"),
    (Phase::Answer, "offerReceiptTime", "sendAnswerTime"),
    (Phase::Describe, "describeChannelStartTime", "describeChannelEndTime"),
    (Phase::Endpoint, "getSignalingChannelEndpointStartTime", "getSignalingChannelEndpointEndTime"),
    (Phase::IceConfig, "getIceServerConfigStartTime", "getIceServerConfigEndTime"),
    (Phase::Credentials, "getTokenStartTime", "getTokenEndTime"),
    (Phase::CreateChannel, "createChannelStartTime", "createChannelEndTime"),
    (Phase::Connect, "connectStartTime", "connectEndTime"),
];

/// What a master says of its peer connection.
const PEER: [Row; 1] =
    [(Phase::PeerConnection, "peerConnectionStartTime", "peerConnectionEndTime")];

/// What a master says of its candidates.
const GATHERING: [Row; 1] =
    [(Phase::Gathering, "candidateGatheringStartTime", "candidateGatheringEndTime")];

/// A master's three reports, in the order in which they are sent.
const REPORTS: [&[Row]; 3] = [&SIGNALING, &PEER, &GATHERING];

/// A message of this protocol.
#[derive(Debug)]
pub(super) enum Message {
    /// The latency probe.
    Probe(Probe),
    /// A master's report.
    Report(Report),
}

/// Reads a text; `None` where it is not exactly such a message, and so the application's.
pub(super) fn read(text: &str, now: UnixMillis) -> Option<Message> {
    if text.len() > MAX_LENGTH || !text.starts_with('{') {
        return None;
    }
    let value = json::parse(text)?;
    if value.get("content").is_some() {
        return read_probe(&value).map(Message::Probe);
    }
    REPORTS.iter().find_map(|rows| read_report(&value, rows, now)).map(Message::Report)
}

impl Probe {
    /// The text of this probe; `content` is a remark for people who read along.
    pub(super) fn write(&self, content: &str) -> String {
        let mut object = json::Object::new().text("content", content);
        for (index, name) in TIMES.iter().enumerate() {
            let time = self.times.get(index).map(|time| time.0.to_string());
            object = object.text(name, &time.unwrap_or_default());
        }
        object.end()
    }
}

/// Times that are filled in after one that is not make it another message than this.
fn read_probe(value: &json::Json<'_>) -> Option<Probe> {
    if value.length() != TIMES.len() + 1 {
        return None;
    }
    value.get("content")?.text()?;
    let mut times = Vec::new();
    let mut is_over = false;
    for name in TIMES {
        let text = value.get(name)?.text()?;
        is_over |= text.is_empty();
        if text.is_empty() != is_over {
            return None;
        }
        if !is_over {
            times.push(UnixMillis(text.parse().ok()?));
        }
    }
    Some(Probe { times })
}

fn read_report(value: &json::Json<'_>, rows: &[Row], now: UnixMillis) -> Option<Report> {
    if value.length() != rows.len() * 2 {
        return None;
    }
    let time = |name| Some(plausible(value.get(name)?.number()?, now));
    let mut report = Report::new();
    for (phase, begun, ended) in rows {
        report.push((*phase, time(begun)?, time(ended)?));
    }
    Some(report)
}

/// A number that can be a time: whole, not 0 (which says that it did not happen), not ahead.
fn plausible(number: &str, now: UnixMillis) -> Option<UnixMillis> {
    let at = UnixMillis(number.parse().ok()?);
    is_plausible(at, now).then_some(at)
}

/// Whether it can be a time of the other side's.
pub(super) fn is_plausible(at: UnixMillis, now: UnixMillis) -> bool {
    at.0 > 0 && at.0 <= now.0.saturating_add(MAX_AHEAD_MILLIS)
}

/// Puts a report into the timeline. A phase that ends before it begins was still going on.
pub(super) fn add(report: Report, timeline: &mut Timeline) {
    for (phase, begun, ended) in report {
        if let Some(begun) = begun {
            timeline.add(phase, begun, ended.filter(|ended| *ended >= begun));
        }
    }
}

/// A master's reports: of each phase when it began and ended, 0 where it has not.
pub(super) fn write_reports(times: &dyn Fn(Phase) -> (u64, u64)) -> Vec<String> {
    let mut texts = Vec::new();
    for rows in REPORTS {
        let mut object = json::Object::new();
        for (phase, begun, ended) in rows {
            let (from, to) = times(*phase);
            object = object.raw(begun, &from.to_string()).raw(ended, &to.to_string());
        }
        texts.push(object.end());
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis(1_700_000_000_000);

    fn report(text: &str) -> Vec<(Phase, Option<u64>, Option<u64>)> {
        match read(text, NOW) {
            Some(Message::Report(rows)) => rows
                .into_iter()
                .map(|(phase, from, to)| (phase, from.map(|at| at.0), to.map(|at| at.0)))
                .collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_probe_is_read_as_the_test_page_and_the_c_sdk_write_it() {
        let page = r#"{"content":"Opened data channel by viewer","firstMessageFromViewerTs":"1700000000000","firstMessageFromMasterTs":"","secondMessageFromViewerTs":"","secondMessageFromMasterTs":"","lastMessageFromViewerTs":""}"#;
        let c_sdk = r#"{"content":"This message is from the KVS Master","firstMessageFromViewerTs":"1700000000000","firstMessageFromMasterTs":"1700000000007","secondMessageFromViewerTs":"","secondMessageFromMasterTs":"","lastMessageFromViewerTs":"" }"#;
        for (text, times) in [(page, vec![NOW]), (c_sdk, vec![NOW, UnixMillis(1_700_000_000_007)])]
        {
            match read(text, NOW) {
                Some(Message::Probe(probe)) => assert_eq!(probe.times, times),
                other => panic!("{other:?}"),
            }
        }
        let written = Probe { times: vec![NOW] }.write("Opened data channel by viewer");
        assert_eq!(written, page);
    }

    #[test]
    fn reports_are_read_as_the_c_sdk_writes_them() {
        let peer = r#"{"peerConnectionStartTime": 1699999999000, "peerConnectionEndTime": 1700000000000 }"#;
        let expected = (Phase::PeerConnection, Some(1_699_999_999_000), Some(1_700_000_000_000));
        assert_eq!(report(peer), [expected]);
        let gathering = r#"{"candidateGatheringStartTime": 5, "candidateGatheringEndTime": 0 }"#;
        assert_eq!(report(gathering), [(Phase::Gathering, Some(5), None)]);
        let signaling = r#"{"signalingStartTime": 1, "signalingEndTime": 2, "offerReceiptTime": 3, "sendAnswerTime": 4, "describeChannelStartTime": 5, "describeChannelEndTime": 6, "getSignalingChannelEndpointStartTime": 7, "getSignalingChannelEndpointEndTime": 8, "getIceServerConfigStartTime": 9, "getIceServerConfigEndTime": 10, "getTokenStartTime": 11, "getTokenEndTime": 12, "createChannelStartTime": 0, "createChannelEndTime": 0, "connectStartTime": 15, "connectEndTime": 16 }"#;
        let rows = report(signaling);
        assert_eq!(rows.len(), 8);
        assert_eq!(rows[6], (Phase::CreateChannel, None, None));
        assert_eq!(rows[7], (Phase::Connect, Some(15), Some(16)));
        let mut timeline = Timeline::default();
        match read(signaling, NOW) {
            Some(Message::Report(rows)) => add(rows, &mut timeline),
            other => panic!("{other:?}"),
        }
        assert_eq!(timeline.spans().len(), 7);
        let again = write_reports(&|phase| {
            let span = timeline.last(phase, None);
            let times = span.map(|span| (span.begun.0, span.ended.map_or(0, |at| at.0)));
            times.unwrap_or_default()
        });
        assert_eq!(again[0], signaling.replace(": ", ":").replace(", ", ",").replace(" }", "}"));
    }

    #[test]
    fn times_that_cannot_be_are_passed_over() {
        for (from, to, expected) in [
            ("-5", "7", (None, Some(7))),
            ("1.5", "1e3", (None, None)),
            ("99999999999999999999999", "1700000300001", (None, None)),
            ("1700000300000", "1", (Some(1_700_000_300_000), Some(1))),
        ] {
            let text =
                format!(r#"{{"peerConnectionStartTime":{from},"peerConnectionEndTime":{to}}}"#);
            assert_eq!(report(&text), [(Phase::PeerConnection, expected.0, expected.1)], "{text}");
        }
        let mut timeline = Timeline::default();
        let row = (Phase::Gathering, Some(UnixMillis(9)), Some(UnixMillis(8)));
        add(vec![row, (Phase::Connect, None, Some(UnixMillis(8)))], &mut timeline);
        assert_eq!(timeline.spans().len(), 1);
        assert_eq!(timeline.spans()[0].ended, None);
    }

    #[test]
    fn everything_else_is_the_applications() {
        let deep = "[".repeat(1_000_000);
        let long = format!(r#"{{"content":"{}"}}"#, "x".repeat(1_000_000));
        for text in [
            "",
            "hello",
            "{}",
            "null",
            r#"{"content":"hello"}"#,
            r#"{"peerConnectionStartTime":1}"#,
            r#"{"peerConnectionStartTime":1,"peerConnectionEndTime":"2"}"#,
            r#"{"peerConnectionStartTime":1,"peerConnectionEndTime":2,"more":3}"#,
            r#"{"peerConnectionStartTime":1,"peerConnectionEndTime":null}"#,
            r#"[{"peerConnectionStartTime":1,"peerConnectionEndTime":2}]"#,
            r#"{"content":"x","firstMessageFromViewerTs":"1","firstMessageFromMasterTs":"","secondMessageFromViewerTs":"2","secondMessageFromMasterTs":"","lastMessageFromViewerTs":""}"#,
            r#"{"content":"x","firstMessageFromViewerTs":1,"firstMessageFromMasterTs":"","secondMessageFromViewerTs":"","secondMessageFromMasterTs":"","lastMessageFromViewerTs":""}"#,
            r#"{"content":"x","firstMessageFromViewerTs":"-1","firstMessageFromMasterTs":"","secondMessageFromViewerTs":"","secondMessageFromMasterTs":"","lastMessageFromViewerTs":""}"#,
            &deep,
            &long,
        ] {
            assert!(read(text, NOW).is_none(), "{:.80}", text);
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod any_text {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn does_no_harm(text: String) {
            let now = UnixMillis(1_700_000_000_000);
            prop_assert!(read(&text, now).is_none());
            let open = ["{", &text].concat();
            prop_assert!(read(&open, now).is_none());
        }
    }
}
