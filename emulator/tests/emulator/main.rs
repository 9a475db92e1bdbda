//! The emulator over real sockets, judged from outside: requests are signed by the official
//! signer, WebSockets and TURN are spoken by other people's clients.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test's helpers may panic as its tests do"
)]

mod admin;
mod admin_acts;
mod alexa;
mod calls;
mod channels;
mod command;
mod cors;
mod faults;
mod hosts;
mod keys;
mod load;
mod media_peer;
mod media_storage;
mod page;
mod reach;
mod rig;
mod secrets;
mod signatures;
mod signer;
mod sockets;
mod state;
mod storage_session;
mod streams;
mod tags;
mod tls;
mod tls_files;
mod turn;
mod turn_client;
mod turn_tls;
