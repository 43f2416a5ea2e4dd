//! Any message that comes in, read as mail that came back.
#![no_main]

use hearth::mail::bounce;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|raw: &[u8]| {
    let _ = bounce::read(raw);
});
