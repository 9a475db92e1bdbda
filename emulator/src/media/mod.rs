//! Storage sessions' media: a server that takes what a master sends and forwards it to the viewers
//! of its session. Nothing is stored.
//!
//! Who is in which session, and until when, is the hub's. Here is what an offer and an answer say,
//! and what flows.
//!
//! | module | what lives there |
//! |---|---|
//! | `orders` | what the hub orders, until it is done |
//! | `server` | rooms are opened and closed |
//! | `task` | one channel's room and its UDP socket |
//! | `room` | who is in a room, and what of one goes to the others: no I/O |
//! | `peer` | one peer's connection: no I/O |
//! | `timeline` | the times of several masters as one |
//! | `answer` | which answers are taken |
//! | `words` | what is in the payloads of messages |
//! | `figures` | how much has come and gone |
//! | `crypto` | DTLS and SRTP |

mod answer;
mod crypto;
mod figures;
mod orders;
mod peer;
#[cfg(test)]
mod rig;
mod room;
mod server;
mod task;
mod timeline;
mod words;

pub use crypto::provider;
pub(crate) use figures::{Flow, Seen};
pub(crate) use orders::Orders;
pub(crate) use server::MediaServer;
