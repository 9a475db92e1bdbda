//! What a hub is made of: the service's numbers, each of which can be another.

use crate::Millis;

/// What the hub is made of.
#[derive(Clone, Debug)]
pub struct HubConfig {
    /// The region in the channels' ARNs.
    pub region: String,
    /// Whether each accepted message is answered by an empty text frame, as the service does.
    /// Default: yes.
    pub acknowledge: bool,
    /// What is kept at most.
    pub limits: Limits,
    /// How often peers may do what they do.
    pub quotas: Quotas,
    /// How long connections last.
    pub timers: Timers,
    /// How many a storage session has, and for how long.
    pub storage: StorageRules,
    /// What becomes of a connection when the same master or client id connects again.
    pub on_replaced: OnReplaced,
    /// When a master hears that the viewer it wrote to is not there.
    pub unknown_recipient: UnknownRecipient,
    /// How many viewers a channel has at once. Default 10.
    ///
    /// Source: "Service quotas", ConnectAsViewer.
    pub max_viewers: usize,
}

impl HubConfig {
    /// The service's behaviour, in this region.
    pub fn new(region: impl Into<String>) -> Self {
        Self {
            region: region.into(),
            acknowledge: true,
            limits: Limits::default(),
            quotas: Quotas::default(),
            timers: Timers::default(),
            storage: StorageRules::default(),
            on_replaced: OnReplaced::default(),
            unknown_recipient: UnknownRecipient::default(),
            max_viewers: 10,
        }
    }
}

/// How often peers may do what they do, per second of real time, whatever the time scale is.
///
/// Each is a token bucket: it holds as many tokens as its rate says, starts full, and fills
/// continuously. So a burst of one second's worth always passes, never more than twice the rate
/// in any one second, and the rate itself in the long run.
///
/// Source: "Service quotas", ConnectAsMaster to SendICECandidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quotas {
    /// Whether they are enforced; a payload's 10 KB always are. Default: yes.
    pub enforced: bool,
    /// Connections of masters, and as many of viewers, per channel. Default 3.
    pub connects_per_second: u32,
    /// Offers per connection. Default 5.
    pub offers: u32,
    /// Answers per connection. Default 5.
    pub answers: u32,
    /// Candidates per connection. Default 20.
    pub candidates: u32,
}

impl Default for Quotas {
    fn default() -> Self {
        Self { enforced: true, connects_per_second: 3, offers: 5, answers: 5, candidates: 20 }
    }
}

/// How long connections last, in time as [`Hub::set_time_scale`](crate::Hub::set_time_scale)
/// lets it run.
///
/// Source: "Service quotas", ConnectAsMaster; "Asynchronous message reception", GO_AWAY.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timers {
    /// After how long without a frame either way a connection is closed. Default 10 minutes.
    pub idle: Millis,
    /// How long a connection lasts at most. Default 1 hour.
    pub lifetime: Millis,
    /// Whether GO_AWAY precedes the end of the lifetime, by the grace. Default: yes.
    pub go_away: bool,
    /// How long a connection works on after GO_AWAY. Default 1 minute.
    pub go_away_grace: Millis,
    /// After how long without a frame either way an empty one is sent, again and again; it does
    /// not count against [`Timers::idle`]. At least 1 ms. Default: never.
    pub keep_alive: Option<Millis>,
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            idle: Millis::from_secs(600),
            lifetime: Millis::from_secs(3600),
            go_away: true,
            go_away_grace: Millis::from_secs(60),
            keep_alive: None,
        }
    }
}

/// How many a storage session has beside its master, and how long they stay, in time as
/// [`Hub::set_time_scale`](crate::Hub::set_time_scale) lets it run.
///
/// Source: "Service quotas", JoinStorageSession and JoinStorageSessionAsViewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StorageRules {
    /// Viewers at once. Default 3.
    pub viewers: usize,
    /// How long anybody stays at most. Default 1 hour.
    pub life: Millis,
    /// How long a master stays that does not connect. Default 3 minutes.
    pub master_idle: Millis,
    /// How long a viewer stays that does not connect. Default 1 minute.
    pub viewer_idle: Millis,
    /// How long viewers stay without a master. Default 3 minutes.
    pub without_master: Millis,
    /// How long the place of a viewer that was disconnected is kept for it. Default 1 minute.
    pub held: Millis,
}

impl Default for StorageRules {
    fn default() -> Self {
        Self {
            viewers: 3,
            life: Millis::from_secs(3600),
            master_idle: Millis::from_secs(180),
            viewer_idle: Millis::from_secs(60),
            without_master: Millis::from_secs(180),
            held: Millis::from_secs(60),
        }
    }
}

/// What becomes of a connection when the same master or client id connects again. That the
/// newest wins is documented, what happens to the other is not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnReplaced {
    /// It is closed with code 1000.
    #[default]
    Close,
    /// It stays open until it idles out; nothing is routed to it or from it.
    Linger,
}

/// When a master hears that the viewer it wrote to is not there, if it asked by a correlation
/// id. The service's delay is not documented. What a viewer sends waits for its master anyway.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnknownRecipient {
    /// When the message has waited for the channel's time to live.
    #[default]
    WhenExpired,
    /// At once; the message does not wait.
    AtOnce,
}

/// How much the hub keeps at most. A waiting message is some 10 KB at worst. Where one more would
/// be too many, the oldest gives way and its sender is told, so that the newest always waits: it
/// is the one that the peer who comes late can still use.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Channels. Default 1000.
    pub channels: usize,
    /// Connections of all channels together. Default 512.
    pub connections: usize,
    /// Candidates that wait from one sender for one recipient. Default 64. Of offers and of
    /// answers there is one each, the newest.
    pub candidates_per_sender: usize,
    /// Messages that wait for one recipient. Default 660: what ten viewers may leave their master.
    pub waiting_per_recipient: usize,
    /// Messages that wait, all together. Default 4096.
    pub waiting: usize,
    /// Messages that faults hold back, all together; one more passes at once. Default 1024.
    pub held: usize,
    /// Alexa offers without an answer, all together; one more is refused. Default 256.
    pub alexa_offers: usize,
    /// What waits in one direction of a stalled connection, in bytes; with more it is dropped.
    /// Default 256 KiB.
    pub stalled_bytes: usize,
    /// The same of all stalled connections together. Default 64 MiB.
    pub stalled_bytes_together: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            channels: 1000,
            connections: 512,
            candidates_per_sender: 64,
            waiting_per_recipient: 660,
            waiting: 4096,
            held: 1024,
            alexa_offers: 256,
            stalled_bytes: 256 * 1024,
            stalled_bytes_together: 64 * 1024 * 1024,
        }
    }
}
