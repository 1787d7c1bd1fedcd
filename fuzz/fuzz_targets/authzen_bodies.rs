#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    shipgate_fuzz::authzen_bodies(data);
});
