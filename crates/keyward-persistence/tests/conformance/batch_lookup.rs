//! Keys that are looked up together.

use keyward_domain::ports::{KeyLookup as _, RepositoryError};
use keyward_domain::testing::{at, verification_key};
use keyward_domain::{Change, Mode, SecretHash};
use keyward_persistence::{BatchLookup as _, Store, StoreConfig};

use crate::subject::{Subject, new_secret, on_both_stores, rotation};

fn unknown() -> SecretHash {
    new_secret(Mode::Live).hash()
}

on_both_stores! {
    async fn each_secret_of_a_batch_has_its_own_answer(subject: &Subject) {
        let (one, two) = (subject.workspace("ws_1").await, subject.workspace("ws_2").await);
        let (first, second) = (subject.created(&one).await, subject.created(&two).await);
        let disabled = subject.change(&one, &first, &Change::Disable, at(1)).await;
        let deleted = subject.created(&two).await;
        subject.change(&two, &deleted, &Change::Delete, at(1)).await;
        let hash = |key: &keyward_domain::ApiKey| key.fields().secret.hash;
        let nobodys = unknown();
        let asked = vec![hash(&first), nobodys, hash(&deleted), hash(&second)];
        let found = subject.store.find_all(asked).await.unwrap();
        assert_eq!(found.of(&hash(&first)).unwrap(), Some(verification_key(&disabled)));
        assert_eq!(found.of(&hash(&second)).unwrap(), Some(verification_key(&second)));
        assert_eq!(found.of(&hash(&deleted)).unwrap(), None);
        assert_eq!(found.of(&nobodys).unwrap(), None);
        assert!(subject.store.find_all(vec![]).await.is_ok());
    }

    async fn during_an_overlap_one_batch_finds_the_key_by_both_secrets(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let before = subject.created(&workspace).await;
        let after = subject.change(&workspace, &before, &rotation(at(1), 600), at(1)).await;
        let (previous, current) = (before.fields().secret.hash, after.fields().secret.hash);
        // One hash twice has its answer as well.
        let found = subject.store.find_all(vec![previous, current, previous]).await.unwrap();
        for hash in [previous, current] {
            assert_eq!(found.of(&hash).unwrap(), Some(verification_key(&after)));
        }
        let of_one = subject.store.find_all(vec![current]).await.unwrap();
        assert_eq!(of_one.of(&previous).unwrap(), None);
        subject.change(&workspace, &after, &Change::Delete, at(2)).await;
        let found = subject.store.find_all(vec![previous, current]).await.unwrap();
        for hash in [previous, current] {
            assert_eq!(found.of(&hash).unwrap(), None);
        }
    }

    async fn a_large_batch_finds_every_key(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let mut keys = vec![];
        for _ in 0..100 {
            keys.push(subject.created(&workspace).await);
        }
        let known = keys.iter().map(|key| key.fields().secret.hash);
        let asked = known.flat_map(|hash| [hash, unknown()]).collect();
        let found = subject.store.find_all(asked).await.unwrap();
        for key in keys {
            let hash = key.fields().secret.hash;
            assert_eq!(found.of(&hash).unwrap(), Some(verification_key(&key)));
        }
    }

    async fn an_unreadable_key_only_concerns_those_who_have_its_secrets(subject: &Subject) {
        let (bad, good) = (subject.workspace("ws_1").await, subject.workspace("ws_2").await);
        let (bad_before, good) = (subject.created(&bad).await, subject.created(&good).await);
        let bad_after = subject.change(&bad, &bad_before, &rotation(at(1), 600), at(1)).await;
        let hashes = [&bad_before, &good, &bad_after].map(|key| key.fields().secret.hash);
        // No name of a key, and in SQLite also no text at all.
        for name in ["' '", "CAST(x'FF' AS TEXT)"] {
            let spoil = |name| format!("UPDATE api_keys SET name = {name} WHERE workspace_id = 'ws_1'");
            subject.execute(&spoil(name), &spoil("' '")).await;
            let found = subject.store.find_all(hashes.to_vec()).await.unwrap();
            for hash in [&hashes[0], &hashes[2]] {
                assert!(matches!(found.of(hash), Err(RepositoryError::Corrupt(_))), "{name}");
            }
            assert_eq!(found.of(&hashes[1]).unwrap(), Some(verification_key(&good)));
        }
    }
}

/// The plan is made when the tables are empty, and used when they are large.
#[tokio::test(flavor = "multi_thread")]
async fn look_ups_are_prepared_once_and_read_by_unique_indexes_however_many_keys_there_are() {
    let subject = Subject::postgres().await;
    // One connection for look-ups.
    let config = StoreConfig {
        connections_max: 2,
        ..subject.database.config()
    };
    let store = Store::open(config).await.unwrap();
    check_plan(&store, false).await;
    fill(&subject, 1, 1).await;
    check_plan(&store, false).await;
    subject.execute_on_both("ANALYZE").await;
    check_plan(&store, false).await;
    fill(&subject, 100, 50).await;
    subject.execute_on_both("ANALYZE").await;
    check_plan(&store, true).await;
}

async fn check_plan(store: &Store, has_many: bool) {
    // More often than PostgreSQL tries a plan of its own for each execution.
    for count in [1, 2, 64, 1, 1, 1, 1, 1, 1] {
        let asked = (0..count).map(|_| unknown()).collect();
        store.find_all(asked).await.unwrap();
    }
    store.find(&unknown()).await.unwrap();
    let plans = store.explain_lookups().await.unwrap();
    let [plan] = plans.as_slice() else {
        panic!("not one statement: {plans:?}");
    };
    for part in [
        "Index Scan using api_keys_secret_hash_key",
        "Index Cond: (secret_hash = ANY ($1))",
        "Index Scan using api_keys_previous_secret_hash",
        "Index Cond: (previous_secret_hash = ANY ($2))",
    ] {
        assert!(plan.contains(part), "{part}: {plan}");
    }
    for index in ["workspaces_pkey", "plans_pkey"] {
        let scan = format!("Index Scan using {index}");
        assert_eq!(plan.matches(&scan).count(), 2, "{index}: {plan}");
    }
    assert!(!plan.contains("Seq Scan"), "{plan}");
    let by_id = plan.matches("Index Cond: (id = api_keys").count();
    assert!(by_id == 2 || !has_many, "{plan}");
}

async fn fill(subject: &Subject, workspaces: u32, keys: u32) {
    let client = subject.raw_postgres().await;
    let fill = format!(
        "INSERT INTO workspaces (id, created_at)
            SELECT 'ws_' || n, now() FROM generate_series(1, {workspaces}) AS n
            ON CONFLICT DO NOTHING;
         INSERT INTO plans SELECT 'plan_' || n, '[]', '[]' FROM generate_series(1, {workspaces}) AS n
            ON CONFLICT DO NOTHING;
         UPDATE workspaces SET plan = replace(id, 'ws', 'plan');
         INSERT INTO api_keys (id, prefix, mode, workspace_id, name, name_folded, scopes,
            ip_allowlist, is_disabled, secret_hash, secret_hint, secret_created_at, created_at,
            version, is_imported)
            SELECT gen_random_uuid(), 'sk', 'LIVE', 'ws_' || w, 'n', 'n', '{{a:a}}', '{{}}', false,
                sha256(gen_random_uuid()::text::bytea), 'abcd', now(), now(), 1, false
            FROM generate_series(1, {workspaces}) AS w, generate_series(1, {keys})"
    );
    client.batch_execute(&fill).await.unwrap();
}
