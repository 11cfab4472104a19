//! Contract §7 for tokens: every rule in docs/security.md is a row.

mod cases;
mod configuration;
mod connections;
mod properties;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keyward_domain::testing::{principal, user_id};
use keyward_domain::{Portal, Principal};
use serde_json::{Value, json};

use self::cases::{changed, forbidden_headers, misshapen, useless_claims, without};
use super::*;
use crate::auth::hmac_secret::HmacSecret;
use crate::auth::mint::{MintedClaims, mint};
use crate::auth::testing::{
    KEYS, OTHER_KEYS, PUBLIC_KEY_ALGORITHMS, SECRET, SetClock, claims, header, hmac_of, hs256,
    key_set_file, signed, verifier,
};
use crate::auth::verification_key::SignatureAlgorithm;

const HS256: SignatureAlgorithm = SignatureAlgorithm::Hs256;

fn secret() -> HmacSecret {
    HmacSecret::parse(SECRET).unwrap()
}

fn hs256_verifier() -> TokenVerifier {
    verifier(hs256(), &SetClock::new())
}

/// A verifier with a key set file that has one key per algorithm.
fn key_set_verifier() -> TokenVerifier {
    verifier(key_set_file(&KEYS.key_set()), &SetClock::new())
}

fn verify(verifier: &TokenVerifier, token: &str) -> Result<Session, TokenError> {
    pollster::block_on(verifier.verify(token))
}

fn assert_refused(verifier: &TokenVerifier, case: &str, token: &str) {
    let verdict = verify(verifier, token);
    assert!(
        matches!(
            verdict,
            Err(TokenError::Invalid(_) | TokenError::UnknownKey)
        ),
        "{case}: {verdict:?}"
    );
}

#[test]
fn a_signed_token_opens_a_session() {
    let session = verify(&hs256_verifier(), &KEYS.token(HS256)).unwrap();
    assert_eq!(session.principal, principal(Portal::Partner));
    assert_eq!(session.client_hash, None);
    let verifier = key_set_verifier();
    for algorithm in PUBLIC_KEY_ALGORITHMS {
        let opened = verify(&verifier, &KEYS.token(algorithm)).unwrap();
        assert_eq!(opened.principal, session.principal, "{algorithm:?}");
        assert_ne!(opened.id, session.id, "{algorithm:?}");
    }
}

#[test]
fn ed25519_is_another_name_of_eddsa_for_ed25519_keys_alone() {
    let verifier = key_set_verifier();
    let named = |algorithm| changed(header(algorithm), "alg", &json!("Ed25519"));
    let token = |algorithm| KEYS.token_with(&named(algorithm), &claims(), algorithm);
    assert!(verify(&verifier, &token(SignatureAlgorithm::EdDsa)).is_ok());
    for algorithm in [SignatureAlgorithm::Rs256, SignatureAlgorithm::Es256, HS256] {
        assert_refused(&verifier, "Ed25519", &token(algorithm));
    }
    assert_refused(&hs256_verifier(), "Ed25519", &token(HS256));
}

#[test]
fn dates_may_have_fractions_and_exponents() {
    let verifier = hs256_verifier();
    for (name, date) in [
        ("exp", "1800000060.5"),
        ("exp", "1.80000006E9"),
        ("nbf", "1799999999.5"),
        ("nbf", "1.8e9"),
        ("iat", "1799999999.25"),
        ("iat", "18e8"),
    ] {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(name);
        let text = claims.to_string();
        let text = text.replacen('{', &format!(r#"{{"{name}":{date},"#), 1);
        let token = signed(&header(HS256).to_string(), &text, |message| {
            hmac_of(SECRET, message)
        });
        assert!(verify(&verifier, &token).is_ok(), "{name} {date}");
    }
}

#[test]
fn what_is_minted_is_believed_until_it_ends() {
    let clock = SetClock::new();
    let verifier = verifier(hs256(), &clock);
    let minted = MintedClaims {
        id: None,
        principal: Principal {
            user_id: user_id("user_9"),
            portal: Some(Portal::Tenant),
        },
        client_hash: Some("device-1".to_owned()),
        issued_at: clock.now(),
        expires_at: clock.now().plus_seconds(60),
    };
    let token = mint(&secret(), &minted).unwrap();
    let session = verify(&verifier, &token).unwrap();
    assert_eq!(session.principal, minted.principal);
    assert_eq!(session.client_hash.as_deref(), Some("device-1"));
    assert!(!format!("{session:?}").contains("device-1"));
    clock.advance(89);
    assert!(verify(&verifier, &token).is_ok(), "within the leeway");
    clock.advance(1);
    assert_eq!(
        verify(&verifier, &token),
        Err(TokenError::Invalid("expired"))
    );
}

#[test]
fn hs256_believes_nothing_else() {
    let verifier = hs256_verifier();
    let by_secret = |header: &Value, claims: &Value| KEYS.token_with(header, claims, HS256);
    for (case, token) in misshapen(&KEYS.token(HS256)) {
        assert_refused(&verifier, case, &token);
    }
    for (case, header) in forbidden_headers(&header(HS256)) {
        assert_refused(&verifier, case, &by_secret(&header, &claims()));
    }
    for (case, claims) in useless_claims() {
        assert_refused(&verifier, case, &by_secret(&header(HS256), &claims));
    }
    for algorithm in PUBLIC_KEY_ALGORITHMS {
        assert_refused(&verifier, "by a public key", &KEYS.token(algorithm));
        let token = by_secret(&header(algorithm), &claims());
        assert_refused(&verifier, "alg of a public key", &token);
    }
    for secret in [&b""[..], b"another-secret-of-more-than-32-bytes"] {
        let token = signed(
            &header(HS256).to_string(),
            &claims().to_string(),
            |message| hmac_of(secret, message),
        );
        assert_refused(&verifier, "another secret", &token);
    }
}

#[test]
fn each_key_of_a_set_believes_nothing_else() {
    let verifier = key_set_verifier();
    for algorithm in PUBLIC_KEY_ALGORITHMS {
        let check = |case: &str, header: &Value, claims: &Value| {
            let token = KEYS.token_with(header, claims, algorithm);
            assert_refused(&verifier, &format!("{case} {algorithm:?}"), &token);
        };
        for (case, token) in misshapen(&KEYS.token(algorithm)) {
            assert_refused(&verifier, &format!("{case} {algorithm:?}"), &token);
        }
        for (case, header) in forbidden_headers(&header(algorithm)) {
            check(case, &header, &claims());
        }
        for (case, claims) in useless_claims() {
            check(case, &header(algorithm), &claims);
        }
        let name = algorithm.name();
        for kid in [
            json!("unknown"),
            json!(""),
            json!(null),
            json!(7),
            json!([name]),
            json!(name.to_lowercase()),
            json!(format!("{name} ")),
            json!(format!("{name}\0")),
            json!(format!("../{name}")),
            json!("/dev/null"),
            json!("../../../../etc/passwd"),
            json!("https://evil.example/jwks.json"),
            json!(format!("{name}' OR '1'='1")),
            json!("'; DROP TABLE api_keys; --"),
            json!("k".repeat(4_000)),
        ] {
            check(
                &format!("kid {kid:.40}"),
                &changed(header(algorithm), "kid", &kid),
                &claims(),
            );
        }
        check("kid missing", &without(header(algorithm), "kid"), &claims());
        for other in PUBLIC_KEY_ALGORITHMS {
            if other != algorithm {
                let of_other_key = changed(header(algorithm), "kid", &json!(other.name()));
                check("key of another algorithm", &of_other_key, &claims());
                let of_other_alg = changed(header(algorithm), "alg", &json!(other.name()));
                check("algorithm of another key", &of_other_alg, &claims());
                check("signed otherwise", &header(other), &claims());
            }
        }
        assert_refused(
            &verifier,
            "somebody else's key",
            &OTHER_KEYS.token(algorithm),
        );
    }
}

#[test]
fn a_public_key_is_no_hs256_secret() {
    let verifier = key_set_verifier();
    let der = KEYS.rsa_der();
    let pem = |label: &str, line_length: usize| {
        let text = STANDARD.encode(&der);
        let lines: Vec<&str> = text
            .as_bytes()
            .chunks(line_length)
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect();
        format!(
            "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
            lines.join("\n")
        )
    };
    let jwk = KEYS.jwk(SignatureAlgorithm::Rs256, "RS256");
    for (case, secret) in [
        ("DER", der.clone()),
        ("PEM", pem("RSA PUBLIC KEY", 64).into_bytes()),
        (
            "PEM without its last line break",
            pem("RSA PUBLIC KEY", 64).trim_end().into(),
        ),
        ("PEM in one line", pem("PUBLIC KEY", 10_000).into_bytes()),
        ("modulus", der[9..265].to_vec()),
        ("JWK", jwk.to_string().into_bytes()),
        ("n", jwk["n"].as_str().unwrap().into()),
        ("nothing", Vec::new()),
    ] {
        for kid in ["RS256", "ES256", "EdDSA", "HS256"] {
            for alg in ["HS256", "RS256"] {
                let header = json!({ "alg": alg, "typ": "JWT", "kid": kid }).to_string();
                let token = signed(&header, &claims().to_string(), |message| {
                    hmac_of(&secret, message)
                });
                assert_refused(&verifier, &format!("{case}, {kid}, {alg}"), &token);
            }
        }
    }
}

#[test]
fn members_that_are_there_twice_refuse_a_token() {
    let verifier = hs256_verifier();
    let by_secret =
        |header: &str, claims: &str| signed(header, claims, |message| hmac_of(SECRET, message));
    let claims = claims().to_string();
    let header = r#"{"alg":"HS256"}"#;
    assert!(verify(&verifier, &by_secret(header, &claims)).is_ok());
    for header in [
        r#"{"alg":"HS256","alg":"HS256"}"#,
        r#"{"alg":"none","alg":"HS256"}"#,
        r#"{"alg":"HS256","\u0061lg":"HS256"}"#,
        r#"{"alg":"HS256","x":1,"x":1}"#,
    ] {
        assert_refused(&verifier, header, &by_secret(header, &claims));
    }
    for twice in [
        claims.replacen('{', r#"{"sub":"user_2","#, 1),
        claims.replacen('{', r#"{"portal":"SYSTEM","#, 1),
        claims.replacen('{', r#"{"\u0073ub":"user_2","#, 1),
        claims.replacen('{', r#"{"x":1,"x":1,"#, 1),
    ] {
        assert_refused(&verifier, &twice, &by_secret(header, &twice));
    }
}
