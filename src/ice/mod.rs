//! How peers find a path to each other: NAT traversal modes, STUN and TURN servers, candidates.

mod candidate;
mod filter;
mod servers;

pub use candidate::{Candidate, ufrags};
pub use filter::{CandidateFilter, rank, reaches_beyond};
pub use servers::{IceServer, NatTraversal, TurnFilter, TurnServers, servers};
