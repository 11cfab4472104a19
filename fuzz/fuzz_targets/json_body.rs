//! All bytes are one strict object or an error, and every accepted body is JSON for other parsers
//! too.
#![no_main]

use std::collections::BTreeSet;

use keyward_domain::{LifetimePolicy, Timestamp};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};

fuzz_target!(|bytes: &[u8]| {
    if let Some(raw) = keyward_web::fuzzing::create_body(bytes) {
        assert!(serde_json::from_slice::<Map<String, Value>>(bytes).is_ok());
        let now = Timestamp::from_unix_seconds(1_800_000_000).expect("in range");
        let known: BTreeSet<_> = raw.named_scopes();
        if let Err(violations) = raw.parse(now, &known, &LifetimePolicy::default()) {
            assert!(!violations.is_empty());
        }
    }
});
