//! Verification and the portal can't starve each other, nor the probes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use keyward_domain::SecretHash;
use keyward_domain::ports::{KeyLookup as _, ScopeCatalogue as _};
use keyward_persistence::{KeyCacheConfig, Store, StoreConfig};

use crate::subject::{Subject, assert_unavailable, workspace_id};

/// Far below the deadline of what is locked.
const AT_ONCE: Duration = Duration::from_secs(2);

fn hashes(count: u8) -> impl Iterator<Item = SecretHash> {
    (0..count).map(|number| SecretHash::from_bytes([number; 32]))
}

#[tokio::test(flavor = "multi_thread")]
async fn look_ups_that_wait_for_a_lock_leave_the_portal_and_the_probes_alone() {
    let subject = Subject::postgres().await;
    let config = StoreConfig {
        connections_max: 8,
        ..subject.database.config()
    };
    let store = Store::open(config).await.unwrap();
    let cache = Arc::new(store.key_cache(KeyCacheConfig::default()));
    let client = subject.raw_postgres().await;
    client
        .batch_execute("BEGIN; LOCK TABLE api_keys")
        .await
        .unwrap();
    let asking = tokio::spawn({
        let cache = Arc::clone(&cache);
        async move {
            let asked: Vec<SecretHash> = hashes(100).collect();
            join_all(asked.iter().map(|hash| cache.find(hash))).await
        }
    });
    // Another session: within a transaction the statistics stand still.
    let watching = subject.raw_postgres().await;
    let blocked = "SELECT count(*) FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let mut most = 0;
    let mut answers = 0;
    while !asking.is_finished() {
        let count: i64 = watching.query_one(blocked, &[]).await.unwrap().get(0);
        most = most.max(count);
        let begun = Instant::now();
        store.list().await.unwrap();
        store.schema().await.unwrap();
        assert!(begun.elapsed() < AT_ONCE, "{:?}", begun.elapsed());
        answers += 1;
    }
    assert_eq!(most, 4, "half of the connections");
    assert!(answers > 1);
    for answer in asking.await.unwrap() {
        assert_unavailable(&answer);
    }
    client.batch_execute("ROLLBACK").await.unwrap();
    let hash = SecretHash::from_bytes([200; 32]);
    let begun = Instant::now();
    while cache.find(&hash).await.is_err() {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "it never recovers"
        );
    }
    while cache.stats().lookups_in_flight > 0 {
        assert!(begun.elapsed() < Duration::from_secs(20), "a place is lost");
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn portal_calls_that_wait_for_a_lock_leave_verification_alone() {
    let subject = Subject::postgres().await;
    let config = StoreConfig {
        connections_max: 4,
        calls_in_flight_max: 8,
        ..subject.database.config()
    };
    let store = Store::open(config).await.unwrap();
    let client = subject.raw_postgres().await;
    client
        .batch_execute("BEGIN; LOCK TABLE workspaces")
        .await
        .unwrap();
    let waiting = tokio::spawn({
        let store = store.clone();
        async move {
            use keyward_domain::ports::WorkspaceDirectory as _;
            let id = workspace_id("ws_1");
            join_all((0..20).map(|_| store.workspace(&id))).await
        }
    });
    let mut answers = 0;
    while !waiting.is_finished() {
        for hash in hashes(3) {
            let begun = Instant::now();
            store.find(&hash).await.unwrap();
            assert!(begun.elapsed() < AT_ONCE, "{:?}", begun.elapsed());
            answers += 1;
        }
    }
    assert!(answers > 3);
    for answer in waiting.await.unwrap() {
        assert_unavailable(&answer);
    }
}
