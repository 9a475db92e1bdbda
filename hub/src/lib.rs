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
//! [`Hub::account`], [`Hub::account_mut`] and [`Hub::admit`] answer at once, as the service's
//! calls do. A driver that admits a connection reports [`Input::Opened`] when its
//! socket is up and [`Input::Closed`] once at the end, also of one that never opened.
//!
//! Everything a peer can make grow is bounded by [`Limits`] or by the service's own rules.
//!
//! | module | what lives there |
//! |---|---|
//! | `ids` | names, ARNs and client ids, parsed once and then trusted |
//! | `time` | the two clocks as arguments |
//! | `error` | the service's error names and status codes |
//! | `wire` | the frames: the only home of their names |
//! | `store` | messages that wait for their recipient |
//! | `account` | which channels there are |
//! | `peers` | who is connected to a channel |
//! | `hub` | the machine |

mod account;
mod config;
mod counters;
mod error;
mod exchange;
mod faults;
mod hub;
mod ids;
mod log;
mod pattern;
mod peers;
mod role;
mod snapshot;
mod store;
mod target;
mod time;
mod wire;

pub use account::{Account, Channel, CreateChannel};
pub use config::{HubConfig, Limits, OnReplaced, Quotas, Timers, UnknownRecipient};
pub use counters::{Counters, MessageCounts};
pub use error::{ErrorKind, ServiceError};
pub use exchange::{CallRates, Close, Input, Output, TicketId};
pub use faults::{CallFault, FaultId, FaultName, FaultSpec, Refusal, UpgradeFault};
pub use hub::Hub;
pub use ids::{ChannelArn, ChannelName, ClientId, ConnectionId};
pub use log::{LogEntry, Outcome};
pub use pattern::Pattern;
pub use role::{Role, RoleName};
pub use snapshot::{ChannelSnapshot, ConnectionSnapshot, ConnectionState, Snapshot};
pub use target::Target;
pub use time::{Millis, UnixMillis};
pub use wire::MessageType;
