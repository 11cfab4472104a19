//! The headers of contract §1, and the response to wrong ones. The parsers and handlers are tested
//! with all variants.

use crate::server::{On, TestServer, TestStore};

async fn server() -> (TestStore, TestServer) {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    (store, server)
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
async fn code_4041_unknown_paths_and_those_of_the_internal_listener() {
    let (_store, server) = server().await;
    for target in [
        "/web/v1/nowhere",
        "/internal/v1/api-keys/verify",
        "/healthz",
    ] {
        let response = server.create().target(target).send();
        response.assert(target, 404, "4041");
        assert_eq!(response.json()["message"], "No such resource");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_response_carries_x_request_id() {
    let (_store, server) = server().await;
    let mine = server.create().also("X-Request-Id", "r".repeat(128)).send();
    assert_eq!(mine.header("x-request-id"), Some("r".repeat(128).as_str()));
    for (case, request) in [
        ("none", server.create()),
        ("not ASCII", server.create().also("X-Request-Id", "é")),
        ("refused", server.create().without("Authorization")),
        ("unknown path", server.create().target("/nowhere")),
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
