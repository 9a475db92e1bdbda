//! Amazon Kinesis Video Streams WebRTC on one machine: the service's calls, its WebSockets,
//! STUN and TURN, and a page that uses them.
//!
//! [`Emulator::bind`] takes the ports, [`Emulator::run_until`] serves. What the service decides
//! is decided in the crate `kvs-hub`; here is what carries it: HTTP, WebSocket, signatures.
//! None of it is shared with the SDK that is tested against it.
//!
//! | module | what lives there |
//! |---|---|
//! | `config` | what the emulator is told, and how starting and running can fail |
//! | `server` | ports, connections, the end |
//! | `routes` | which path goes where |
//! | `auth` | AWS Signature Version 4, verified |
//! | `api` | the service's calls, one file an operation |
//! | `clock` | the wall clock, which can be set wrong on purpose |
//! | `error` | the service's error responses |
//! | `driver` | the hub's clock and queues |
//! | `socket` | WebSockets of masters and viewers |
//! | `turn`, `turn_credentials` | STUN and TURN, and who may relay |
//! | `fuzzing` | the service asked directly, for `fuzz/` |
//! | `page` | the page, its policy, and what it may know of the emulator |

mod api;
mod app;
mod auth;
mod clock;
mod config;
mod driver;
mod error;
#[doc(hidden)]
pub mod fuzzing;
mod page;
mod routes;
mod server;
mod socket;
mod turn;
mod turn_credentials;

pub use config::{Config, Keys, RunError, StartError};
pub use server::Emulator;
