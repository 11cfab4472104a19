//! The headers of contract §1, row by row, and the response to a wrong one.

use crate::http::Request;
use crate::server::{CLIENT_HASH, On, TestServer, TestStore, WORKSPACE};

async fn server() -> (TestStore, TestServer) {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    (store, server)
}

fn check_fields(cases: Vec<(&str, Request, &[&str])>) {
    for (case, request, fields) in cases {
        let response = request.send();
        response.assert(case, 400, "4000");
        assert_eq!(response.fields(), fields, "{case}: {}", response.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn x_client_hash_is_required_once_as_1_to_256_visible_ascii() {
    let (_store, server) = server().await;
    let field: &[&str] = &["X-Client-Hash"];
    let create = || server.create();
    check_fields(vec![
        ("missing", create().without("X-Client-Hash"), field),
        ("empty", create().header("X-Client-Hash", ""), field),
        (
            "repeated",
            create().also("X-Client-Hash", CLIENT_HASH),
            field,
        ),
        (
            "257 characters",
            create().header("X-Client-Hash", "h".repeat(257)),
            field,
        ),
        (
            "a space inside",
            create().header("X-Client-Hash", "a b"),
            field,
        ),
        ("not ASCII", create().header("X-Client-Hash", "é"), field),
        (
            "not UTF-8",
            create().header("X-Client-Hash", b"\xFF"),
            field,
        ),
    ]);
    create()
        .header("X-Client-Hash", "h".repeat(256))
        .send()
        .assert("256", 201, "2000");
}

#[tokio::test(flavor = "multi_thread")]
async fn x_workspace_id_is_required_once_and_equals_the_path() {
    let (_store, server) = server().await;
    let field: &[&str] = &["X-Workspace-Id"];
    let create = || server.create();
    check_fields(vec![
        ("missing", create().without("X-Workspace-Id"), field),
        ("empty", create().header("X-Workspace-Id", ""), field),
        (
            "repeated",
            create().also("X-Workspace-Id", WORKSPACE),
            field,
        ),
        ("another", create().header("X-Workspace-Id", "ws_2"), field),
        (
            "another case",
            create().header("X-Workspace-Id", "WS_1"),
            field,
        ),
        ("a prefix", create().header("X-Workspace-Id", "ws_"), field),
        (
            "1 kB",
            create().header("X-Workspace-Id", "w".repeat(1_000)),
            field,
        ),
        (
            "not ASCII",
            create().header("X-Workspace-Id", "wś_1"),
            field,
        ),
    ]);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_header_problems_come_at_once() {
    let (_store, server) = server().await;
    let request = server
        .create()
        .without("X-Client-Hash")
        .header("X-Workspace-Id", "ws_2")
        .also("Idempotency-Key", "k".repeat(256));
    let response = request.send();
    response.assert("three", 400, "4000");
    assert_eq!(
        response.fields(),
        ["X-Client-Hash", "X-Workspace-Id", "Idempotency-Key"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn idempotency_key_is_at_most_once_1_to_255_visible_ascii() {
    let (_store, server) = server().await;
    let field: &[&str] = &["Idempotency-Key"];
    let create = || server.create();
    check_fields(vec![
        ("empty", create().also("Idempotency-Key", ""), field),
        (
            "256 characters",
            create().also("Idempotency-Key", "k".repeat(256)),
            field,
        ),
        (
            "repeated",
            create()
                .also("Idempotency-Key", "a")
                .also("Idempotency-Key", "a"),
            field,
        ),
        (
            "a space inside",
            create().also("Idempotency-Key", "a b"),
            field,
        ),
    ]);
}

#[tokio::test(flavor = "multi_thread")]
async fn code_4150_content_type_is_application_json() {
    let (_store, server) = server().await;
    let typed = |value: &str| server.create().header("Content-Type", value);
    for (case, request) in [
        ("absent", server.create().without("Content-Type")),
        ("empty", typed("")),
        ("text/json", typed("text/json")),
        ("text/plain", typed("text/plain")),
        ("image/svg+json", typed("image/svg+json")),
        (
            "application/merge-patch+json",
            typed("application/merge-patch+json"),
        ),
        ("utf-16", typed("application/json; charset=utf-16")),
        ("form", typed("application/x-www-form-urlencoded")),
        (
            "two",
            server.create().also("Content-Type", "application/json"),
        ),
        ("gzip", server.create().also("Content-Encoding", "gzip")),
    ] {
        request.send().assert(case, 415, "4150");
    }
    for good in [
        "application/json",
        "Application/JSON",
        "application/json;charset=UTF-8",
        "application/json; charset=\"utf-8\"",
    ] {
        typed(good).send().assert(good, 201, "2000");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn code_4060_accept_allows_json() {
    let (_store, server) = server().await;
    let accepting = |value: &str| server.create().header("Accept", value);
    for bad in [
        "text/html",
        "application/xml",
        "application/json;q=0",
        "text/*",
        "image/*, text/html;q=0.9",
    ] {
        accepting(bad).send().assert(bad, 406, "4060");
    }
    for good in [
        "*/*",
        "application/*",
        "application/json",
        "text/html, */*;q=0.1",
        "application/json; charset=utf-8",
    ] {
        accepting(good).send().assert(good, 201, "2000");
    }
    server
        .create()
        .without("Accept")
        .send()
        .assert("absent", 201, "2000");
}

#[tokio::test(flavor = "multi_thread")]
async fn code_4041_unknown_paths_are_json_too() {
    let (_store, server) = server().await;
    for target in [
        "/web",
        "/web/v1/workspaces",
        "/web/v1/workspaces/ws_1/api-keys/",
        "/WEB/v1/workspaces/ws_1/api-keys",
        "/internal/v1/api-keys/verify",
        "/healthz",
    ] {
        let response = server.create().target(target).send();
        response.assert(target, 404, "4041");
        assert_eq!(response.json()["message"], "No such resource");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn code_4050_wrong_methods_name_the_right_ones() {
    let (_store, server) = server().await;
    for method in ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"] {
        let response = server.create().method(method).send();
        response.assert(method, 405, "4050");
        assert_eq!(response.json()["message"], "Method not allowed");
        assert!(
            response.header("allow").unwrap().contains("POST"),
            "{method}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_response_carries_x_request_id() {
    let (_store, server) = server().await;
    let mine = server.create().also("X-Request-Id", "r".repeat(128)).send();
    assert_eq!(mine.header("x-request-id"), Some("r".repeat(128).as_str()));
    for (case, request) in [
        ("none", server.create()),
        (
            "129 characters",
            server.create().also("X-Request-Id", "r".repeat(129)),
        ),
        (
            "a space inside",
            server.create().also("X-Request-Id", "a b"),
        ),
        ("empty", server.create().also("X-Request-Id", "")),
        ("not ASCII", server.create().also("X-Request-Id", "é")),
        ("refused", server.create().without("Authorization")),
        ("unknown path", server.create().target("/nowhere")),
        ("wrong method", server.create().method("PUT")),
    ] {
        let response = request.send();
        let id = response
            .header("x-request-id")
            .unwrap_or_else(|| panic!("{case}"));
        assert!((16..=128).contains(&id.len()), "{case}: {id}");
    }
}

/// Headers that a client sends about itself have no effect.
#[tokio::test(flavor = "multi_thread")]
async fn forwarded_headers_of_a_client_change_nothing() {
    let (store, server) = server().await;
    let response = server
        .create()
        .also("X-Forwarded-For", "203.0.113.7")
        .also("Forwarded", "for=203.0.113.7")
        .also("X-Forwarded-Host", "evil.example")
        .also("X-Real-IP", "203.0.113.7")
        .send();
    response.assert("spoofed", 201, "2000");
    assert!(response.header("location").unwrap().starts_with("/web/v1/"));
    let id = response.json()["data"]["apiKeyId"]
        .as_str()
        .unwrap()
        .to_owned();
    let id = keyward_domain::ApiKeyId::parse(&id).unwrap();
    let events = store.trail(id).await;
    assert!(events[0].origin.address.unwrap().ip().is_loopback());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_proxy_is_believed_about_its_last_hop() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start_with(
        &store.database,
        &[
            ("KEYWARD_JWT_SECRET", crate::tokens::SECRET),
            ("KEYWARD_TRUSTED_PROXIES", "127.0.0.0/8,10.0.0.0/8"),
        ],
    );
    let response = server
        .create()
        .also("X-Forwarded-For", "6.6.6.6, 203.0.113.7, 10.1.2.3")
        .send();
    let id = response.json()["data"]["apiKeyId"]
        .as_str()
        .unwrap()
        .to_owned();
    let id = keyward_domain::ApiKeyId::parse(&id).unwrap();
    let events = store.trail(id).await;
    assert_eq!(
        events[0].origin.address.unwrap().ip().to_string(),
        "203.0.113.7"
    );
}
