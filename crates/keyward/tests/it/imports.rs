//! Contract §9: keys that services create and import, and secrets that no server has seen.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::http::{Request, Response};
use crate::server::{On, TestServer, TestStore, WORKSPACE, keyward, on_both_stores};
use crate::tokens::{self, base64url};

const SECRET: &str = "pk_live_51.of-another-service/äß 2019";

fn hash(secret: &str) -> String {
    base64url(Sha256::digest(secret.as_bytes()))
}

/// A service token that may create, read and verify.
fn service_token(store: &TestStore) -> String {
    let output = keyward()
        .args(["service-tokens", "create", "--name", "platform"])
        .args(["--can", "keys:create,keys:read,keys:verify"])
        .env("DATABASE_URL", store.database.url())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn post(server: &TestServer, token: &str, path: &str, body: &Value) -> Request {
    Request::new(server.internal, "POST", &format!("/internal/v1/{path}"))
        .also("Authorization", format!("Bearer {token}"))
        .also("Content-Type", "application/json")
        .body(body.to_string())
}

fn decision(server: &TestServer, token: &str, secret: &str) -> String {
    let asked = post(
        server,
        token,
        "api-keys/verify",
        &json!({ "secret": secret }),
    )
    .send();
    asked.assert(secret, 200, "2000");
    asked.json()["data"]["decision"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// Asks until the decision is this one: an import takes effect within a second.
fn comes_to_be(server: &TestServer, token: &str, secret: &str, expected: &str) {
    let begun = std::time::Instant::now();
    while decision(server, token, secret) != expected {
        assert!(begun.elapsed().as_secs() < 30, "{secret}");
        std::thread::yield_now();
    }
}

fn results(response: &Response) -> Vec<Value> {
    response.assert("import", 200, "2000");
    response.json()["data"]["results"]
        .as_array()
        .unwrap()
        .clone()
}

on_both_stores! {
    async fn a_service_creates_a_key_with_a_secret_of_its_own_that_no_response_contains(on: On) {
        let store = TestStore::create(on).await;
        let token = service_token(&store);
        let server = TestServer::start(&store.database);
        assert_eq!(decision(&server, &token, SECRET), "MALFORMED");
        let path = format!("admin/workspaces/{WORKSPACE}/api-keys");
        let body = json!({ "name": "Old", "scopes": ["payment:read"], "mode": 2, "secretHash": hash(SECRET) });
        let create = || post(&server, &token, &path, &body).also("Idempotency-Key", "import-1");
        let created = create().send();
        created.assert("create", 201, "2000");
        let data = created.json()["data"].clone();
        assert_eq!(data.get("secret"), None, "{data}");
        assert!(data["secretHint"].as_str().unwrap().starts_with("imported…"), "{data}");
        assert_eq!((&data["mode"], &data["createdBy"]), (&json!("TEST"), &Value::Null));
        let id = data["apiKeyId"].as_str().unwrap();
        let location = format!("/internal/v1/admin/workspaces/{WORKSPACE}/api-keys/{id}");
        assert_eq!(created.header("location"), Some(location.as_str()));
        let again = create().send();
        again.assert("repeated", 409, "4091");
        assert_eq!(again.json()["data"]["apiKeyId"], *id);
        let refused = post(&server, &token, &path, &body).send();
        refused.assert("taken", 409, "4094");
        assert_eq!(refused.json()["data"]["apiKeyId"], *id);

        comes_to_be(&server, &token, SECRET, "VALID");
        let forwarded = Request::new(server.internal, "GET", "/internal/v1/authorize/nginx")
            .also("X-Keyward-Internal-Token", &token)
            .also("X-Real-IP", "203.0.113.7")
            .also("X-Api-Key", "not-this-one")
            .send();
        assert_eq!(forwarded.status, 401);
        assert_eq!(forwarded.json()["decision"], "UNKNOWN");
        assert_eq!(decision(&server, &token, &"x".repeat(512)), "UNKNOWN");
        assert_eq!(decision(&server, &token, &"x".repeat(513)), "MALFORMED");
        assert!(!server.logs().contains("of-another-service"), "{}", server.logs());
        assert!(!server.logs().contains(&hash(SECRET)), "{}", server.logs());

        let rotated = server.owner("POST", &format!("/{id}/rotate")).body("{}").send();
        rotated.assert("rotate", 201, "2000");
        let secret = rotated.json()["data"]["secret"].as_str().unwrap().to_owned();
        assert!(secret.starts_with("sk_test_"), "{secret}");
        assert_eq!(decision(&server, &token, &secret), "VALID");
        assert_eq!(decision(&server, &token, SECRET), "VALID", "the overlap");
        server.owner("POST", &format!("/{id}/rotate/finish")).send().assert("finish", 200, "2000");
        assert_eq!(decision(&server, &token, SECRET), "UNKNOWN");
        let events = server.owner("GET", &format!("/{id}/events")).send().json();
        let first = &events["data"]["items"][2];
        assert_eq!(first["actor"], json!({ "kind": "SERVICE", "name": "platform" }));
        assert!(first["after"]["secretHint"].as_str().unwrap().starts_with("imported…"), "{first}");
        let verified = keyward()
            .args(["audit", "verify"])
            .env("DATABASE_URL", store.database.url())
            .output()
            .unwrap();
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    }

    async fn keys_are_imported_in_bulk_each_by_itself_and_repeating_changes_nothing(on: On) {
        let store = TestStore::create(on).await;
        let token = service_token(&store);
        let server = TestServer::start(&store.database);
        let batch = |is_dry_run: bool| json!({ "dryRun": is_dry_run, "keys": [
            { "workspaceId": WORKSPACE, "name": "One", "secretHash": hash("one"), "externalId": "customer-1" },
            { "workspaceId": "ws_9", "name": "Two", "secretHash": hash("two") },
            { "workspaceId": WORKSPACE, "name": "", "scopes": ["no:such"], "secretHash": "x", "colour": 1 },
            { "workspaceId": WORKSPACE, "name": "Twice", "secretHash": hash("three") },
        ] });
        let import = |body: &Value| post(&server, &token, "admin/api-keys:import", body).send();
        let codes = |results: &[Value]| -> Vec<(String, Value)> {
            results
                .iter()
                .map(|result| (result["code"].as_str().unwrap().to_owned(), result["outcome"].clone()))
                .collect()
        };
        let outcome = |code: &str, outcome: Value| (code.to_owned(), outcome);
        let expected = |word: &str| vec![
            outcome("2000", json!(word)),
            outcome("4042", Value::Null),
            outcome("4000", Value::Null),
            outcome("2000", json!(word)),
        ];
        let dry = results(&import(&batch(true)));
        assert_eq!(codes(&dry), expected("ADDED"));
        assert_eq!(dry[0].get("apiKeyId"), None);
        let fields: Vec<&str> = dry[2]["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| error["field"].as_str().unwrap())
            .collect();
        assert_eq!(fields, ["name", "scopes[0]", "colour", "secretHash"]);
        assert!(store.keys().await.is_empty());
        let done = results(&import(&batch(false)));
        assert_eq!(codes(&done), expected("ADDED"));
        let again = results(&import(&batch(false)));
        assert_eq!(codes(&again), expected("UNCHANGED"));
        assert_eq!(codes(&results(&import(&batch(true)))), expected("UNCHANGED"));
        assert_eq!(again[0]["apiKeyId"], done[0]["apiKeyId"]);
        assert_eq!(store.keys().await.len(), 2);
        comes_to_be(&server, &token, "one", "NO_SCOPES");
        let of_customer = Request::new(server.internal, "GET", "/internal/v1/admin/api-keys?externalId=customer-1")
            .also("Authorization", format!("Bearer {token}"))
            .send();
        assert_eq!(of_customer.json()["data"]["items"][0]["apiKeyId"], done[0]["apiKeyId"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_import_is_refused() {
    let store = TestStore::create(On::Sqlite).await;
    let token = service_token(&store);
    let server = TestServer::start(&store.database);
    let path = format!("admin/workspaces/{WORKSPACE}/api-keys");
    for (path, body, field) in [
        ("admin/api-keys:import", json!({}), "keys"),
        ("admin/api-keys:import", json!({ "keys": [] }), "keys"),
        ("admin/api-keys:import", json!({ "keys": {} }), "keys"),
        ("admin/api-keys:import", json!({ "keys": [1] }), "keys[0]"),
        (
            "admin/api-keys:import",
            json!({ "keys": [{ "name": "Key" }] }),
            "keys[0].workspaceId",
        ),
        (
            "admin/api-keys:import",
            json!({ "keys": [{ "workspaceId": "a b" }] }),
            "keys[0].workspaceId",
        ),
        (
            "admin/api-keys:import",
            json!({ "keys": [{ "workspaceId": "w" }], "dryRun": 1 }),
            "dryRun",
        ),
        (
            "admin/api-keys:import",
            json!({ "keys": [{ "workspaceId": "w" }], "dry_run": true }),
            "dry_run",
        ),
        (
            path.as_str(),
            json!({ "name": "Key", "secretHash": "abc" }),
            "secretHash",
        ),
        (
            path.as_str(),
            json!({ "name": "Key", "secretHash": 7 }),
            "secretHash",
        ),
        (
            path.as_str(),
            json!({ "name": "Key", "secret": SECRET }),
            "secret",
        ),
        (
            path.as_str(),
            json!({ "name": "Key", "secret_hash": hash(SECRET) }),
            "secret_hash",
        ),
    ] {
        let refused = post(&server, &token, path, &body).send();
        refused.assert(&body.to_string(), 400, "4000");
        assert_eq!(refused.json()["errors"][0]["field"], field, "{body}");
    }
    let of_owner = server
        .create()
        .body(json!({ "name": "Key", "secretHash": hash(SECRET) }).to_string());
    let refused = of_owner.send();
    refused.assert("an owner", 400, "4000");
    assert_eq!(refused.json()["errors"][0]["field"], "secretHash");
    let mut repeated = post(&server, &token, &path, &json!({ "name": "Key" }));
    repeated = repeated
        .also("Idempotency-Key", "a")
        .also("Idempotency-Key", "b");
    let refused = repeated.send();
    refused.assert("two idempotency keys", 400, "4000");
    assert!(store.keys().await.is_empty());
    let created = post(
        &server,
        &token,
        &path,
        &json!({ "name": "Key", "secretHash": null }),
    )
    .send();
    created.assert("without a hash", 201, "2000");
    let secret = created.json()["data"]["secret"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(secret.starts_with("sk_live_"), "{secret}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_batch_arrives_and_a_larger_one_is_refused() {
    let store = TestStore::create(On::Sqlite).await;
    let token = service_token(&store);
    let variables = [
        ("KEYWARD_JWT_SECRET", tokens::SECRET),
        ("KEYWARD_KEYS_PER_WORKSPACE_MAX", "2000"),
    ];
    let server = TestServer::start_with(&store.database, &variables);
    let keys: Vec<Value> = (0..1_000)
        .map(|number| {
            json!({ "workspaceId": WORKSPACE, "name": format!("Key {number}"),
                    "secretHash": hash(&number.to_string()) })
        })
        .collect();
    let mut body = json!({ "keys": keys, "dryRun": true }).to_string();
    body.push_str(&" ".repeat(512 * 1024 - body.len()));
    let import = |body: &str| {
        Request::new(
            server.internal,
            "POST",
            "/internal/v1/admin/api-keys:import",
        )
        .also("Authorization", format!("Bearer {token}"))
        .also("Content-Type", "application/json")
        .body(body)
        .send()
    };
    let added = results(&import(&body));
    assert_eq!(added.len(), 1_000);
    assert!(added.iter().all(|result| result["outcome"] == "ADDED"));
    body.push(' ');
    import(&body).assert("one byte too many", 413, "4131");
}

#[tokio::test(flavor = "multi_thread")]
async fn repeating_an_import_never_makes_a_revoked_secret_valid_again() {
    let store = TestStore::create(On::Sqlite).await;
    let token = service_token(&store);
    let server = TestServer::start(&store.database);
    let body = json!({ "keys": [{ "workspaceId": WORKSPACE, "name": "Key", "secretHash": hash("leaked") }] });
    let import =
        || results(&post(&server, &token, "admin/api-keys:import", &body).send())[0].clone();
    let added = import();
    assert_eq!(added["outcome"], "ADDED");
    comes_to_be(&server, &token, "leaked", "NO_SCOPES");
    let id = added["apiKeyId"].as_str().unwrap();
    let rotate = server.owner("POST", &format!("/{id}/rotate"));
    rotate
        .body(r#"{"overlapSeconds":0}"#)
        .send()
        .assert("rotate", 201, "2000");
    assert_eq!(decision(&server, &token, "leaked"), "UNKNOWN");
    assert_eq!(import()["code"], "4094");
    assert_eq!(decision(&server, &token, "leaked"), "UNKNOWN");
    assert_eq!(store.keys().await.len(), 1);
}
