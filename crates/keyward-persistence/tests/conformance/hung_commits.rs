//! Commits that hang, for example when a synchronous standby stalls.

use std::time::{Duration, Instant};

use keyward_domain::Change;
use keyward_domain::ports::{ApiKeys as _, KeyLookup as _, RepositoryError, ScopeCatalogue};
use keyward_domain::testing::at;
use keyward_persistence::testing::{PostgresServer, TestDatabase};
use keyward_persistence::{ChangeFeed, KeyCacheConfig, Store, StoreConfig};

use crate::subject::{Subject, changed};

const PATIENCE: Duration = Duration::from_secs(30);

/// More than the number of connections for calls.
const CHANGES: usize = 6;

/// Changes whose commits hang: each has an unknown outcome, none uses a connection beyond the pool,
/// no cached copy of their keys is used, and all of them are durable once the standby is back.
#[tokio::test(flavor = "multi_thread")]
async fn hung_commits_keep_connections_and_disable_cached_keys() {
    let server = PostgresServer::start();
    let database = TestDatabase::postgres_on(&server.url("postgres")).await;
    let subject = Subject::over(database).await;
    let workspace = subject.workspace("ws_1").await;
    let store = Store::open(StoreConfig {
        call_deadline: Duration::from_secs(1),
        connections_max: 4,
        ..subject.database.config()
    });
    let store = store.await.unwrap();
    let config = KeyCacheConfig::default();
    let cache = store.key_cache(config);
    let feed = ChangeFeed::start(&store, config.staleness_max);
    let mut keys = Vec::new();
    for _ in 0..CHANGES {
        keys.push(subject.created(&workspace).await);
    }

    let stall = "ALTER SYSTEM SET synchronous_standby_names = 'nobody'; SELECT pg_reload_conf()";
    server.execute("postgres", stall);
    until(|| server.execute("postgres", "SHOW synchronous_standby_names") == "nobody\n").await;
    // Collect everything before any assertion: while commits hang, nothing can be cleaned up.
    let mut outcomes = Vec::new();
    for key in &keys {
        let changed = changed(&workspace, key, &Change::Disable, at(1));
        outcomes.push(store.save(changed).await);
    }
    let backends = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    let hung: usize = server.execute("postgres", backends).trim().parse().unwrap();
    let hash = keys[0].fields().secret.hash;
    let meanwhile = cache.find(&hash).await;
    let schema = store.schema().await;
    let go_on = "ALTER SYSTEM RESET synchronous_standby_names; SELECT pg_reload_conf()";
    server.execute("postgres", go_on);
    let is_unknown =
        |outcome: &&Result<_, _>| matches!(outcome, Err(RepositoryError::OutcomeUnknown(_)));
    let unknown = outcomes.iter().filter(is_unknown).count();
    assert!(outcomes.iter().all(Result::is_err), "{outcomes:?}");
    // The others wait for the lock of the workspace. Whether the server or the caller ends such a call
    // first, with a known or an unknown outcome, is a race.
    assert!(
        (1..=unknown).contains(&hung),
        "a hung commit keeps its connection: {hung}, {outcomes:?}"
    );
    // Look-ups have their own connections and see what is committed: no change yet.
    assert!(!meanwhile.unwrap().unwrap().is_disabled);
    schema.unwrap();
    // PostgreSQL delivers notifications only after the hanging transaction: the feed is up again.
    until(|| feed.is_up()).await;
    until(|| store.stats().calls_in_flight == 0).await;
    let found = cache.find(&hash).await.unwrap().unwrap();
    assert!(
        found.is_disabled,
        "a key from before the commit is still used"
    );
    assert!(ScopeCatalogue::list(&store).await.is_ok());
    let last = changed(&workspace, keys.last().unwrap(), &Change::Disable, at(2));
    assert!(
        store.save(last).await.is_ok(),
        "the connections are free again"
    );
}

async fn until(mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "never");
        tokio::task::yield_now().await;
    }
}
