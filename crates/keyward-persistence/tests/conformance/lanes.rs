//! Verification, the portal and the probes can't starve each other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use keyward_domain::ports::{KeyLookup as _, ScopeCatalogue as _};
use keyward_domain::testing::{service_secret, user_id, workspace_id};
use keyward_domain::{KnownRoles, SecretHash};
use keyward_persistence::{KeyCacheConfig, Store, StoreConfig};

use crate::subject::{Subject, assert_unavailable};

/// Much shorter than the deadline of the locked calls.
const AT_ONCE: Duration = Duration::from_secs(2);

/// Much longer than 5,000 look-ups take.
const FLOOD_MAX: Duration = Duration::from_mins(1);

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
            // More than three statements can ask.
            let asked: Vec<SecretHash> = hashes(250).collect();
            join_all(asked.iter().map(|hash| cache.find(hash))).await
        }
    });
    // Another session, because statistics do not change within a transaction.
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
    let hash = SecretHash::from_bytes([255; 32]);
    let begun = Instant::now();
    while cache.find(&hash).await.is_err() {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "it never recovers"
        );
    }
    while cache.stats().lookups_in_flight > 0 {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "a permit is lost"
        );
        tokio::task::yield_now().await;
    }
}

/// Even when they share one connection.
#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_unknown_secrets_leaves_service_tokens_alone() {
    use keyward_domain::ports::ServiceTokens;

    let subject = Subject::postgres().await;
    let config = StoreConfig {
        connections_max: 2,
        ..subject.database.config()
    };
    let store = Store::open(config).await.unwrap();
    let cache = Arc::new(store.key_cache(KeyCacheConfig::default()));
    let is_over = Arc::new(AtomicBool::new(false));
    let flood = tokio::spawn({
        let (cache, is_over) = (Arc::clone(&cache), Arc::clone(&is_over));
        async move {
            let mut asked = 0_u64;
            while !is_over.load(Ordering::SeqCst) {
                let hashes: Vec<SecretHash> = (asked..asked + 500).map(numbered).collect();
                join_all(hashes.iter().map(|hash| cache.find(hash))).await;
                asked += 500;
            }
        }
    });
    let begun = Instant::now();
    let mut answers = 0;
    // The tokens are asked for until the flood was large, however fast they are answered.
    while answers < 20 || cache.stats().misses < 5_000 {
        let asked = Instant::now();
        let token = ServiceTokens::find(&store, &service_secret(1).hash()).await;
        assert_eq!(token.unwrap(), None);
        assert!(asked.elapsed() < AT_ONCE, "{:?}", asked.elapsed());
        assert!(begun.elapsed() < FLOOD_MAX, "the flood does not go on");
        answers += 1;
    }
    is_over.store(true, Ordering::SeqCst);
    flood.await.unwrap();
}

fn numbered(number: u64) -> SecretHash {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    SecretHash::from_bytes(bytes)
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
        .batch_execute("BEGIN; LOCK TABLE members")
        .await
        .unwrap();
    let waiting = tokio::spawn({
        let store = store.clone();
        async move {
            use keyward_domain::ports::Memberships as _;
            let (id, user) = (workspace_id("ws_1"), user_id("user_1"));
            let known = KnownRoles::default();
            join_all((0..20).map(|_| store.role(&id, &user, &known))).await
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

/// A call that waits long for its connection has little time left for its statement. The server
/// continues the statement after the call was answered.
#[tokio::test(flavor = "multi_thread")]
async fn calls_that_run_out_of_time_never_leave_more_backends_than_there_are_connections() {
    const CONNECTIONS: u32 = 4;
    /// The control lane.
    const MORE: i64 = 1;
    let subject = Subject::postgres().await;
    let config = StoreConfig {
        connections_max: CONNECTIONS,
        call_deadline: Duration::from_secs(1),
        ..subject.database.config()
    };
    let store = Store::open(config).await.unwrap();
    let client = subject.raw_postgres().await;
    client
        .batch_execute("BEGIN; LOCK TABLE workspaces")
        .await
        .unwrap();
    let asking: Vec<_> = (0..60)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                use keyward_domain::ports::WorkspaceDirectory as _;
                let id = workspace_id("ws_1");
                // They come one after the other.
                tokio::time::sleep(Duration::from_millis(number * 30)).await;
                for _ in 0..3 {
                    assert_unavailable(&store.workspace(&id).await);
                }
            })
        })
        .collect();
    let watching = subject.raw_postgres().await;
    let backends = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
         AND application_name = 'keyward'";
    let others: i64 = watching.query_one(backends, &[]).await.unwrap().get(0);
    let mut most = 0;
    while !asking.iter().all(tokio::task::JoinHandle::is_finished) {
        let count: i64 = watching.query_one(backends, &[]).await.unwrap().get(0);
        most = most.max(count);
    }
    for asked in asking {
        asked.await.unwrap();
    }
    // The connections of the subject's own store stay.
    assert!(
        most <= others + i64::from(CONNECTIONS) + MORE,
        "{most}, {others} of others"
    );
    assert!(most > others, "no call was seen waiting");
    client.batch_execute("ROLLBACK").await.unwrap();
    let begun = Instant::now();
    while store.list().await.is_err() {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "it never recovers"
        );
    }
}
