//! Several issuers side by side: no key of one counts for another.

use std::collections::BTreeMap;

use keyward_domain::Portal;
use serde_json::{Value, json};

use super::super::claim_mapping::ClaimMapping;
use super::super::claim_name::ClaimName;
use super::super::config::KeySource;
use super::super::hmac_secret::HmacSecret;
use super::super::testing::issuer::{Answer, Issuer as Service};
use super::super::testing::{
    KEYS, KeyPairs, OTHER_KEYS, PUBLIC_KEY_ALGORITHMS, SECRET, SetClock, claims, header, hmac_of,
    hs256, key_set_file, signed, verifier, verifier_with,
};
use super::super::verification_key::SignatureAlgorithm::{self, EdDsa, Hs256};
use super::super::verifier::TokenVerifier;
use super::*;

const A: &str = "https://a.example";
const B: &str = "https://b.example";
const SHARED: &str = "keyward-legacy";

fn verifier_of(issuers: impl IntoIterator<Item = (String, IssuerConfig)>) -> TokenVerifier {
    let issuers: BTreeMap<_, _> = issuers.into_iter().collect();
    verifier_with(TokenConfig::Issuers(issuers), &SetClock::new())
}

/// A and B have keys of the same names; a third one shares a secret.
fn three() -> TokenVerifier {
    verifier_of([
        (
            A.to_owned(),
            IssuerConfig::new(key_set_file(&KEYS.key_set())),
        ),
        (
            B.to_owned(),
            IssuerConfig::new(key_set_file(&OTHER_KEYS.key_set())),
        ),
        (SHARED.to_owned(), IssuerConfig::new(hs256())),
    ])
}

fn of(iss: Value) -> Value {
    let mut claims = claims();
    claims["iss"] = iss;
    claims
}

fn token(keys: &KeyPairs, iss: &str, algorithm: SignatureAlgorithm) -> String {
    keys.token_with(&header(algorithm), &of(json!(iss)), algorithm)
}

fn verify(verifier: &TokenVerifier, token: &str) -> Result<Session, TokenError> {
    pollster::block_on(verifier.verify(token))
}

#[test]
fn each_issuer_has_its_own_keys_though_their_names_are_the_same() {
    let verifier = three();
    for algorithm in PUBLIC_KEY_ALGORITHMS {
        for (iss, keys, others) in [(A, &KEYS, &OTHER_KEYS), (B, &OTHER_KEYS, &KEYS)] {
            assert!(
                verify(&verifier, &token(keys, iss, algorithm)).is_ok(),
                "{iss}"
            );
            for (name, iss) in [("other", iss), ("shared", SHARED)] {
                let refused = verify(&verifier, &token(others, iss, algorithm));
                assert!(
                    matches!(refused, Err(TokenError::Invalid(_))),
                    "{name} {algorithm:?}: {refused:?}"
                );
            }
        }
    }
    assert!(verify(&verifier, &token(&KEYS, SHARED, Hs256)).is_ok());
    for iss in [A, B] {
        let refused = verify(&verifier, &token(&KEYS, iss, Hs256));
        assert_eq!(
            refused,
            Err(TokenError::Invalid("algorithm of another key")),
            "{iss}"
        );
    }
}

#[test]
fn a_token_of_no_known_issuer_is_refused() {
    let verifier = three();
    let unknown = Err(TokenError::Invalid("iss missing or wrong"));
    for iss in [
        json!(null),
        json!(""),
        json!("https://c.example"),
        json!("https://a.example/"),
        json!("HTTPS://A.EXAMPLE"),
        json!([A]),
        json!({ "a": A }),
        json!(7),
    ] {
        let token = KEYS.token_with(&header(EdDsa), &of(iss.clone()), EdDsa);
        assert_eq!(verify(&verifier, &token), unknown, "{iss}");
    }
    let without = KEYS.token_with(&header(EdDsa), &claims(), EdDsa);
    assert_eq!(verify(&verifier, &without), unknown);
}

#[test]
fn an_issuer_that_is_named_twice_is_none() {
    let verifier = three();
    let sign = |message: &[u8]| KEYS.sign(EdDsa, message);
    let (first, last) = (
        format!(r#"{{"iss":"{B}","iss":"{A}","sub":"u","exp":1800003600}}"#),
        format!(r#"{{"iss":"{A}","\u0069ss":"{B}","sub":"u","exp":1800003600}}"#),
    );
    for claims in [
        &first,
        &last,
        "[]",
        "null",
        "iss",
        r#"["https://a.example"]"#,
    ] {
        let token = signed(&header(EdDsa).to_string(), claims, sign);
        let refused = verify(&verifier, &token);
        assert_eq!(
            refused,
            Err(TokenError::Invalid("form of the claims")),
            "{claims}"
        );
    }
}

#[tokio::test]
async fn only_the_issuer_that_a_token_names_is_asked() {
    let (a, b) = (
        Service::start(Answer::Body(KEYS.key_set())).await,
        Service::start(Answer::Body(OTHER_KEYS.key_set())).await,
    );
    let verifier = verifier_of([
        (a.url(), IssuerConfig::new(a.discovery())),
        (b.url(), IssuerConfig::new(b.key_set())),
    ]);
    let unknown = token(&KEYS, "https://c.example", EdDsa);
    assert!(verifier.verify(&unknown).await.is_err());
    assert_eq!(
        (a.asked(), a.document_asked(), b.asked(), b.document_asked()),
        (0, 0, 0, 0)
    );
    assert!(
        verifier
            .verify(&token(&KEYS, &a.url(), EdDsa))
            .await
            .is_ok()
    );
    assert_eq!(
        (a.asked(), a.document_asked(), b.asked(), b.document_asked()),
        (1, 1, 0, 0)
    );
    assert!(
        verifier
            .verify(&token(&OTHER_KEYS, &b.url(), EdDsa))
            .await
            .is_ok()
    );
    assert_eq!(
        (a.asked(), a.document_asked(), b.asked(), b.document_asked()),
        (1, 1, 1, 0)
    );
}

#[tokio::test]
async fn one_issuer_that_is_down_takes_no_other_with_it() {
    let (up, down) = (
        Service::start(Answer::Body(KEYS.key_set())).await,
        Service::start(Answer::HangUp).await,
    );
    let verifier = verifier_of([
        (up.url(), IssuerConfig::new(up.key_set())),
        (down.url(), IssuerConfig::new(down.key_set())),
        (SHARED.to_owned(), IssuerConfig::new(hs256())),
    ]);
    assert_eq!(verifier.load().await, Err(TokenError::KeysUnavailable));
    assert!(
        verifier
            .verify(&token(&KEYS, &up.url(), EdDsa))
            .await
            .is_ok()
    );
    assert!(verifier.verify(&token(&KEYS, SHARED, Hs256)).await.is_ok());
    let refused = verifier.verify(&token(&KEYS, &down.url(), EdDsa)).await;
    assert_eq!(refused, Err(TokenError::KeysUnavailable));
    let mut ages: Vec<_> = verifier
        .keys_ages()
        .map(|keys| (keys.issuer.unwrap().to_owned(), keys.age.is_some()))
        .collect();
    ages.sort_by_key(|(_, is_known)| *is_known);
    assert_eq!(ages, [(down.url(), false), (up.url(), true)]);
}

#[test]
fn each_issuer_has_its_own_rules() {
    let mapped = ClaimMapping {
        user: ClaimName::parse("/who/id").unwrap(),
        portal: ClaimName::parse("/who/roles").unwrap(),
        partner_values: Some(vec!["partner".to_owned()]),
        ..ClaimMapping::default()
    };
    let verifier = verifier_of([
        (
            A.to_owned(),
            IssuerConfig {
                audiences: vec!["keyward".to_owned()],
                claims: mapped,
                ..IssuerConfig::new(key_set_file(&KEYS.key_set()))
            },
        ),
        (
            B.to_owned(),
            IssuerConfig::new(key_set_file(&OTHER_KEYS.key_set())),
        ),
    ]);
    let claims = |iss: &str| {
        let mut claims = of(json!(iss));
        claims["aud"] = json!("keyward");
        claims["portal"] = json!("TENANT");
        claims["who"] = json!({ "id": "user_2", "roles": ["partner"] });
        claims
    };
    let opened = |keys: &KeyPairs, claims: &Value| {
        let session = verify(&verifier, &keys.token_with(&header(EdDsa), claims, EdDsa))?;
        let user = session.principal.user_id.as_str().to_owned();
        Ok::<_, TokenError>((user, session.principal.portal))
    };
    let of_a = Ok(("user_2".to_owned(), Some(Portal::Partner)));
    assert_eq!(opened(&KEYS, &claims(A)), of_a);
    let of_b = Ok(("user_1".to_owned(), Some(Portal::Tenant)));
    assert_eq!(opened(&OTHER_KEYS, &claims(B)), of_b);
    let mut without_audience = claims(A);
    without_audience.as_object_mut().unwrap().remove("aud");
    assert!(opened(&KEYS, &without_audience).is_err());
}

#[test]
fn several_secrets_count_at_once() {
    let secrets: [&[u8]; 3] = [
        SECRET,
        b"the-secret-before-of-more-than-32-bytes",
        b"a-secret-that-was-never-configured-here",
    ];
    let [new, old, never] = secrets.map(|secret| HmacSecret::parse(secret).unwrap());
    drop(never);
    let both = verifier(KeySource::Hs256(new, vec![old]), &SetClock::new());
    let by = |secret: &[u8]| {
        signed(
            &header(Hs256).to_string(),
            &claims().to_string(),
            |message| hmac_of(secret, message),
        )
    };
    let accepted = secrets.map(|secret| verify(&both, &by(secret)).is_ok());
    assert_eq!(accepted, [true, true, false]);
    let new_alone = verifier(hs256(), &SetClock::new());
    let accepted = secrets.map(|secret| verify(&new_alone, &by(secret)).is_ok());
    assert_eq!(accepted, [true, false, false]);
}
