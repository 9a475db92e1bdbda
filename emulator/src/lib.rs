//! Amazon Kinesis Video Streams WebRTC on one machine: the service's calls, its WebSockets,
//! STUN and TURN, storage sessions that pass media on, and a page that uses them.
//!
//! [`Emulator::bind`] takes the ports, [`Emulator::run_until`] serves. What the service decides
//! is decided in the crate `kvs-hub`; here is what carries it: HTTP, WebSocket, signatures.
//! None of it is shared with the SDK that is tested against it.
//!
//! | module | what lives there |
//! |---|---|
//! | `config` | what the emulator is told, and how starting and running can fail |
//! | `network` | how it is reached: certificate, host names, how many connections |
//! | `hosts` | which endpoint a channel has, and what a request was sent to |
//! | `tls` | the certificate, made at start or from files |
//! | `server` | the whole of it, and its end |
//! | `listeners`, `connection` | ports, and what comes in there: TLS, HTTP |
//! | `routes` | which path goes where |
//! | `auth` | AWS Signature Version 4, verified, and what its caller may do |
//! | `api` | the service's calls: all of them on one page in `operations`, one file each |
//! | `state` | the file that keeps channels and streams over a restart |
//! | `clock` | the wall clock, which can be set wrong on purpose |
//! | `error` | the service's error responses |
//! | `behaviour` | how the service behaves, where it can be told to behave otherwise |
//! | `driver`, `outbox` | the hub's clock and queues |
//! | `gate` | latency and faults before calls and upgrades |
//! | `socket` | WebSockets of masters and viewers |
//! | `admin` | the admin API and its page |
//! | `turn`, `turn_credentials` | STUN and TURN, and who may relay |
//! | `media` | storage sessions: what a master sends is forwarded to viewers |
//! | `fuzzing` | the service asked directly, for `fuzz/` |
//! | `page` | the page, its policy, and what it may know of the emulator |

mod admin;
mod api;
mod app;
mod auth;
mod behaviour;
mod clock;
mod config;
mod connection;
mod driver;
mod error;
#[doc(hidden)]
pub mod fuzzing;
mod gate;
mod hosts;
mod listeners;
mod media;
mod network;
mod outbox;
mod page;
mod routes;
mod server;
mod socket;
mod state;
mod tls;
mod turn;
mod turn_credentials;

pub use behaviour::{Behaviour, FaultSpec, OnReplaced, UnknownRecipient};
pub use config::{AuthLevel, Config, Keys, KeysFileError, RunError, StartError};
#[doc(hidden)]
pub use media::provider as media_crypto;
pub use network::{Hosts, Network, Tls};
pub use server::Emulator;
pub use tls::TlsError;
pub use turn::{RefreshAfterExpiry, TurnOptions};
