//! `cargo xtask fuzz authorization`
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| kvs_fuzz::authorization(data));
