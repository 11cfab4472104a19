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
    let authorized = |value: &str| server.create().header("Authorization", value);
    let target =
        format!("/web/v1/workspaces/{WORKSPACE}/api-keys?access_token={good}&token={good}");
    let api_key = server.create().send().json()["data"]["secret"]
        .as_str()
        .unwrap()
        .to_owned();
    for (case, request) in [
        ("no header", server.create().without("Authorization")),
        ("empty", authorized("")),
        ("Basic", authorized("Basic dXNlcjpwYXNz")),
        ("Bearer alone", authorized("Bearer")),
        ("Bearer and a space", authorized("Bearer ")),
        ("no scheme", authorized(&good)),
        ("two tokens", authorized(&format!("Bearer {good} {good}"))),
        (
            "by comma",
            authorized(&format!("Bearer {good}, Bearer {good}")),
        ),
        (
            "two headers",
            server
                .create()
                .also("Authorization", format!("Bearer {good}")),
        ),
        (
            "in the query",
            server.create().without("Authorization").target(&target),
        ),
        (
            "not ASCII",
            server.create().header("Authorization", b"Bearer \xFF\xFE"),
        ),
        ("an API key", authorized(&format!("Bearer {api_key}"))),
        (
            "X-Api-Key",
            server
                .create()
                .without("Authorization")
                .also("X-Api-Key", &api_key),
        ),
    ] {
        assert_refused(case, &request);
    }
    authorized(&format!("bearer {good}"))
        .send()
        .assert("scheme in any case", 201, "2000");
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "it is a table")]
async fn code_4010_bad_tokens() {
    let (_store, server) = server(&[]).await;
    let good = tokens::of(OWNER, "PARTNER");
    let parts: Vec<&str> = good.split('.').collect();
    let (header, body, signature) = (parts[0], parts[1], parts[2]);
    let unsigned = |alg: &str| {
        format!(
            "{}.{body}.",
            base64url(json!({ "alg": alg, "typ": "JWT" }).to_string())
        )
    };
    let long_sub = changed("sub", json!("u".repeat(7_000)));
    let repeated_claim = {
        let text = claims(OWNER)
            .to_string()
            .replace('{', "{\"sub\":\"user_other\",");
        signed_text(r#"{"alg":"HS256","typ":"JWT"}"#, &text, SECRET.as_bytes())
    };
    let cases: Vec<(&str, String)> = vec![
        ("over 8 KiB", changed("pad", json!("x".repeat(9_000)))),
        ("no dots", "abc".to_owned()),
        ("two parts", format!("{header}.{body}")),
        ("four parts", format!("{good}.x")),
        ("JWE", format!("{good}.x.y")),
        ("empty parts", "..".to_owned()),
        (
            "JSON form",
            json!({ "payload": body, "protected": header, "signature": signature }).to_string(),
        ),
        ("not base64url", format!("{header}.{body}.***")),
        ("padded", format!("{header}.{body}.{signature}=")),
        (
            "header is no JSON",
            format!("{}.{body}.{signature}", base64url("alg")),
        ),
        (
            "claims are no JSON",
            signed_text(r#"{"alg":"HS256"}"#, "claims", SECRET.as_bytes()),
        ),
        (
            "claims are a list",
            signed_text(r#"{"alg":"HS256"}"#, "[1]", SECRET.as_bytes()),
        ),
        (
            "claims are null",
            signed_text(r#"{"alg":"HS256"}"#, "null", SECRET.as_bytes()),
        ),
        ("a claim twice", repeated_claim),
        ("alg none", unsigned("none")),
        ("alg noNe", unsigned("noNe")),
        ("alg None", unsigned("None")),
        (
            "alg missing",
            signed(&json!({ "typ": "JWT" }), &claims(OWNER), SECRET.as_bytes()),
        ),
        ("alg HS384", header_with("alg", json!("HS384"))),
        ("alg HS512", header_with("alg", json!("HS512"))),
        ("alg RS256", header_with("alg", json!("RS256"))),
        ("alg EdDSA", header_with("alg", json!("EdDSA"))),
        ("alg as list", header_with("alg", json!(["HS256"]))),
        (
            "another secret",
            signed(
                &json!({ "alg": "HS256" }),
                &claims(OWNER),
                b"another-secret-of-more-than-32-bytes",
            ),
        ),
        (
            "no secret",
            signed(&json!({ "alg": "HS256" }), &claims(OWNER), b""),
        ),
        (
            "signature cut",
            format!("{header}.{body}.{}", &signature[..20]),
        ),
        ("no signature", format!("{header}.{body}.")),
        (
            "claims swapped",
            format!(
                "{header}.{}.{signature}",
                base64url(claims("user_other").to_string())
            ),
        ),
        (
            "jku",
            header_with("jku", json!("https://evil.example/jwks.json")),
        ),
        (
            "jwk",
            header_with("jwk", json!({ "kty": "oct", "k": "AAAA" })),
        ),
        (
            "x5u",
            header_with("x5u", json!("https://evil.example/cert.pem")),
        ),
        ("crit", header_with("crit", json!(["exp"]))),
        ("expired", changed("exp", json!(now() - 31))),
        ("exp missing", changed("exp", Value::Null)),
        ("exp text", changed("exp", json!((now() + 60).to_string()))),
        ("exp negative", changed("exp", json!(-1))),
        ("exp huge", changed("exp", json!(1e300))),
        ("exp beyond 64 bits", {
            let text = claims(OWNER).to_string().replace(
                &format!("\"exp\":{}", claims(OWNER)["exp"]),
                "\"exp\":99999999999999999999",
            );
            signed_text(r#"{"alg":"HS256"}"#, &text, SECRET.as_bytes())
        }),
        ("nbf in the future", changed("nbf", json!(now() + 3_000))),
        ("nbf text", changed("nbf", json!("0"))),
        ("sub missing", changed("sub", Value::Null)),
        ("sub empty", changed("sub", json!(""))),
        ("sub number", changed("sub", json!(7))),
        ("sub of 7 kB", long_sub),
        ("sub of 10 kB", changed("sub", json!("u".repeat(10_000)))),
        ("portal unknown", changed("portal", json!("ROOT"))),
        ("portal in lower case", changed("portal", json!("partner"))),
        ("portal as list", changed("portal", json!(["PARTNER"]))),
        (
            "clientHash of another",
            changed("clientHash", json!("device-2")),
        ),
        ("clientHash number", changed("clientHash", json!(1))),
    ];
    for (case, token) in cases {
        assert_refused(case, &server.create_as(&token, WORKSPACE));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn good_tokens_pass() {
    let (_store, server) = server(&[]).await;
    for (case, token) in [
        ("plain", tokens::of(OWNER, "TENANT")),
        (
            "expired within the leeway",
            changed("exp", json!(now() - 5)),
        ),
        (
            "clientHash of this client",
            changed("clientHash", json!("device-1")),
        ),
        ("nbf past", changed("nbf", json!(now() - 60))),
        ("more claims", changed("email", json!("owner@example.com"))),
        ("no portal", changed("portal", Value::Null)),
        (
            "no typ",
            signed(
                &json!({ "alg": "HS256" }),
                &claims(OWNER),
                SECRET.as_bytes(),
            ),
        ),
    ] {
        server
            .create_as(&token, WORKSPACE)
            .send()
            .assert(case, 201, "2000");
    }
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
    let iss = || json!("https://id.example");
    let aud = || json!("keyward");
    for (case, token) in [
        ("iss missing", token(Value::Null, aud())),
        ("iss wrong", token(json!("https://evil.example"), aud())),
        ("iss as list", token(json!(["https://id.example"]), aud())),
        ("aud missing", token(iss(), Value::Null)),
        ("aud wrong", token(iss(), json!("other"))),
        ("aud number", token(iss(), json!(7))),
        ("aud list without", token(iss(), json!(["other"]))),
        ("aud empty list", token(iss(), json!([]))),
    ] {
        assert_refused(case, &server.create_as(&token, WORKSPACE));
    }
    for (case, token) in [
        ("both", token(iss(), aud())),
        ("aud list with", token(iss(), json!(["other", "keyward"]))),
    ] {
        server
            .create_as(&token, WORKSPACE)
            .send()
            .assert(case, 201, "2000");
    }
}
