//! Bodies that must not create a key, one per rule, and the response to each (contract §1). The
//! parsers and handlers are tested with all variants.

use serde_json::json;

use crate::server::{OWNER, On, TestServer, TestStore, WORKSPACE};
use crate::tokens;

async fn server() -> (TestStore, TestServer) {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    (store, server)
}

async fn assert_no_key(store: &TestStore) {
    assert_eq!(store.keys().await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn code_4000_names_the_member_that_breaks_a_rule() {
    let (store, server) = server().await;
    let with = |member: &str, value: serde_json::Value| json!({ "name": "Key", member: value });
    for (body, field) in [
        (json!(["Key", ["payment:read"]]), "body"),
        (with("workspaceId", json!("ws_2")), "workspaceId"),
        (json!({}), "name"),
        (with("name", json!("x".repeat(129))), "name"),
        (with("name", json!("a\u{202E}b")), "name"),
        (with("mode", json!(3)), "mode"),
        (with("scopes", json!(["payment:destroy"])), "scopes[0]"),
        (with("scopes", json!(vec!["payment:read"; 101])), "scopes"),
        (with("ipWhitelist", json!(["0.0.0.0/0"])), "ipWhitelist[0]"),
        (
            with("ipWhitelist", json!(vec!["10.0.0.1"; 101])),
            "ipWhitelist",
        ),
        (
            with("expiresAt", json!("2020-01-01T00:00:00Z")),
            "expiresAt",
        ),
    ] {
        let case = body.to_string();
        let response = server.create().body(&case).send();
        response.assert(&case, 400, "4000");
        assert_eq!(response.json()["message"], "Invalid request", "{case}");
        assert_eq!(response.fields(), [field], "{case}");
    }
    assert_no_key(&store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_problems_come_at_once_and_say_what_was_meant() {
    let (store, server) = server().await;
    let body = r#"{"name":"","scopes":["payment:read","nope"],"mode":9,"ipWhiteList":[],"name":"Key",
        "ipWhitelist":["10.0.0.1","1.2.3.4/24"],"expiresAt":"soon"}"#;
    let response = server.create().body(body).send();
    response.assert("seven faults", 400, "4000");
    assert_eq!(
        response.fields(),
        [
            "name",
            "scopes[1]",
            "mode",
            "ipWhitelist[1]",
            "expiresAt",
            "ipWhiteList",
            "name"
        ]
    );
    for error in response.json()["errors"].as_array().unwrap() {
        assert!(!error["message"].as_str().unwrap().is_empty(), "{error}");
    }
    let text = response.text();
    assert!(text.contains("did you mean ipWhitelist?"), "{text}");
    assert!(text.contains("1.2.3.0/24"), "{text}");
    assert_no_key(&store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn code_4130_bodies_over_64_kib() {
    let (store, server) = server().await;
    let filler = " ".repeat(64 * 1024);
    let large = format!(r#"{{"name":"Key"}}{filler}"#);
    server
        .create()
        .body(&large)
        .send()
        .assert("by length", 413, "4130");
    let chunked = format!("{:x}\r\n{large}\r\n0\r\n\r\n", large.len());
    server
        .create()
        .header("Transfer-Encoding", "chunked")
        .body(chunked)
        .send()
        .assert("chunked", 413, "4130");
    assert_no_key(&store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chunked_bodies_are_as_good() {
    let (_store, server) = server().await;
    let request = server.create().header("Transfer-Encoding", "chunked");
    request
        .body("e\r\n{\"name\":\"Key\"}\r\n0\r\n\r\n")
        .send()
        .assert("chunked", 201, "2000");
}

#[tokio::test(flavor = "multi_thread")]
async fn code_4031_only_the_partner_portal_creates_test_keys() {
    let (store, server) = server().await;
    let request = server
        .create_as(&tokens::of(OWNER, "TENANT"), WORKSPACE)
        .also("X-Portal", "PARTNER")
        .body(r#"{"name":"Key","mode":2}"#);
    let response = request.send();
    response.assert("TENANT", 403, "4031");
    assert_eq!(
        response.json()["message"],
        "Only the PARTNER portal can create TEST keys"
    );
    assert_no_key(&store).await;
}
