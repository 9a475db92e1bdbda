//! How peers find a path to each other: NAT traversal modes, STUN and TURN servers, candidates.

mod candidate;
mod servers;

pub use candidate::{Candidate, ufrags};
pub use servers::{IceServer, NatTraversal, TurnServers, servers};
