//! The KVS signaling service as a machine without I/O.
