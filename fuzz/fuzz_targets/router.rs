//! `cargo xtask fuzz router`
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| kvs_fuzz::router(data));
