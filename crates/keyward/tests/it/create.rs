//! Contract §1: the response to a valid request.

use serde_json::{Value, json};

use crate::http::Response;
use crate::server::{OWNER, On, TestServer, TestStore, WORKSPACE, on_both_stores};
use crate::tokens;

fn member_names(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

fn assert_base62(text: &str, prefix: &str, digits: usize) {
    let rest = text
        .strip_prefix(prefix)
        .unwrap_or_else(|| panic!("{text}"));
    assert_eq!(rest.len(), digits, "{text}");
    assert!(
        rest.bytes().all(|byte| byte.is_ascii_alphanumeric()),
        "{text}"
    );
}

/// The members in the order in which they were sent.
fn order(response: &Response) -> Vec<String> {
    let text = response.text();
    let mut names: Vec<(usize, String)> = Vec::new();
    let body = response.json();
    for name in member_names(&body)
        .into_iter()
        .chain(member_names(&body["data"]))
    {
        names.push((text.find(&format!("\"{name}\":")).unwrap(), name.to_owned()));
    }
    names.sort();
    names.into_iter().map(|(_, name)| name).collect()
}

on_both_stores! {
    async fn the_users_example_comes_back_member_by_member(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let before = tokens::now();
        let response = server
            .create()
            .body(
                json!({
                    "name": "Production Key",
                    "scopes": ["payment:read", "payment:write"],
                    "mode": 1,
                    "ipWhitelist": ["192.168.1.0/24"],
                })
                .to_string(),
            )
            .send();
        response.assert("the example", 201, "2000");
        assert_eq!(
            order(&response),
            [
                "version", "timestamp", "success", "code", "message", "data", "apiKeyId", "secret",
                "name", "status", "mode", "scopes", "ipWhitelist", "createdAt",
            ]
        );
        let body = response.json();
        assert_eq!(body["version"], "1.3.0");
        assert!(body["timestamp"].as_i64().unwrap() / 1_000 >= before);
        assert_eq!(body["success"], true);
        assert_eq!(body["message"], "SUCCESS");
        let data = &body["data"];
        let id = data["apiKeyId"].as_str().unwrap();
        assert_base62(id, "sk_live_", 22);
        assert_base62(data["secret"].as_str().unwrap(), "sk_live_", 49);
        assert_eq!(data["name"], "Production Key");
        assert_eq!(data["status"], "ACTIVE");
        assert_eq!(data["mode"], "LIVE");
        assert_eq!(data["scopes"], json!(["payment:read", "payment:write"]));
        assert_eq!(data["ipWhitelist"], json!(["192.168.1.0/24"]));
        let created_at = data["createdAt"].as_str().unwrap();
        assert_eq!((created_at.len(), created_at.ends_with('Z')), (20, true), "{created_at}");
        let location = format!("/web/v1/workspaces/{WORKSPACE}/api-keys/{id}");
        assert_eq!(response.header("location"), Some(location.as_str()));
        assert_eq!(response.header("cache-control"), Some("no-store"));
        assert_eq!(response.header("content-type"), Some("application/json"));
        assert_eq!(response.header("content-language"), Some("en"));
        assert!(response.header("x-request-id").is_some());
    }

    async fn what_was_created_is_listed_with_its_hint_and_its_event(on: On) {
        use keyward_domain::{ApiKeyId, AuditAction, Secret};

        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let response = server.create().also("X-Request-Id", "request-7").send();
        response.assert("create", 201, "2000");
        assert_eq!(response.header("x-request-id"), Some("request-7"));
        let data = response.json()["data"].clone();
        let id = ApiKeyId::parse(data["apiKeyId"].as_str().unwrap()).unwrap();
        let secret = Secret::parse(data["secret"].as_str().unwrap()).unwrap();

        let keys = store.keys().await;
        assert_eq!(keys.len(), 1);
        let fields = keys[0].fields();
        assert_eq!(fields.id, id);
        assert_eq!(fields.secret.hash, secret.hash());
        assert_eq!(fields.secret.hint, secret.hint());
        assert_eq!(fields.created_by.as_ref().unwrap().as_str(), OWNER);

        let events = store.trail(id).await;
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].action, AuditAction::Created);
        assert_eq!(events[0].origin.request_id.as_str(), "request-7");
        assert!(events[0].origin.address.unwrap().ip().is_loopback());
    }

    async fn code_4092_the_workspace_has_reached_its_limit(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start_with(
            &store.database,
            &[("KEYWARD_JWT_SECRET", tokens::SECRET), ("KEYWARD_KEYS_PER_WORKSPACE_MAX", "2")],
        );
        server.create().send().assert("first", 201, "2000");
        server.create().send().assert("second", 201, "2000");
        let full = server.create().send();
        full.assert("third", 409, "4092");
        assert_eq!(full.json()["message"], "The workspace has reached its limit of API keys");
    }

    async fn two_hundred_creates_at_the_limit_never_exceed_it(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start_with(
            &store.database,
            &[("KEYWARD_JWT_SECRET", tokens::SECRET), ("KEYWARD_KEYS_PER_WORKSPACE_MAX", "50")],
        );
        let threads: Vec<_> = (0..200)
            .map(|_| {
                let request = server.create();
                std::thread::spawn(move || request.send().status)
            })
            .collect();
        let statuses: Vec<u16> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        let count = |status| statuses.iter().filter(|got| **got == status).count();
        assert_eq!((count(201), count(409)), (50, 150));
    }
}

async fn sqlite_server() -> (TestStore, TestServer) {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    (store, server)
}

#[tokio::test(flavor = "multi_thread")]
async fn mode_2_is_test_and_its_ids_say_so() {
    let (_store, server) = sqlite_server().await;
    let response = server
        .create()
        .body(r#"{"name":"Sandbox","mode":2}"#)
        .send();
    response.assert("mode 2", 201, "2000");
    let data = response.json()["data"].clone();
    assert_eq!(data["mode"], "TEST");
    assert_base62(data["apiKeyId"].as_str().unwrap(), "sk_test_", 22);
    assert_base62(data["secret"].as_str().unwrap(), "sk_test_", 49);
}

#[tokio::test(flavor = "multi_thread")]
async fn expires_at_is_in_data_only_when_the_key_has_one() {
    let (_store, server) = sqlite_server().await;
    let without = server.create().send().json();
    assert_eq!(without["data"].get("expiresAt"), None);
    let with = server
        .create()
        .body(r#"{"name":"K","expiresAt":"2099-01-31T14:00:00+02:00"}"#)
        .send();
    assert_eq!(with.json()["data"]["expiresAt"], "2099-01-31T12:00:00Z");
}

#[tokio::test(flavor = "multi_thread")]
async fn zero_scopes_and_no_restriction_are_empty_lists() {
    let (_store, server) = sqlite_server().await;
    for body in [
        r#"{"name":"K"}"#,
        r#"{"name":"K","scopes":null,"ipWhitelist":null,"mode":null,"expiresAt":null}"#,
        r#"{"name":"K","scopes":[],"ipWhitelist":[]}"#,
    ] {
        let response = server.create().body(body).send();
        response.assert(body, 201, "2000");
        let data = response.json()["data"].clone();
        assert_eq!(data["scopes"], json!([]), "{body}");
        assert_eq!(data["ipWhitelist"], json!([]), "{body}");
        assert_eq!(data["mode"], "LIVE", "{body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn values_come_back_in_canonical_form() {
    let (_store, server) = sqlite_server().await;
    let response = server
        .create()
        .body(
            json!({
                "name": "  Cafe\u{301} <script>alert(1)</script> ",
                "scopes": ["payment:write", "payment:read", "payment:write"],
                "ipWhitelist": ["2001:DB8::0/32", "::ffff:10.0.0.1", "10.0.0.1", "192.168.1.100", "10.0.0.1/32"],
            })
            .to_string(),
        )
        .send();
    let data = response.json()["data"].clone();
    assert_eq!(data["name"], "Café <script>alert(1)</script>");
    assert_eq!(data["scopes"], json!(["payment:write", "payment:read"]));
    assert_eq!(
        data["ipWhitelist"],
        json!(["2001:db8::/32", "10.0.0.1", "192.168.1.100"])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_128_scalar_values_are_taken() {
    let (_store, server) = sqlite_server().await;
    let name = "😀".repeat(128);
    let response = server
        .create()
        .body(json!({ "name": name }).to_string())
        .send();
    response.assert("128 emoji", 201, "2000");
    assert_eq!(response.json()["data"]["name"], name);
}

/// The checks run in the order of contract §1, and the first failure is the response.
#[tokio::test(flavor = "multi_thread")]
async fn the_first_check_that_fails_answers() {
    let (store, _server) = sqlite_server().await;
    let server = TestServer::start_with(
        &store.database,
        &[
            ("KEYWARD_JWT_SECRET", tokens::SECRET),
            ("KEYWARD_KEYS_PER_WORKSPACE_MAX", "0"),
        ],
    );
    let everything_wrong = server
        .create_as("not-a-token", "ws_other")
        .header("X-Workspace-Id", "ws_different")
        .header("Accept", "text/html")
        .header("Content-Type", "text/plain")
        .body("{");
    everything_wrong.send().assert("token first", 401, "4010");
    let stranger = tokens::of("user_stranger", "TENANT");
    let request = everything_wrong.header("Authorization", format!("Bearer {stranger}"));
    request.send().assert("then headers", 400, "4000");
    let request = request.header("X-Workspace-Id", "ws_other");
    request.send().assert("then Accept", 406, "4060");
    let request = request.header("Accept", "*/*");
    request.send().assert("then ownership", 403, "4030");
    let request = server
        .create_as(&tokens::of(OWNER, "TENANT"), WORKSPACE)
        .header("Content-Type", "text/plain")
        .body("{");
    request.send().assert("then content type", 415, "4150");
    let request = request.header("Content-Type", "application/json; charset=utf-8");
    request
        .clone()
        .body("x".repeat(65 * 1024))
        .send()
        .assert("then size", 413, "4130");
    request.send().assert("then JSON", 400, "4000");
    let request = request.body(r#"{"name":"","mode":2}"#);
    request.send().assert("then members", 400, "4000");
    let request = request.body(r#"{"name":"K","mode":2}"#);
    request.send().assert("then the portal", 403, "4031");
    let request = request.body(r#"{"name":"K"}"#);
    request.send().assert("then the limit", 409, "4092");
}
