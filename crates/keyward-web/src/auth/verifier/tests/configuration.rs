use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{HS256, assert_refused, verify};
use crate::auth::config::{IssuerConfig, TokenConfig};
use crate::auth::testing::{KEYS, SetClock, claims, header, hs256, verifier_with};

#[test]
fn issuer_and_audience_are_required_when_configured() {
    let iss = "https://id.example";
    let issuer = IssuerConfig {
        audiences: vec!["keyward".to_owned(), "https://keys.example".to_owned()],
        ..IssuerConfig::new(hs256())
    };
    let config = TokenConfig::Issuers(BTreeMap::from([(iss.to_owned(), issuer)]));
    let verifier = verifier_with(config, &SetClock::new());
    let token = |more: Value| {
        let mut claims = claims();
        claims
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        KEYS.token_with(&header(HS256), &claims, HS256)
    };
    for more in [
        json!({}),
        json!({ "iss": iss }),
        json!({ "aud": "keyward" }),
        json!({ "iss": "https://evil.example", "aud": "keyward" }),
        json!({ "iss": [iss], "aud": "keyward" }),
        json!({ "iss": iss, "aud": "other" }),
        json!({ "iss": iss, "aud": "keyward,https://keys.example" }),
        json!({ "iss": iss, "aud": 7 }),
        json!({ "iss": iss, "aud": ["other"] }),
        json!({ "iss": iss, "aud": [] }),
    ] {
        assert_refused(&verifier, &more.to_string(), &token(more.clone()));
    }
    for more in [
        json!({ "iss": iss, "aud": "keyward" }),
        json!({ "iss": iss, "aud": "https://keys.example" }),
        json!({ "iss": iss, "aud": ["other", "keyward"] }),
    ] {
        assert!(verify(&verifier, &token(more.clone())).is_ok(), "{more}");
    }
}

#[test]
fn a_key_set_whose_issuer_or_audience_is_not_asked_for_believes_tokens_for_others() {
    let key_set = || crate::auth::testing::key_set_file(&KEYS.key_set());
    let audiences = || vec!["keyward".to_owned()];
    let one = |keys, audiences| IssuerConfig {
        audiences,
        ..IssuerConfig::new(keys)
    };
    let any = |keys, audiences| TokenConfig::AnyIssuer(Box::new(one(keys, audiences)));
    let named = |keys, audiences| {
        let good = one(key_set(), vec!["keyward".to_owned()]);
        let other = one(keys, audiences);
        TokenConfig::Issuers(BTreeMap::from([
            ("a".to_owned(), good),
            ("b".to_owned(), other),
        ]))
    };
    assert!(any(key_set(), Vec::new()).believes_tokens_for_others());
    assert!(any(key_set(), audiences()).believes_tokens_for_others());
    assert!(!any(hs256(), Vec::new()).believes_tokens_for_others());
    assert!(named(key_set(), Vec::new()).believes_tokens_for_others());
    assert!(!named(key_set(), audiences()).believes_tokens_for_others());
    assert!(!named(hs256(), Vec::new()).believes_tokens_for_others());
}
