use serde_json::{Value, json};

use super::*;

/// A folder with a key set and a secret.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let x = "__________________________________________8";
    let keys = json!({ "keys": [{ "kty": "OKP", "kid": "a", "crv": "Ed25519", "x": x }] });
    std::fs::write(folder.path().join("jwks.json"), keys.to_string()).unwrap();
    std::fs::write(
        folder.path().join("one"),
        "canary-a-aaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
    )
    .unwrap();
    std::fs::write(
        folder.path().join("two"),
        "canary-b-bbbbbbbbbbbbbbbbbbbbbbbbbbbb",
    )
    .unwrap();
    std::fs::write(folder.path().join("short"), "canary\n").unwrap();
    folder
}

fn read_text(
    folder: &tempfile::TempDir,
    text: &str,
) -> Result<BTreeMap<String, IssuerConfig>, String> {
    let file = folder.path().join("issuers.json");
    std::fs::write(&file, text).unwrap();
    read(file.to_str().unwrap())
}

fn read_issuers(issuers: &Value) -> Result<BTreeMap<String, IssuerConfig>, String> {
    let folder = folder();
    let text = json!({ "issuers": issuers }).to_string();
    let root = folder.path().to_str().unwrap();
    read_text(&folder, &text.replace("$ROOT", root))
}

#[test]
fn each_issuer_has_keys_and_rules() {
    let issuers = read_issuers(&json!([
        { "issuer": "https://a.example" },
        {
            "issuer": "https://b.example/",
            "jwksUrl": "https://keys.example/b",
            "audiences": ["keyward", "https://keys.example"],
            "claims": {
                "user": "/identity/id",
                "portal": "https://example.com/roles",
                "partnerValues": ["partner"],
                "clientHash": "device",
            },
            "leewaySeconds": 5,
        },
        { "issuer": "c", "jwksFile": "$ROOT/jwks.json" },
        { "issuer": "d", "secretFiles": ["$ROOT/one", "$ROOT/two"] },
        { "issuer": "http://e.svc", "allowHttp": true },
    ]))
    .unwrap();
    let source = |name: &str| format!("{:?}", issuers[name].keys);
    assert!(source("https://a.example").starts_with("Discovery"));
    assert!(source("https://b.example/").starts_with("JwksUrl"));
    assert!(source("c").starts_with("JwksFile"));
    assert_eq!(
        source("d"),
        "Hs256(HmacSecret(redacted), [HmacSecret(redacted)])"
    );
    assert!(source("http://e.svc").starts_with("Discovery"));
    let a = &issuers["https://a.example"];
    assert_eq!(a.claims.user.to_string(), "sub");
    assert_eq!((a.audiences.len(), a.leeway.seconds()), (0, 30));
    let b = &issuers["https://b.example/"];
    assert_eq!(b.audiences, ["keyward", "https://keys.example"]);
    assert_eq!(b.claims.user.to_string(), "/identity/id");
    assert_eq!(b.claims.portal.to_string(), "https://example.com/roles");
    assert_eq!(
        b.claims.partner_values.as_deref(),
        Some(&["partner".to_owned()][..])
    );
    assert_eq!(b.claims.client_hash.to_string(), "device");
    assert_eq!(b.leeway.seconds(), 5);
}

#[test]
fn a_wrong_entry_is_named_with_what_would_be_right() {
    let check = |entry: Value, parts: &[&str]| {
        let message = read_issuers(&json!([{ "issuer": "https://a.example" }, entry])).unwrap_err();
        for part in parts {
            assert!(message.contains(part), "{message}");
        }
        assert!(!message.contains("canary"), "{message}");
    };
    let with = |more: Value| {
        let mut entry = json!({ "issuer": "https://b.example" });
        entry
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        entry
    };
    let second = r#"entry 2 ("https://b.example"): "#;
    check(
        json!({ "issuer": "https://a.example" }),
        &["an earlier entry has the same issuer"],
    );
    check(
        json!({ "issuer": "" }),
        &["entry 2", "the `iss` of the tokens"],
    );
    check(
        json!({ "issuer": "b" }),
        &[r#"entry 2 ("b"): "#, "URL in \"issuer\"", "https URL"],
    );
    check(
        json!({ "issuer": "http://b.svc" }),
        &["\"allowHttp\": true"],
    );
    check(
        with(json!({ "jwksUrl": "https://b.example/k", "jwksFile": "$ROOT/jwks.json" })),
        &[
            second,
            "only one of \"jwksUrl\", \"jwksFile\" and \"secretFiles\"",
        ],
    );
    check(
        with(json!({ "jwksUrl": "http://b.svc/k" })),
        &[second, "\"jwksUrl\"", "\"allowHttp\": true"],
    );
    check(
        with(json!({ "jwksUrl": "https://u:canary@b.example" })),
        &[second, "user name"],
    );
    check(
        with(json!({ "jwksFile": "$ROOT/one" })),
        &[second, "\"jwksFile\"", "JSON Web Key Set"],
    );
    check(
        with(json!({ "jwksFile": "/nonexistent" })),
        &[second, "can't read /nonexistent"],
    );
    check(
        with(json!({ "secretFiles": ["$ROOT/one", "$ROOT/short"] })),
        &[second, "short", "32 bytes"],
    );
    check(
        with(json!({ "secretFiles": ["/nonexistent"] })),
        &[second, "/nonexistent: can't be read"],
    );
    check(
        with(json!({ "secretFiles": [] })),
        &[second, "at least one file"],
    );
    check(
        with(json!({ "audiences": [] })),
        &[second, "\"audiences\" must have at least one"],
    );
    check(
        with(json!({ "audiences": [""] })),
        &[second, "\"audiences\""],
    );
    check(
        with(json!({ "leewaySeconds": 31 })),
        &[second, "\"leewaySeconds\": 31 is more"],
    );
    check(
        with(json!({ "claims": { "user": "/a~b" } })),
        &[second, "\"user\" of \"claims\"", "~0"],
    );
    check(
        with(json!({ "claims": { "portal": "" } })),
        &[second, "\"portal\""],
    );
    check(
        with(json!({ "claims": { "partnerValues": [] } })),
        &[second, "\"partnerValues\""],
    );
}

#[test]
fn a_file_of_another_form_is_refused_at_its_line() {
    let folder = folder();
    for (text, parts) in [
        ("", &["EOF", "line 1"][..]),
        ("issuers: []", &["line 1"]),
        ("[]", &["line 1"]),
        (r#"{"issuers":[]}"#, &["at least one issuer"]),
        (r#"{"issuers":{}}"#, &["line 1"]),
        (
            "{\n\"issuers\":[7]}",
            &["an object with the text \"issuer\"", "line 2"],
        ),
        (
            "{\n\"issuers\":[{}]}",
            &["missing field `issuer`", "line 2"],
        ),
        (
            "{\"issuers\":[{\"issuer\":\"a\",\n\"jwks_url\":\"canary\"}]}",
            &["unknown field `jwks_url`", "`jwksUrl`", "line 2"],
        ),
        (
            "{\"issuers\":[{\"issuer\":\"a\",\n\"secret\":\"canary\"}]}",
            &["unknown field `secret`", "`secretFiles`", "line 2"],
        ),
        (
            r#"{"issuers":[{"issuer":"a","issuer":"b"}]}"#,
            &["duplicate field `issuer`"],
        ),
        (
            r#"{"issuers":[{"issuer":"a","claims":{"role":"x"}}]}"#,
            &["unknown field `role`", "`partnerValues`"],
        ),
        (
            r#"{"issuers":[{"issuer":"a","leewaySeconds":-1}]}"#,
            &["line 1"],
        ),
    ] {
        let message = read_text(&folder, text).unwrap_err();
        for part in parts {
            assert!(message.contains(part), "{text}: {message}");
        }
        assert!(!message.contains("canary"), "{message}");
    }
}
