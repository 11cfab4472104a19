//! Creates over HTTP, compared with their floors, on both stores.
//!
//! The floors: on PostgreSQL, `pgbench` with the same statements; on SQLite, a bare writer with the
//! same row and one commit per key.

mod floor_postgres;
pub(crate) mod floor_sqlite;

use keyward_persistence::testing::TestDatabase;

use crate::report::{Rounds, Row};
use crate::settings::rounds;
use crate::subject::Subject;
use crate::{WORKSPACES, load, subject};

pub(crate) async fn run() -> Vec<Row> {
    let mut rows = Vec::new();
    for (clients, goal) in [(1, ">= 0.8"), (8, ">= 1.0"), (32, ">= 1.0")] {
        rows.push(postgres(clients, goal).await);
    }
    rows.extend(sqlite().await);
    rows
}

/// One create request per workspace, to send repeatedly.
fn requests(subject: &Subject) -> Vec<Vec<u8>> {
    (0..WORKSPACES).map(|at| subject.create(at)).collect()
}

async fn postgres(clients: usize, goal: &'static str) -> Row {
    let (ours_database, floor_database) = (
        TestDatabase::postgres().await,
        TestDatabase::postgres().await,
    );
    let floor_store = floor_database.open().await;
    subject::seed(&floor_store).await;
    let subject = Subject::start(&ours_database).await;
    let (mut ours, mut floor) = (Rounds::default(), Rounds::default());
    for _ in 0..rounds() {
        floor.add(floor_postgres::run(floor_database.url(), clients));
        ours.add(load::run(subject.addr, &requests(&subject), 201, clients));
    }
    Row::new(
        format!("create, PostgreSQL, {clients} clients"),
        "pgbench, the same statements",
        &floor,
        &ours,
        goal,
    )
}

async fn sqlite() -> Vec<Row> {
    let clients = 64;
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
    for _ in 0..rounds() {
        floor.add(floor_sqlite::run(&floor_store, clients).await);
        ours.add(load::run(subject.addr, &requests(&subject), 201, clients));
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
        Row::new(what, "one commit a key, no HTTP", &single, &ours, ">= 4"),
    ]
}
