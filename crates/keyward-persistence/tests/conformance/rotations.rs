use keyward_domain::ports::{
    ApiKeys as _, CarriedOut, ChangedApiKey, NewApiKey, Saved, SecretUse, UsageStore as _,
};
use keyward_domain::testing::{at, used_once};
use keyward_domain::{
    ApiKey, Change, IDEMPOTENCY_SECONDS, OwnedWorkspace, RepeatableOperation, StoredSecret,
};

use crate::subject::{Subject, changed, idempotency, new_key, on_both_stores, rename, rotation};

fn used(secret: &StoredSecret, second: i64, count: u64) -> SecretUse {
    SecretUse {
        count,
        ..used_once(secret.hash, at(second))
    }
}

fn named(
    workspace: &OwnedWorkspace,
    key: &ApiKey,
    name: &str,
    body: &str,
    now: i64,
) -> ChangedApiKey {
    ChangedApiKey {
        idempotency: Some(idempotency(name, body)),
        events_per_minute_max: None,
        ..changed(workspace, key, &rotation(at(now), 600), at(now))
    }
}

on_both_stores! {
    async fn a_last_use_goes_with_its_secret(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = subject.created(&workspace).await;
        // The key that the rotation is based on does not have this use: it was recorded in between.
        let rotating = changed(&workspace, &key, &rotation(at(10), 600), at(10));
        subject.store.record(vec![used(&key.fields().secret, 5, 3)]).await.unwrap();
        let rotated = rotating.key.clone();
        assert_eq!(subject.store.save(rotating).await.unwrap(), Saved::Done);

        let fields = subject.current(&key).await.unwrap().into_fields();
        assert_eq!(fields.secret, rotated.fields().secret);
        let previous = fields.previous_secret.unwrap().secret.last_use.unwrap();
        assert_eq!((previous.at, previous.count), (at(5), 3));
        assert_eq!(fields.last_used_at, Some(at(5)));

        // Each of the two secrets continues to have its own uses.
        let uses = vec![used(&rotated.fields().secret, 20, 1), used(&key.fields().secret, 15, 1)];
        subject.store.record(uses).await.unwrap();
        let fields = subject.current(&key).await.unwrap().into_fields();
        assert_eq!(fields.secret.last_use.unwrap().at, at(20));
        let previous = fields.previous_secret.unwrap().secret.last_use.unwrap();
        assert_eq!((previous.at, previous.count), (at(15), 4));
        assert_eq!(fields.last_used_at, Some(at(20)));
    }

    async fn a_change_of_another_kind_leaves_last_uses_where_they_are(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = subject.created(&workspace).await;
        let renaming = changed(&workspace, &key, &rename("New"), at(10));
        subject.store.record(vec![used(&key.fields().secret, 5, 3)]).await.unwrap();
        assert_eq!(subject.store.save(renaming).await.unwrap(), Saved::Done);
        let last_use = subject.current(&key).await.unwrap().into_fields().secret.last_use;
        assert_eq!(last_use.unwrap().at, at(5));
    }

    async fn an_ended_secret_has_no_uses_any_more_but_the_key_has(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = subject.created(&workspace).await;
        let old = key.fields().secret.clone();
        subject.store.record(vec![used(&old, 5, 3)]).await.unwrap();
        let rotated = subject.change(&workspace, &key, &rotation(at(10), 600), at(10)).await;
        let ended = subject.change(&workspace, &rotated, &Change::EndOverlap, at(11)).await;
        subject.store.record(vec![used(&old, 99, 1)]).await.unwrap();
        let fields = subject.current(&ended).await.unwrap().into_fields();
        assert_eq!(fields.previous_secret, None);
        assert_eq!(fields.last_used_at, Some(at(5)));
        // The next overlap begins with the uses of its own old secret.
        let again = subject.change(&workspace, &ended, &rotation(at(12), 600), at(12)).await;
        let fields = subject.current(&again).await.unwrap().into_fields();
        assert_eq!(fields.previous_secret.unwrap().secret.last_use, None);
    }

    async fn the_same_rotation_again_is_replayed(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = subject.created(&workspace).await;
        let first = named(&workspace, &key, "k", "body", 1);
        let rotated = first.key.clone();
        assert_eq!(subject.store.save(first).await.unwrap(), Saved::Done);
        let again = named(&workspace, &rotated, "k", "body", 2);
        assert_eq!(subject.store.save(again).await.unwrap(), Saved::Replayed(key.id()));
        // Even when the rotation is based on an outdated key.
        let late = named(&workspace, &key, "k", "body", 2);
        assert_eq!(subject.store.save(late).await.unwrap(), Saved::Replayed(key.id()));
        let other = named(&workspace, &rotated, "k", "other body", 2);
        assert_eq!(subject.store.save(other).await.unwrap(), Saved::KeyReused);
        assert_eq!(subject.current(&key).await, Some(rotated.clone()));
        let next_day = named(&workspace, &rotated, "k", "body", 1 + IDEMPOTENCY_SECONDS);
        assert_eq!(subject.store.save(next_day).await.unwrap(), Saved::Done);
    }

    async fn what_was_carried_out_is_found_even_when_the_key_is_deleted(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = subject.created(&workspace).await;
        let rotation = named(&workspace, &key, "k", "body", 1);
        let rotated = rotation.key.clone();
        assert_eq!(subject.store.save(rotation).await.unwrap(), Saved::Done);
        subject.change(&workspace, &rotated, &Change::Delete, at(2)).await;
        let carried_out = async |operation, body, now| {
            let (id, once) = (workspace.workspace_id(), idempotency("k", body));
            subject.store.carried_out(id, operation, &once, at(now)).await.unwrap()
        };
        let rotate = RepeatableOperation::Rotate;
        let same = Some(CarriedOut::SameRequest(key.id()));
        assert_eq!(carried_out(rotate, "body", 3).await, same);
        assert_eq!(carried_out(rotate, "other body", 3).await, Some(CarriedOut::OtherRequest));
        assert_eq!(carried_out(RepeatableOperation::Create, "body", 3).await, None);
        assert_eq!(carried_out(rotate, "body", IDEMPOTENCY_SECONDS).await, same);
        assert_eq!(carried_out(rotate, "body", 1 + IDEMPOTENCY_SECONDS).await, None);
    }

    async fn a_superseded_rotation_leaves_no_record(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = subject.created(&workspace).await;
        let late = named(&workspace, &key, "k", "body", 2);
        let now = subject.change(&workspace, &key, &rename("New"), at(1)).await;
        assert_eq!(subject.store.save(late).await.unwrap(), Saved::Superseded);
        let again = named(&workspace, &now, "k", "body", 3);
        assert_eq!(subject.store.save(again).await.unwrap(), Saved::Done);
    }

    async fn create_and_rotate_have_idempotency_keys_of_their_own(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let new = NewApiKey {
            idempotency: Some(idempotency("k", "body")),
            ..new_key(&workspace, at(0))
        };
        let key = new.key.clone();
        subject.insert(new).await;
        let rotating = named(&workspace, &key, "k", "body", 1);
        assert_eq!(subject.store.save(rotating).await.unwrap(), Saved::Done);
    }
}
