//! Contract §7: tokens that must be refused. Each gets the same 401 `4010`.

use serde_json::{Value, json};

use crate::http::Request;
use crate::server::{OWNER, On, TestServer, TestStore, WORKSPACE};
use crate::tokens::{self, SECRET, base64url, claims, now, signed, signed_text, with_claims};

/// The owner's claims with one change; `null` removes the claim.
fn changed(name: &str, value: Value) -> String {
    let mut claims = claims(OWNER);
    if value.is_null() {
        claims.as_object_mut().unwrap().remove(name);
    } else {
        claims[name] = value;
    }
    with_claims(&claims)
}

fn header_with(name: &str, value: Value) -> String {
    let mut header = json!({ "alg": "HS256", "typ": "JWT" });
    header[name] = value;
    signed(&header, &claims(OWNER), SECRET.as_bytes())
}

fn assert_refused(case: &str, request: &Request) {
    let response = request.send();
    response.assert(case, 401, "4010");
    let body = response.json();
    assert_eq!(body["message"], "Invalid or expired token", "{case}");
    assert_eq!(body["success"], false, "{case}");
    assert!(
        body.get("errors").is_none() && body.get("data").is_none(),
        "{case}: {body}"
    );
    let challenge = response
        .header("www-authenticate")
        .unwrap_or_else(|| panic!("{case}"));
    assert!(challenge.starts_with("Bearer"), "{case}: {challenge}");
}

async fn server(variables: &[(&str, &str)]) -> (TestStore, TestServer) {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start_with(
        &store.database,
        &[&[("KEYWARD_JWT_SECRET", SECRET)], variables].concat(),
    );
    (store, server)
}

#[tokio::test(flavor = "multi_thread")]
async fn code_4010_bad_authorization_headers() {
    let (_store, server) = server(&[]).await;
    let good = tokens::of(OWNER, "PARTNER");
    let target = format!("/web/v1/workspaces/{WORKSPACE}/api-keys?access_token={good}");
    let api_key = server.created().1;
    let without = || server.create().without("Authorization");
    for (case, request) in [
        ("no header", without()),
        ("in the query", without().target(&target)),
        ("in X-Api-Key", without().also("X-Api-Key", &api_key)),
        ("an API key", server.create_as(&api_key, WORKSPACE)),
        (
            "two headers",
            server
                .create()
                .also("Authorization", format!("Bearer {good}")),
        ),
    ] {
        assert_refused(case, &request);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn code_4010_bad_tokens() {
    let (_store, server) = server(&[]).await;
    let good = tokens::of(OWNER, "PARTNER");
    let (signed_part, signature) = good.rsplit_once('.').unwrap();
    let (header, body) = signed_part.split_once('.').unwrap();
    let other_claims = base64url(claims("user_other").to_string());
    let unsigned = base64url(json!({ "alg": "none", "typ": "JWT" }).to_string());
    let other_secret = b"another-secret-of-more-than-32-bytes";
    let twice = claims(OWNER)
        .to_string()
        .replace('{', "{\"sub\":\"user_other\",");
    for (case, token) in [
        ("over 8 KiB", changed("pad", json!("x".repeat(9_000)))),
        ("no token", "abc".to_owned()),
        ("alg none", format!("{unsigned}.{body}.")),
        ("alg of another key", header_with("alg", json!("RS256"))),
        (
            "jwk",
            header_with("jwk", json!({ "kty": "oct", "k": "AA" })),
        ),
        ("crit", header_with("crit", json!(["exp"]))),
        (
            "another secret",
            signed(&json!({ "alg": "HS256" }), &claims(OWNER), other_secret),
        ),
        (
            "claims swapped",
            format!("{header}.{other_claims}.{signature}"),
        ),
        (
            "a claim twice",
            signed_text(r#"{"alg":"HS256"}"#, &twice, SECRET.as_bytes()),
        ),
        ("expired", changed("exp", json!(now() - 31))),
        ("exp missing", changed("exp", Value::Null)),
        ("nbf in the future", changed("nbf", json!(now() + 3_000))),
        ("sub missing", changed("sub", Value::Null)),
        ("portal unknown", changed("portal", json!("ROOT"))),
        (
            "clientHash of another",
            changed("clientHash", json!("device-2")),
        ),
    ] {
        assert_refused(case, &server.create_as(&token, WORKSPACE));
    }
    let bound = changed("clientHash", json!("device-1"));
    let request = server.create_as(&bound, WORKSPACE);
    request.send().assert("clientHash", 201, "2000");
    let without_portal = changed("portal", Value::Null);
    let request = server.create_as(&without_portal, WORKSPACE);
    request.send().assert("no portal", 201, "2000");
}

#[tokio::test(flavor = "multi_thread")]
async fn iss_and_aud_are_checked_when_configured() {
    let (_store, server) = server(&[
        ("KEYWARD_JWT_ISSUER", "https://id.example"),
        ("KEYWARD_JWT_AUDIENCE", "keyward"),
    ])
    .await;
    let token = |iss: Value, aud: Value| {
        let mut claims = claims(OWNER);
        for (name, value) in [("iss", iss), ("aud", aud)] {
            if !value.is_null() {
                claims[name] = value;
            }
        }
        with_claims(&claims)
    };
    let (iss, aud) = (json!("https://id.example"), json!("keyward"));
    for (case, token) in [
        (
            "iss wrong",
            token(json!("https://evil.example"), aud.clone()),
        ),
        ("aud missing", token(iss.clone(), Value::Null)),
    ] {
        assert_refused(case, &server.create_as(&token, WORKSPACE));
    }
    let request = server.create_as(&token(iss, aud), WORKSPACE);
    request.send().assert("both", 201, "2000");
}
