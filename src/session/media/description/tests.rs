use super::*;

/// What Chromium 156 offers with both kinds and a data channel.
fn chromium() -> String {
    include_str!("../chromium.sdp").replace('\n', "\r\n")
}

/// The same with so much more to be negotiated, which no codec's preference takes away.
fn padded(sdp: &str, line: &str, times: usize) -> String {
    sdp.replace("a=mid:1\r\n", &["a=mid:1\r\n", &line.repeat(times)].concat())
}

fn has_trickle_in_each_section(sdp: &str) -> bool {
    let sections = sdp.matches("\nm=").count();
    sections == 3 && sdp.matches("a=ice-options:trickle\r\n").count() == sections
}

#[test]
fn what_fits_is_sent_as_it_is() {
    let sdp = chromium();
    let mut slimming = Slimming::new();
    assert_eq!(slimming.judge(&sdp), Verdict::Send(sdp.clone()));
    assert_eq!(to_send(&sdp), sdp);
}

#[test]
fn codecs_go_first_then_header_extensions_then_retransmission() {
    // What a codec's preference takes away is up to the browser; here it takes nothing away.
    let large = padded(&chromium(), &["a=x:", &"x".repeat(96), "\r\n"].concat(), 30);
    let mut slimming = Slimming::new();
    for diet in [Diet::Needed, Diet::OneFormat, Diet::Essential, Diet::Bare] {
        assert_eq!(slimming.judge(&large), Verdict::Again(diet));
    }
    assert_eq!(slimming.judge(&large), Verdict::TooLarge);
}

#[test]
fn header_extensions_go_where_codecs_do_not_suffice() {
    let extension = "a=extmap:9 http://www.webrtc.org/experiments/rtp-hdrext/video-timing\r\n";
    let large = padded(&chromium(), extension, 40);
    assert!(!fits(&large));
    let mut slimming = Slimming::new();
    for diet in [Diet::Needed, Diet::OneFormat, Diet::Essential] {
        assert_eq!(slimming.judge(&large), Verdict::Again(diet));
    }
    let Verdict::Send(sent) = slimming.judge(&large) else { panic!("it was not sent") };
    assert!(fits(&sent) && has_trickle_in_each_section(&sent));
    for kept in KEPT_EXTENSIONS {
        assert_eq!(sent.matches(kept).count(), large.matches(kept).count(), "{kept}");
    }
    for gone in ["video-timing", "playout-delay", "ssrc-audio-level"] {
        assert!(!sent.contains(gone), "{gone}");
    }
    let besides = |sdp: &str| sdp.lines().filter(|line| !line.contains("extmap:")).count();
    assert_eq!(besides(&sent), besides(&large));
}

#[test]
fn a_diet_that_leaves_nothing_of_what_was_offered_is_taken_back() {
    let large = padded(&chromium(), &["a=x:", &"x".repeat(96), "\r\n"].concat(), 30);
    let mut slimming = Slimming::new();
    assert_eq!(slimming.judge(&large), Verdict::Again(Diet::Needed));
    assert_eq!(slimming.judge(&large), Verdict::Again(Diet::OneFormat));
    let refused = chromium().replace("m=video 9", "m=video 0");
    assert_eq!(slimming.judge(&refused), Verdict::Again(Diet::Needed));
    assert_eq!(slimming.judge(&large), Verdict::TooLarge);
    assert_eq!(slimming.judge(&chromium()), Verdict::Send(chromium()));
}

#[test]
fn a_section_that_was_rejected_from_the_start_or_only_bundled_is_no_loss() {
    let rejected = chromium().replace("m=audio 9", "m=audio 0");
    assert_eq!(Slimming::new().judge(&rejected), Verdict::Send(rejected.clone()));
    let bundled =
        chromium().replace("m=video 9", "m=video 0").replace("a=mid:1", "a=bundle-only\r\na=mid:1");
    let mut slimming = Slimming { rejected: Some(0), ..Slimming::new() };
    assert_eq!(slimming.judge(&bundled), Verdict::Send(bundled.clone()));
}

#[test]
fn with_all_its_candidates_in_it_a_description_loses_those_over_tcp() {
    let udp = "a=candidate:1 1 udp 2122260223 192.168.1.2 55555 typ host generation 0\r\n";
    let tcp = "a=candidate:2 1 TCP 1518280447 192.168.1.2 9 typ host tcptype active\r\n";
    let large = padded(&padded(&chromium(), tcp, 30), udp, 10);
    assert!(!fits(&large));
    let sent = to_send(&large);
    assert!(fits(&sent) && has_trickle_in_each_section(&sent));
    assert_eq!(sent.matches(udp).count(), 10);
    assert_eq!(sent.matches(tcp).count(), 0);
    // Nothing more can be left out: the error is the signaling's, with its own words.
    let hopeless = padded(&chromium(), udp, 200);
    assert_eq!(to_send(&hopeless), hopeless);
}

#[test]
fn the_start_bitrate_goes_to_the_video_codecs_alone() {
    let sdp = with_start_bitrate(&chromium(), 800);
    let hint = "x-google-start-bitrate=800";
    assert!(sdp.contains(&format!("a=rtpmap:96 VP8/90000\r\na=fmtp:96 {hint}\r\n")));
    assert!(sdp.contains(&format!("profile-level-id=42e01f;{hint}\r\n")));
    assert!(!sdp.contains(&format!("apt=96;{hint}")) && !sdp.contains(&format!("fec=1;{hint}")));
    assert!(!sdp.contains("a=fmtp:97 x-") && !sdp.contains("a=fmtp:120 x-"));
    let video = sdp.matches(hint).count();
    assert_eq!(video, 10, "each format of each video codec once");
    assert_eq!(with_start_bitrate("", 1), "");
    assert_eq!(with_start_bitrate("m=video\na=rtpmap:", 1), "m=video\na=rtpmap:");
}
