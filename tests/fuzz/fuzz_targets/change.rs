//! Fuzzes the door `change`; it must not hold logic of its own (`tongdang_tests::hostile`).
#![no_main]

libfuzzer_sys::fuzz_target!(init: tongdang_tests::hostile::caught_is_fine(), |bytes: &[u8]| tongdang_tests::hostile::knock("change", bytes));
