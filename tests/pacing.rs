//! Stories of what is sent when: the service's quotas, the order of candidates, filters.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{CANDIDATE, Hold, Rig, Sent, options};
use kvs_webrtc::ice::{Candidate, CandidateFilter};
use kvs_webrtc::session::{
    Input, Master, MasterOptions, Options, Output, PeerId, PeerInput, Session, SessionState,
    Viewer, ViewerOptions,
};
use kvs_webrtc::time::Millis;

fn master() -> Rig {
    let mut rig = Rig::new(Master::new(options("disabled", false), MasterOptions::default()));
    rig.start();
    rig
}

fn viewer() -> Rig {
    let mut rig = Rig::new(Viewer::new(options("disabled", false), ViewerOptions::default()));
    rig.start();
    rig
}

fn candidate(line: &str) -> PeerInput {
    PeerInput::Candidate(Candidate { candidate: line.into(), ..Candidate::default() })
}

/// Forty candidates as a browser with many interfaces finds them, in no useful order.
fn forty(peer: u32, rig: &mut Rig) {
    for number in 0..10 {
        for end in [
            "tcp 1 10.0.0.1 9 typ host tcptype active",
            "udp 1 5.6.7.8 9 typ relay",
            "udp 1 10.0.0.1 9 typ host",
            "udp 1 1.2.3.4 9 typ srflx",
        ] {
            rig.peer(peer, candidate(&format!("candidate:{number} 1 {end}")));
        }
    }
}

/// What is sent in the next seconds, and when.
fn watch(rig: &mut Rig, seconds: u64) -> Vec<(Millis, Sent)> {
    let mut known = 0;
    let mut seen = Vec::new();
    for _ in 0..seconds * 100 {
        let sent = rig.sent();
        seen.extend(sent[known..].iter().map(|sent| (rig.now, sent.clone())));
        known = sent.len();
        rig.pass(Millis(10));
    }
    seen
}

/// The service's own account: so many at once and a second, refilled all the time.
fn is_within(times: &[Millis], rate: u64) -> bool {
    let mut tokens = rate * 1_000;
    let mut last = Millis(0);
    times.iter().all(|now| {
        tokens = (tokens + (*now - last).0 * rate).min(rate * 1_000);
        last = *now;
        tokens >= 1_000 && {
            tokens -= 1_000;
            true
        }
    })
}

fn times(sent: &[(Millis, Sent)], action: &str) -> Vec<Millis> {
    sent.iter().filter(|(_, sent)| sent.action == action).map(|(at, _)| *at).collect()
}

#[track_caller]
fn assert_quotas(sent: &[(Millis, Sent)], description: &str, how_many: (usize, usize)) {
    let (candidates, descriptions) = (times(sent, "ICE_CANDIDATE"), times(sent, description));
    assert_eq!((descriptions.len(), candidates.len()), how_many);
    assert!(is_within(&candidates, 20) && is_within(&descriptions, 5));
    for window in candidates.windows(20) {
        assert!(window[19] - window[0] >= Millis::from_secs(1), "{window:?}");
    }
    for window in descriptions.windows(5) {
        assert!(window[4] - window[0] >= Millis::from_secs(1), "{window:?}");
    }
}

#[test]
fn forty_candidates_each_of_three_viewers_leave_within_the_services_quota() {
    let mut rig = master();
    for viewer in ["v1", "v2", "v3"] {
        rig.offer(viewer);
    }
    for peer in [1, 2, 3] {
        forty(peer, &mut rig);
    }
    let sent = watch(&mut rig, 10);
    assert_quotas(&sent, "SDP_ANSWER", (3, 120));
    let last = times(&sent, "ICE_CANDIDATE")[119];
    assert!(last - sent[0].0 <= Millis::from_secs(7), "they take longer than they must");
    assert_eq!(rig.session.poll_timeout().map(|at| at > rig.now), Some(true), "nothing waits");
}

#[test]
fn the_first_viewer_does_not_keep_the_others_waiting() {
    let mut rig = master();
    rig.offer("v1");
    for _ in 0..120 {
        rig.peer(1, candidate(CANDIDATE));
    }
    for viewer in ["v2", "v3"] {
        rig.offer(viewer);
    }
    rig.peer(2, candidate(CANDIDATE));
    rig.peer(3, candidate(CANDIDATE));
    let sent = watch(&mut rig, 10);
    assert_quotas(&sent, "SDP_ANSWER", (3, 122));
    for viewer in ["v2", "v3"] {
        let (at, _) = sent
            .iter()
            .find(|(_, sent)| {
                sent.action == "ICE_CANDIDATE"
                    && sent.recipient_client_id.as_deref() == Some(viewer)
            })
            .unwrap();
        assert!(*at - sent[0].0 <= Millis(1_010), "{viewer} waited until {at:?}");
    }
}

#[test]
fn direct_candidates_go_first_then_relays_and_tcp_last() {
    for mut rig in [master(), viewer()] {
        rig.offer("v1");
        forty(1, &mut rig);
        // The first eighteen left as they were found.
        let sent = watch(&mut rig, 10);
        let payloads: Vec<_> = sent
            .iter()
            .filter(|(_, sent)| sent.action == "ICE_CANDIDATE")
            .skip(18)
            .map(|(_, sent)| sent.payload())
            .collect();
        let kinds: Vec<_> = payloads
            .iter()
            .map(|line| match line {
                line if line.contains(" tcp ") => 2,
                line if line.contains(" relay") => 1,
                _ => 0,
            })
            .collect();
        assert_eq!(kinds.len(), 22);
        assert!(kinds.is_sorted(), "{kinds:?}");
    }
}

#[test]
fn a_viewers_candidates_leave_within_the_services_quota() {
    let mut rig = viewer();
    forty(1, &mut rig);
    assert_quotas(&watch(&mut rig, 10), "SDP_OFFER", (1, 40));
}

#[test]
fn answers_of_many_viewers_at_once_leave_within_the_services_quota() {
    let mut rig = master();
    for number in 0..10 {
        rig.offer(&format!("v{number}"));
    }
    assert_quotas(&watch(&mut rig, 10), "SDP_ANSWER", (10, 0));
}

#[test]
fn a_new_socket_begins_anew() {
    let mut rig = master();
    rig.offer("v1");
    forty(1, &mut rig);
    assert_eq!(rig.sent().len(), 19);
    rig.tell(Input::SocketClosed(1001));
    rig.pass(Millis(900));
    assert_eq!((rig.state(), rig.sent().len()), (SessionState::Waiting, 37));
}

/// A session with these filters, and an offer or answer that it is given and gives.
fn filtered(make: fn(Options) -> Box<dyn Session>, trickle: bool) -> (Rig, String) {
    let only_relay =
        CandidateFilter { host: false, srflx: false, prflx: false, ..Default::default() };
    let filtered = Options {
        send: only_relay,
        accept: CandidateFilter { relay: false, ..Default::default() },
        trickle,
        ..options("disabled", false)
    };
    let mut rig = Rig::of(make(filtered)).hold(&[Hold::Description]);
    rig.start();
    (rig, format!("s=-\r\na={CANDIDATE}\r\na={RELAY}\r\n"))
}

const RELAY: &str = "candidate:2 1 udp 1 1.2.3.4 9 typ relay raddr 0.0.0.0 rport 0";

fn masters(options: Options) -> Box<dyn Session> {
    Box::new(Master::new(options, MasterOptions::default()))
}

fn viewers(options: Options) -> Box<dyn Session> {
    Box::new(Viewer::new(options, ViewerOptions::default()))
}

#[test]
fn filters_hold_for_what_is_accepted_in_messages_and_in_descriptions() {
    for (make, sender) in [(masters as fn(_) -> _, Some("v1")), (viewers, None)] {
        let (mut rig, sdp) = filtered(make, true);
        let json = |kind: &str| serde_json::json!({ "type": kind, "sdp": sdp }).to_string();
        if sender.is_some() {
            rig.frame("SDP_OFFER", &json("offer"), sender);
        } else {
            rig.release(Hold::Description);
            rig.frame("SDP_ANSWER", &json("answer"), sender);
        }
        for line in [CANDIDATE, RELAY] {
            let json = serde_json::json!({ "candidate": line }).to_string();
            rig.frame("ICE_CANDIDATE", &json, sender);
        }
        let applied = rig.log.iter().find_map(|output| match output {
            Output::Answer(PeerId(1), sdp) | Output::ApplyAnswer(PeerId(1), sdp) => Some(sdp),
            _ => None,
        });
        assert_eq!(*applied.unwrap(), format!("s=-\r\na={CANDIDATE}\r\n"));
        let added: Vec<_> = rig
            .log
            .iter()
            .filter_map(|output| match output {
                Output::AddCandidate(_, candidate) => Some(candidate.candidate.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(added, [CANDIDATE]);
        for reason in ["candidateSwitchedOff", "candidateOfDescription"] {
            let dropped = |output: &Output| matches!(output, Output::Log(record) if record.dropped == Some(reason));
            assert_eq!(rig.count(dropped), 1, "{reason}");
        }
    }
}

#[test]
fn filters_hold_for_what_is_sent_with_and_without_trickle() {
    for (make, is_master) in [(masters as fn(_) -> _, true), (viewers, false)] {
        for trickle in [true, false] {
            let (mut rig, sdp) = filtered(make, trickle);
            if is_master {
                rig.offer("v1");
            }
            rig.peer(1, PeerInput::Described("s=-\r\n".into()));
            rig.peer(1, candidate(CANDIDATE));
            rig.peer(1, candidate(RELAY));
            rig.peer(1, PeerInput::GatheringEnded);
            let reads = rig.count(|output| matches!(output, Output::ReadDescription(_)));
            assert_eq!(reads, usize::from(!trickle));
            if !trickle {
                rig.peer(1, PeerInput::Described(sdp));
            }
            let sent: Vec<_> = rig.sent().iter().map(Sent::payload).collect();
            assert_eq!(sent.len(), if trickle { 2 } else { 1 }, "{sent:?}");
            assert!(sent.iter().any(|sent| sent.contains("typ relay")));
            assert!(sent.iter().all(|sent| !sent.contains("typ host")));
        }
    }
}
