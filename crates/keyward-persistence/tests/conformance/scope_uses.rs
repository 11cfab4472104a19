//! The last uses of scopes by key and day (UTC).

use futures_util::future::join_all;
use keyward_domain::ports::{Housekeeping as _, ScopeUse, ScopeUses as _};
use keyward_domain::testing::{at, origin, scope, workspace_id};
use keyward_domain::{
    ApiKey, ApiKeyId, Change, Mode, OwnedWorkspace, RawDraft, RawField, Timestamp,
};

use crate::subject::{Subject, draft, from_draft, new_id, on_both_stores};

const READ: &str = "payment:read";
const WRITE: &str = "payment:write";

/// The first day of a test.
fn day(number: i64) -> Timestamp {
    at(0)
        .truncated_to_days()
        .plus_seconds(number * 24 * 60 * 60)
}

fn used(id: ApiKeyId, code: &str, number: i64) -> ScopeUse {
    ScopeUse {
        api_key_id: id,
        scope: scope(code),
        last_used_on: day(number),
    }
}

/// A key that may read and write.
async fn created(subject: &Subject, workspace: &OwnedWorkspace) -> ApiKey {
    let codes = [WRITE, READ].map(|code| RawField::Value(code.to_owned()));
    let raw = RawDraft {
        scopes: RawField::Value(codes.into()),
        ..draft("Key")
    };
    let new = from_draft(workspace, at(0), raw, origin());
    let key = new.key.clone();
    subject.insert(new).await;
    key
}

async fn all(subject: &Subject, key: &ApiKey) -> Vec<ScopeUse> {
    let workspace = &key.fields().workspace_id;
    let uses = subject.store.scope_uses_of_key(workspace, key.id());
    uses.await.unwrap()
}

async fn rows(subject: &Subject) -> i64 {
    subject.number("SELECT count(*) FROM scope_uses").await
}

on_both_stores! {
    async fn the_last_day_of_each_scope_is_kept(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = created(subject, &workspace).await;
        let id = key.id();
        for (uses, want) in [
            (vec![used(id, WRITE, 1)], vec![used(id, WRITE, 1)]),
            (vec![used(id, WRITE, 0)], vec![used(id, WRITE, 1)]),
            (
                vec![used(id, READ, 2), used(id, WRITE, 2), used(id, READ, 3), used(id, READ, 0)],
                vec![used(id, READ, 3), used(id, WRITE, 2)],
            ),
            (vec![], vec![used(id, READ, 3), used(id, WRITE, 2)]),
        ] {
            subject.store.record_scope_uses(uses).await.unwrap();
            assert_eq!(all(subject, &key).await, want);
        }
        let current = subject.current(&key).await.unwrap();
        assert_eq!(current.fields().version, 1, "a use is no change");
    }

    async fn scopes_that_the_key_does_not_have_are_not_recorded(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = created(subject, &workspace).await;
        let uses = ["payment:cancel", READ, "payment:rea"].map(|code| used(key.id(), code, 0));
        subject.store.record_scope_uses(uses.into()).await.unwrap();
        assert_eq!(all(subject, &key).await, [used(key.id(), READ, 0)]);
    }

    async fn a_key_of_another_workspace_has_no_uses_of_scopes_here(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        subject.workspace("ws_2").await;
        let id = created(subject, &workspace).await.id();
        let store = &subject.store;
        store.record_scope_uses(vec![used(id, READ, 0)]).await.unwrap();
        let of = async |workspace: &str, id| {
            let workspace = workspace_id(workspace);
            store.scope_uses_of_key(&workspace, id).await.unwrap().len()
        };
        let other_mode = ApiKeyId::from_parts(id.prefix(), Mode::Test, id.uuid()).unwrap();
        assert_eq!(of("ws_1", id).await, 1);
        assert_eq!(of("ws_2", id).await, 0);
        assert_eq!(of("ws_1", other_mode).await, 0);
        assert_eq!(of("ws_1", new_id(Mode::Live, at(0))).await, 0);
    }

    async fn uses_of_scopes_of_a_key_that_is_gone_are_forgotten(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let kept = created(subject, &workspace).await;
        let gone = created(subject, &workspace).await;
        let both = |on| vec![used(gone.id(), READ, on), used(kept.id(), READ, on)];
        let store = &subject.store;
        store.record_scope_uses(both(0)).await.unwrap();
        subject.change(&workspace, &gone, &Change::Delete, at(2)).await;
        let never_was = used(new_id(Mode::Live, at(0)), READ, 1);
        store.record_scope_uses([both(1), vec![never_was]].concat()).await.unwrap();
        assert_eq!(all(subject, &gone).await, [used(gone.id(), READ, 0)], "what was recorded before");
        assert_eq!(store.purge_api_keys(at(2), 9).await.unwrap(), Some(1));
        assert_eq!(rows(subject).await, 1, "the other was removed with its key");
        assert_eq!(all(subject, &kept).await, [used(kept.id(), READ, 1)]);
    }

    async fn uses_of_scopes_of_deleted_keys_are_purged_batch_by_batch(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let mut keys = Vec::new();
        for _ in 0..3 {
            keys.push(created(subject, &workspace).await);
        }
        let both = |key: &ApiKey| [used(key.id(), READ, -1_000), used(key.id(), WRITE, 0)];
        let store = &subject.store;
        store.record_scope_uses(keys.iter().flat_map(both).collect()).await.unwrap();
        for key in &keys[1..] {
            subject.change(&workspace, key, &Change::Delete, at(5)).await;
        }
        let purgeable = async |deleted_by| {
            let purgeable = store.purgeable(deleted_by, at(0), at(0), at(0)).await.unwrap();
            purgeable.use_counts
        };
        assert_eq!((purgeable(at(4)).await, purgeable(at(5)).await), (0, 4));
        assert_eq!(store.purge_uses(at(9), at(4), 3).await.unwrap(), Some(0));
        for want in [3, 1, 0] {
            assert_eq!(store.purge_uses(at(9), at(5), 3).await.unwrap(), Some(want));
        }
        assert_eq!(store.stats().purged.use_counts, 4);
        assert_eq!(all(subject, &keys[0]).await.len(), 2, "however long ago");
    }

    /// Two nodes record uses of the same keys at the same time, each in its own order.
    async fn overlapping_batches_of_scopes_never_stand_in_each_others_way(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let mut keys = Vec::new();
        for _ in 0..40 {
            keys.push(created(subject, &workspace).await);
        }
        let other = subject.another_node().await;
        for number in 0..30 {
            let both = |key: &ApiKey| [READ, WRITE].map(|code| used(key.id(), code, number));
            let all: Vec<ScopeUse> = keys.iter().flat_map(both).collect();
            let reversed: Vec<ScopeUse> = all.iter().rev().cloned().collect();
            let racing = [(subject.store.clone(), all), (other.clone(), reversed)];
            let racing = racing.map(|(store, uses)| {
                tokio::spawn(async move { store.record_scope_uses(uses).await })
            });
            for recorded in join_all(racing).await {
                recorded.unwrap().unwrap();
            }
        }
        for key in &keys {
            let want = [used(key.id(), READ, 29), used(key.id(), WRITE, 29)];
            assert_eq!(all(subject, key).await, want);
        }
    }
}
