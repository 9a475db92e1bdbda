//! KVS on one machine.
fn main() {}
