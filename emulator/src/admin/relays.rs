//! TURN, and what expires.
