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

impl CandidateFilter {
    /// Whether a candidate may pass. Where all may, so may what only the browser can judge; else
    /// the mark of their end may, and what is no candidate may not.
    pub fn allows(self, candidate: &Candidate) -> bool {
        self == Self::default() || candidate.is_end() || self.allows_line(&candidate.candidate)
    }

    /// A session description without the candidates that may not pass.
    pub fn description(self, sdp: &str) -> String {
        if self == Self::default() {
            return sdp.to_owned();
        }
        let passes = |line: &&str| match line.strip_prefix("a=") {
            Some(attribute) if attribute.starts_with("candidate:") => {
                self.allows_line(attribute.trim_end())
            }
            _ => true,
        };
        sdp.split_inclusive('\n').filter(passes).collect()
    }

    fn allows_line(self, line: &str) -> bool {
        let Some((kind, is_tcp)) = read(line) else { return false };
        let by_kind = match kind {
            Kind::Host => self.host,
            Kind::Srflx => self.srflx,
            Kind::Prflx => self.prflx,
            Kind::Relay => self.relay,
        };
        by_kind && if is_tcp { self.tcp } else { self.udp }
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

/// Source: RFC 8839, section 5.1 (candidate-attribute).
fn read(line: &str) -> Option<(Kind, bool)> {
    let mut words = line.strip_prefix("candidate:")?.split(' ');
    let (_foundation, component) = (words.next()?, words.next()?);
    let (transport, _priority) = (words.next()?, words.next()?);
    let (_address, port) = (words.next()?, words.next()?);
    let (mark, kind) = (words.next()?, words.next()?);
    component.parse::<u16>().ok()?;
    port.parse::<u16>().ok()?;
    let kind = match kind {
        "host" => Kind::Host,
        "srflx" => Kind::Srflx,
        "prflx" => Kind::Prflx,
        "relay" => Kind::Relay,
        _ => return None,
    };
    let is_tcp = transport.eq_ignore_ascii_case("tcp");
    (mark == "typ" && (is_tcp || transport.eq_ignore_ascii_case("udp"))).then_some((kind, is_tcp))
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
        all.into_iter().filter(|line| filter.allows(&candidate(line))).collect()
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
        assert!(all.allows(&prflx) && !CandidateFilter { prflx: false, ..all }.allows(&prflx));
    }

    #[test]
    fn the_end_of_candidates_passes_and_what_is_none_does_not() {
        let most = CandidateFilter { prflx: false, ..CandidateFilter::default() };
        assert!(most.allows(&candidate("")));
        for line in [
            "candidate:",
            "candidate:1 1 udp 1 <img src=x> 70000 typ host",
            "candidate:1 1 udp 1 a 1 typ",
            "candidate:1 1 udp 1 a 65536 typ host",
            "candidate:1 x udp 1 a 1 typ host",
            "candidate:1 1 sctp 1 a 1 typ host",
            "candidate:1 1 udp 1 a 1 kind host",
            "candidate:1 1 udp 1 a 1 typ guest",
            "a=candidate:1 1 udp 1 a 1 typ host",
        ] {
            assert!(!most.allows(&candidate(line)), "{line}");
            assert!(CandidateFilter::default().allows(&candidate(line)), "{line}");
        }
    }

    #[test]
    fn a_description_keeps_all_but_the_candidates_that_may_not_pass() {
        let sdp = format!("v=0\r\na={HOST}\r\na=mid:0\r\na={RELAY}\r\na=end-of-candidates\r\n");
        let relay_only =
            CandidateFilter { host: false, srflx: false, prflx: false, ..Default::default() };
        let kept = format!("v=0\r\na=mid:0\r\na={RELAY}\r\na=end-of-candidates\r\n");
        assert_eq!(relay_only.description(&sdp), kept);
        assert_eq!(CandidateFilter::default().description(&sdp), sdp);
    }

    #[test]
    fn direct_ones_over_udp_go_first_and_tcp_last() {
        let ranks = [HOST, SRFLX, RELAY, TCP].map(|line| rank(&candidate(line)));
        assert_eq!(ranks, [0, 0, 1, 2]);
    }
}
