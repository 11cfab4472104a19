//! Any bytes are one strict object or say why not, and what is taken is what serde_json reads.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = keyward_web::fuzzing::create_body(bytes);
});
