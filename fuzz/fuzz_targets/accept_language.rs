//! Every Accept-Language header gets a language.
#![no_main]

use keyward_domain::Language;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let language = keyward_web::negotiate(Some(text));
    assert!(Language::ALL.contains(&language));
    if text.len() > 1_024 {
        assert_eq!(language, Language::English);
    }
});
