//! The emulator over real sockets, judged from outside: requests are signed by the official
//! signer, WebSockets and TURN are spoken by other people's clients.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test's helpers may panic as its tests do"
)]

mod alexa;
mod calls;
mod channels;
mod command;
mod cors;
mod hosts;
mod keys;
mod media_storage;
mod page;
mod reach;
mod rig;
mod signatures;
mod signer;
mod sockets;
mod state;
mod streams;
mod tags;
mod tls;
mod tls_files;
mod turn;
