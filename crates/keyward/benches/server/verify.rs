//! Verification over HTTP: from the cache, compared with an actix server with a constant response;
//! and from PostgreSQL each time, compared with `pgbench` with the same look-up.

use std::fmt::Write as _;

use keyward_domain::Secret;
use keyward_domain::ports::ApiKeys as _;
use keyward_domain::testing::workspace_id;
use keyward_domain::usecases::authorize;
use keyward_persistence::testing::TestDatabase;
use serde_json::json;

use crate::floor_server::{FloorServer, GATEWAY_PATH, PATH};
use crate::keys::{ALLOWED, new_key_and_secret};
use crate::pgbench;
use crate::report::{Rounds, Row};
use crate::settings::rounds;
use crate::subject::{self, Subject};
use crate::wrk::{self, Requests};

const KEYS: usize = 1_000;
pub(crate) const CONNECTIONS: usize = 16;

pub(crate) async fn run() -> Vec<Row> {
    vec![
        cached().await,
        gateway().await,
        uncached(1, ">= 0.6").await,
        uncached(32, ">= 1.0").await,
    ]
}

async fn cached() -> Row {
    let database = TestDatabase::sqlite();
    let subject = Subject::start_on_one_core(&database, &[]).await;
    let requests = questions(&secrets(&database).await);
    let floor_server = FloorServer::start();
    let (mut ours, mut floor) = (Rounds::default(), Rounds::default());
    for _ in 0..rounds() {
        floor.add(wrk::run(floor_server.addr, &requests, CONNECTIONS));
        ours.add(wrk::run(subject.internal, &requests, CONNECTIONS));
    }
    Row::new(
        format!("verify, cached, {CONNECTIONS} connections"),
        "actix, constant body",
        &floor,
        &ours,
        ">= 0.85, p99 <= 1.25 x",
    )
}

async fn gateway() -> Row {
    let database = TestDatabase::sqlite();
    let subject = Subject::start_on_one_core(&database, &[]).await;
    let requests = forwarded(secrets(&database).await);
    let floor_server = FloorServer::start();
    let (mut ours, mut floor) = (Rounds::default(), Rounds::default());
    for _ in 0..rounds() {
        floor.add(wrk::run(floor_server.addr, &requests, CONNECTIONS));
        ours.add(wrk::run(subject.internal, &requests, CONNECTIONS));
    }
    Row::new(
        format!("forward-auth, cached, {CONNECTIONS} connections"),
        "actix, constant headers",
        &floor,
        &ours,
        ">= 0.90",
    )
}

/// Over this many connections, on both sides.
async fn uncached(connections: usize, goal: &'static str) -> Row {
    let database = TestDatabase::postgres().await;
    let variables = [("KEYWARD_CACHE_STALENESS_SECONDS", "0")];
    let subject = Subject::start_on_one_core(&database, &variables).await;
    let secrets = secrets(&database).await;
    let (requests, look_ups) = (questions(&secrets), look_ups(&secrets));
    let (mut ours, mut floor) = (Rounds::default(), Rounds::default());
    for _ in 0..rounds() {
        floor.add(pgbench::run(database.url(), &look_ups, connections));
        ours.add(wrk::run(subject.internal, &requests, connections));
    }
    Row::new(
        format!("verify, uncached, PostgreSQL, {connections} connections"),
        "pgbench, the same SELECT",
        &floor,
        &ours,
        goal,
    )
}

/// The secrets of [`KEYS`] new keys.
pub(crate) async fn secrets(database: &TestDatabase) -> Vec<String> {
    secrets_for(database, ALLOWED).await
}

/// The same for these addresses.
pub(crate) async fn secrets_for(database: &TestDatabase, allowed: &str) -> Vec<String> {
    let store = database.open().await;
    let workspace = workspace_id(&subject::workspace(0));
    let owned = authorize::operator(&store, &workspace).await;
    let owned = owned.unwrap().unwrap();
    let mut secrets = Vec::with_capacity(KEYS);
    for _ in 0..KEYS {
        let (new, secret) = new_key_and_secret(&owned, allowed);
        store.insert(new).await.unwrap();
        secrets.push(secret.expose().to_owned());
    }
    secrets
}

pub(crate) fn questions(secrets: &[String]) -> Requests {
    let question = |secret: &String| {
        json!({ "secret": secret, "ip": "192.168.1.7", "scopes": ["payment:read"] }).to_string()
    };
    Requests {
        method: "POST",
        path: PATH.to_owned(),
        lines: secrets.iter().map(question).collect(),
        header: None,
    }
}

/// Questions of a gateway.
pub(crate) fn forwarded(secrets: Vec<String>) -> Requests {
    Requests {
        method: "GET",
        path: format!("{GATEWAY_PATH}?scope=payment:read"),
        lines: secrets,
        header: Some("X-Api-Key"),
    }
}

/// The look-ups of some of the existing keys.
fn look_ups(secrets: &[String]) -> Vec<String> {
    let look_up = |secret: &String| {
        let secret = Secret::parse(secret).unwrap();
        let mut hash = String::new();
        for byte in secret.hash().as_bytes() {
            write!(hash, "{byte:02x}").unwrap();
        }
        format!("SELECT * FROM api_keys WHERE deleted_at IS NULL AND secret_hash = '\\x{hash}';")
    };
    secrets.iter().take(50).map(look_up).collect()
}
