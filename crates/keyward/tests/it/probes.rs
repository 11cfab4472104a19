//! The internal listener's probes.

use std::time::Duration;

use crate::http::Request;
use crate::server::{On, TestServer, TestStore, on_both_stores};

on_both_stores! {
    async fn a_serving_node_is_alive_and_ready(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        for probe in ["/healthz", "/readyz"] {
            let response = Request::new(server.internal, "GET", probe).send();
            assert_eq!(response.status, 200, "{probe}: {}", response.text());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_without_its_store_is_alive_but_not_ready_and_answers_5030() {
    let store = TestStore::create(On::Postgres).await;
    let server = TestServer::start(&store.database);
    server.create().send().assert("before", 201, "2000");
    store.database.cut_off().await;
    let ready = Request::new(server.internal, "GET", "/readyz").send();
    assert_eq!(ready.status, 503, "{}", ready.text());
    assert!(
        ready.text().contains("store unreachable"),
        "{}",
        ready.text()
    );
    assert_eq!(
        Request::new(server.internal, "GET", "/healthz")
            .send()
            .status,
        200
    );
    let refused = server.create().send();
    refused.assert("without store", 503, "5030");
    assert!(refused.header("retry-after").is_some());
    store.database.restore().await;
    let recovered = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        server.create().send().status == 201
    });
    assert!(recovered, "recovers unaided");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_listener_has_no_probes_and_the_internal_one_no_portal() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    for path in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(
            Request::new(server.public, "GET", path).send().status,
            404,
            "{path}"
        );
    }
    let path = "/web/v1/workspaces/ws_1/api-keys";
    assert_eq!(
        Request::new(server.internal, "POST", path).send().status,
        404
    );
}
