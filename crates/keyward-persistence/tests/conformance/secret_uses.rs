//! The rows with last uses: how many there are, and the cost of writing them.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use keyward_domain::ports::{Housekeeping as _, SecretUse, UsageStore as _};
use keyward_domain::testing::{at, used_once};
use keyward_domain::{ApiKey, Change, Mode, OwnedWorkspace, SecretHash};
use keyward_persistence::Store;

use crate::subject::{Subject, new_secret, on_both_stores, rotation};

fn once(secret_hash: SecretHash, second: i64) -> SecretUse {
    used_once(secret_hash, at(second))
}

async fn rows(subject: &Subject) -> i64 {
    subject.number("SELECT count(*) FROM secret_uses").await
}

/// Keys that each have an old secret that is still valid.
async fn rotated_keys(subject: &Subject, workspace: &OwnedWorkspace, count: usize) -> Vec<ApiKey> {
    let mut keys = Vec::new();
    for _ in 0..count {
        let key = subject.created(workspace).await;
        let change = rotation(at(1), 600);
        keys.push(subject.change(workspace, &key, &change, at(1)).await);
    }
    keys
}

fn hashes(key: &ApiKey) -> [SecretHash; 2] {
    let fields = key.fields();
    let previous = fields.previous_secret.as_ref().unwrap();
    [fields.secret.hash, previous.secret.hash]
}

on_both_stores! {
    async fn only_a_secret_that_a_key_has_gets_a_row(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let deleted = subject.created(&workspace).await;
        subject.change(&workspace, &deleted, &Change::Delete, at(1)).await;
        let nobodys = new_secret(Mode::Live).hash();
        let uses = vec![once(nobodys, 2), once(deleted.fields().secret.hash, 2)];
        subject.store.record(uses).await.unwrap();
        assert_eq!(rows(subject).await, 0);
    }

    async fn a_secret_that_has_ended_leaves_no_row(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let mut key = subject.created(&workspace).await;
        for second in 1..=5 {
            subject.store.record(vec![once(key.fields().secret.hash, second)]).await.unwrap();
            key = subject.change(&workspace, &key, &rotation(at(second), 0), at(second)).await;
        }
        assert_eq!(rows(subject).await, 0);
        subject.store.record(vec![once(key.fields().secret.hash, 4)]).await.unwrap();
        let rotated = subject.change(&workspace, &key, &rotation(at(6), 600), at(6)).await;
        assert_eq!(rows(subject).await, 1, "of the secret that is still valid");
        subject.change(&workspace, &rotated, &Change::EndOverlap, at(7)).await;
        assert_eq!(rows(subject).await, 0);
        let fields = subject.current(&key).await.unwrap().into_fields();
        assert_eq!(fields.last_used_at, Some(at(5)));
    }

    async fn the_uses_of_a_key_are_purged_with_it(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        for key in rotated_keys(subject, &workspace, 3).await {
            let uses = hashes(&key).map(|hash| once(hash, 2));
            subject.store.record(uses.to_vec()).await.unwrap();
            subject.change(&workspace, &key, &Change::Delete, at(3)).await;
        }
        assert_eq!(rows(subject).await, 6);
        assert_eq!(subject.store.purge_api_keys(at(3), 2).await.unwrap(), Some(2));
        assert_eq!(rows(subject).await, 2);
        assert_eq!(subject.store.purge_api_keys(at(3), 2).await.unwrap(), Some(1));
        assert_eq!(rows(subject).await, 0);
    }

    async fn uses_of_one_secret_in_one_batch_add_up(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = subject.created(&workspace).await;
        let hash = key.fields().secret.hash;
        let uses = vec![once(hash, 3), once(hash, 9), once(hash, 5)];
        subject.store.record(uses).await.unwrap();
        let last_use = subject.current(&key).await.unwrap().into_fields().secret.last_use.unwrap();
        assert_eq!((last_use.at, last_use.count), (at(9), 3));
    }

    /// The batches of two nodes share all keys, first by one secret each, then by both.
    async fn batches_that_overlap_never_stand_in_each_others_way(subject: &Subject) {
        const ROUNDS: u32 = 100;
        let workspace = subject.workspace("ws_1").await;
        let keys = rotated_keys(subject, &workspace, 60).await;
        let other = subject.another_node().await;
        for _ in 0..ROUNDS {
            let [current, previous] = [0, 1].map(|which| {
                keys.iter().map(|key| once(hashes(key)[which], 5)).collect::<Vec<_>>()
            });
            let both = || {
                let both = current.iter().chain(&previous).rev();
                both.cloned().collect::<Vec<_>>()
            };
            let racing = [
                (subject.store.clone(), current.clone()),
                (other.clone(), previous.clone()),
                (subject.store.clone(), both()),
                (other.clone(), both()),
            ];
            let racing = racing.map(|(store, uses)| {
                tokio::spawn(async move { store.record(uses).await })
            });
            for recorded in join_all(racing).await {
                recorded.unwrap().unwrap();
            }
        }
        let counts: BTreeSet<u64> = {
            let fields = subject.current(&keys[0]).await.unwrap().into_fields();
            let previous = fields.previous_secret.unwrap().secret;
            [fields.secret, previous].iter().map(|secret| secret.last_use.unwrap().count).collect()
        };
        assert_eq!(counts, BTreeSet::from([u64::from(ROUNDS) * 3]));
    }

    /// A rotation ends a secret while its use is being recorded.
    async fn a_rotation_and_a_batch_never_stand_in_each_others_way(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let mut keys = rotated_keys(subject, &workspace, 10).await;
        let other = subject.another_node().await;
        for round in 0..10 {
            let uses: Vec<_> = keys.iter().flat_map(hashes).map(|hash| once(hash, round)).collect();
            let recording: Vec<_> = [subject.store.clone(), other.clone()]
                .into_iter()
                .map(|store| {
                    let uses = uses.clone();
                    tokio::spawn(async move { store.record(uses).await })
                })
                .collect();
            for key in &mut keys {
                let ended = subject.change(&workspace, key, &Change::EndOverlap, at(round)).await;
                let again = rotation(at(round), 600);
                *key = subject.change(&workspace, &ended, &again, at(round)).await;
            }
            for recorded in join_all(recording).await {
                recorded.unwrap().unwrap();
            }
        }
        // A batch that was concurrent with the end of a secret may leave a row. The next end
        // removes it.
        for key in &keys {
            subject.change(&workspace, key, &Change::EndOverlap, at(99)).await;
        }
        assert!(rows(subject).await <= 10, "one row per secret of a key");
    }
}

/// An update that is not HOT also writes to both indexes. There is room for one update of each row
/// before a cleanup is needed.
#[tokio::test(flavor = "multi_thread")]
async fn recording_uses_updates_no_index() {
    const SECRETS: i64 = 400;
    let subject = Subject::postgres().await;
    let workspace = subject.workspace("ws_1").await;
    let mut uses = Vec::new();
    for _ in 0..SECRETS {
        let key = subject.created(&workspace).await;
        uses.push(once(key.fields().secret.hash, 0));
    }
    let recording = Store::open(subject.database.config()).await.unwrap();
    recording.record(uses.clone()).await.unwrap();
    let size = "SELECT pg_relation_size('secret_uses') + pg_indexes_size('secret_uses')";
    let size_before = subject.number(size).await;
    for secret_use in &mut uses {
        secret_use.last_used_at = at(1);
    }
    recording.record(uses).await.unwrap();
    // A backend publishes its statistics when it ends.
    recording.close().await;
    let statistic = async |column| {
        let of_table = "FROM pg_stat_user_tables WHERE relname = 'secret_uses'";
        subject.number(&format!("SELECT {column} {of_table}")).await
    };
    let until = Instant::now() + Duration::from_secs(20);
    while statistic("n_tup_upd").await < SECRETS {
        assert!(Instant::now() < until, "no statistics came");
        tokio::task::yield_now().await;
    }
    assert_eq!(statistic("n_tup_hot_upd").await, SECRETS);
    assert_eq!(subject.number(size).await, size_before);
}
