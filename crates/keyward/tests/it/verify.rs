//! Contract §4: may the holder of this secret make this call from this address now?

use serde_json::{Value, json};

use crate::http::{Request, Response};
use crate::server::{On, TestServer, TestStore, keyward, on_both_stores};
use crate::tokens;

fn ask(server: &TestServer, question: &Value) -> Response {
    Request::new(server.internal, "POST", "/internal/v1/api-keys/verify")
        .also("Content-Type", "application/json")
        .body(question.to_string())
        .send()
}

/// The decision; the status is always 200.
fn decision(server: &TestServer, question: &Value) -> String {
    let response = ask(server, question);
    response.assert(&question.to_string(), 200, "2000");
    let data = &response.json()["data"];
    assert_eq!(data["valid"], data["decision"] == "VALID");
    data["decision"].as_str().unwrap().to_owned()
}

fn created(server: &TestServer, body: &Value) -> (String, String) {
    let response = server.create().body(body.to_string()).send();
    response.assert("create", 201, "2000");
    let data = &response.json()["data"];
    let text = |name: &str| data[name].as_str().unwrap().to_owned();
    (text("apiKeyId"), text("secret"))
}

on_both_stores! {
    async fn a_right_secret_is_told_whose_it_is(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let (id, secret) = created(&server, &json!({ "name": "Key", "scopes": ["payment:read"] }));
        let response = ask(&server, &json!({ "secret": secret, "scopes": ["payment:read"], "mode": "LIVE" }));
        response.assert("valid", 200, "2000");
        assert_eq!(
            response.json()["data"],
            json!({
                "valid": true, "decision": "VALID", "apiKeyId": id, "workspaceId": "ws_1",
                "mode": "LIVE", "scopes": ["payment:read"], "name": "Key",
            })
        );
        assert!(!response.text().contains(&secret));
    }

    async fn each_fault_has_its_decision(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let locked = json!({ "name": "Locked", "scopes": ["payment:read"], "ipWhitelist": ["10.0.0.0/8"] });
        let (_, locked) = created(&server, &locked);
        let (_, powerless) = created(&server, &json!({ "name": "Powerless" }));
        let (_, test) = created(&server, &json!({ "name": "Test", "mode": 2, "scopes": ["payment:read"] }));
        let mut checksum_off = locked.clone();
        checksum_off.pop();
        checksum_off.push('!');
        for (question, want) in [
            (json!({ "secret": locked, "ip": "10.1.2.3" }), "VALID"),
            (json!({ "secret": locked, "ip": "::ffff:10.1.2.3" }), "VALID"),
            (json!({ "secret": locked, "ip": "11.1.2.3" }), "IP_NOT_ALLOWED"),
            (json!({ "secret": locked }), "IP_NOT_ALLOWED"),
            (json!({ "secret": locked, "ip": "10.1.2.3", "scopes": ["payment:write"] }), "INSUFFICIENT_SCOPE"),
            (json!({ "secret": powerless }), "NO_SCOPES"),
            (json!({ "secret": test, "mode": "LIVE" }), "WRONG_MODE"),
            (json!({ "secret": test, "mode": "TEST" }), "VALID"),
            (json!({ "secret": checksum_off }), "MALFORMED"),
            (json!({ "secret": "x".repeat(4_096) }), "MALFORMED"),
            (json!({ "secret": "" }), "MALFORMED"),
        ] {
            assert_eq!(decision(&server, &question), want, "{question}");
        }
    }

    async fn a_change_decides_the_next_question(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let (id, first) = created(&server, &json!({ "name": "Key", "scopes": ["payment:read"] }));
        let decided = |secret: &str| decision(&server, &json!({ "secret": secret, "scopes": ["payment:read"] }));
        let act = |method: &str, path: &str, body: &str| {
            let response = server.owner(method, &format!("/{id}{path}")).body(body).send();
            assert!(response.status < 300, "{path}: {}", response.text());
            response
        };
        assert_eq!(decided(&first), "VALID");
        act("POST", "/disable", "");
        assert_eq!(decided(&first), "DISABLED");
        act("POST", "/enable", "");
        assert_eq!(decided(&first), "VALID");
        let rotated = act("POST", "/rotate", "{}").json();
        let second = rotated["data"]["secret"].as_str().unwrap().to_owned();
        assert_eq!((decided(&first), decided(&second)), ("VALID".into(), "VALID".into()));
        act("POST", "/rotate/finish", "");
        assert_eq!((decided(&first), decided(&second)), ("UNKNOWN".into(), "VALID".into()));
        act("PATCH", "", r#"{"scopes":["payment:write"]}"#);
        assert_eq!(decided(&second), "INSUFFICIENT_SCOPE");
        act("DELETE", "", "");
        assert_eq!(decided(&second), "UNKNOWN");
    }

    async fn an_unreadable_key_is_denied_alone(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let (_, bad) = created(&server, &json!({ "name": "Bad", "scopes": ["payment:read"] }));
        let (_, good) = created(&server, &json!({ "name": "Good", "scopes": ["payment:read"] }));
        store.database.tamper("UPDATE api_keys SET name = ' ' WHERE name = 'Bad'").await;
        let response = ask(&server, &json!({ "secret": bad }));
        response.assert("unreadable", 503, "5030");
        assert!(response.header("retry-after").is_some());
        assert_eq!(decision(&server, &json!({ "secret": good })), "VALID");
        assert!(server.comes_to_log("api_keys"), "the log says which row");
        assert!(!server.logs().contains(&bad[8..40]), "no secret in the log");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_that_are_none_are_refused() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    for (body, field) in [
        ("", "body"),
        ("[]", "body"),
        ("{}", "secret"),
        (r#"{"secret":null}"#, "secret"),
        (r#"{"secret":1}"#, "secret"),
        (r#"{"secret":"x","ip":"10.0.0.0/8"}"#, "ip"),
        (r#"{"secret":"x","ip":"localhost"}"#, "ip"),
        (r#"{"secret":"x","scopes":"payment:read"}"#, "scopes"),
        (r#"{"secret":"x","scopes":["*"]}"#, "scopes[0]"),
        (r#"{"secret":"x","mode":1}"#, "mode"),
        (r#"{"secret":"x","mode":"live"}"#, "mode"),
        (r#"{"secret":"x","address":"10.0.0.1"}"#, "address"),
        (r#"{"secret":"x","secret":"y"}"#, "secret"),
    ] {
        let response = Request::new(server.internal, "POST", "/internal/v1/api-keys/verify")
            .also("Content-Type", "application/json")
            .body(body)
            .send();
        response.assert(body, 400, "4000");
        assert_eq!(response.fields(), [field], "{body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_an_internal_token_only_who_shows_it_is_heard() {
    const TOKEN: &str = "an-internal-token-of-32-characters";
    let store = TestStore::create(On::Sqlite).await;
    let variables = [
        ("KEYWARD_JWT_SECRET", tokens::SECRET),
        ("KEYWARD_INTERNAL_TOKEN", TOKEN),
    ];
    let server = TestServer::start_with(&store.database, &variables);
    let question = || {
        Request::new(server.internal, "POST", "/internal/v1/api-keys/verify")
            .also("Content-Type", "application/json")
            .body(r#"{"secret":"x"}"#)
    };
    question().send().assert("without", 401, "4010");
    let wrong = question().also("Authorization", "Bearer another-internal-token-of-32-chars");
    wrong.send().assert("wrong", 401, "4010");
    let right = question().also("Authorization", format!("Bearer {TOKEN}"));
    right.send().assert("right", 200, "2000");
    // Probes need no token, because orchestrators have none.
    assert_eq!(
        Request::new(server.internal, "GET", "/readyz")
            .send()
            .status,
        200
    );
}

#[test]
fn a_listener_for_other_machines_without_a_token_is_refused_at_start() {
    let output = keyward()
        .arg("serve")
        .env("DATABASE_URL", "sqlite:unused.db")
        .env("KEYWARD_JWT_SECRET", tokens::SECRET)
        .env("KEYWARD_INTERNAL_ADDR", "0.0.0.0:0")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        stderr.contains("KEYWARD_INTERNAL_TOKEN is not set"),
        "{stderr}"
    );
}
