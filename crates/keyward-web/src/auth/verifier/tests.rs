//! Contract §7, as far as a token alone tells: each line of the security page is a row.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keyward_domain::{Portal, Principal, UserId};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::config::KeySource;
use super::super::hmac_secret::HmacSecret;
use super::super::mint::{MintedClaims, mint};
use super::super::testing::issuer::{Answer, Issuer};
use super::super::testing::{
    KEYS, NOW, OTHER_KEYS, PUBLIC_KEY_ALGORITHMS, SECRET, SetClock, base64url, claims, header,
    hmac_of, signed, verifier,
};
use super::super::verification_key::SignatureAlgorithm;
use super::*;

const HS256: SignatureAlgorithm = SignatureAlgorithm::Hs256;

fn secret() -> HmacSecret {
    HmacSecret::parse(SECRET).unwrap()
}

fn hs256_verifier() -> TokenVerifier {
    verifier(KeySource::Hs256(secret()), &SetClock::new())
}

/// A verifier by a key set file with a key an algorithm.
fn key_set_verifier() -> TokenVerifier {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jwks.json");
    std::fs::write(&file, KEYS.key_set()).unwrap();
    verifier(KeySource::JwksFile(file), &SetClock::new())
}

fn verify(verifier: &TokenVerifier, token: &str) -> Result<Session, TokenError> {
    pollster::block_on(verifier.verify(token))
}

fn assert_refused(verifier: &TokenVerifier, case: &str, token: &str) {
    let verdict = verify(verifier, token);
    assert!(
        matches!(verdict, Err(TokenError::Invalid(_))),
        "{case}: {verdict:?}"
    );
}

fn changed(mut object: Value, name: &str, value: &Value) -> Value {
    object[name] = value.clone();
    object
}

fn without(mut object: Value, name: &str) -> Value {
    object.as_object_mut().unwrap().remove(name);
    object
}

/// Texts that are no signed token, whoever signs.
fn misshapen(good: &str) -> Vec<(&'static str, String)> {
    let parts: Vec<&str> = good.split('.').collect();
    let (header, claims, signature) = (parts[0], parts[1], parts[2]);
    let unsigned = |alg: &str| {
        let header = base64url(json!({ "alg": alg, "typ": "JWT" }).to_string());
        [
            format!("{header}.{claims}."),
            format!("{header}.{claims}.{signature}"),
        ]
    };
    let mut cases = vec![
        ("empty", String::new()),
        (
            "over 8 KiB",
            format!("{header}.{}.{signature}", "A".repeat(9_000)),
        ),
        ("no dots", "abc".to_owned()),
        ("two dots missing", format!("{header}{claims}{signature}")),
        ("one dot missing", format!("{header}.{claims}")),
        ("four parts", format!("{good}.x")),
        ("JWE", format!("{header}.x.x.x.x")),
        (
            "JSON form",
            json!({ "payload": claims, "protected": header, "signature": signature }).to_string(),
        ),
        ("an API key", format!("sk_live_{}", "0".repeat(49))),
        ("no signature", format!("{header}.{claims}.")),
        (
            "signature cut",
            format!("{header}.{claims}.{}", signature.split_at(20).0),
        ),
        (
            "signature doubled",
            format!("{header}.{claims}.{signature}{signature}"),
        ),
        ("padded", format!("{good}=")),
        ("with a line break", format!("{good}\n")),
        ("with Bearer", format!("Bearer {good}")),
        (
            "claims swapped",
            format!(
                "{header}.{}.{signature}",
                base64url(
                    json!({ "sub": "user_2", "portal": "SYSTEM", "exp": NOW + 60 }).to_string()
                )
            ),
        ),
    ];
    for alg in ["none", "noNe", "None", ""] {
        cases.extend(unsigned(alg).map(|token| ("alg none", token)));
    }
    cases
}

/// Headers that no token may have, whoever signs.
fn forbidden_headers(good: &Value) -> Vec<(&'static str, Value)> {
    let with = |name: &str, value: Value| changed(good.clone(), name, &value);
    vec![
        ("jku", with("jku", json!("https://evil.example/jwks.json"))),
        (
            "jwk",
            with("jwk", KEYS.jwk(SignatureAlgorithm::EdDsa, "EdDSA")),
        ),
        ("x5u", with("x5u", json!("https://evil.example/cert.pem"))),
        ("x5c", with("x5c", json!(["MIIB"]))),
        ("crit", with("crit", json!(["exp"]))),
        ("crit empty", with("crit", json!([]))),
        ("alg missing", without(good.clone(), "alg")),
        ("alg of no kind", with("alg", json!("XS256"))),
        ("alg stronger", with("alg", json!("HS512"))),
        ("alg PSS", with("alg", json!("PS256"))),
        ("alg as list", with("alg", json!([good["alg"]]))),
        ("typ of a logout", with("typ", json!("logout+jwt"))),
    ]
}

/// Claims that open nothing, whoever signs.
fn useless_claims() -> Vec<(&'static str, Value)> {
    let with = |name: &str, value: Value| changed(claims(), name, &value);
    vec![
        ("expired", with("exp", json!(NOW - 30))),
        ("exp missing", without(claims(), "exp")),
        ("exp text", with("exp", json!("1800003600"))),
        ("exp negative", with("exp", json!(-1))),
        ("exp huge", with("exp", json!(1e300))),
        ("nbf in the future", with("nbf", json!(NOW + 31))),
        ("sub missing", without(claims(), "sub")),
        ("sub empty", with("sub", json!(""))),
        ("sub of 5 kB", with("sub", json!("u".repeat(5_000)))),
        ("portal missing", without(claims(), "portal")),
        ("portal unknown", with("portal", json!("ROOT"))),
        ("claims are a list", json!([claims()])),
        ("claims are null", json!(null)),
        ("claims are text", json!("claims")),
    ]
}

#[test]
fn a_signed_token_opens_a_session() {
    let session = verify(&hs256_verifier(), &KEYS.token(HS256)).unwrap();
    assert_eq!(
        session.principal,
        Principal {
            user_id: UserId::parse("user_1").unwrap(),
            portal: Portal::Partner,
        }
    );
    assert_eq!(session.client_hash, None);
    let verifier = key_set_verifier();
    for algorithm in PUBLIC_KEY_ALGORITHMS {
        assert_eq!(
            verify(&verifier, &KEYS.token(algorithm)),
            Ok(session.clone()),
            "{algorithm:?}"
        );
    }
}

#[test]
fn what_is_minted_is_believed_until_it_ends() {
    let clock = SetClock::new();
    let verifier = verifier(KeySource::Hs256(secret()), &clock);
    let minted = MintedClaims {
        principal: Principal {
            user_id: UserId::parse("user_9").unwrap(),
            portal: Portal::Tenant,
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
                matches!(verdict, Err(TokenError::Invalid(_))),
                "{name}: {verdict:?}"
            );
        }
    }
    assert_eq!(of_the_token.asked(), 0);
    assert!(configured.asked() <= 1);
}

#[tokio::test]
async fn what_no_key_can_make_good_asks_nobody() {
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text_is_refused_without_panic(text in ".{0,300}") {
        prop_assert!(verify(&hs256_verifier(), &text).is_err());
    }

    #[test]
    fn any_likely_text_is_refused_without_panic(
        header in r#"\{("alg":"(HS256|none|RS256)")?(,"[a-z]{1,4}":("a"|1|null|\[\]|\{\}))?\}"#,
        claims in r#"\{("(sub|exp|portal)":("a"|1|null|"PARTNER")){0,1}\}"#,
        signature in "[A-Za-z0-9_-]{0,50}",
    ) {
        let token = format!("{}.{}.{signature}", base64url(header), base64url(claims));
        prop_assert!(verify(&hs256_verifier(), &token).is_err());
    }

    #[test]
    fn any_signed_bytes_are_judged_without_panic(
        header in prop::collection::vec(any::<u8>(), 0..60),
        claims in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let message = format!("{}.{}", base64url(header), base64url(claims));
        let token = format!("{message}.{}", base64url(hmac_of(SECRET, message.as_bytes())));
        prop_assert!(verify(&hs256_verifier(), &token).is_err());
    }

    #[test]
    fn a_changed_token_is_refused(
        algorithm in prop::sample::select(vec![0_usize, 1, 2, 3]),
        at in any::<prop::sample::Index>(),
        to in "[A-Za-z0-9_.=-]",
        how in 0..3_u8,
    ) {
        static FIXTURES: LazyLock<Vec<(TokenVerifier, String)>> = LazyLock::new(|| {
            let mut fixtures = vec![(hs256_verifier(), KEYS.token(HS256))];
            for algorithm in PUBLIC_KEY_ALGORITHMS {
                fixtures.push((key_set_verifier(), KEYS.token(algorithm)));
            }
            fixtures
        });
        let (verifier, good) = &FIXTURES[algorithm];
        let at = at.index(good.len());
        let mut changed = good.clone();
        match how {
            0 => changed.replace_range(at..=at, &to),
            1 => changed.insert_str(at, &to),
            _ => drop(changed.remove(at)),
        }
        prop_assert_eq!(verify(verifier, &changed).is_ok(), &changed == good);
    }
}
