use serde_json::{Value, json};

use super::{HS256, assert_refused, secret, verify};
use crate::auth::config::{KeySource, TokenConfig, TokenConfigError};
use crate::auth::testing::{KEYS, SetClock, claims, header};
use crate::auth::verifier::TokenVerifier;

#[test]
fn issuer_and_audience_are_required_when_configured() {
    let config = TokenConfig {
        keys: KeySource::Hs256(secret()),
        issuer: Some("https://id.example".to_owned()),
        audience: Some("keyward".to_owned()),
        leeway_seconds: 0,
    };
    let verifier = TokenVerifier::new(config, SetClock::new()).unwrap();
    let token = |more: Value| {
        let mut claims = claims();
        claims
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        KEYS.token_with(&header(HS256), &claims, HS256)
    };
    let iss = "https://id.example";
    for more in [
        json!({}),
        json!({ "iss": iss }),
        json!({ "aud": "keyward" }),
        json!({ "iss": "https://evil.example", "aud": "keyward" }),
        json!({ "iss": [iss], "aud": "keyward" }),
        json!({ "iss": iss, "aud": "other" }),
        json!({ "iss": iss, "aud": 7 }),
        json!({ "iss": iss, "aud": ["other"] }),
        json!({ "iss": iss, "aud": [] }),
    ] {
        assert_refused(&verifier, &more.to_string(), &token(more.clone()));
    }
    for more in [
        json!({ "iss": iss, "aud": "keyward" }),
        json!({ "iss": iss, "aud": ["other", "keyward"] }),
    ] {
        assert!(verify(&verifier, &token(more.clone())).is_ok(), "{more}");
    }
}

#[test]
fn a_configuration_by_which_no_token_can_be_judged_is_refused() {
    let new = |keys: KeySource, leeway_seconds: u32| {
        let config = TokenConfig {
            keys,
            issuer: None,
            audience: None,
            leeway_seconds,
        };
        TokenVerifier::new(config, SetClock::new()).err()
    };
    assert!(matches!(
        new(KeySource::Hs256(secret()), 31),
        Some(TokenConfigError::Leeway(31))
    ));
    assert!(new(KeySource::Hs256(secret()), 30).is_none());
    assert!(new(KeySource::Hs256(secret()), 0).is_none());
    let url = KeySource::JwksUrl("http://id.example/jwks.json".to_owned());
    assert!(matches!(new(url, 30), Some(TokenConfigError::JwksUrl(_))));
    let folder = tempfile::tempdir().unwrap();
    let file = |contents: Option<&str>| {
        let path = folder.path().join("jwks.json");
        if let Some(contents) = contents {
            std::fs::write(&path, contents).unwrap();
        }
        new(KeySource::JwksFile(path), 30)
    };
    let refused = file(None);
    assert!(
        matches!(refused, Some(TokenConfigError::UnreadableJwksFile { .. })),
        "{refused:?}"
    );
    for contents in ["", "{}", "-----BEGIN PUBLIC KEY-----", r#"{"keys":[]}"#] {
        let refused = file(Some(contents));
        assert!(
            matches!(refused, Some(TokenConfigError::InvalidJwksFile { .. })),
            "{contents}: {refused:?}"
        );
    }
    assert!(file(Some(&KEYS.key_set())).is_none());
}
