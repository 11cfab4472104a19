//! Changes that must be refused, and the response to each (contract §3).

use serde_json::json;

use crate::http::Request;
use crate::server::{On, TestServer, TestStore};

async fn server() -> (TestStore, TestServer, String) {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    let (id, _secret) = server.created();
    (store, server, id)
}

/// Each body is refused with 400 `4000`, the first fault is in the field, and nothing changes.
async fn check(request: impl Fn(&TestServer, &str) -> Request, cases: &[(&str, &str, &str)]) {
    let (store, server, id) = server().await;
    let before = store.keys().await;
    for (case, body, field) in cases {
        let response = request(&server, &id).body(body).send();
        response.assert(case, 400, "4000");
        let fields = response.fields();
        assert_eq!(
            fields.first().map(String::as_str),
            Some(*field),
            "{case}: {}",
            response.text()
        );
    }
    assert_eq!(store.keys().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn updates_that_are_refused() {
    check(
        |server, id| server.owner("PATCH", &format!("/{id}")),
        &[
            ("no body", "", "body"),
            ("empty object", "{}", "body"),
            ("array", r#"["New"]"#, "body"),
            ("null", "null", "body"),
            ("name null", r#"{"name":null}"#, "name"),
            ("name blank", r#"{"name":" "}"#, "name"),
            ("name number", r#"{"name":1}"#, "name"),
            ("name repeated", r#"{"name":"a","name":"b"}"#, "name"),
            (
                "name repeated by escape",
                r#"{"name":"a","n\u0061me":"b"}"#,
                "name",
            ),
            ("mode", r#"{"mode":2}"#, "mode"),
            ("status", r#"{"status":"ACTIVE"}"#, "status"),
            (
                "id",
                r#"{"apiKeyId":"sk_live_0352LgEZNa95dBFUcIVbVc"}"#,
                "apiKeyId",
            ),
            ("secret", r#"{"secret":"x"}"#, "secret"),
            (
                "created",
                r#"{"createdAt":"2026-01-01T00:00:00Z"}"#,
                "createdAt",
            ),
            ("workspace", r#"{"workspaceId":"ws_2"}"#, "workspaceId"),
            ("unknown", r#"{"colour":"red"}"#, "colour"),
            ("misspelt", r#"{"ipWhiteList":[]}"#, "ipWhiteList"),
            ("scope text", r#"{"scopes":"payment:read"}"#, "scopes"),
            (
                "scope unknown",
                r#"{"scopes":["payment:read","payment:steal"]}"#,
                "scopes[1]",
            ),
            ("scope wildcard", r#"{"scopes":["*"]}"#, "scopes[0]"),
            (
                "rule host bits",
                r#"{"ipWhitelist":["1.2.3.4/24"]}"#,
                "ipWhitelist[0]",
            ),
            (
                "rule everybody",
                r#"{"ipWhitelist":["0.0.0.0/0"]}"#,
                "ipWhitelist[0]",
            ),
            ("rule null", r#"{"ipWhitelist":[null]}"#, "ipWhitelist[0]"),
            (
                "past end",
                r#"{"expiresAt":"2020-01-01T00:00:00Z"}"#,
                "expiresAt",
            ),
            ("end number", r#"{"expiresAt":1}"#, "expiresAt"),
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rotations_that_are_refused() {
    check(
        |server, id| server.owner("POST", &format!("/{id}/rotate")),
        &[
            ("empty body", "", "body"),
            ("array", "[]", "body"),
            ("negative", r#"{"overlapSeconds":-1}"#, "overlapSeconds"),
            ("too long", r#"{"overlapSeconds":604801}"#, "overlapSeconds"),
            ("text", r#"{"overlapSeconds":"60"}"#, "overlapSeconds"),
            ("fraction", r#"{"overlapSeconds":1.5}"#, "overlapSeconds"),
            ("exponent", r#"{"overlapSeconds":1e2}"#, "overlapSeconds"),
            (
                "huge",
                r#"{"overlapSeconds":18446744073709551617}"#,
                "overlapSeconds",
            ),
            ("true", r#"{"overlapSeconds":true}"#, "overlapSeconds"),
            ("unknown", r#"{"overlap":60}"#, "overlap"),
            (
                "repeated",
                r#"{"overlapSeconds":1,"overlapSeconds":2}"#,
                "overlapSeconds",
            ),
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deletions_that_are_refused() {
    check(
        |server, _id| server.owner("POST", "/delete"),
        &[
            ("no body", "", "body"),
            ("empty object", "{}", "keyId"),
            ("null", r#"{"keyId":null}"#, "keyId"),
            ("number", r#"{"keyId":1}"#, "keyId"),
            ("list", r#"{"keyId":["a"]}"#, "keyId"),
            ("unknown", r#"{"keyId":"a","force":true}"#, "force"),
            ("repeated", r#"{"keyId":"a","keyId":"b"}"#, "keyId"),
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_that_no_key_has_are_not_found() {
    let (store, server, id) = server().await;
    let before = store.keys().await;
    let other_mode = id.replace("live", "test");
    let long = "x".repeat(1_000);
    for wrong in [
        "sk_live_0352LgEZNa95dBFUcIVbVc",
        other_mode.as_str(),
        "sk_live_",
        "nonsense",
        "..%2F..",
        "%00",
        "%FF",
        "%2",
        "'%20OR%201=1--",
        long.as_str(),
    ] {
        for (method, path) in [
            ("GET", format!("/{wrong}")),
            ("DELETE", format!("/{wrong}")),
            ("POST", format!("/{wrong}/disable")),
            ("POST", format!("/{wrong}/enable")),
            ("POST", format!("/{wrong}/rotate/finish")),
            ("GET", format!("/{wrong}/events")),
        ] {
            let response = server.owner(method, &path).send();
            response.assert(&format!("{method} {path}"), 404, "4040");
        }
        let patch = server
            .owner("PATCH", &format!("/{wrong}"))
            .body(r#"{"name":"New"}"#);
        patch.send().assert(wrong, 404, "4040");
        let rotate = server.owner("POST", &format!("/{wrong}/rotate")).body("{}");
        rotate.send().assert(wrong, 404, "4040");
        let body = json!({ "keyId": wrong }).to_string();
        server
            .owner("POST", "/delete")
            .body(body)
            .send()
            .assert(wrong, 404, "4040");
    }
    assert_eq!(store.keys().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn if_match_is_one_list_of_entity_tags() {
    let (_store, server, id) = server().await;
    let patch = |value: &str| {
        let request = server
            .owner("PATCH", &format!("/{id}"))
            .body(r#"{"name":"Production Key"}"#);
        request.also("If-Match", value).send()
    };
    for value in ["\"1\"", "*", "\"7\", \"1\"", "\"1\",\"x\""] {
        patch(value).assert(value, 200, "2000");
    }
    for value in [
        "\"2\"",
        "\"0\"",
        "\"01\"",
        "\"x\"",
        "W/\"1\"",
        "\"\"",
        "\"4294967297\"",
    ] {
        patch(value).assert(value, 412, "4120");
    }
    for value in ["1", "\"1", "", ",", "\"1\" \"2\"", "**"] {
        let response = patch(value);
        response.assert(value, 400, "4000");
        assert_eq!(response.fields(), ["If-Match"], "{value}");
    }
    let delete = server
        .owner("DELETE", &format!("/{id}"))
        .also("If-Match", "\"9\"");
    delete.send().assert("delete", 412, "4120");
}

#[tokio::test(flavor = "multi_thread")]
async fn code_4150_4130_and_4050_as_on_create() {
    let (_store, server, id) = server().await;
    for (method, path) in [
        ("PATCH", format!("/{id}")),
        ("POST", format!("/{id}/rotate")),
        ("POST", "/delete".to_owned()),
    ] {
        let request = || server.owner(method, &path);
        let typed = request().header("Content-Type", "text/json").body("{}");
        typed.send().assert(&path, 415, "4150");
        let large = request().body("x".repeat(65 * 1024));
        large.send().assert(&path, 413, "4130");
    }
    for (method, path, allow) in [
        ("PUT", String::new(), "GET, HEAD, POST"),
        ("POST", format!("/{id}"), "GET, HEAD, PATCH, DELETE"),
        ("GET", format!("/{id}/disable"), "POST"),
        ("PUT", "/delete".to_owned(), "POST"),
        ("GET", format!("/{id}/rotate"), "POST"),
        ("DELETE", format!("/{id}/rotate/finish"), "POST"),
        ("POST", format!("/{id}/events"), "GET, HEAD"),
    ] {
        let response = server.owner(method, &path).send();
        response.assert(&path, 405, "4050");
        assert_eq!(response.header("allow"), Some(allow), "{path}");
    }
    server
        .owner("GET", &format!("/{id}/nonsense"))
        .send()
        .assert("unknown path", 404, "4041");
}
