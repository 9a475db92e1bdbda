//! Amazon Kinesis Video Streams WebRTC for the browser.
//!
//! Platform-free state machines decide, a thin browser layer acts, a thinner JavaScript face exposes.
//! The map, from the bottom up:
//!
//! | module | what lives there |
//! |---|---|
//! | [`error`] | the table of stable error codes |
//! | [`secret`], [`time`], [`ids`], [`backoff`] | the small types everything else is made of |
//! | [`endpoints`], [`credentials`] | where the service is, and who asks |
//! | [`sigv4`] | AWS Signature Version 4: presigned URLs and signed headers |
//! | [`rest`] | the service's HTTPS calls, one file an operation |
//! | [`ice`] | STUN and TURN servers, NAT traversal modes, candidates |
//! | [`signaling`] | frames, the candidate buffer, the connection's machine |
//! | [`bundle`], [`backend`] | what an application's back end gives a page without keys |
//! | [`session`] | what a viewer and a master do: start-up, peers, events |
//! | `web`, `js` | the browser and what JavaScript sees (wasm32 only) |
//!
//! Nothing outside `web` and `js` reads a clock, makes a random number or does I/O:
//! those are arguments. `docs/ARCHITECTURE.md` says where to change what.

pub mod backend;
pub mod backoff;
pub mod bundle;
pub mod credentials;
pub mod endpoints;
pub mod error;
#[cfg(doctest)]
mod guides;
pub mod ice;
pub mod ids;
mod json;
pub mod rest;
pub mod secret;
pub mod session;
pub mod signaling;
pub mod sigv4;
pub mod time;

#[cfg(target_arch = "wasm32")]
pub mod js;
#[cfg(target_arch = "wasm32")]
mod web;

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// The version of this crate and of the npm package, as in `Cargo.toml`.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
