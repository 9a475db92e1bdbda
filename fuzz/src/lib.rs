//! The emulator's parsers and machines under hostile input, as ordinary functions.
//!
//! Each takes any bytes and panics where something does not hold. `tests/replay.rs` feeds them
//! the corpus and random input on stable Rust, `fuzz_targets/` what libFuzzer finds.
//!
//! | target | what it feeds | what has to hold |
//! |---|---|---|
//! | [`frame`] | a script of frames, connects and time, to a hub | who gets what, in which form; an echo arrives as it was sent; nothing waits for ever |
//! | [`router`] | a script of requests, to the service | the form of every answer; what is created can be read back |
//! | [`authorization`] | an `Authorization` header, or a damage to a good one | a good one gets through in any spelling that is allowed, any other does not |
#![allow(
    clippy::panic,
    clippy::expect_used,
    reason = "what does not hold is a panic: that is what is looked for"
)]
#![forbid(unsafe_code)]

mod authorization;
mod frame;
mod router;
mod service;

pub use authorization::authorization;
pub use frame::frame;
pub use router::router;
