//! Last uses through the port, compared with bare inserts of as many rows into a table without an
//! index; and the size of the write-ahead log per use on PostgreSQL.

use std::time::{Duration, Instant};

use crate::docs;
use crate::keys::new_key;
use crate::psql::{number, psql, vacuum};
use crate::report::{Round, Rounds, Row, median, sorted};
use crate::settings::{rounds, seconds};
use crate::{pgbench, report, subject};
use keyward_domain::SecretHash;
use keyward_domain::ports::{ApiKeys as _, SecretUse, UsageStore as _};
use keyward_domain::testing::{address, at, used_once, workspace_id};
use keyward_domain::usecases::authorize;
use keyward_persistence::Store;
use keyward_persistence::testing::TestDatabase;

const SECRETS: usize = 20_000;
/// The size of a node's transaction.
const BATCH: usize = 1_024;
/// Two nodes.
const WRITERS: usize = 2;

pub(crate) async fn run() {
    let database = TestDatabase::postgres().await;
    let (store, hashes) = filled(&database).await;
    psql(
        database.url(),
        "CREATE TABLE floor_uses (last_used_at timestamptz, use_count bigint, api_key_id uuid, \
         secret_hash bytea, last_used_address inet)",
    );
    vacuum(database.url());
    let (mut floor, mut ours) = (Rounds::default(), Rounds::default());
    let mut wal_of_uses = Vec::new();
    for _ in 0..rounds() {
        floor.add(bare_inserts(database.url()));
        let before = wal(database.url());
        let (round, count) = record(&store, &hashes).await;
        wal_of_uses.push((wal(database.url()) - before) / f64::from(count));
        ours.add(round);
    }
    let wal_a_use = median(&sorted(wal_of_uses.into_iter())).expect("at least one round");
    let of_table = "FROM pg_stat_user_tables WHERE relname = 'secret_uses'";
    let hot = "SELECT n_tup_hot_upd * 100.0 / greatest(n_tup_upd, 1)";
    let hot = number(database.url(), &format!("{hot} {of_table}"));
    let bytes = format!("SELECT pg_table_size('secret_uses') / {SECRETS}");
    let bytes = number(database.url(), &bytes);
    let mut rows = vec![Row::new(
        format!("last uses, PostgreSQL, {WRITERS} writers of {BATCH} a batch"),
        "bare inserts, no index",
        &floor,
        &ours,
        ">= 100,000/s",
    )];

    let database = TestDatabase::sqlite();
    let (store, hashes) = filled(&database).await;
    let (mut floor, mut ours) = (Rounds::default(), Rounds::default());
    for _ in 0..rounds() {
        floor.add(one_by_one(&store, &hashes).await);
        ours.add(record(&store, &hashes).await.0);
    }
    rows.push(Row::new(
        format!("last uses, SQLite, {WRITERS} writers of {BATCH} a batch"),
        "one use a transaction",
        &floor,
        &ours,
        "-",
    ));
    report::print_and_write("uses", &rows);
    docs::write_between(
        "wal",
        &format!(
            "| | |\n|---|---|\n| write-ahead log a use, PostgreSQL | {wal_a_use:.0} B (goal <= 200) |\n\
             | updates that touch no index (HOT) | {hot:.1} % |\n\
             | bytes a secret in the table, afterwards | {bytes:.0} |\n"
        ),
    );
}

/// A store with this many secrets, each used once.
async fn filled(database: &TestDatabase) -> (Store, Vec<SecretHash>) {
    let store = database.open().await;
    subject::seed(&store).await;
    let workspace = workspace_id(&subject::workspace(0));
    let owned = authorize::operator(&store, &workspace).await.unwrap();
    let owned = owned.unwrap();
    let tasks: Vec<_> = (0..16)
        .map(|_| {
            let (store, owned) = (store.clone(), owned.clone());
            tokio::spawn(async move {
                let mut hashes = Vec::new();
                for _ in 0..SECRETS / 16 {
                    let new = new_key(&owned);
                    hashes.push(new.key.fields().secret.hash);
                    store.insert(new).await.unwrap();
                }
                hashes
            })
        })
        .collect();
    let mut hashes = Vec::new();
    for task in tasks {
        hashes.extend(task.await.unwrap());
    }
    for batch in hashes.chunks(BATCH) {
        store.record(uses(batch, 0)).await.unwrap();
    }
    (store, hashes)
}

fn uses(hashes: &[SecretHash], second: i64) -> Vec<SecretUse> {
    let from = address("203.0.113.7");
    hashes
        .iter()
        .map(|secret_hash| SecretUse {
            address: Some(from),
            count: 3,
            ..used_once(*secret_hash, at(second))
        })
        .collect()
}

/// All secrets repeatedly; each writer starts at a different one. Returns the number of uses.
async fn record(store: &Store, hashes: &[SecretHash]) -> (Round, u32) {
    let started = Instant::now();
    let until = started + Duration::from_secs(seconds());
    let tasks: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (store, mut hashes) = (store.clone(), hashes.to_vec());
            hashes.rotate_left(writer * SECRETS / WRITERS / 2);
            tokio::spawn(async move {
                let mut latencies = Vec::new();
                for second in 1.. {
                    for batch in hashes.chunks(BATCH) {
                        let sent = Instant::now();
                        if sent >= until {
                            return latencies;
                        }
                        store.record(uses(batch, second)).await.unwrap();
                        latencies.extend(std::iter::repeat_n(sent.elapsed(), batch.len()));
                    }
                }
                latencies
            })
        })
        .collect();
    let mut latencies = Vec::new();
    for task in tasks {
        latencies.extend(task.await.unwrap());
    }
    let count = u32::try_from(latencies.len()).unwrap();
    (Round::new(started.elapsed(), latencies), count)
}

async fn one_by_one(store: &Store, hashes: &[SecretHash]) -> Round {
    let started = Instant::now();
    let until = started + Duration::from_secs(seconds());
    let mut latencies = Vec::new();
    for hash in hashes.iter().cycle() {
        let sent = Instant::now();
        if sent >= until {
            break;
        }
        store.record(uses(&[*hash], 1)).await.unwrap();
        latencies.push(sent.elapsed());
    }
    Round::new(started.elapsed(), latencies)
}

/// Inserts as many rows of the same size, in transactions of the same size, by as many writers.
fn bare_inserts(url: &str) -> Round {
    let script = format!(
        "INSERT INTO floor_uses SELECT now(), n, gen_random_uuid(), sha256(n::text::bytea), \
         '203.0.113.7' FROM generate_series(1, {BATCH}) AS n;\n"
    );
    pgbench::run(url, &[script], WRITERS).each_of(BATCH)
}

/// The size of the write-ahead log so far, in bytes.
fn wal(url: &str) -> f64 {
    number(url, "SELECT pg_current_wal_insert_lsn() - '0/0'")
}
