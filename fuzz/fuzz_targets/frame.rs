//! `cargo xtask fuzz frame`
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| kvs_fuzz::frame(data));
