//! `just bench create`: creates over HTTP against their floors, on both stores, in one run.
//!
//! Floors: on PostgreSQL, `pgbench` with the same statements; on SQLite, the bare writer with the
//! same row, and one commit a key. Floor and ours alternate; what is told is the median of the
//! rounds. Writes its table into docs/benchmarks.md.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark that can't go on says so by panicking, and prints what it measures"
)]

mod floor_postgres;
mod floor_sqlite;
mod load;
mod report;
mod subject;

use keyward_persistence::testing::TestDatabase;

use crate::report::{Rounds, Row};
use crate::subject::Subject;

const ROUNDS: usize = 5;
const SECONDS: u64 = 4;
/// Creates are spread over so many workspaces, ours and the floor's alike.
const WORKSPACES: usize = 64;

#[tokio::main]
async fn main() {
    // `cargo test --benches` runs this too, and must not take minutes over it.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    let mut rows = Vec::new();
    for clients in [1, 8, 32] {
        rows.push(postgres(clients).await);
    }
    rows.extend(sqlite().await);
    report::print_and_write(&rows);
}

async fn postgres(clients: usize) -> Row {
    let (ours_database, floor_database) = (
        TestDatabase::postgres().await,
        TestDatabase::postgres().await,
    );
    let floor_store = floor_database.open().await;
    subject::seed(&floor_store).await;
    let subject = Subject::start(&ours_database).await;
    let (mut ours, mut floor) = (Rounds::default(), Rounds::default());
    for _ in 0..ROUNDS {
        floor.add(floor_postgres::run(floor_database.url(), clients));
        ours.add(load::run(&subject, clients));
    }
    Row::new(
        format!("create, PostgreSQL, {clients} clients"),
        "pgbench, the same statements",
        &floor,
        &ours,
        ">= 0.75",
    )
}

async fn sqlite() -> Vec<Row> {
    let clients = 32;
    let (ours_database, floor_database, single_database) = (
        TestDatabase::sqlite(),
        TestDatabase::sqlite(),
        TestDatabase::sqlite(),
    );
    let (floor_store, single_store) = (floor_database.open().await, single_database.open().await);
    subject::seed(&floor_store).await;
    subject::seed(&single_store).await;
    let subject = Subject::start(&ours_database).await;
    let (mut ours, mut floor, mut single) =
        (Rounds::default(), Rounds::default(), Rounds::default());
    for _ in 0..ROUNDS {
        floor.add(floor_sqlite::run(&floor_store, clients).await);
        ours.add(load::run(&subject, clients));
        single.add(floor_sqlite::run(&single_store, 1).await);
    }
    let what = format!("create, SQLite, {clients} clients");
    vec![
        Row::new(
            what.clone(),
            "the bare writer, no HTTP",
            &floor,
            &ours,
            ">= 0.50",
        ),
        Row::new(what, "one commit a key, no HTTP", &single, &ours, ">= 5"),
    ]
}
