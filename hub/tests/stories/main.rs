//! What peers see of the hub, told as stories on a virtual clock.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test's helpers may panic as its tests do"
)]

mod account;
mod alexa;
mod channels;
mod control;
mod edge_faults;
mod fault_specs;
mod faults;
mod looks;
mod places;
mod quotas;
mod random;
mod records;
mod resources;
mod rig;
mod routing;
mod storage;
mod streams;
mod timers;
mod waiting;
