//! Which requests a verifier makes.

use serde_json::json;

use super::HS256;
use super::cases::{changed, forbidden_headers, misshapen};
use crate::auth::config::KeySource;
use crate::auth::session::TokenError;
use crate::auth::testing::issuer::{Answer, Issuer};
use crate::auth::testing::{
    KEYS, OTHER_KEYS, PUBLIC_KEY_ALGORITHMS, SetClock, claims, header, verifier,
};
use crate::auth::verification_key::SignatureAlgorithm;

#[tokio::test]
async fn a_token_never_decides_whom_we_ask() {
    let configured = Issuer::start(Answer::Body(KEYS.key_set())).await;
    let of_the_token = Issuer::start(Answer::Body(OTHER_KEYS.key_set())).await;
    let verifier = verifier(KeySource::JwksUrl(configured.url()), &SetClock::new());
    for algorithm in PUBLIC_KEY_ALGORITHMS {
        for name in ["jku", "x5u", "iss", "kid"] {
            let header = changed(header(algorithm), name, &json!(of_the_token.url()));
            let claims = changed(claims(), "iss", &json!(of_the_token.url()));
            let token = OTHER_KEYS.token_with(&header, &claims, algorithm);
            let verdict = verifier.verify(&token).await;
            assert!(
                matches!(
                    verdict,
                    Err(TokenError::Invalid(_) | TokenError::UnknownKey)
                ),
                "{name}: {verdict:?}"
            );
        }
    }
    assert_eq!(of_the_token.asked(), 0);
    assert!(configured.asked() <= 1);
}

#[tokio::test]
async fn a_token_invalid_for_any_key_causes_no_request() {
    let issuer = Issuer::start(Answer::Body(KEYS.key_set())).await;
    let verifier = verifier(KeySource::JwksUrl(issuer.url()), &SetClock::new());
    let good = header(SignatureAlgorithm::EdDsa);
    let mut tokens: Vec<_> = misshapen(&KEYS.token(HS256));
    for (case, header) in forbidden_headers(&good) {
        let token = KEYS.token_with(&header, &claims(), SignatureAlgorithm::EdDsa);
        tokens.push((case, token));
    }
    tokens.push(("HS256", KEYS.token(HS256)));
    for (case, token) in tokens {
        let verdict = verifier.verify(&token).await;
        assert!(
            matches!(verdict, Err(TokenError::Invalid(_))),
            "{case}: {verdict:?}"
        );
    }
    assert_eq!(issuer.asked(), 0);
}
