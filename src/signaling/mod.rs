//! The signaling channel: what is said on the WebSocket, and the connection that says it.
//!
//! # The contract of every machine in this crate
//!
//! A machine is told what happened with `handle(input, now)`. Then it is asked with `poll()`
//! what to do, again and again until it answers `None`; only then may the next input come.
//! Last, `poll_timeout()` tells when it wants to be told that time has passed, if at all; a
//! time that has passed already is handled at once. A machine does no I/O, reads no clock and
//! makes no random number, so a test drives it faster than time and always the same way.

mod candidates;
pub mod client;
mod connection;
mod early;
mod frame;
mod pacing;

/// The wire's names, for those who read and write frames where they are.
#[cfg(target_arch = "wasm32")]
pub(crate) mod wire {
    pub(crate) use super::frame::{FrameType, MAX_FRAME, MAX_PAYLOAD, member, sender_id};
}

pub use candidates::{Admission, CandidateBuffer};
pub use connection::{Closing, Connection, Event, Input, Output};
pub use frame::{
    Dropped, Frame, FrameType, Message, Payload, StatusResponse, decode, encode, fits,
};
pub use pacing::Pacer;
