use actix_web::http::header::{HeaderName, HeaderValue};
use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _,
};
use serde_json::json;

use super::super::config::KeySource;
use super::super::testing::issuer::{Answer, Issuer};
use super::super::testing::{SetClock, TickingClock};
use super::*;

const BODY: &[u8] = br#"[{"token":"a","type":"t","url":"","source":"content"}]"#;

fn pair() -> EcdsaKeyPair {
    EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap()
}

fn pem(pair: &EcdsaKeyPair) -> String {
    let der = pair.public_key().as_der().unwrap();
    let base64 = STANDARD.encode(der.as_ref());
    let (first, second) = base64.split_at(64);
    format!("-----BEGIN PUBLIC KEY-----\n{first}\n{second}\n-----END PUBLIC KEY-----\n")
}

fn list(keys: &[(&str, &EcdsaKeyPair)]) -> Answer {
    let keys = keys
        .iter()
        .map(|(id, pair)| json!({ "key_identifier": id, "key": pem(pair), "is_current": true }));
    Answer::Body(json!({ "public_keys": keys.collect::<Vec<_>>(), "more": 1 }).to_string())
}

fn signed(pair: &EcdsaKeyPair) -> String {
    let signature = pair.sign(&SystemRandom::new(), BODY).unwrap();
    STANDARD.encode(signature.as_ref())
}

fn keys_of(issuer: &Issuer, clock: Arc<dyn Clock>) -> GitHubKeys {
    let KeySource::JwksUrl(url) = issuer.key_set() else {
        panic!("an issuer has its keys at a URL");
    };
    GitHubKeys::new(url, clock).unwrap()
}

fn headers(fields: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        headers.append(name, HeaderValue::from_str(value).unwrap());
    }
    headers
}

async fn check(keys: &GitHubKeys, key_id: &str, signature: &str) -> Result<(), SignatureError> {
    let headers = headers(&[(KEY_ID, key_id), (SIGNATURE, signature)]);
    keys.signature(&headers).await?.check(BODY)
}

#[tokio::test]
async fn a_signature_is_of_the_key_that_is_named_and_of_every_byte() {
    let (pair, other) = (pair(), pair());
    let issuer = Issuer::start(list(&[("one", &pair), ("two", &other)])).await;
    let keys = keys_of(&issuer, SetClock::new());
    let signature = signed(&pair);
    assert_eq!(check(&keys, "one", &signature).await, Ok(()));
    for (key_id, signature, why) in [
        ("two", signature.as_str(), SignatureError::Wrong),
        ("one", &signed(&other), SignatureError::Wrong),
        ("one", &STANDARD.encode([0; 64]), SignatureError::Wrong),
        ("three", &signature, SignatureError::UnknownKey),
        ("one", "no base64!", SignatureError::Malformed),
        ("one", "", SignatureError::Malformed),
        ("", &signature, SignatureError::Malformed),
        (&"1".repeat(257), &signature, SignatureError::Malformed),
    ] {
        assert_eq!(
            check(&keys, key_id, signature).await,
            Err(why),
            "{key_id} {signature}"
        );
    }
    let named = headers(&[(KEY_ID, "one"), (SIGNATURE, &signature)]);
    let found = keys.signature(&named).await.unwrap();
    assert_eq!(
        found.check(&[BODY, b" "].concat()),
        Err(SignatureError::Wrong)
    );
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test]
async fn a_list_that_was_just_fetched_counts_though_time_passes() {
    let pair = pair();
    let issuer = Issuer::start(list(&[("one", &pair)])).await;
    let keys = keys_of(&issuer, TickingClock::new());
    assert_eq!(check(&keys, "one", &signed(&pair)).await, Ok(()));
}

#[tokio::test]
async fn a_header_that_is_missing_or_repeated_is_no_signature() {
    let pair = pair();
    let issuer = Issuer::start(list(&[("one", &pair)])).await;
    let keys = keys_of(&issuer, SetClock::new());
    let signature = signed(&pair);
    for fields in [
        &[][..],
        &[(KEY_ID, "one")],
        &[(SIGNATURE, &signature)],
        &[(KEY_ID, "one"), (KEY_ID, "one"), (SIGNATURE, &signature)],
    ] {
        let refused = keys.signature(&headers(fields)).await.err();
        assert_eq!(refused, Some(SignatureError::Malformed), "{fields:?}");
    }
    assert_eq!(issuer.asked(), 0);
}

/// The example of GitHub's documentation.
#[tokio::test]
async fn the_example_of_github_is_right() {
    let key = "-----BEGIN PUBLIC KEY-----\n\
               MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEsz9ugWDj5jK5ELBK42ynytbo38gP\n\
               HzZFI03Exwz8Lh/tCfL3YxwMdLjB+bMznsanlhK0RwcGP3IDb34kQDIo3Q==\n\
               -----END PUBLIC KEY-----\n";
    let id = "f9525bf080f75b3506ca1ead061add62b8633a346606dc5fe544e29231c6ee0d";
    let list = json!({ "public_keys": [{ "key_identifier": id, "key": key, "is_current": true }] });
    let issuer = Issuer::start(Answer::Body(list.to_string())).await;
    let keys = keys_of(&issuer, SetClock::new());
    let signature = "MEUCIFLZzeK++IhS+y276SRk2Pe5LfDrfvTXu6iwKKcFGCrvAiEAhHN2kDOhy2I6eGkOFmxNkOJ+L2y8oQ9A2T9GGJo6WJY=";
    let headers = headers(&[(KEY_ID, id), (SIGNATURE, signature)]);
    let body =
        br#"[{"token":"some_token","type":"some_type","url":"some_url","source":"some_source"}]"#;
    let found = keys.signature(&headers).await.unwrap();
    assert_eq!(found.check(body), Ok(()));
}

#[tokio::test]
async fn unknown_keys_ask_at_most_once_in_five_minutes() {
    let (old, new) = (pair(), pair());
    let issuer = Issuer::start(list(&[("old", &old)])).await;
    let clock = SetClock::new();
    let keys = keys_of(&issuer, clock.clone());
    for at in 0..10 {
        let refused = check(&keys, &format!("unknown-{at}"), &signed(&old)).await;
        assert_eq!(refused, Err(SignatureError::UnknownKey));
    }
    issuer.answer_with(list(&[("old", &old), ("new", &new)]));
    clock.advance(299);
    assert_eq!(
        check(&keys, "new", &signed(&new)).await,
        Err(SignatureError::KeysUnavailable),
        "it may be new"
    );
    assert_eq!(issuer.asked(), 1);
    clock.advance(1);
    assert_eq!(check(&keys, "new", &signed(&new)).await, Ok(()));
    assert_eq!(issuer.asked(), 2);
}

#[tokio::test]
async fn a_list_serves_for_an_hour_and_outlives_an_outage_for_a_day() {
    let pair = pair();
    let issuer = Issuer::start(list(&[("one", &pair)])).await;
    let clock = SetClock::new();
    let keys = keys_of(&issuer, clock.clone());
    let known = async || check(&keys, "one", &signed(&pair)).await;
    assert_eq!(known().await, Ok(()));
    clock.advance(3_599);
    assert_eq!(known().await, Ok(()));
    assert_eq!(issuer.asked(), 1);
    issuer.answer_with(Answer::HangUp);
    clock.advance(1);
    assert_eq!(known().await, Ok(()));
    assert_eq!(issuer.asked(), 2);
    let unknown = check(&keys, "two", &signed(&pair)).await;
    assert_eq!(
        unknown,
        Err(SignatureError::KeysUnavailable),
        "it may be new"
    );
    clock.advance(23 * 3_600 - 1);
    assert_eq!(known().await, Ok(()));
    clock.advance(1);
    assert_eq!(known().await, Err(SignatureError::KeysUnavailable));
    issuer.answer_with(list(&[("one", &pair)]));
    clock.advance(300);
    assert_eq!(known().await, Ok(()));
}

#[tokio::test]
async fn a_useless_answer_is_no_list() {
    let other_curve = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_ASN1_SIGNING).unwrap();
    let entry = |key: &str| {
        let entry = json!({ "key_identifier": "one", "key": key });
        Answer::Body(json!({ "public_keys": [entry] }).to_string())
    };
    let pair = pair();
    for answer in [
        Answer::HangUp,
        Answer::Endless,
        Answer::Head("500 Internal Server Error", String::new()),
        Answer::Head("302 Found\r\nLocation: /jwks.json", String::new()),
        Answer::Body(String::new()),
        Answer::Body("{}".to_owned()),
        Answer::Body(r#"{"public_keys":[]}"#.to_owned()),
        Answer::Body(r#"{"public_keys":[{}]}"#.to_owned()),
        entry(""),
        entry("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"),
        entry(&pem(&other_curve)),
    ] {
        let issuer = Issuer::start(answer).await;
        let keys = keys_of(&issuer, SetClock::new());
        let refused = check(&keys, "one", &signed(&pair)).await;
        assert_eq!(refused, Err(SignatureError::KeysUnavailable));
    }
}

#[tokio::test]
async fn a_key_that_can_not_be_used_does_not_hide_the_others() {
    let pair = pair();
    let other_curve = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_ASN1_SIGNING).unwrap();
    let issuer = Issuer::start(list(&[("other", &other_curve), ("one", &pair)])).await;
    let keys = keys_of(&issuer, SetClock::new());
    assert_eq!(check(&keys, "one", &signed(&pair)).await, Ok(()));
    assert_eq!(
        check(&keys, "other", &signed(&pair)).await,
        Err(SignatureError::UnknownKey)
    );
}

// The runtime's paused time jumps to the deadline as soon as nothing else can happen.
#[tokio::test(start_paused = true)]
async fn github_is_waited_for_3_seconds() {
    let issuer = Issuer::start(Answer::Silence).await;
    let keys = keys_of(&issuer, SetClock::new());
    let began = tokio::time::Instant::now();
    let refused = check(&keys, "one", "AAAA").await;
    assert_eq!(refused, Err(SignatureError::KeysUnavailable));
    let waited = began.elapsed();
    assert!((2_900..3_500).contains(&waited.as_millis()), "{waited:?}");
}
