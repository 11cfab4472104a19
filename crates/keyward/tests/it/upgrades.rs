//! This release and future releases with one PostgreSQL, as during a rolling upgrade.
//!
//! `scripts/with-next-release` builds the future releases from this tree and the migrations in
//! tests/next-release.

use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use keyward_persistence::testing::TestDatabase;
use serde_json::json;

use crate::http::Request;
use crate::nodes::decision;
use crate::server::{On, TestServer, TestStore, keyward, program};
use crate::tokens;

/// Much longer than anything here takes, even on a slow machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// The number of complete key lives per node before the next step.
const LIVES: usize = 20;

/// The next release: a new column, a new table, and an index that is created concurrently.
fn expanding() -> Command {
    next("KEYWARD_TEST_NEXT_EXPANDING")
}

/// The release after it, which can't run together with this one.
fn contracting() -> Command {
    next("KEYWARD_TEST_NEXT_CONTRACTING")
}

fn next(variable: &str) -> Command {
    program(&std::env::var(variable).expect("run the tests by scripts/test"))
}

fn serve(program: Command, database: &TestDatabase) -> TestServer {
    TestServer::start_program(program, database, &[("KEYWARD_JWT_SECRET", tokens::SECRET)])
}

/// The exit code and the output of a command.
fn run(mut program: Command, command: &str, database: &TestDatabase) -> (Option<i32>, String) {
    program
        .args(command.split(' '))
        .env("DATABASE_URL", database.url())
        .env("KEYWARD_JWT_SECRET", tokens::SECRET);
    let output = program.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    (output.status.code(), said)
}

fn ready(server: &TestServer) -> (u16, String) {
    let ready = Request::new(server.internal, "GET", "/readyz").send();
    (ready.status, ready.text())
}

/// Runs the whole life of a key; anything but success is a failure.
fn life(server: &TestServer) {
    let body = json!({ "name": "Key", "scopes": ["payment:read"] });
    let created = server.create().body(body.to_string()).send();
    created.assert("create", 201, "2000");
    let data = &created.json()["data"];
    let text = |name: &str| data[name].as_str().unwrap().to_owned();
    let (id, secret) = (text("apiKeyId"), text("secret"));
    assert_eq!(decision(server, &secret), "VALID");
    let listed = server.owner("GET", "").send();
    listed.assert("list", 200, "2000");
    let disabled = server.owner("POST", &format!("/{id}/disable")).send();
    disabled.assert("disable", 200, "2000");
    assert_eq!(decision(server, &secret), "DISABLED");
    let deleted = server.owner("DELETE", &format!("/{id}")).send();
    assert_eq!(deleted.status, 204, "{}", deleted.text());
    let (status, said) = ready(server);
    assert_eq!(status, 200, "{said}");
}

/// Keys are created, used and deleted on the nodes, and all nodes are ready, before, during and
/// after `happen`.
fn while_serving<T>(nodes: &[TestServer], happen: impl FnOnce() -> T) -> T {
    let lives: Vec<AtomicUsize> = nodes.iter().map(|_| AtomicUsize::new(0)).collect();
    let (is_over, has_failed) = (AtomicBool::new(false), AtomicBool::new(false));
    let all_have = |count: usize| lives.iter().all(|l| l.load(Ordering::Relaxed) >= count);
    let wait_for = |count: usize| {
        let begun = Instant::now();
        while !all_have(count) && !has_failed.load(Ordering::Relaxed) {
            assert!(begun.elapsed() < PATIENCE, "too slow");
            std::thread::yield_now();
        }
    };
    std::thread::scope(|scope| {
        let load: Vec<_> = nodes
            .iter()
            .zip(&lives)
            .map(|(node, lives)| {
                let (is_over, has_failed) = (&is_over, &has_failed);
                scope.spawn(move || {
                    let told = Failing(has_failed);
                    while !is_over.load(Ordering::Relaxed) {
                        life(node);
                        lives.fetch_add(1, Ordering::Relaxed);
                    }
                    std::mem::forget(told);
                })
            })
            .collect();
        wait_for(LIVES);
        let happened = happen();
        let most = lives.iter().map(|l| l.load(Ordering::Relaxed)).max();
        wait_for(most.unwrap_or_default() + LIVES);
        is_over.store(true, Ordering::Relaxed);
        for thread in load {
            thread.join().unwrap();
        }
        happened
    })
}

/// Reports a thread that ends early.
struct Failing<'a>(&'a AtomicBool);

impl Drop for Failing<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_releases_serve_together_while_a_third_is_refused() {
    let store = TestStore::create(On::Postgres).await;
    let database = &store.database;
    let mut nodes = vec![TestServer::start(database), TestServer::start(database)];

    let (code, said) = while_serving(&nodes, || run(expanding(), "migrate", database));
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("applied 9000-01-01-000002_keys_by_label"),
        "{said}"
    );
    for node in &nodes {
        assert!(node.comes_to_log("may still serve it"), "{}", node.logs());
    }
    nodes.push(serve(expanding(), database));
    while_serving(&nodes, || {
        // Back to this release, and forward again.
        for (program, command) in [
            (keyward(), "migrate"),
            (keyward(), "migrate status"),
            (expanding(), "migrate"),
        ] {
            let (code, said) = run(program, command, database);
            assert_eq!(code, Some(0), "{command}: {said}");
        }
        drop(TestServer::start(database));
    });

    let newest = nodes.split_off(2);
    let (code, said) = while_serving(&newest, || run(contracting(), "migrate", database));
    assert_eq!(code, Some(0), "{said}");
    let needs = "needs keyward 9.0.0 or later";
    for node in &nodes {
        let (status, said) = ready(node);
        assert_eq!(status, 503, "{said}");
        assert!(said.contains(needs), "{said}");
    }
    for command in ["serve", "migrate", "keys list --workspace ws_1"] {
        let (code, said) = run(keyward(), command, database);
        assert_eq!(code, Some(5), "{command}: {said}");
        assert!(said.contains(needs), "{command}: {said}");
    }
    let mut nodes = newest;
    nodes.push(serve(contracting(), database));
    while_serving(&nodes, || ());
}
