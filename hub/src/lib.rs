//! The KVS signaling service as a machine without I/O: channels, connections, routing, and
//! messages kept for whoever is not there yet.
//!
//! # The contract
//!
//! The hub reads no clock, opens no socket and makes no random number. Its driver
//!
//! 1. tells it what happened with [`Hub::handle`], and when;
//! 2. drains [`Hub::poll`] until it answers `None`, and does what each [`Output`] says;
//! 3. calls `handle(Input::Tick, now)` no later than [`Hub::poll_timeout`] says.
//!
//! Everything else is answered at once, as the service's calls are; what closes connections or
//! sends something leaves outputs to drain. A driver that admits a connection reports
//! [`Input::Opened`] when its socket is up and [`Input::Closed`] once at the end, also of one
//! that never opened.
//!
//! Everything a peer can make grow is bounded by [`Limits`] or by the service's own rules.
//!
//! Two clocks run: the driver's, for quotas and faults, and a scaled one
//! ([`Hub::set_time_scale`]) for timers and times to live.
//!
//! | module | what lives there |
//! |---|---|
//! | `ids`, `arn`, `role`, `pattern`, `target` | who is meant: parsed once and then trusted |
//! | `time`, `pace` | time as an argument; the scaled clock |
//! | `config` | the service's numbers |
//! | `exchange`, `error` | what the hub is told and tells; the service's error names |
//! | `wire` | the frames: the only home of their names |
//! | `account` | which channels and streams there are |
//! | `connection`, `timing`, `rooms` | a connection's record and times; who has which place |
//! | `sessions` | who is in a storage session |
//! | `bucket` | how often something may happen |
//! | `store` | messages that wait for their recipient |
//! | `faults` | what goes wrong on purpose |
//! | `snapshot`, `counters`, `log` | what can be looked at |
//! | `hub` | the machine |

mod account;
mod arn;
mod bucket;
mod config;
mod connection;
mod counters;
mod error;
mod exchange;
mod faults;
mod hub;
mod ids;
mod log;
mod pace;
mod pattern;
mod role;
mod rooms;
mod sessions;
mod snapshot;
mod store;
mod target;
mod time;
mod timing;
mod wire;

pub use account::{
    Account, AccountRecord, Channel, ChannelRecord, CreateChannel, CreateStream, Page, PageRequest,
    PageToken, Stream, StreamRecord, TagKeys, Tags, UpdateChannel,
};
pub use arn::{ACCOUNT_ID, ChannelArn, ResourceArn, StreamArn};
pub use config::{HubConfig, Limits, OnReplaced, Quotas, StorageRules, Timers, UnknownRecipient};
pub use counters::{Counters, MessageCounts};
pub use error::{ErrorKind, ServiceError};
pub use exchange::{Asker, CallRates, Close, Input, Output, StorageOrder, TicketId};
pub use faults::{CallFault, FaultId, FaultName, FaultSpec, Refusal, UpgradeFault};
pub use hub::Hub;
pub use ids::{ChannelName, ClientId, ConnectionId, StreamName};
pub use log::{LogEntry, Outcome, Party};
pub use pattern::Pattern;
pub use role::{Role, RoleName};
pub use sessions::{StoragePeerId, StorageSnapshot};
pub use snapshot::{ChannelSnapshot, ConnectionSnapshot, ConnectionState, Snapshot};
pub use target::Target;
pub use time::{Millis, UnixMillis};
pub use wire::MessageType;
