//! Tokens that must not open a session, one row per case.

use serde_json::{Value, json};

use crate::auth::testing::{KEYS, NOW, base64url, claims};
use crate::auth::verification_key::SignatureAlgorithm;

pub(super) fn changed(mut object: Value, name: &str, value: &Value) -> Value {
    object[name] = value.clone();
    object
}

pub(super) fn without(mut object: Value, name: &str) -> Value {
    object.as_object_mut().unwrap().remove(name);
    object
}

/// Texts that are not signed tokens, for any key.
pub(super) fn misshapen(good: &str) -> Vec<(&'static str, String)> {
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

/// Headers that no token may have, for any key.
pub(super) fn forbidden_headers(good: &Value) -> Vec<(&'static str, Value)> {
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

/// Claims that open no session, for any key.
pub(super) fn useless_claims() -> Vec<(&'static str, Value)> {
    let with = |name: &str, value: Value| changed(claims(), name, &value);
    vec![
        ("expired", with("exp", json!(NOW - 30))),
        ("exp missing", without(claims(), "exp")),
        ("exp text", with("exp", json!("1800003600"))),
        ("exp negative", with("exp", json!(-1))),
        ("exp huge", with("exp", json!(1e300))),
        ("nbf in the future", with("nbf", json!(NOW + 31))),
        ("nbf text", with("nbf", json!("0"))),
        ("sub missing", without(claims(), "sub")),
        ("sub empty", with("sub", json!(""))),
        ("sub number", with("sub", json!(7))),
        ("sub of 5 kB", with("sub", json!("u".repeat(5_000)))),
        ("portal unknown", with("portal", json!("ROOT"))),
        ("claims are a list", json!([claims()])),
        ("claims are null", json!(null)),
        ("claims are text", json!("claims")),
    ]
}
