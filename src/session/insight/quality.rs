//! How good a call is, judged by what was measured on this side alone.

/// What was measured on one connection during the last interval. What is not known is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    /// Media bits per second, both directions together; `None` where no track is there.
    pub media_bits: Option<u64>,
    /// Thousandths of frames per second of the slowest video that is received.
    pub frames_milli: Option<u64>,
    /// Packets lost of ten thousand, of the track that loses most, in either direction.
    pub loss: Option<u64>,
    /// Microseconds of jitter of the track that has most.
    pub jitter_micros: Option<u64>,
    /// Microseconds there and back.
    pub round_trip_micros: Option<u64>,
    /// How often a received video froze.
    pub freezes: Option<u64>,
    /// What keeps the encoder from its best.
    pub limit: Option<Limit>,
}

/// What keeps an encoder from its best.
///
/// Source: W3C webrtc-stats, RTCQualityLimitationReason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The network.
    Bandwidth,
    /// This computer.
    Cpu,
}

/// Why a call is not at its best.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// There are tracks, and nothing flows.
    NoMedia,
    /// The picture moves slowly.
    LowFrameRate,
    /// Packets get lost.
    Loss,
    /// Packets come unevenly.
    Jitter,
    /// Packets are long on their way.
    RoundTrip,
    /// The picture stood still.
    Freezes,
    /// We send less than we could, since the network takes no more.
    BandwidthLimited,
    /// We send less than we could, since this computer encodes no more.
    CpuLimited,
}

impl Reason {
    /// The name that JavaScript sees.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoMedia => "noMedia",
            Self::LowFrameRate => "lowFrameRate",
            Self::Loss => "loss",
            Self::Jitter => "jitter",
            Self::RoundTrip => "roundTrip",
            Self::Freezes => "freezes",
            Self::BandwidthLimited => "bandwidthLimited",
            Self::CpuLimited => "cpuLimited",
        }
    }
}

/// The verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quality {
    /// From 0, nothing works, to 5, nothing is to be wished for.
    pub score: u8,
    /// What lowers it, the worst first; empty with 5.
    pub reasons: Vec<Reason>,
}

/// From which value on a score is no better than 4, 3, 2 and 1.
type Steps = [u64; 4];

/// Packets lost of ten thousand: 1, 3, 8, 20 %. Concealment hides the first, and no codec the last.
const LOSS: Steps = [100, 300, 800, 2_000];
/// Microseconds: 30, 60, 120, 250 ms. Jitter buffers begin with some 40 ms.
const JITTER: Steps = [30_000, 60_000, 120_000, 250_000];
/// Microseconds: 200, 400, 800, 2000 ms. A conversation suffers from 400 ms on (ITU-T G.114, there
/// and back).
const ROUND_TRIP: Steps = [200_000, 400_000, 800_000, 2_000_000];
/// Freezes in one interval.
const FREEZES: Steps = [1, 1, 2, 4];
/// Thousandths of frames a second below which a score is no better than 4, 3, 2 and 1.
const FRAMES: Steps = [18_000, 12_000, 6_000, 2_000];

/// Judges. The score is that of the worst thing measured; what is not known lowers nothing.
pub fn assess(sample: &Sample) -> Quality {
    let above = |value: Option<u64>, steps: &Steps| match value {
        Some(value) => 5 - steps.iter().filter(|step| value >= **step).count(),
        None => 5,
    };
    let below = |value: Option<u64>, steps: &Steps| match value {
        Some(value) => 5 - steps.iter().filter(|step| value < **step).count(),
        None => 5,
    };
    let limited = |limit| if sample.limit == Some(limit) { 4 } else { 5 };
    if sample.media_bits == Some(0) {
        return Quality { score: 0, reasons: vec![Reason::NoMedia] };
    }
    let found = [
        (below(sample.frames_milli, &FRAMES), Reason::LowFrameRate),
        (above(sample.freezes, &FREEZES), Reason::Freezes),
        (above(sample.loss, &LOSS), Reason::Loss),
        (above(sample.jitter_micros, &JITTER), Reason::Jitter),
        (above(sample.round_trip_micros, &ROUND_TRIP), Reason::RoundTrip),
        (limited(Limit::Bandwidth), Reason::BandwidthLimited),
        (limited(Limit::Cpu), Reason::CpuLimited),
    ];
    let mut quality = Quality { score: 5, reasons: Vec::new() };
    for score in 1..5 {
        for (_, reason) in found.iter().filter(|(found, _)| *found == usize::from(score)) {
            quality.score = quality.score.min(score);
            quality.reasons.push(*reason);
        }
    }
    quality
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Sample {
        Sample {
            media_bits: Some(1_000_000),
            frames_milli: Some(30_000),
            loss: Some(0),
            jitter_micros: Some(5_000),
            round_trip_micros: Some(40_000),
            freezes: Some(0),
            limit: None,
        }
    }

    #[test]
    fn a_good_call_is_a_five_and_so_is_one_of_which_nothing_is_known() {
        for sample in [good(), Sample::default()] {
            assert_eq!(assess(&sample), Quality { score: 5, reasons: Vec::new() });
        }
    }

    #[test]
    fn each_thing_lowers_the_score_at_its_thresholds_and_is_named() {
        type Case = (Reason, fn(&mut Sample, u64), &'static [(u64, u8)]);
        let cases: &[Case] = &[
            (
                Reason::Loss,
                |sample, value| sample.loss = Some(value),
                &[(99, 5), (100, 4), (300, 3), (800, 2), (2_000, 1), (10_000, 1)],
            ),
            (
                Reason::Jitter,
                |sample, value| sample.jitter_micros = Some(value),
                &[(29_999, 5), (30_000, 4), (60_000, 3), (120_000, 2), (250_000, 1)],
            ),
            (
                Reason::RoundTrip,
                |sample, value| sample.round_trip_micros = Some(value),
                &[(199_999, 5), (200_000, 4), (400_000, 3), (800_000, 2), (2_000_000, 1)],
            ),
            (
                Reason::Freezes,
                |sample, value| sample.freezes = Some(value),
                &[(0, 5), (1, 3), (2, 2), (3, 2), (4, 1)],
            ),
            (
                Reason::LowFrameRate,
                |sample, value| sample.frames_milli = Some(value),
                &[(18_000, 5), (17_999, 4), (11_999, 3), (5_999, 2), (1_999, 1), (0, 1)],
            ),
        ];
        for (reason, set, steps) in cases {
            for (value, score) in *steps {
                let mut sample = good();
                set(&mut sample, *value);
                let reasons = if *score < 5 { vec![*reason] } else { Vec::new() };
                assert_eq!(assess(&sample), Quality { score: *score, reasons }, "{value}");
            }
        }
    }

    #[test]
    fn an_encoder_that_is_held_back_says_by_what() {
        for (limit, reason) in
            [(Limit::Bandwidth, Reason::BandwidthLimited), (Limit::Cpu, Reason::CpuLimited)]
        {
            let sample = Sample { limit: Some(limit), ..good() };
            assert_eq!(assess(&sample), Quality { score: 4, reasons: vec![reason] });
        }
    }

    #[test]
    fn the_worst_comes_first_and_silence_is_the_worst() {
        let bad = Sample { loss: Some(150), round_trip_micros: Some(900_000), ..good() };
        let expected = Quality { score: 2, reasons: vec![Reason::RoundTrip, Reason::Loss] };
        assert_eq!(assess(&bad), expected);
        let silent = Sample { media_bits: Some(0), ..bad };
        assert_eq!(assess(&silent), Quality { score: 0, reasons: vec![Reason::NoMedia] });
    }
}
