//! Options for how the service behaves.

use std::time::Duration;

use clap::{Args, ValueEnum};
use kvs_emulator::{Behaviour, FaultSpec, OnReplaced, UnknownRecipient};

/// As on the service where nothing is said.
#[derive(Args)]
#[command(next_help_heading = "Faults and timers")]
pub(crate) struct BehaviourArgs {
    /// A fault from the start, e.g. `drop,channel=flaky-*,message=ICE_CANDIDATE,times=3`; may be
    /// repeated. The README lists them; the page /_emulator/ adds and removes them
    #[arg(long, value_name = "SPEC", value_parser = FaultSpec::parse)]
    fault: Vec<FaultSpec>,

    /// How far the emulator's clock is ahead, in seconds; behind where negative
    #[arg(long, value_name = "SECONDS", default_value_t = 0, allow_negative_numbers = true)]
    clock_skew: i64,

    /// How many times as fast timers and the messages' time to live run
    #[arg(long, value_name = "N", default_value_t = 1.0)]
    time_scale: f64,

    /// How long each call and each upgrade takes at least, in milliseconds
    #[arg(long, value_name = "MILLIS", default_value_t = 0)]
    latency: u64,

    /// Do not enforce the service's quotas of calls, connections and messages by the second
    #[arg(long)]
    no_quotas: bool,

    /// After how long without traffic a connection is closed [default: 600]
    #[arg(long, value_name = "SECONDS")]
    idle_seconds: Option<u64>,

    /// How long a connection lasts at most [default: 3600]
    #[arg(long, value_name = "SECONDS")]
    lifetime_seconds: Option<u64>,

    /// How long a connection works on after GO_AWAY [default: 60]
    #[arg(long, value_name = "SECONDS")]
    go_away_grace_seconds: Option<u64>,

    /// Close a connection that has lasted long enough without GO_AWAY before
    #[arg(long)]
    no_go_away: bool,

    /// After how long without traffic an empty text frame is sent [default: never]
    #[arg(long, value_name = "SECONDS")]
    keep_alive_seconds: Option<u64>,

    /// How often a client is pinged; one from which nothing was heard for two and a half times
    /// as long is dropped [default: never, as on the service]
    #[arg(long, value_name = "SECONDS")]
    ping_seconds: Option<u64>,

    /// What becomes of a connection whose client connects again
    #[arg(long, value_enum, default_value_t = Replaced::Close)]
    replaced: Replaced,

    /// When a master hears that the viewer it wrote to is not there
    #[arg(long, value_enum, default_value_t = Unknown::Expiry)]
    unknown_recipient: Unknown,

    /// How many viewers a channel has at once [default: 10]
    #[arg(long, value_name = "N")]
    max_viewers: Option<usize>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Replaced {
    /// It is closed with code 1000
    Close,
    /// It stays open, and nothing is routed to it or from it
    Linger,
}

#[derive(Clone, Copy, ValueEnum)]
enum Unknown {
    /// When the message's time to live is over
    Expiry,
    /// At once
    AtOnce,
}

impl BehaviourArgs {
    /// How often clients are pinged.
    pub(crate) fn ping_interval(&self) -> Option<Duration> {
        self.ping_seconds.map(Duration::from_secs)
    }

    pub(crate) fn into_behaviour(self) -> Behaviour {
        let default = Behaviour::default();
        let or = |seconds: Option<u64>, default| seconds.map_or(default, Duration::from_secs);
        Behaviour {
            faults: self.fault,
            clock_skew: self.clock_skew,
            time_scale: self.time_scale,
            latency: Duration::from_millis(self.latency),
            quotas: !self.no_quotas,
            idle: or(self.idle_seconds, default.idle),
            lifetime: or(self.lifetime_seconds, default.lifetime),
            go_away: !self.no_go_away,
            go_away_grace: or(self.go_away_grace_seconds, default.go_away_grace),
            keep_alive: self.keep_alive_seconds.map(Duration::from_secs),
            on_replaced: match self.replaced {
                Replaced::Close => OnReplaced::Close,
                Replaced::Linger => OnReplaced::Linger,
            },
            unknown_recipient: match self.unknown_recipient {
                Unknown::Expiry => UnknownRecipient::WhenExpired,
                Unknown::AtOnce => UnknownRecipient::AtOnce,
            },
            max_viewers: self.max_viewers.unwrap_or(default.max_viewers),
        }
    }
}
