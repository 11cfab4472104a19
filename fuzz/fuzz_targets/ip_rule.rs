//! Every text is an IP rule or an error; a rule is canonical and contains its own address.
#![no_main]

use keyward_domain::{IpRule, IpRuleError};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match IpRule::parse(text) {
        Ok(rule) => {
            assert_eq!(IpRule::parse(&rule.to_string()).as_ref(), Ok(&rule));
            assert_eq!(IpRule::from_network(rule.network()).as_ref(), Ok(&rule));
            assert!(rule.contains(rule.network().ip()));
        }
        Err(
            IpRuleError::HostBitsSet { suggestion }
            | IpRuleError::Malformed { suggestion: Some(suggestion) }
            | IpRuleError::BadPrefix { suggestion: Some(suggestion), .. },
        ) => assert_eq!(IpRule::parse(&suggestion.to_string()), Ok(suggestion)),
        Err(_) => {}
    }
});
