use keyward_domain::Change;
use keyward_domain::ports::{
    ApiKeys as _, EventLog as _, Housekeeping as _, Inserted, NewApiKey, Purgeable,
};
use keyward_domain::testing::at;
use keyward_persistence::Store;

use crate::subject::{Subject, idempotency, new_key, on_both_stores};

const NOTHING: Purgeable = Purgeable {
    api_keys: 0,
    idempotency_records: 0,
    denial_counts: 0,
    use_counts: 0,
    ended_sessions: 0,
};

on_both_stores! {
    async fn only_keys_that_were_deleted_long_ago_are_purged_batch_by_batch(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let kept = subject.created(&workspace).await;
        for second in 1..=5 {
            let key = subject.created(&workspace).await;
            subject.change(&workspace, &key, &Change::Delete, at(second)).await;
        }
        let store = &subject.store;
        let purgeable = store.purgeable(at(4), at(0), at(0), at(0)).await.unwrap();
        assert_eq!(purgeable, Purgeable { api_keys: 4, ..NOTHING });
        assert_eq!(store.purge_api_keys(at(4), 3).await.unwrap(), Some(3));
        assert_eq!(store.purge_api_keys(at(4), 3).await.unwrap(), Some(1));
        assert_eq!(store.purge_api_keys(at(4), 3).await.unwrap(), Some(0));
        assert_eq!(store.purgeable(at(9), at(0), at(0), at(0)).await.unwrap().api_keys, 1);
        assert_eq!(subject.current(&kept).await, Some(kept.clone()));
        assert_eq!(subject.key_count("ws_1").await, 1);
    }

    async fn the_trail_of_a_purged_key_stays(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = subject.created(&workspace).await;
        subject.change(&workspace, &key, &Change::Delete, at(1)).await;
        assert_eq!(subject.store.purge_api_keys(at(1), 10).await.unwrap(), Some(1));
        assert_eq!(subject.trail(workspace.workspace_id(), key.id()).await.len(), 2);
    }

    async fn only_old_idempotency_records_are_purged_batch_by_batch(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let named = |name: &str, second| NewApiKey {
            idempotency: Some(idempotency(name, "body")),
            ..new_key(&workspace, at(second))
        };
        for second in 1..=5 {
            subject.insert(named(&second.to_string(), second)).await;
        }
        let store = &subject.store;
        let purgeable = store.purgeable(at(0), at(4), at(0), at(0)).await.unwrap();
        assert_eq!(purgeable, Purgeable { idempotency_records: 4, ..NOTHING });
        assert_eq!(store.purge_idempotency_records(at(4), 3).await.unwrap(), Some(3));
        assert_eq!(store.purge_idempotency_records(at(4), 3).await.unwrap(), Some(1));
        assert_eq!(store.purge_idempotency_records(at(4), 3).await.unwrap(), Some(0));
        let replayed = store.insert(named("5", 6)).await.unwrap();
        assert!(matches!(replayed, Inserted::Replayed(_)), "{replayed:?}");
        assert_eq!(subject.insert(named("1", 6)).await, Inserted::Created);
    }

    async fn creates_go_on_during_a_purge(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        for _ in 0..50 {
            let key = subject.created(&workspace).await;
            subject.change(&workspace, &key, &Change::Delete, at(1)).await;
        }
        let store = subject.store.clone();
        let purging = tokio::spawn(async move {
            let mut purged = 0;
            loop {
                match store.purge_api_keys(at(1), 2).await.unwrap() {
                    None => {}
                    Some(0) => return purged,
                    Some(count) => purged += count,
                }
            }
        });
        for _ in 0..20 {
            subject.created(&workspace).await;
        }
        assert_eq!(purging.await.unwrap(), 50);
        assert_eq!(subject.key_count("ws_1").await, 20);
    }

    async fn two_who_purge_at_once_remove_everything_once(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        for _ in 0..60 {
            let key = subject.created(&workspace).await;
            subject.change(&workspace, &key, &Change::Delete, at(1)).await;
        }
        let stores = [
            subject.store.clone(),
            Store::open(subject.database.config()).await.unwrap(),
        ];
        let purging = stores.map(|store| tokio::spawn(async move {
            let mut purged = 0;
            loop {
                match store.purge_api_keys(at(1), 2).await.unwrap() {
                    None => {}
                    Some(0) => return purged,
                    Some(count) => purged += count,
                }
            }
        }));
        let mut purged = 0;
        for purging in purging {
            purged += purging.await.unwrap();
        }
        assert_eq!(purged, 60);
        assert!(subject.store.stats().purged.api_keys <= 60);
    }
}

/// A running purge excludes all others, even behind a pooler: the lock belongs to the transaction.
#[tokio::test(flavor = "multi_thread")]
async fn one_purges_at_a_time() {
    let subject = Subject::postgres().await;
    let workspace = subject.workspace("ws_1").await;
    let key = subject.created(&workspace).await;
    subject
        .change(&workspace, &key, &Change::Delete, at(1))
        .await;
    let other = subject.raw_postgres().await;
    let begin = "BEGIN; SELECT pg_advisory_xact_lock(x'6b65797761726470'::bigint)";
    other.batch_execute(begin).await.unwrap();
    let store = &subject.store;
    assert_eq!(store.purge_api_keys(at(1), 9).await.unwrap(), None);
    let records = store.purge_idempotency_records(at(1), 9).await;
    assert_eq!(records.unwrap(), None);
    assert_eq!(store.purge_denials(at(1), at(1), 9).await.unwrap(), None);
    assert_eq!(store.purge_ended_sessions(at(1), 9).await.unwrap(), None);
    assert_eq!(store.purge_published(at(1), 9).await.unwrap(), None);
    other.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(store.purge_api_keys(at(1), 9).await.unwrap(), Some(1));
    assert_eq!(store.stats().purged.api_keys, 1);
}
