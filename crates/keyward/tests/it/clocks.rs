//! Nodes on machines with wrong clocks make the same decisions as the others.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;

use serde_json::{Value, json};

use crate::http::Request;
use crate::nodes::{change, decision, until};
use crate::receiver::Receiver;
use crate::server::{On, TestServer, TestStore};
use crate::tokens;
use crate::webhooks::{self, assert_in_order, distinct};

/// A node on a machine whose clock is this many seconds ahead.
fn ahead(store: &TestStore, seconds: i64, offset_max: &str) -> TestServer {
    let variables = [
        ("KEYWARD_JWT_SECRET", tokens::SECRET),
        ("KEYWARD_CLOCK_OFFSET_MAX_SECONDS", offset_max),
    ];
    start_ahead(store, seconds, &variables)
}

/// The same with these variables.
fn start_ahead(store: &TestStore, seconds: i64, variables: &[(&str, &str)]) -> TestServer {
    let library = std::env::var("KEYWARD_TEST_FAKETIME").expect("run ./scripts/test");
    let faked = format!("{seconds:+}");
    let clock = [
        ("LD_PRELOAD", library.as_str()),
        ("FAKETIME", &faked),
        ("DONT_FAKE_MONOTONIC", "1"),
    ];
    TestServer::start_with(&store.database, &[variables, &clock].concat())
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

/// Contract §14: an event waits for its receiver, and the later ones of its key wait for it.
#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_comes_back_after_an_hour_gets_every_event_in_order_sqlite() {
    let store = TestStore::create(On::Sqlite).await;
    let is_back = Arc::new(AtomicBool::new(false));
    let receiver = Receiver::start({
        let is_back = Arc::clone(&is_back);
        move |_number| if is_back.load(SeqCst) { 200 } else { 503 }
    });
    let server = TestServer::start_with(&store.database, &webhooks::VARIABLES);
    webhooks::add(&server, &json!({ "url": receiver.url }));
    for _key in 0..3 {
        let (id, _secret) = server.created();
        change(&server, "POST", &format!("/{id}/disable"));
    }
    until(
        || distinct(&receiver.requests()).len() == 3,
        "each key is tried",
    );
    server.signal("KILL");
    drop(server);

    let before = receiver.requests().len();
    is_back.store(true, SeqCst);
    let _later = start_ahead(&store, 3_600, &webhooks::VARIABLES);
    until(
        || distinct(&receiver.requests()).len() == 6,
        "all have arrived",
    );
    let requests = receiver.requests().split_off(before);
    assert_in_order(&requests);
    assert_eq!(distinct(&requests).len(), 6, "also those that have failed");
}
