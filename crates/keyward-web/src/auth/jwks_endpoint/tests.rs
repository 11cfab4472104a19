//! Keys that are found by the issuer's URL.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;

use super::super::config::{IssuerConfig, TokenConfig};
use super::super::session::TokenError;
use super::super::testing::issuer::{Answer, Issuer};
use super::super::testing::{KEYS, OTHER_KEYS, SetClock, claims, header, verifier_with};
use super::super::verification_key::SignatureAlgorithm::EdDsa;
use super::super::verifier::TokenVerifier;

fn good() -> Answer {
    Answer::Body(KEYS.key_set())
}

fn document(issuer: &str, jwks_uri: &str) -> String {
    json!({ "issuer": issuer, "jwks_uri": jwks_uri }).to_string()
}

fn verifier_of(issuer: &Issuer, clock: &Arc<SetClock>) -> TokenVerifier {
    let config = IssuerConfig::new(issuer.discovery());
    let issuers = BTreeMap::from([(issuer.url(), config)]);
    verifier_with(TokenConfig::Issuers(issuers), clock)
}

/// A token of this issuer with the key that has this `kid`.
fn token_of(issuer: &Issuer, kid: &str) -> String {
    let (mut header, mut claims) = (header(EdDsa), claims());
    header["kid"] = json!(kid);
    claims["iss"] = json!(issuer.url());
    KEYS.token_with(&header, &claims, EdDsa)
}

fn token(issuer: &Issuer) -> String {
    token_of(issuer, EdDsa.name())
}

#[tokio::test]
async fn keys_are_found_by_the_issuer_and_serve_many() {
    let issuer = Issuer::start(good()).await;
    let verifier = verifier_of(&issuer, &SetClock::new());
    assert_eq!(verifier.load().await, Ok(()));
    for _ in 0..20 {
        assert!(verifier.verify(&token(&issuer)).await.is_ok());
    }
    assert_eq!((issuer.document_asked(), issuer.asked()), (1, 1));
}

#[tokio::test]
async fn a_document_of_no_use_leads_to_no_keys() {
    let issuer = Issuer::start(good()).await;
    let (url, elsewhere) = (issuer.url(), Issuer::start(good()).await);
    let keys = format!("{url}/jwks.json");
    let large = format!("{}{}", document(&url, &keys), " ".repeat(256 * 1024));
    let redirect = "302 Found\r\nLocation: /jwks.json";
    for (case, answer) in [
        (
            "another issuer",
            Answer::Body(document("https://evil.example", &keys)),
        ),
        (
            "with a slash",
            Answer::Body(document(&format!("{url}/"), &keys)),
        ),
        (
            "keys by http",
            Answer::Body(document(&url, "http://id.example/jwks.json")),
        ),
        (
            "keys in a file",
            Answer::Body(document(&url, "file:///etc/passwd")),
        ),
        (
            "keys nowhere",
            Answer::Body(json!({ "issuer": url }).to_string()),
        ),
        ("no JSON", Answer::Body("<html>".to_owned())),
        ("the key set itself", good()),
        ("too large", Answer::Body(large)),
        ("endless", Answer::Endless),
        ("redirect", Answer::Head(redirect, String::new())),
        (
            "not found",
            Answer::Head("404 Not Found", document(&url, &keys)),
        ),
        ("hangs up", Answer::HangUp),
    ] {
        issuer.answer_document_with(answer);
        let verifier = verifier_of(&issuer, &SetClock::new());
        assert_eq!(
            verifier.load().await,
            Err(TokenError::KeysUnavailable),
            "{case}"
        );
        let refused = verifier.verify(&token(&issuer)).await;
        assert_eq!(refused, Err(TokenError::KeysUnavailable), "{case}");
    }
    assert_eq!(issuer.asked(), 0);
    assert_eq!(elsewhere.asked(), 0);
}

#[tokio::test]
async fn a_document_may_move_the_keys() {
    let (issuer, elsewhere) = (Issuer::start(good()).await, Issuer::start(good()).await);
    let clock = SetClock::new();
    let verifier = verifier_of(&issuer, &clock);
    assert!(verifier.verify(&token(&issuer)).await.is_ok());
    let moved = format!("{}/jwks.json", elsewhere.url());
    issuer.answer_document_with(Answer::Body(document(&issuer.url(), &moved)));
    clock.advance(300);
    assert!(verifier.verify(&token(&issuer)).await.is_ok());
    assert_eq!((issuer.asked(), elsewhere.asked()), (1, 1));
}

#[tokio::test]
async fn a_new_key_is_found_and_a_withdrawn_one_opens_nothing_after_5_minutes() {
    let set = |kids: &[&str]| {
        let keys: Vec<_> = kids.iter().map(|kid| KEYS.jwk(EdDsa, kid)).collect();
        Answer::Body(json!({ "keys": keys }).to_string())
    };
    let issuer = Issuer::start(set(&["old"])).await;
    let clock = SetClock::new();
    let verifier = verifier_of(&issuer, &clock);
    assert!(verifier.verify(&token_of(&issuer, "old")).await.is_ok());
    issuer.answer_with(set(&["new"]));
    clock.advance(9);
    let too_early = verifier.verify(&token_of(&issuer, "new")).await;
    assert_eq!(too_early, Err(TokenError::UnknownKey));
    clock.advance(1);
    assert!(verifier.verify(&token_of(&issuer, "new")).await.is_ok());
    let withdrawn = verifier.verify(&token_of(&issuer, "old")).await;
    assert_eq!(withdrawn, Err(TokenError::UnknownKey));
    issuer.answer_with(Answer::Body(
        json!({ "keys": [OTHER_KEYS.jwk(EdDsa, "x")] }).to_string(),
    ));
    clock.advance(300);
    let withdrawn = verifier.verify(&token_of(&issuer, "new")).await;
    assert_eq!(withdrawn, Err(TokenError::UnknownKey));
}

#[tokio::test]
async fn what_was_found_serves_for_an_hour_while_the_document_is_of_no_use() {
    let issuer = Issuer::start(good()).await;
    let clock = SetClock::new();
    let verifier = verifier_of(&issuer, &clock);
    assert!(verifier.verify(&token(&issuer)).await.is_ok());
    issuer.answer_document_with(Answer::HangUp);
    clock.advance(3_599);
    assert!(verifier.verify(&token(&issuer)).await.is_ok());
    clock.advance(1);
    let refused = verifier.verify(&token(&issuer)).await;
    assert_eq!(refused, Err(TokenError::KeysUnavailable));
}

// The runtime's paused time jumps to the deadline as soon as nothing else can happen.
#[tokio::test(start_paused = true)]
async fn document_and_keys_together_are_waited_for_3_seconds() {
    for silent in ["document", "keys"] {
        let issuer = Issuer::start(good()).await;
        match silent {
            "document" => issuer.answer_document_with(Answer::Silence),
            _ => issuer.answer_with(Answer::Silence),
        }
        let verifier = verifier_of(&issuer, &SetClock::new());
        let began = tokio::time::Instant::now();
        assert_eq!(verifier.load().await, Err(TokenError::KeysUnavailable));
        let waited = began.elapsed();
        assert!(
            (2_900..3_500).contains(&waited.as_millis()),
            "{silent}: {waited:?}"
        );
    }
}
