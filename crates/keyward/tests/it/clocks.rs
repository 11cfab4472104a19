//! Nodes on machines with wrong clocks make the same decisions as the others.

use serde_json::{Value, json};

use crate::http::Request;
use crate::nodes::{change, decision, until};
use crate::server::{On, TestServer, TestStore};
use crate::tokens;

/// A node on a machine whose clock is this many seconds ahead.
fn ahead(store: &TestStore, seconds: i64, offset_max: &str) -> TestServer {
    let library = std::env::var("KEYWARD_TEST_FAKETIME").expect("run ./scripts/test");
    let faked = format!("{seconds:+}");
    TestServer::start_with(
        &store.database,
        &[
            ("KEYWARD_JWT_SECRET", tokens::SECRET),
            ("KEYWARD_CLOCK_OFFSET_MAX_SECONDS", offset_max),
            ("LD_PRELOAD", &library),
            ("FAKETIME", &faked),
            ("DONT_FAKE_MONOTONIC", "1"),
        ],
    )
}

fn created(server: &TestServer, expires_in: Option<i64>) -> Value {
    let mut body = json!({ "name": "Key", "scopes": ["payment:read"] });
    if let Some(seconds) = expires_in {
        let at = keyward_domain::Timestamp::from_unix_seconds(tokens::now() + seconds).unwrap();
        body["expiresAt"] = at.to_string().into();
    }
    let response = server.create().body(body.to_string()).send();
    response.assert("create", 201, "2000");
    response.json()["data"].clone()
}

fn seconds(value: &Value) -> i64 {
    let at = keyward_domain::Timestamp::parse_rfc3339(value.as_str().unwrap()).unwrap();
    at.unix_seconds()
}

#[tokio::test(flavor = "multi_thread")]
async fn all_nodes_decide_by_the_databases_clock() {
    let store = TestStore::create(On::Postgres).await;
    let nodes = [
        TestServer::start(&store.database),
        ahead(&store, 600, "3600"),
        ahead(&store, -600, "3600"),
    ];
    for (at, node) in nodes.iter().enumerate() {
        let key = created(node, Some(5));
        let secret = key["secret"].as_str().unwrap();
        let age = tokens::now() - seconds(&key["createdAt"]);
        assert!((-1..60).contains(&age), "{at}: created {age} s ago");
        for node in &nodes {
            assert_eq!(decision(node, secret), "VALID", "{at}");
        }
        until(
            || nodes.iter().any(|node| decision(node, secret) == "EXPIRED"),
            "it ends",
        );
        // The database clocks of the nodes agree to a few milliseconds.
        until(
            || nodes.iter().all(|node| decision(node, secret) == "EXPIRED"),
            "for all",
        );
        let late = tokens::now() - seconds(&key["expiresAt"]);
        assert!((-1..60).contains(&late), "{at}: {late} s late");
    }
    for (at, node) in nodes.iter().enumerate() {
        let key = created(node, None);
        let (id, old) = (
            key["apiKeyId"].as_str().unwrap(),
            key["secret"].as_str().unwrap(),
        );
        let rotated = node.owner("POST", &format!("/{id}/rotate"));
        let rotated = rotated
            .body(json!({ "overlapSeconds": 60 }).to_string())
            .send();
        rotated.assert("rotate", 201, "2000");
        let left = seconds(&rotated.json()["data"]["overlapEndsAt"]) - tokens::now();
        assert!(
            (1..=61).contains(&left),
            "{at}: the overlap lasts {left} s more"
        );
        for node in &nodes {
            until(
                || decision(node, old) == "VALID",
                "the old secret is still valid",
            );
        }
        change(node, "POST", &format!("/{id}/rotate/finish"));
    }
    let metric = |node: &TestServer| {
        let metrics = Request::new(node.internal, "GET", "/metrics").send().text();
        let line = metrics
            .lines()
            .find(|line| line.starts_with("keyward_clock_offset_seconds "));
        let value = line.expect("the metric").rsplit(' ').next().unwrap();
        value.parse::<f64>().unwrap()
    };
    for (node, want) in nodes.iter().zip([0.0, 600.0, -600.0]) {
        assert!(
            (metric(node) - want).abs() < 1.0,
            "{} instead of {want}",
            metric(node)
        );
    }
    assert!(!nodes[0].logs().contains("clock.wrong"));
    assert!(nodes[1].comes_to_log("clock.wrong") && nodes[2].comes_to_log("clock.wrong"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_beyond_the_bound_is_not_ready() {
    let store = TestStore::create(On::Postgres).await;
    let node = ahead(&store, 600, "60");
    let ready = Request::new(node.internal, "GET", "/readyz").send();
    assert_eq!(ready.status, 503);
    assert!(ready.text().contains("clock"), "{}", ready.text());
}
