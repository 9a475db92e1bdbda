//! How the service behaves, where it can be told to behave otherwise: the options for tests of a
//! client's bad days, and for what is not known of the service.

use std::time::Duration;

pub use kvs_hub::{FaultSpec, OnReplaced, UnknownRecipient};

use kvs_hub::{Hub, HubConfig, Millis, Timers};

/// How far the clock may be wrong, in seconds either way: ten years.
const MAX_SKEW: i64 = 10 * 365 * 24 * 60 * 60;
/// How fast time may run.
const SCALES: std::ops::RangeInclusive<f64> = 0.001..=1_000_000.0;
/// Longest latency, in milliseconds: ten minutes.
const MAX_LATENCY: u64 = 10 * 60 * 1000;
/// Shortest and longest of the timers.
const TIMES: std::ops::RangeInclusive<Duration> =
    Duration::from_millis(1)..=Duration::from_secs(365 * 24 * 60 * 60);

/// How the service behaves. The default is what is known of the real one.
#[derive(Clone, Debug)]
pub struct Behaviour {
    /// Faults from the start.
    pub faults: Vec<FaultSpec>,
    /// How far the clock is ahead, in seconds; behind where negative. Ten years at most.
    /// Default 0.
    pub clock_skew: i64,
    /// How many times as fast timers and times to live run, from 0.001 to 1,000,000. Default 1.
    pub time_scale: f64,
    /// How long each call and each upgrade takes at least. Ten minutes at most. Default 0.
    pub latency: Duration,
    /// Whether the service's quotas are enforced. Default: yes.
    pub quotas: bool,
    /// After how long without traffic a connection is closed. Default 10 minutes.
    pub idle: Duration,
    /// How long a connection lasts at most. Default 1 hour.
    pub lifetime: Duration,
    /// Whether GO_AWAY precedes the end of the lifetime. Default: yes.
    pub go_away: bool,
    /// How long a connection works on after GO_AWAY. Default 1 minute.
    pub go_away_grace: Duration,
    /// After how long without traffic an empty frame is sent. Default: never.
    pub keep_alive: Option<Duration>,
    /// What becomes of a connection whose client connects again.
    pub on_replaced: OnReplaced,
    /// When a master hears that the viewer it wrote to is not there.
    pub unknown_recipient: UnknownRecipient,
    /// How many viewers a channel has at once. Default 10.
    pub max_viewers: usize,
}

impl Default for Behaviour {
    fn default() -> Self {
        let hub = HubConfig::new("");
        let Timers { idle, lifetime, go_away, go_away_grace, keep_alive } = hub.timers;
        let time = |millis: Millis| Duration::from_millis(millis.0);
        Self {
            faults: Vec::new(),
            clock_skew: 0,
            time_scale: 1.0,
            latency: Duration::ZERO,
            quotas: hub.quotas.enforced,
            idle: time(idle),
            lifetime: time(lifetime),
            go_away,
            go_away_grace: time(go_away_grace),
            keep_alive: keep_alive.map(time),
            on_replaced: hub.on_replaced,
            unknown_recipient: hub.unknown_recipient,
            max_viewers: hub.max_viewers,
        }
    }
}

impl Behaviour {
    /// Finds what is wrong, in a sentence that names the option.
    pub(crate) fn check(&self) -> Result<(), String> {
        let named = |flag: &str| {
            let flag = flag.to_owned();
            move |error| format!("{flag}: {error}")
        };
        skew_millis(self.clock_skew).map_err(named("--clock-skew"))?;
        time_scale(self.time_scale).map_err(named("--time-scale"))?;
        latency(millis(self.latency).0).map_err(named("--latency"))?;
        for (flag, time) in [
            ("--idle-seconds", Some(self.idle)),
            ("--lifetime-seconds", Some(self.lifetime)),
            ("--go-away-grace-seconds", Some(self.go_away_grace)),
            ("--keep-alive-seconds", self.keep_alive),
        ] {
            if time.is_some_and(|time| !TIMES.contains(&time)) {
                return Err(format!("{flag}: choose from a millisecond to a year"));
            }
        }
        Ok(())
    }

    /// How far the clock is ahead, in milliseconds.
    pub(crate) const fn skew_millis(&self) -> i64 {
        self.clock_skew.saturating_mul(1000)
    }

    /// Tells a hub that begins.
    pub(crate) fn begin(&self, hub: &mut Hub) -> Result<(), String> {
        hub.set_time_scale(self.time_scale);
        for fault in &self.faults {
            hub.add_fault(fault.clone()).map_err(|error| format!("--fault: {error}"))?;
        }
        Ok(())
    }

    /// Tells a hub that is to be made.
    pub(crate) fn configure(&self, hub: &mut HubConfig) {
        hub.quotas.enforced = self.quotas;
        hub.timers = Timers {
            idle: millis(self.idle),
            lifetime: millis(self.lifetime),
            go_away: self.go_away,
            go_away_grace: millis(self.go_away_grace),
            keep_alive: self.keep_alive.map(millis),
        };
        hub.on_replaced = self.on_replaced;
        hub.unknown_recipient = self.unknown_recipient;
        hub.max_viewers = self.max_viewers;
    }
}

fn millis(time: Duration) -> Millis {
    Millis(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}

/// How far the clock is to be ahead, in milliseconds.
pub(crate) fn skew_millis(seconds: i64) -> Result<i64, String> {
    if (-MAX_SKEW..=MAX_SKEW).contains(&seconds) {
        return Ok(seconds * 1000);
    }
    Err(format!("the clock may be wrong by {MAX_SKEW} seconds at most, which is ten years"))
}

/// How fast time is to run.
pub(crate) fn time_scale(scale: f64) -> Result<f64, String> {
    if SCALES.contains(&scale) {
        return Ok(scale);
    }
    Err(format!("time may run from {} to {} times as fast", SCALES.start(), SCALES.end()))
}

/// How long everything is to take, in milliseconds.
pub(crate) fn latency(millis: u64) -> Result<u64, String> {
    if millis <= MAX_LATENCY {
        return Ok(millis);
    }
    Err(format!("a latency is {MAX_LATENCY} milliseconds at most, which is ten minutes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_the_service() {
        assert!(Behaviour::default().check().is_ok());
        let mut hub = HubConfig::new("us-west-2");
        Behaviour::default().configure(&mut hub);
        assert_eq!(hub.timers, Timers::default());
        assert_eq!(hub.quotas, kvs_hub::Quotas::default());
        assert_eq!(hub.max_viewers, 10);
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        let default = Behaviour::default;
        for (behaviour, flag) in [
            (Behaviour { clock_skew: i64::MIN, ..default() }, "--clock-skew"),
            (Behaviour { time_scale: 0.0, ..default() }, "--time-scale"),
            (Behaviour { time_scale: f64::NAN, ..default() }, "--time-scale"),
            (Behaviour { latency: Duration::MAX, ..default() }, "--latency"),
            (Behaviour { idle: Duration::ZERO, ..default() }, "--idle-seconds"),
            (Behaviour { lifetime: Duration::MAX, ..default() }, "--lifetime-seconds"),
            (Behaviour { go_away_grace: Duration::MAX, ..default() }, "--go-away-grace-seconds"),
            (Behaviour { keep_alive: Some(Duration::ZERO), ..default() }, "--keep-alive-seconds"),
        ] {
            let error = behaviour.check().unwrap_err();
            assert!(error.starts_with(flag), "{error}");
        }
    }
}
