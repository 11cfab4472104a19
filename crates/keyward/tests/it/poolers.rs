//! Contract §4's promises with a real `PgBouncer` between the nodes and PostgreSQL.

use keyward_persistence::testing::{Pooler, TestDatabase};

use crate::doctor::diagnose;
use crate::http::Request;
use crate::nodes::{change, created, decision, until};
use crate::server::{On, TestServer, TestStore, WORKSPACE, empty_database, keyward};
use crate::tokens;

const ROUNDS: usize = 8;

fn serve(database: &TestDatabase, url: &str, listen_url: Option<&str>) -> TestServer {
    let mut variables = vec![
        ("KEYWARD_JWT_SECRET", tokens::SECRET),
        ("DATABASE_URL", url),
    ];
    variables.extend(listen_url.map(|url| ("KEYWARD_LISTEN_URL", url)));
    TestServer::start_with(database, &variables)
}

fn get(server: &TestServer, path: &str) -> String {
    let response = Request::new(server.internal, "GET", path).send();
    assert_eq!(response.status, 200, "{}", response.text());
    response.text()
}

/// An operator disables it with a direct connection to PostgreSQL.
fn disable_directly(store: &TestStore, id: &str) {
    let disabled = keyward()
        .args(["keys", "disable", "--workspace", WORKSPACE, id])
        .env("DATABASE_URL", store.database.url())
        .output()
        .unwrap();
    assert!(disabled.status.success(), "{disabled:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_in_transaction_mode_is_named_and_nothing_cached_is_believed() {
    let store = TestStore::create(On::Postgres).await;
    let pooler = Pooler::start(&store.database, "transaction", "");
    let nodes = [
        serve(&store.database, pooler.url(), None),
        serve(&store.database, pooler.url(), None),
    ];
    for round in 0..ROUNDS {
        let (id, secret) = created(&nodes[0]);
        for node in &nodes {
            for _ in 0..3 {
                assert_eq!(decision(node, &secret), "VALID", "{round}");
            }
        }
        if round % 2 == 0 {
            disable_directly(&store, &id);
        } else {
            let known = change(&nodes[0], "POST", &format!("/{id}/disable"));
            assert_ne!(known, "complete", "no node can know");
        }
        for node in &nodes {
            assert_eq!(decision(node, &secret), "DISABLED", "{round}");
        }
    }
    for node in &nodes {
        assert!(node.comes_to_log("change_feed.lost"));
        assert!(node.comes_to_log("KEYWARD_LISTEN_URL"));
        until(
            || get(node, "/readyz").contains("KEYWARD_LISTEN_URL"),
            "a warning",
        );
        assert!(get(node, "/metrics").contains("keyward_change_feed_up 0"));
    }
}

async fn every_promise_holds(pool_mode: &str, listens_directly: bool) {
    let store = TestStore::create(On::Postgres).await;
    let pooler = Pooler::start(&store.database, pool_mode, "");
    let listen_url = listens_directly.then(|| store.database.url());
    let nodes = [
        serve(&store.database, pooler.url(), listen_url),
        serve(&store.database, pooler.url(), listen_url),
    ];
    let mut complete = 0;
    until(
        || {
            nodes
                .iter()
                .all(|node| get(node, "/metrics").contains("keyward_change_feed_up 1"))
        },
        "both hear",
    );
    for round in 0..ROUNDS {
        let (id, secret) = created(&nodes[0]);
        for node in &nodes {
            assert_eq!(decision(node, &secret), "VALID", "{round}");
        }
        let known = change(&nodes[round % 2], "POST", &format!("/{id}/disable"));
        if known == "complete" {
            complete += 1;
            for node in &nodes {
                assert_eq!(decision(node, &secret), "DISABLED", "{round}");
            }
        } else {
            until(
                || {
                    nodes
                        .iter()
                        .all(|node| decision(node, &secret) == "DISABLED")
                },
                "known",
            );
        }
    }
    assert!(complete > 0, "no change was known everywhere in time");
    assert_eq!(get(&nodes[0], "/readyz"), r#"{"status":"ready"}"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_direct_url_to_listen_every_promise_holds_in_transaction_mode() {
    every_promise_holds("transaction", true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_promise_holds_in_session_mode() {
    every_promise_holds("session", false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_that_loses_prepared_statements_is_refused_by_name() {
    let store = TestStore::create(On::Postgres).await;
    // As PgBouncer before 1.21 always was.
    let pooler = Pooler::start(
        &store.database,
        "transaction",
        "max_prepared_statements = 0",
    );
    let mut refusals = String::new();
    for _ in 0..ROUNDS {
        let listed = keyward()
            .args(["keys", "list", "--workspace", WORKSPACE])
            .env("DATABASE_URL", pooler.url())
            .output()
            .unwrap();
        if !listed.status.success() {
            assert_eq!(listed.status.code(), Some(4), "{listed:?}");
            refusals.push_str(&String::from_utf8_lossy(&listed.stderr));
        }
    }
    assert!(refusals.contains("PgBouncer 1.21"), "{refusals}");
}

#[tokio::test(flavor = "multi_thread")]
async fn migrating_through_a_pooler_leaves_no_lock_behind() {
    let database = empty_database(On::Postgres).await;
    let pooler = Pooler::start(&database, "transaction", "");
    let migrate = |url: &str| {
        let migrated = keyward()
            .arg("migrate")
            .env("DATABASE_URL", url)
            .output()
            .unwrap();
        assert!(migrated.status.success(), "{migrated:?}");
        String::from_utf8(migrated.stdout).unwrap()
    };
    assert!(migrate(pooler.url()).contains("applied"));
    let locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database =
        (SELECT oid FROM pg_database WHERE datname = current_database())";
    let psql = std::process::Command::new("psql")
        .args([
            "--no-psqlrc",
            "--tuples-only",
            "--no-align",
            "--command",
            locks,
        ])
        .arg(database.url())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&psql.stdout), "0\n", "{psql:?}");
    assert!(migrate(database.url()).contains("current"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_names_a_pooler_in_transaction_mode() {
    let store = TestStore::create(On::Postgres).await;
    let pooler = Pooler::start(&store.database, "transaction", "");
    let found = diagnose(pooler.url(), &[]);
    assert_eq!(found.code, Some(1));
    found.assert("change feed", "FAILED", "KEYWARD_LISTEN_URL");
    let found = diagnose(
        pooler.url(),
        &[("KEYWARD_LISTEN_URL", store.database.url())],
    );
    assert_eq!(found.code, Some(0));
    found.assert("change feed", "OK", "");
}
