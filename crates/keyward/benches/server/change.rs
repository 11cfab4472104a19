//! Changes of a key's name over HTTP on PostgreSQL, compared with `pgbench` with the same statements.

mod floor_postgres;

use keyward_domain::ports::ApiKeys as _;
use keyward_domain::testing::workspace_id;
use keyward_domain::usecases::authorize;
use keyward_persistence::Store;
use keyward_persistence::testing::TestDatabase;

use crate::keys::new_key;
use crate::report::{Rounds, Row};
use crate::settings::rounds;
use crate::subject::Subject;
use crate::{WORKSPACES, load, subject};

pub(crate) async fn run() -> Vec<Row> {
    let mut rows = Vec::new();
    for clients in [1, 8, 32] {
        rows.push(postgres(clients).await);
    }
    rows
}

async fn postgres(clients: usize) -> Row {
    let (ours_database, floor_database) = (
        TestDatabase::postgres().await,
        TestDatabase::postgres().await,
    );
    let floor_store = floor_database.open().await;
    subject::seed(&floor_store).await;
    one_key_each(&floor_store).await;
    floor_postgres::number_keys(floor_database.url());
    let subject = Subject::start(&ours_database).await;
    let ids = one_key_each(&ours_database.open().await).await;
    let (mut ours, mut floor) = (Rounds::default(), Rounds::default());
    for round in 0..rounds() {
        floor.add(floor_postgres::run(floor_database.url(), clients));
        let requests = requests(&subject, &ids, clients, round);
        ours.add(load::run_own(subject.addr, &requests, 200));
    }
    Row::new(
        format!("change a name, PostgreSQL, {clients} clients"),
        "pgbench, the same statements",
        &floor,
        &ours,
        ">= 0.8",
    )
}

/// A new key in each workspace: their ids.
async fn one_key_each(store: &Store) -> Vec<String> {
    let mut ids = Vec::with_capacity(WORKSPACES);
    for at in 0..WORKSPACES {
        let workspace = workspace_id(&subject::workspace(at));
        let owned = authorize::operator(store, &workspace).await.unwrap();
        let new = new_key(&owned.unwrap());
        ids.push(new.key.fields().id.to_string());
        store.insert(new).await.unwrap();
    }
    ids
}

/// The requests of each client, to send repeatedly. No two clients change the same key, so that
/// every request makes a change.
fn requests(subject: &Subject, ids: &[String], clients: usize, round: usize) -> Vec<Vec<Vec<u8>>> {
    let of_client = |client: usize| {
        ["a", "b"]
            .into_iter()
            .flat_map(|name| {
                let own = (client..WORKSPACES).step_by(clients);
                own.map(move |at| subject.rename(at, &ids[at], &format!("Key {round} {name}")))
            })
            .collect()
    };
    (0..clients).map(of_client).collect()
}
