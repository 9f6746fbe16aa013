//! Fuzzes the door `claim`; it must not hold logic of its own (`tongdang_tests::hostile`).
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tongdang_tests::hostile::knock("claim", bytes));
