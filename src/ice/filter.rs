//! Which candidates are sent and accepted.

use super::Candidate;

/// Kinds and transports of candidates that may pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CandidateFilter {
    /// An address of the peer's own.
    pub host: bool,
    /// An address that a STUN server saw.
    pub srflx: bool,
    /// An address that the other peer saw.
    pub prflx: bool,
    /// An address of a TURN server.
    pub relay: bool,
    /// Over TCP.
    pub tcp: bool,
    /// Over UDP.
    pub udp: bool,
}

impl Default for CandidateFilter {
    /// All pass.
    fn default() -> Self {
        Self { host: true, srflx: true, prflx: true, relay: true, tcp: true, udp: true }
    }
}

/// What a candidate line says of its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Host,
    Srflx,
    Prflx,
    Relay,
}

/// What is to become of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may pass.
    Passes,
    /// It is of a kind that is switched off.
    SwitchedOff,
    /// It is no candidate that a browser could use.
    Malformed,
}

impl CandidateFilter {
    /// Whether a candidate may pass; the mark of their end may.
    pub fn judge(self, candidate: &Candidate) -> Verdict {
        if candidate.is_end() { Verdict::Passes } else { self.judge_line(&candidate.candidate) }
    }

    /// A session description without the candidates that may not pass, and how many those are.
    pub fn description(self, sdp: &str) -> (String, usize) {
        let mut dropped = 0;
        let mut kept = String::with_capacity(sdp.len());
        for line in sdp.split_inclusive('\n') {
            let is_candidate = line.starts_with("a=candidate:");
            if is_candidate && self.judge_line(line.trim_end()) != Verdict::Passes {
                dropped += 1;
            } else {
                kept.push_str(line);
            }
        }
        (kept, dropped)
    }

    fn judge_line(self, line: &str) -> Verdict {
        let Some((kind, is_tcp)) = read(line) else { return Verdict::Malformed };
        let by_kind = match kind {
            Kind::Host => self.host,
            Kind::Srflx => self.srflx,
            Kind::Prflx => self.prflx,
            Kind::Relay => self.relay,
        };
        let by_transport = if is_tcp { self.tcp } else { self.udp };
        if by_kind && by_transport { Verdict::Passes } else { Verdict::SwitchedOff }
    }
}

/// In which order candidates are sent: the lower the sooner. Over UDP the direct ones first, then
/// relays, then TCP, which hardly anybody needs.
pub fn rank(candidate: &Candidate) -> u8 {
    match read(&candidate.candidate) {
        Some((Kind::Host | Kind::Srflx | Kind::Prflx, false)) => 0,
        Some((Kind::Relay, false)) => 1,
        Some((_, true)) => 2,
        None => 3,
    }
}

/// Whether a candidate may be reached from outside the local network.
pub fn reaches_beyond(candidate: &Candidate) -> bool {
    matches!(read(&candidate.candidate), Some((Kind::Srflx | Kind::Prflx | Kind::Relay, _)))
}

/// Reads what matters of a candidate line; `None` is one that no browser could use.
///
/// Source: RFC 8839, section 5.1 (candidate-attribute); RFC 6544, section 4.5 (TCP).
fn read(line: &str) -> Option<(Kind, bool)> {
    let line = line.strip_prefix("a=").unwrap_or(line);
    let mut words = line.strip_prefix("candidate:")?.split(' ');
    let (_foundation, component) = (words.next()?, words.next()?);
    let (transport, priority) = (words.next()?, words.next()?);
    let (address, port) = (words.next()?, words.next()?);
    let (mark, kind) = (words.next()?, words.next()?);
    component.parse::<u16>().ok()?;
    priority.parse::<u32>().ok()?;
    let port = port.parse::<u16>().ok()?;
    let kind = match kind {
        "host" => Kind::Host,
        "srflx" => Kind::Srflx,
        "prflx" => Kind::Prflx,
        "relay" => Kind::Relay,
        _ => return None,
    };
    let is_tcp = ["tcp", "ssltcp"].iter().any(|name| transport.eq_ignore_ascii_case(name));
    let is_transport = is_tcp || transport.eq_ignore_ascii_case("udp");
    // An active TCP candidate has no port of its own.
    let is_usable = mark == "typ" && is_transport && is_address(address) && (is_tcp || port > 0);
    is_usable.then_some((kind, is_tcp))
}

/// Digits, or a name that is looked up in the local network: any other name would have the
/// browser ask a name server on behalf of the other side.
///
/// Source: draft-ietf-mmusic-mdns-ice-candidates, section 3.1.
fn is_address(text: &str) -> bool {
    let is_name_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    match text.strip_suffix(".local") {
        Some(name) => !name.is_empty() && name.bytes().all(is_name_part),
        None => {
            let is_digit = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':');
            text.contains(['.', ':']) && text.bytes().all(is_digit)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "candidate:1 1 udp 2122260223 192.168.1.7 51000 typ host generation 0";
    const TCP: &str = "candidate:2 1 tcp 1518280447 192.168.1.7 9 typ host tcptype active";
    const SRFLX: &str =
        "candidate:3 1 UDP 1686052607 1.2.3.4 51000 typ srflx raddr 0.0.0.0 rport 0";
    const RELAY: &str = "candidate:4 1 udp 41885439 5.6.7.8 60000 typ relay raddr 1.2.3.4 rport 9";

    fn candidate(line: &str) -> Candidate {
        Candidate { candidate: line.to_owned(), ..Candidate::default() }
    }

    fn passing(filter: CandidateFilter) -> Vec<&'static str> {
        let all = [HOST, TCP, SRFLX, RELAY];
        all.into_iter().filter(|line| filter.judge(&candidate(line)) == Verdict::Passes).collect()
    }

    #[test]
    fn each_switch_keeps_out_its_kind() {
        let all = CandidateFilter::default();
        assert_eq!(passing(all), [HOST, TCP, SRFLX, RELAY]);
        assert_eq!(passing(CandidateFilter { host: false, ..all }), [SRFLX, RELAY]);
        assert_eq!(passing(CandidateFilter { srflx: false, ..all }), [HOST, TCP, RELAY]);
        assert_eq!(passing(CandidateFilter { relay: false, ..all }), [HOST, TCP, SRFLX]);
        assert_eq!(passing(CandidateFilter { tcp: false, ..all }), [HOST, SRFLX, RELAY]);
        assert_eq!(passing(CandidateFilter { udp: false, ..all }), [TCP]);
        let prflx = candidate(&HOST.replace("typ host", "typ prflx"));
        assert_eq!(all.judge(&prflx), Verdict::Passes);
        let none = CandidateFilter { prflx: false, ..all };
        assert_eq!(none.judge(&prflx), Verdict::SwitchedOff);
    }

    #[test]
    fn what_no_browser_could_use_does_not_pass() {
        let all = CandidateFilter::default();
        assert_eq!(all.judge(&candidate("")), Verdict::Passes);
        for line in [
            "candidate:1 1 udp 1 fe80::1 1 typ host",
            "candidate:1 1 udp 1 5ee2b9f3-6f9e-4b4d-8b0a-1f6f0c0a7d3e.local 1 typ host",
            "a=candidate:1 1 udp 1 10.0.0.1 1 typ host",
            "candidate:1 1 tcp 1 10.0.0.1 0 typ host tcptype active",
            "candidate:1 1 ssltcp 1 10.0.0.1 443 typ relay",
        ] {
            assert_eq!(all.judge(&candidate(line)), Verdict::Passes, "{line}");
        }
        for line in [
            "candidate:",
            "nonsense",
            "candidate:1 1 udp 1 <img/src=x> 7000 typ host",
            "candidate:1 1 udp 1 <script> alert(1) typ host",
            "candidate:1 1 udp 1 tracker.example.com 1 typ host",
            "candidate:1 1 udp 1 .local 1 typ host",
            "candidate:1 1 udp 1 a:<b>.local 1 typ host",
            "candidate:1 1 udp 1 10.0.0.1 1 typ",
            "candidate:1 1 udp 1 10.0.0.1 0 typ host",
            "candidate:1 1 udp 1 10.0.0.1 65536 typ host",
            "candidate:1 1 udp 1 10.0.0.1 -1 typ host",
            "candidate:1 x udp 1 10.0.0.1 1 typ host",
            "candidate:1 1 udp 4294967296 10.0.0.1 1 typ host",
            "candidate:1 1 sctp 1 10.0.0.1 1 typ host",
            "candidate:1 1 udp 1 10.0.0.1 1 kind host",
            "candidate:1 1 udp 1 10.0.0.1 1 typ guest",
            "candidate:1 1 udp 1 \u{fc}.1 1 typ host",
        ] {
            assert_eq!(all.judge(&candidate(line)), Verdict::Malformed, "{line}");
        }
    }

    #[test]
    fn a_description_keeps_all_but_the_candidates_that_may_not_pass() {
        let sdp = format!("v=0\r\na={HOST}\r\na=mid:0\r\na={RELAY}\r\na=end-of-candidates\r\n");
        let relay_only =
            CandidateFilter { host: false, srflx: false, prflx: false, ..Default::default() };
        let kept = format!("v=0\r\na=mid:0\r\na={RELAY}\r\na=end-of-candidates\r\n");
        assert_eq!(relay_only.description(&sdp), (kept, 1));
        let all = CandidateFilter::default();
        assert_eq!(all.description(&sdp), (sdp.clone(), 0));
        let junk = sdp.replace("a=mid:0", "a=candidate:<b>");
        assert_eq!(all.description(&junk), (sdp.replace("a=mid:0\r\n", ""), 1));
    }

    #[cfg(not(target_arch = "wasm32"))]
    proptest::proptest! {
        #[test]
        fn nothing_remote_makes_it_panic(line in "(a=)?(candidate:)?.*", sdp: String) {
            let _ = CandidateFilter::default().judge(&candidate(&line));
            let (kept, dropped) = CandidateFilter::default().description(&sdp);
            proptest::prop_assert!(dropped > 0 || kept == sdp);
        }
    }

    #[test]
    fn direct_ones_over_udp_go_first_and_tcp_last() {
        let ranks = [HOST, SRFLX, RELAY, TCP].map(|line| rank(&candidate(line)));
        assert_eq!(ranks, [0, 0, 1, 2]);
    }
}
