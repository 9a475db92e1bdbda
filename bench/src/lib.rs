//! Load for the emulator, and what it takes of it: sockets, messages, time, memory.
//!
//! `bench-load` is the load, a process of its own beside the emulator's; `bench-emulator` starts
//! both and prints the table. The load is made as cheaply as it can be, since it shares the
//! machine with what it measures: one thread, requests signed beforehand, frames made beforehand
//! and read no further than what is counted.
//!
//! | module | what lives there |
//! |---|---|
//! | `load` | the two loads: as much as goes through, and a measured pace |
//! | `population` | channels and their sockets: created, opened |
//! | `channel` | one channel's traffic: what is on its way, what has arrived |
//! | `frames` | messages out, messages in |
//! | `socket` | one WebSocket, its opening request |
//! | `api`, `signer` | CreateSignalingChannel, signatures |
//! | `process` | what a process takes: memory, time |
//! | `figures` | what was measured |
//! | `emulator` | the emulator as a process of its own |
//! | `table` | the figures beside their targets |

mod api;
mod channel;
mod frames;
mod population;
mod process;
mod signer;
mod socket;

pub mod emulator;
pub mod figures;
pub mod load;
pub mod table;

pub use process::raise_open_files;
