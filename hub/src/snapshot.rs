//! How things stand, to be looked at.

use serde::Serialize;

use crate::RoleName;

/// How things stand.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// How many times as fast timers and times to live run.
    pub time_scale: f64,
    /// Whether quotas are enforced.
    pub quotas_enforced: bool,
    /// Whether accepted messages are acknowledged by an empty frame.
    pub acknowledge: bool,
    /// Connections, all together.
    pub connections: usize,
    /// Messages that wait for their recipient, all together.
    pub waiting: usize,
    /// Messages that faults hold back.
    pub held: usize,
    /// Alexa offers that wait for their answer.
    pub alexa_offers: usize,
    /// Faults in the list.
    pub faults: usize,
    /// The channels where somebody is connected or something waits, by name.
    pub channels: Vec<ChannelSnapshot>,
}

/// One channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChannelSnapshot {
    /// Its name.
    pub name: String,
    /// Messages that wait for one of its peers.
    pub waiting: usize,
    /// Its connections, the oldest first.
    pub connections: Vec<ConnectionSnapshot>,
}

/// One connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionSnapshot {
    /// The hub's name for it.
    pub connection_id: String,
    /// Whose it is.
    pub role: RoleName,
    /// A viewer's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// How it is.
    pub state: ConnectionState,
    /// Since when it is open, in milliseconds of the hub's scaled time.
    pub age_millis: u64,
    /// For how long nothing came or went, in milliseconds of the hub's scaled time.
    pub idle_millis: u64,
    /// Frames sent to it.
    pub sent: u64,
    /// Frames received from it.
    pub received: u64,
}

/// How a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ConnectionState {
    /// Admitted; its socket is not up yet.
    Opening,
    /// Works.
    Open,
    /// Works on after GO_AWAY.
    Draining,
    /// A newer connection took its place; it is open, but nothing is routed.
    Replaced,
    /// Nothing is read from it or sent to it.
    Stalled,
}
