//! A database that is replaced under a running node.

use std::process::Command;
use std::time::{Duration, Instant};

use keyward_domain::ports::{KeyLookup as _, Propagation as _, Reach};
use keyward_persistence::{ChangeFeed, FeedFault, KeyCacheConfig};

use crate::subject::Subject;

const PATIENCE: Duration = Duration::from_secs(20);

fn run(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {stderr}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_a_restored_database_does_not_have_is_refused() {
    let subject = Subject::postgres().await;
    let workspace = subject.workspace("ws_1").await;
    let folder = tempfile::tempdir().unwrap();
    let dump = folder.path().join("dump");
    let (dump, url) = (dump.to_str().unwrap(), subject.database.url());
    run("pg_dump", &["--format=custom", "--file", dump, url]);

    let config = KeyCacheConfig::default();
    let cache = subject.store.key_cache(config);
    let feed = ChangeFeed::start(&subject.store, config.staleness_max);
    let key = subject.created(&workspace).await;
    let hash = key.fields().secret.hash;
    settles(&feed).await;
    assert!(cache.find(&hash).await.unwrap().is_some());
    assert!(feed.is_up());

    run(
        "pg_restore",
        &["--clean", "--if-exists", "--dbname", url, dump],
    );
    let restored_at = Instant::now();
    let mut believed = true;
    while believed {
        // Whoever asks while the tables are made anew may get no answer at all.
        believed = !matches!(cache.find(&hash).await, Ok(None));
        assert!(
            restored_at.elapsed() < PATIENCE,
            "the key lives on in memory"
        );
    }
    settles(&feed).await;
    assert_eq!(cache.find(&hash).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_triggers_nothing_cached_is_believed() {
    let subject = Subject::postgres().await;
    let workspace = subject.workspace("ws_1").await;
    let config = KeyCacheConfig::default();
    let cache = subject.store.key_cache(config);
    let feed = ChangeFeed::start(&subject.store, config.staleness_max);
    let key = subject.created(&workspace).await;
    settles(&feed).await;
    let client = subject.raw_postgres().await;
    client
        .batch_execute("ALTER TABLE api_keys DISABLE TRIGGER notify_change")
        .await
        .unwrap();
    let begun = Instant::now();
    while feed.is_up() || feed.fault() != Some(FeedFault::NoTriggers) {
        assert!(begun.elapsed() < PATIENCE, "{:?}", feed.fault());
        tokio::task::yield_now().await;
    }
    client
        .batch_execute("UPDATE api_keys SET is_disabled = true")
        .await
        .unwrap();
    let hash = key.fields().secret.hash;
    let found = cache.find(&hash).await.unwrap().unwrap();
    assert!(found.fields().is_disabled);
}

async fn settles(feed: &ChangeFeed) {
    let begun = Instant::now();
    while feed.settle().await != Reach::Everywhere {
        assert!(begun.elapsed() < PATIENCE, "{:?}", feed.fault());
    }
}
