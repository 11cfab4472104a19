//! Keys whose secrets were made elsewhere.

use futures_util::future::join_all;
use keyward_domain::ports::{
    ApiKeys as _, Housekeeping as _, Inserted, KeyLookup as _, NewApiKey, SecretTaken,
};
use keyward_domain::testing::{at, origin, secret, verification_key};
use keyward_domain::{
    ApiKey, ApiKeyId, Change, LifetimePolicy, Limits, Mode, Overlap, OwnedWorkspace, SecretHash,
    StoredSecret,
};
use keyward_persistence::KeyCacheConfig;

use crate::subject::{Subject, draft, newest_first, on_both_stores};

/// The hash of some secret in any form.
pub(crate) fn hash(number: u8) -> SecretHash {
    SecretHash::from_bytes([number; 32])
}

/// A key that is imported at this second.
pub(crate) fn imported(
    workspace: &OwnedWorkspace,
    hash: SecretHash,
    id: u8,
    now: i64,
) -> NewApiKey {
    let raw = draft("Imported");
    let existing = raw.named_scopes();
    let draft = raw.parse(
        at(now),
        &existing,
        &LifetimePolicy::default(),
        &Limits::default(),
    );
    let draft = draft.unwrap();
    let prefix = keyward_domain::KeyPrefix::default();
    let id = ApiKeyId::from_entropy(prefix, Mode::Live, at(now), [id; 10]);
    let secret = StoredSecret::imported(hash, at(now));
    let (key, event) = ApiKey::issue(workspace, draft, id, secret, origin()).unwrap();
    NewApiKey {
        key,
        event,
        idempotency: None,
        key_count_max: 100,
        events_per_minute_max: None,
    }
}

fn taken(key: Option<ApiKeyId>) -> Inserted {
    Inserted::SecretTaken(SecretTaken { key })
}

on_both_stores! {
    async fn an_imported_key_is_found_by_the_hash_of_its_secret(subject: &Subject) {
        let workspace = subject.owned("ws_1").await;
        let store = &subject.store;
        assert!(!store.has_imported_secrets().await.unwrap());
        let new = imported(&workspace, hash(1), 1, 0);
        let key = new.key.clone();
        assert_eq!(subject.insert(new).await, Inserted::Created);
        assert!(store.has_imported_secrets().await.unwrap());
        assert_eq!(store.find(&hash(1)).await.unwrap(), Some(verification_key(&key)));
        assert!(key.fields().secret.hint.is_imported());
        let listed = store.list(workspace.workspace_id(), &newest_first(0, 9)).await.unwrap();
        assert_eq!(listed.items, std::slice::from_ref(&key));
        let created = &subject.trail(workspace.workspace_id(), key.id()).await[0];
        let hint = created.after.as_ref().unwrap().secret_hint.unwrap();
        assert_eq!(hint, key.fields().secret.hint);
    }

    async fn a_rotation_gives_an_imported_key_a_secret_of_our_form(subject: &Subject) {
        let workspace = subject.owned("ws_1").await;
        let new = imported(&workspace, hash(1), 1, 0);
        let key = new.key.clone();
        assert_eq!(subject.insert(new).await, Inserted::Created);
        let rotate = Change::Rotate {
            secret: StoredSecret::of(&secret(2), at(10)),
            overlap: Overlap::from_seconds(100).unwrap(),
        };
        let rotated = subject.change(&workspace, &key, &rotate, at(10)).await;
        assert_eq!(subject.current(&key).await.as_ref(), Some(&rotated));
        assert!(!rotated.fields().secret.hint.is_imported());
        assert!(rotated.fields().previous_secret.as_ref().unwrap().secret.hint.is_imported());
        let found = subject.store.find(&hash(1)).await.unwrap();
        assert_eq!(found, Some(verification_key(&rotated)));
        assert!(subject.store.has_imported_secrets().await.unwrap());
    }

    async fn a_secret_that_a_key_has_or_had_is_not_imported_again(subject: &Subject) {
        let (one, two) = (subject.owned("ws_1").await, subject.owned("ws_2").await);
        let store = &subject.store;
        let check = async |workspace: &OwnedWorkspace, hash: SecretHash, expected: Inserted| {
            let asked = store.secret_taken(workspace.workspace_id(), &hash).await.unwrap();
            assert_eq!(asked.map(Inserted::SecretTaken), Some(expected.clone()));
            let new = imported(workspace, hash, 9, 20);
            assert_eq!(subject.insert(new).await, expected);
        };
        assert_eq!(store.secret_taken(one.workspace_id(), &hash(1)).await.unwrap(), None);
        let new = imported(&one, hash(1), 1, 0);
        let id = new.key.id();
        assert_eq!(subject.insert(new).await, Inserted::Created);
        check(&one, hash(1), taken(Some(id))).await;
        check(&two, hash(1), taken(None)).await;
        let issued = subject.created(&one).await;
        check(&one, issued.fields().secret.hash, taken(Some(issued.id()))).await;
        let previous = issued.fields().secret.hash;
        let rotate = Change::Rotate {
            secret: StoredSecret::of(&secret(3), at(10)),
            overlap: Overlap::from_seconds(100).unwrap(),
        };
        subject.change(&one, &issued, &rotate, at(10)).await;
        check(&one, previous, taken(Some(issued.id()))).await;
        check(&two, previous, taken(None)).await;
        let key = subject.store.get(one.workspace_id(), id).await.unwrap().unwrap();
        subject.change(&one, &key, &Change::Delete, at(11)).await;
        check(&one, hash(1), taken(None)).await;
        assert_eq!(subject.key_count("ws_1").await, 1);
        assert_eq!(subject.key_count("ws_2").await, 0);
    }

    async fn a_secret_that_has_ended_is_never_imported_again(subject: &Subject) {
        let workspace = subject.owned("ws_1").await;
        let refused = async |hash: SecretHash| {
            let again = imported(&workspace, hash, 9, 30);
            assert_eq!(subject.insert(again).await, taken(None));
            let asked = subject.store.secret_taken(workspace.workspace_id(), &hash);
            assert_eq!(asked.await.unwrap(), Some(SecretTaken { key: None }));
        };
        let rotate = |number: u64, now: i64, overlap: i64| Change::Rotate {
            secret: StoredSecret::of(&secret(number), at(now)),
            overlap: Overlap::from_seconds(overlap).unwrap(),
        };
        let new = imported(&workspace, hash(1), 1, 0);
        let key = new.key.clone();
        assert_eq!(subject.insert(new).await, Inserted::Created);
        let key = subject.change(&workspace, &key, &rotate(2, 10, 0), at(10)).await;
        refused(hash(1)).await;
        let key = subject.change(&workspace, &key, &rotate(3, 11, 100), at(11)).await;
        let key = subject.change(&workspace, &key, &Change::EndOverlap, at(12)).await;
        refused(secret(2).hash()).await;
        let key = subject.change(&workspace, &key, &rotate(4, 13, 100), at(13)).await;
        let key = subject.change(&workspace, &key, &rotate(5, 14, 100), at(14)).await;
        refused(secret(3).hash()).await;
        subject.change(&workspace, &key, &Change::Delete, at(15)).await;
        let purged = subject.store.purge_api_keys(at(20), 10).await;
        assert_eq!(purged.unwrap(), Some(1));
        for hash in [secret(4).hash(), secret(5).hash(), hash(1)] {
            refused(hash).await;
        }
        assert_eq!(subject.key_count("ws_1").await, 0);
    }

    async fn of_concurrent_imports_of_one_secret_one_succeeds(subject: &Subject) {
        let workspace = subject.owned("ws_1").await;
        let imports = (0..8).map(|id| subject.insert(imported(&workspace, hash(1), id, 0)));
        let outcomes = join_all(imports).await;
        let created = outcomes.iter().filter(|outcome| **outcome == Inserted::Created);
        assert_eq!(created.count(), 1, "{outcomes:?}");
        let key = subject.store.find(&hash(1)).await.unwrap().unwrap();
        let others = outcomes.iter().filter(|outcome| **outcome == taken(Some(key.id)));
        assert_eq!(others.count(), 7, "{outcomes:?}");
        assert_eq!(subject.key_count("ws_1").await, 1);
    }

    async fn the_cache_hears_of_the_first_import_within_a_second(subject: &Subject) {
        let workspace = subject.owned("ws_1").await;
        let cache = subject.store.key_cache(KeyCacheConfig::default());
        assert!(!cache.has_imported_secrets().await.unwrap());
        assert_eq!(subject.insert(imported(&workspace, hash(1), 1, 0)).await, Inserted::Created);
        let begun = std::time::Instant::now();
        while !cache.has_imported_secrets().await.unwrap() {
            assert!(begun.elapsed().as_secs() < 30);
            tokio::task::yield_now().await;
        }
    }
}
