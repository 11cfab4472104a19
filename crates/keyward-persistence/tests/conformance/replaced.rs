//! A database that is replaced while a node runs.

use std::process::Command;
use std::time::{Duration, Instant};

use keyward_domain::ports::{KeyLookup as _, Propagation as _, Reach};
use keyward_domain::{OwnedWorkspace, SecretHash};
use keyward_persistence::{ChangeFeed, FeedFault, KeyCache, KeyCacheConfig};

use crate::subject::Subject;

const PATIENCE: Duration = Duration::from_secs(20);

fn run(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {stderr}");
}

/// A node that has cached a key.
struct Believer {
    cache: KeyCache,
    feed: ChangeFeed,
    hash: SecretHash,
}

impl Believer {
    async fn of(subject: &Subject, workspace: &OwnedWorkspace) -> Self {
        let config = KeyCacheConfig::default();
        let cache = subject.store.key_cache(config);
        let feed = ChangeFeed::start(&subject.store, config.staleness_max);
        let key = subject.created(workspace).await;
        let hash = key.fields().secret.hash;
        settles(&feed).await;
        assert!(cache.find(&hash).await.unwrap().is_some());
        assert!(feed.is_up());
        Self { cache, feed, hash }
    }

    /// While tables are recreated, a question may get no answer at all.
    async fn refuses(&self) {
        let begun = Instant::now();
        while !matches!(self.cache.find(&self.hash).await, Ok(None)) {
            assert!(begun.elapsed() < PATIENCE, "the cached key is still used");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_a_restored_database_does_not_have_is_refused() {
    let subject = Subject::postgres().await;
    let workspace = subject.workspace("ws_1").await;
    let folder = tempfile::tempdir().unwrap();
    let dump = folder.path().join("dump");
    let (dump, url) = (dump.to_str().unwrap(), subject.database.url());
    run("pg_dump", &["--format=custom", "--file", dump, url]);

    let believer = Believer::of(&subject, &workspace).await;

    run(
        "pg_restore",
        &["--clean", "--if-exists", "--dbname", url, dump],
    );
    believer.refuses().await;
    settles(&believer.feed).await;
    let found = believer.cache.find(&believer.hash).await;
    assert_eq!(found.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_triggers_nothing_cached_is_believed() {
    for (table, trigger) in [
        ("api_keys", "notify_change"),
        ("workspaces", "notify_key_lifetime"),
    ] {
        let subject = Subject::postgres().await;
        let workspace = subject.workspace("ws_1").await;
        let Believer { cache, feed, hash } = Believer::of(&subject, &workspace).await;
        let client = subject.raw_postgres().await;
        client
            .batch_execute(&format!("ALTER TABLE {table} DISABLE TRIGGER {trigger}"))
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
        let found = cache.find(&hash).await.unwrap().unwrap();
        assert!(found.is_disabled);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_session_changes_that_replicates_or_restores_is_heard() {
    let subject = Subject::postgres().await;
    let workspace = subject.workspace("ws_1").await;
    let believer = Believer::of(&subject, &workspace).await;
    let client = subject.raw_postgres().await;
    client
        .batch_execute("SET session_replication_role = replica; DELETE FROM api_keys")
        .await
        .unwrap();
    believer.refuses().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_changed_while_triggers_are_off_for_a_moment_is_noticed() {
    let subject = Subject::postgres().await;
    let workspace = subject.workspace("ws_1").await;
    let believer = Believer::of(&subject, &workspace).await;
    let client = subject.raw_postgres().await;
    client
        .batch_execute(
            "BEGIN; ALTER TABLE api_keys DISABLE TRIGGER ALL; DELETE FROM api_keys;
             ALTER TABLE api_keys ENABLE TRIGGER ALL;
             ALTER TABLE api_keys ENABLE ALWAYS TRIGGER notify_change,
                 ENABLE ALWAYS TRIGGER notify_truncate;
             COMMIT",
        )
        .await
        .unwrap();
    believer.refuses().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_replaced_is_believed_no_more() {
    let subject = Subject::sqlite().await;
    let workspace = subject.workspace("ws_1").await;
    let folder = tempfile::tempdir().unwrap();
    let path = subject
        .database
        .url()
        .trim_start_matches("sqlite:")
        .to_owned();
    let backup = folder.path().join("backup.db");
    subject
        .execute_on_both(&format!("VACUUM INTO '{}'", backup.display()))
        .await;
    let cache = subject.store.key_cache(KeyCacheConfig::default());
    let key = subject.created(&workspace).await;
    let hash = key.fields().secret.hash;
    assert!(cache.find(&hash).await.unwrap().is_some());
    std::fs::copy(&backup, format!("{path}.new")).unwrap();
    std::fs::rename(format!("{path}.new"), &path).unwrap();
    let begun = Instant::now();
    while cache.find(&hash).await.is_ok() {
        assert!(begun.elapsed() < PATIENCE, "the cached key is still used");
    }
    // Nothing is written to a file that the path no longer leads to.
    let error = subject.store.schema().await.unwrap_err();
    assert!(format!("{error:?}").contains("was replaced"), "{error:?}");
}

async fn settles(feed: &ChangeFeed) {
    let begun = Instant::now();
    while feed.settle().await != Reach::Everywhere {
        assert!(begun.elapsed() < PATIENCE, "{:?}", feed.fault());
    }
}
