//! What was measured, as the load hands it on.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What goes through at most, quotas off.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Capacity {
    /// Opening all sockets, each with a signature that is verified.
    pub upgrades: Span,
    /// The emulator's memory.
    pub memory: Memory,
    /// Messages from peer to peer, as many as go through.
    pub routing: Routing,
}

/// What a measured time took.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Span {
    /// How many there were of what is counted.
    pub count: u64,
    /// Time that passed, in seconds.
    pub seconds: f64,
    /// Time that the emulator computed, in seconds.
    pub emulator: f64,
    /// Time that the load computed, in seconds.
    pub load: f64,
}

impl Span {
    /// How many in a second.
    pub fn rate(&self) -> f64 {
        self.count as f64 / self.seconds
    }
}

/// Resident memory, in bytes.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Memory {
    /// Open sockets.
    pub sockets: u64,
    /// With all channels and without a socket.
    pub without: u64,
    /// With all sockets, idle.
    pub with: u64,
    /// With all sockets, after all messages.
    pub after_load: u64,
}

impl Memory {
    /// What an idle socket takes.
    pub fn of_a_socket(&self) -> f64 {
        self.with.saturating_sub(self.without) as f64 / self.sockets.max(1) as f64
    }
}

/// Messages from peer to peer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Routing {
    /// The measured time; what is counted is deliveries.
    pub span: Span,
    /// Messages sent in all, warm-up included.
    pub sent: u64,
    /// Those that arrived.
    pub delivered: u64,
    /// Those that were acknowledged to their sender.
    pub acknowledged: u64,
    /// From just before a message is written to just after it is read.
    pub times: Times,
    /// What went wrong first, if anything did.
    pub trouble: Option<String>,
}

impl Routing {
    /// Messages that never arrived, or were never acknowledged.
    pub const fn lost(&self) -> u64 {
        self.sent
            - if self.delivered < self.acknowledged { self.delivered } else { self.acknowledged }
    }
}

/// How long something took, in milliseconds.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Times {
    /// Half took at most this.
    pub p50: f64,
    /// 99 of 100 took at most this.
    pub p99: f64,
    /// The slowest.
    pub max: f64,
}

impl Times {
    /// Of times in microseconds.
    pub(crate) fn of(mut micros: Vec<u32>) -> Self {
        micros.sort_unstable();
        let at = |percent: usize| {
            let rank = (micros.len() * percent).div_ceil(100).saturating_sub(1);
            micros.get(rank).map_or(0.0, |time| f64::from(*time) / 1000.0)
        };
        Self { p50: at(50), p99: at(99), max: at(100) }
    }
}

/// The middle of some times, or between the two in the middle; `None` of none.
pub fn median(times: &[Duration]) -> Option<Duration> {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let upper = sorted.get(sorted.len() / 2)?;
    let lower = sorted.get(sorted.len().checked_sub(1)? / 2)?;
    Some((*upper + *lower) / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_sorted_times() {
        let times = Times::of((1..=1000).rev().map(|n| n * 1000).collect());
        assert_eq!((times.p50, times.p99, times.max), (500.0, 990.0, 1000.0));
        let one = Times::of(vec![7000]);
        assert_eq!((one.p50, one.p99, one.max), (7.0, 7.0, 7.0));
        assert_eq!(Times::of(Vec::new()).max, 0.0);
    }

    #[test]
    fn the_median_lies_in_the_middle() {
        let ms = Duration::from_millis;
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[ms(9), ms(1), ms(2)]), Some(ms(2)));
        assert_eq!(median(&[ms(4), ms(1), ms(2), ms(9)]), Some(ms(3)));
    }
}
