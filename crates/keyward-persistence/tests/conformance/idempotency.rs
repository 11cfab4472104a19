use keyward_domain::ports::{ApiKeys as _, CarriedOut, Inserted, NewApiKey};
use keyward_domain::testing::at;
use keyward_domain::{IDEMPOTENCY_SECONDS, OwnedWorkspace, RepeatableOperation, Timestamp};

use crate::subject::{Subject, idempotency, new_key, on_both_stores};

fn named(workspace: &OwnedWorkspace, now: Timestamp, key: &str, body: &str) -> NewApiKey {
    NewApiKey {
        idempotency: Some(idempotency(key, body)),
        ..new_key(workspace, now)
    }
}

on_both_stores! {
    async fn the_same_request_again_is_replayed(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let first = named(&workspace, at(0), "k", "body");
        let id = first.key.id();
        assert_eq!(subject.insert(first).await, Inserted::Created);
        let again = named(&workspace, at(1), "k", "body");
        assert_eq!(subject.insert(again).await, Inserted::Replayed(id));
        assert_eq!(subject.key_count("ws_1").await, 1);
    }

    async fn another_request_under_the_same_key_is_refused(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        subject.insert(named(&workspace, at(0), "k", "body")).await;
        let other = named(&workspace, at(1), "k", "other body");
        assert_eq!(subject.insert(other).await, Inserted::KeyReused);
        assert_eq!(subject.key_count("ws_1").await, 1);
    }

    async fn what_was_carried_out_is_found_where_it_was(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let elsewhere = subject.workspace("ws_2").await;
        let first = named(&workspace, at(0), "k", "body");
        let same = Some(CarriedOut::SameRequest(first.key.id()));
        let carried_out = async |workspace: &OwnedWorkspace, key, body, now| {
            let (id, once) = (workspace.workspace_id(), idempotency(key, body));
            let create = RepeatableOperation::Create;
            subject.store.carried_out(id, create, &once, at(now)).await.unwrap()
        };
        assert_eq!(carried_out(&workspace, "k", "body", 0).await, None);
        subject.insert(first).await;
        assert_eq!(carried_out(&workspace, "k", "body", 0).await, same);
        assert_eq!(carried_out(&workspace, "k", "", 0).await, Some(CarriedOut::OtherRequest));
        assert_eq!(carried_out(&workspace, "K", "body", 0).await, None);
        assert_eq!(carried_out(&elsewhere, "k", "body", 0).await, None);
        assert_eq!(carried_out(&workspace, "k", "body", IDEMPOTENCY_SECONDS - 1).await, same);
        assert_eq!(carried_out(&workspace, "k", "body", IDEMPOTENCY_SECONDS).await, None);
    }

    async fn another_key_is_another_request(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        for key in ["k", "K", "k2"] {
            let new = named(&workspace, at(0), key, "body");
            assert_eq!(subject.insert(new).await, Inserted::Created, "{key}");
        }
    }

    async fn each_workspace_has_its_own_keys(subject: &Subject) {
        let (first, second) = (subject.workspace("ws_1").await, subject.workspace("ws_2").await);
        for workspace in [&first, &second] {
            let new = named(workspace, at(0), "k", "body");
            assert_eq!(subject.insert(new).await, Inserted::Created);
        }
    }

    async fn a_replay_is_told_before_the_limit_is(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let one = |new: NewApiKey| NewApiKey { key_count_max: 1, ..new };
        let first = one(named(&workspace, at(0), "k", "body"));
        let id = first.key.id();
        assert_eq!(subject.insert(first).await, Inserted::Created);
        let again = one(named(&workspace, at(1), "k", "body"));
        assert_eq!(subject.insert(again).await, Inserted::Replayed(id));
        let other = one(named(&workspace, at(1), "k", "other body"));
        assert_eq!(subject.insert(other).await, Inserted::KeyReused);
    }

    async fn limit_reached_leaves_no_record(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let refused = NewApiKey { key_count_max: 0, ..named(&workspace, at(0), "k", "body") };
        assert_eq!(subject.insert(refused).await, Inserted::LimitReached);
        let other = named(&workspace, at(1), "k", "other body");
        assert_eq!(subject.insert(other).await, Inserted::Created);
    }

    async fn a_record_is_forgotten_a_day_after_its_event(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let first = named(&workspace, at(0), "k", "body");
        let id = first.key.id();
        subject.insert(first).await;
        let last_moment = named(&workspace, at(IDEMPOTENCY_SECONDS - 1), "k", "body");
        assert_eq!(subject.insert(last_moment).await, Inserted::Replayed(id));
        let forgotten = named(&workspace, at(IDEMPOTENCY_SECONDS), "k", "body");
        let id = forgotten.key.id();
        assert_eq!(subject.insert(forgotten).await, Inserted::Created);
        let again = named(&workspace, at(IDEMPOTENCY_SECONDS + 1), "k", "body");
        assert_eq!(subject.insert(again).await, Inserted::Replayed(id));
    }

    async fn an_expired_record_survives_a_create_that_fails(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let first = named(&workspace, at(0), "k", "body");
        let id = first.key.id();
        subject.insert(first).await;
        let later = named(&workspace, at(IDEMPOTENCY_SECONDS), "k", "body");
        let refused = NewApiKey { key_count_max: 1, ..later };
        assert_eq!(subject.insert(refused).await, Inserted::LimitReached);
        let earlier = named(&workspace, at(1), "k", "body");
        assert_eq!(subject.insert(earlier).await, Inserted::Replayed(id));
    }
}
