use std::time::Duration;

use diesel::sql_types::Text;
use diesel::{OptionalExtension as _, QueryableByName, sql_query};
use diesel_async::{
    AsyncConnection as _, AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _,
};
use diesel_migrations::FileBasedMigrations;
use futures_util::future::join_all;

use super::LOCK_WAIT;
use crate::backend::Backend;
use crate::error::Cause;
use crate::store::Store;
use crate::testing::TestDatabase;

/// Much longer than anything here takes.
const PATIENCE: Duration = Duration::from_mins(2);

#[derive(QueryableByName)]
struct Value {
    #[diesel(sql_type = Text)]
    value: String,
}

async fn connect(database: &TestDatabase) -> AsyncPgConnection {
    AsyncPgConnection::establish(database.url()).await.unwrap()
}

/// The first value of the answer.
async fn ask(connection: &mut AsyncPgConnection, question: &str) -> Option<String> {
    let rows = sql_query(question).get_result::<Value>(connection).await;
    rows.optional().unwrap().map(|row| row.value)
}

async fn migrate(store: &Store, fixture: &str, lock_wait: Duration) -> Result<Vec<String>, Cause> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/migrations/postgres");
    let source = FileBasedMigrations::from_path(format!("{folder}/{fixture}")).unwrap();
    let Backend::Postgres(postgres) = store.backend() else {
        panic!("not PostgreSQL");
    };
    let connection = postgres.connect_to_migrate().await.unwrap();
    postgres.migrate(connection, source, lock_wait).await
}

#[tokio::test(flavor = "multi_thread")]
async fn migrators_at_once_make_an_index_concurrently() {
    let database = TestDatabase::postgres().await;
    let first = database.open().await;
    let mut stores = vec![first];
    for _ in 0..2 {
        stores.push(Store::open(database.config()).await.unwrap());
    }
    let migrating = stores
        .iter()
        .map(|store| migrate(store, "concurrent", LOCK_WAIT));
    let done = tokio::time::timeout(PATIENCE, join_all(migrating)).await;
    let mut applied: Vec<usize> = done
        .expect("no deadlock")
        .into_iter()
        .map(|names| names.unwrap().len())
        .collect();
    applied.sort_unstable();
    assert_eq!(applied, [0, 0, 2], "one of them applied all migrations");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_holds_the_lock_is_told() {
    let database = TestDatabase::postgres().await;
    let store = database.open().await;
    let mut holder = connect(&database).await;
    holder
        .batch_execute(
            "SET application_name = 'deploy'; SELECT pg_advisory_lock(x'6b657977617264'::bigint)",
        )
        .await
        .unwrap();
    let process = ask(&mut holder, "SELECT pg_backend_pid()::text AS value")
        .await
        .unwrap();
    let waited = migrate(&store, "concurrent", Duration::from_millis(200)).await;
    let told = waited.unwrap_err().to_string();
    for part in [
        "another process holds the migration lock",
        "application deploy",
        &format!("SELECT pg_terminate_backend({process})"),
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    drop(holder);
    assert_eq!(
        migrate(&store, "concurrent", LOCK_WAIT)
            .await
            .unwrap()
            .len(),
        2
    );
}

/// So a pooler keeps the server session of the lock, and the lock ends with it.
#[tokio::test(flavor = "multi_thread")]
async fn the_lock_is_held_by_an_open_transaction_and_ends_with_the_command() {
    let database = TestDatabase::postgres().await;
    let store = database.open().await;
    let mut other = connect(&database).await;
    let busy = "BEGIN; LOCK TABLE workspaces IN ACCESS SHARE MODE";
    other.batch_execute(busy).await.unwrap();
    let migrating = tokio::spawn({
        let store = store.clone();
        async move { migrate(&store, "busy", LOCK_WAIT).await }
    });
    let mut watching = connect(&database).await;
    let holder =
        "SELECT a.state || ', snapshot: ' || coalesce(a.backend_xmin::text, 'none') AS value
         FROM pg_locks l JOIN pg_stat_activity a USING (pid)
         WHERE l.locktype = 'advisory' AND a.datname = current_database()";
    let waiting = "SELECT query AS value FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let state = tokio::time::timeout(PATIENCE, async {
        while ask(&mut watching, waiting).await.is_none() {
            tokio::task::yield_now().await;
        }
        ask(&mut watching, holder).await
    });
    let state = state.await.expect("the migration waits for the table");
    assert_eq!(
        state.as_deref(),
        Some("idle in transaction, snapshot: none")
    );
    // It gives up before the statements that queue behind it time out.
    let told = migrating.await.unwrap().unwrap_err().to_string();
    assert!(told.contains("lock timeout"), "{told}");
    assert_eq!(ask(&mut watching, holder).await, None);
    other.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(migrate(&store, "busy", LOCK_WAIT).await.unwrap().len(), 1);
    assert_eq!(ask(&mut watching, holder).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_could_not_be_made_is_made_the_next_time() {
    let database = TestDatabase::postgres().await;
    let store = database.open().await;
    let mut other = connect(&database).await;
    let twins = "INSERT INTO workspaces (id, created_at) VALUES ('a', 'epoch'), ('b', 'epoch')";
    other.batch_execute(twins).await.unwrap();
    let told = migrate(&store, "unique", LOCK_WAIT)
        .await
        .unwrap_err()
        .to_string();
    assert!(told.contains("workspaces_of_an_age"), "{told}");
    other
        .batch_execute("DELETE FROM workspaces WHERE id = 'a'")
        .await
        .unwrap();
    assert_eq!(migrate(&store, "unique", LOCK_WAIT).await.unwrap().len(), 1);
    let valid = "SELECT indisvalid::text AS value FROM pg_index
         WHERE indexrelid = 'workspaces_of_an_age'::regclass";
    assert_eq!(ask(&mut other, valid).await.as_deref(), Some("true"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_more_is_migrated_once_the_lock_is_lost() {
    let database = TestDatabase::postgres().await;
    let store = database.open().await;
    let told = migrate(&store, "lock_lost", LOCK_WAIT)
        .await
        .unwrap_err()
        .to_string();
    assert!(told.contains("the migration lock was lost"), "{told}");
    let mut other = connect(&database).await;
    let table = "SELECT to_regclass('never_made')::text AS value WHERE to_regclass('never_made') IS NOT NULL";
    assert_eq!(ask(&mut other, table).await, None);
}
