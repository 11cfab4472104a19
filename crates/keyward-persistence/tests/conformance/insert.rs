use futures_util::future::join_all;
use keyward_domain::ports::{ApiKeys as _, ChangedApiKey, Inserted, NewApiKey, Saved};
use keyward_domain::testing::{altered, at, by_operator, workspace_id};

use crate::subject::{
    Subject, assert_unavailable, changed, idempotency, new_key, newest_first, on_both_stores,
    rename, trail,
};

on_both_stores! {
    async fn created_is_there_with_its_event_and_its_count(subject: &Subject) {
        let workspace = subject.owned("ws_1").await;
        let new = new_key(&workspace, at(0));
        let (key, event) = (new.key.clone(), new.event.clone());
        assert_eq!(subject.insert(new).await, Inserted::Created);

        let listed = subject.listed(workspace.workspace_id(), 0, 20).await;
        assert_eq!(listed.items, std::slice::from_ref(&key));
        assert_eq!(listed.total, 1);
        let trail = subject.trail(workspace.workspace_id(), key.id()).await;
        assert_eq!(trail, [event]);
        assert_eq!(subject.key_count("ws_1").await, 1);
    }

    async fn an_instant_keeps_its_microseconds(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let now = keyward_domain::Timestamp::from_unix_micros(1_800_000_000_123_457).unwrap();
        subject.insert(new_key(&workspace, now)).await;
        let listed = subject.listed(workspace.workspace_id(), 0, 1).await;
        assert_eq!(listed.items[0].fields().created_at, now);
    }

    async fn the_limit_counts_the_new_key_too(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let limited = |key_count_max| NewApiKey { key_count_max, ..new_key(&workspace, at(0)) };
        assert_eq!(subject.insert(limited(0)).await, Inserted::LimitReached);
        assert_eq!(subject.insert(limited(1)).await, Inserted::Created);
        assert_eq!(subject.insert(limited(1)).await, Inserted::LimitReached);
        assert_eq!(subject.insert(limited(2)).await, Inserted::Created);
        assert_eq!(subject.key_count("ws_1").await, 2);
    }

    async fn limit_reached_changes_nothing(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let refused = NewApiKey { key_count_max: 0, ..new_key(&workspace, at(0)) };
        let id = refused.key.id();
        assert_eq!(subject.insert(refused).await, Inserted::LimitReached);
        let listed = subject.listed(workspace.workspace_id(), 0, 20).await;
        assert_eq!((listed.items.len(), listed.total), (0, 0));
        let trail = subject.trail(workspace.workspace_id(), id).await;
        assert_eq!(trail, []);
        assert_eq!(subject.key_count("ws_1").await, 0);
    }

    async fn a_trail_has_so_many_events_in_any_minute(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let at_second = |second| NewApiKey {
            events_per_minute_max: Some(3),
            ..new_key(&workspace, at(second))
        };
        let too_many = |retry_after_seconds| Inserted::TooManyEvents { retry_after_seconds };
        for second in [0, 10, 20] {
            assert_eq!(subject.insert(at_second(second)).await, Inserted::Created);
        }
        assert_eq!(subject.insert(at_second(20)).await, too_many(40));
        assert_eq!(subject.insert(at_second(59)).await, too_many(1));
        assert_eq!(subject.key_count("ws_1").await, 3);
        // Nothing changes for other workspaces, or without a limit.
        let other = subject.workspace("ws_2").await;
        let of_other = NewApiKey { events_per_minute_max: Some(3), ..new_key(&other, at(30)) };
        assert_eq!(subject.insert(of_other).await, Inserted::Created);
        assert_eq!(subject.insert(at_second(60)).await, Inserted::Created);
        assert_eq!(subject.insert(at_second(69)).await, too_many(1));
        let any = NewApiKey { events_per_minute_max: None, ..at_second(69) };
        let key = any.key.clone();
        assert_eq!(subject.insert(any).await, Inserted::Created);
        // The limit is for the trail: changes count like creations.
        let change = ChangedApiKey {
            events_per_minute_max: Some(3),
            ..changed(&workspace, &key, &rename("Other"), at(79))
        };
        let saved = subject.store.save(change.clone()).await.unwrap();
        assert_eq!(saved, Saved::TooManyEvents { retry_after_seconds: 1 });
        assert_eq!(subject.current(&key).await.unwrap().fields().version, 1);
        let later = ChangedApiKey {
            events_per_minute_max: Some(3),
            ..changed(&workspace, &key, &rename("Other"), at(80))
        };
        assert_eq!(subject.store.save(later).await.unwrap(), Saved::Done);
    }

    async fn concurrent_creates_stay_within_the_events_of_a_minute(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let creating = (0..60).map(|at_once| {
            let new = NewApiKey {
                events_per_minute_max: Some(7),
                idempotency: (at_once % 2 == 0).then(|| idempotency(&at_once.to_string(), "body")),
                ..new_key(&workspace, at(0))
            };
            let store = subject.store.clone();
            tokio::spawn(async move { store.insert(new).await.unwrap() })
        });
        let outcomes = join_all(creating).await;
        let created = outcomes.iter().filter(|outcome| matches!(outcome, Ok(Inserted::Created)));
        assert_eq!(created.count(), 7, "{outcomes:?}");
        assert_eq!(subject.key_count("ws_1").await, 7);
        let events = subject.number("SELECT count(*) FROM audit_events").await;
        assert_eq!(events, 7);
    }

    async fn concurrent_creates_stay_within_the_limit_and_refused_ones_leave_no_record(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let named = |number: usize| NewApiKey {
            key_count_max: 5,
            idempotency: Some(idempotency(&number.to_string(), "body")),
            ..new_key(&workspace, at(0))
        };
        let creating = (0..60).map(|number| {
            let (store, new) = (subject.store.clone(), named(number));
            tokio::spawn(async move { store.insert(new).await.unwrap() })
        });
        let outcomes: Vec<Inserted> =
            join_all(creating).await.into_iter().map(Result::unwrap).collect();
        let created = outcomes.iter().filter(|outcome| **outcome == Inserted::Created).count();
        let refused = outcomes.iter().filter(|outcome| **outcome == Inserted::LimitReached).count();
        assert_eq!((created, refused), (5, 55), "{outcomes:?}");
        assert_eq!(subject.key_count("ws_1").await, 5);
        assert_eq!(subject.number("SELECT count(*) FROM api_keys").await, 5);
        assert_eq!(subject.number("SELECT count(*) FROM idempotency_records").await, 5);
        assert_eq!(subject.number("SELECT count(*) FROM audit_events").await, 5);
    }

    async fn workspaces_have_limits_of_their_own(subject: &Subject) {
        let (first, second) = (subject.workspace("ws_1").await, subject.workspace("ws_2").await);
        for workspace in [&first, &second] {
            let new = NewApiKey { key_count_max: 1, ..new_key(workspace, at(0)) };
            assert_eq!(subject.insert(new).await, Inserted::Created);
        }
    }

    async fn a_workspace_that_is_gone_may_have_no_key(subject: &Subject) {
        use keyward_domain::ports::{WorkspaceDirectory as _, WorkspaceRemoval};
        let workspace = subject.workspace("ws_1").await;
        let removed = subject.store.remove_workspace(&workspace_id("ws_1"), by_operator(at(0))).await.unwrap();
        assert_eq!(removed, WorkspaceRemoval::Done);
        let late = new_key(&workspace, at(0));
        assert_eq!(subject.insert(late).await, Inserted::LimitReached);
    }

    async fn concurrent_creates_are_all_counted(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let creating = (0..300).map(|_| {
            let (store, new) = (subject.store.clone(), new_key(&workspace, at(0)));
            tokio::spawn(async move { store.insert(new).await.unwrap() })
        });
        for outcome in join_all(creating).await {
            assert_eq!(outcome.unwrap(), Inserted::Created);
        }
        assert_eq!(subject.key_count("ws_1").await, 300);
        let listed = subject.listed(workspace.workspace_id(), 2, 100).await;
        assert_eq!((listed.items.len(), listed.total), (100, 300));
    }

    async fn an_insert_that_fails_half_way_changes_nothing_and_harms_no_other(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let new = new_key(&workspace, at(0));
        assert_eq!(subject.insert(new.clone()).await, Inserted::Created);
        // The id is taken. The count is raised before the conflict is found.
        let same_id = NewApiKey {
            key: altered(new.key.clone(), |fields| {
                fields.secret = new_key(&workspace, at(1)).key.into_fields().secret;
            }),
            ..new
        };
        let both = [same_id, new_key(&workspace, at(1))].map(|new| subject.store.insert(new));
        let [again, other] = join_all(both).await.try_into().unwrap();
        assert_unavailable(&again);
        assert_eq!(other.unwrap(), Inserted::Created);
        assert_eq!(subject.key_count("ws_1").await, 2);
    }

    async fn a_caller_who_goes_away_cancels_nothing_half_way(subject: &Subject) {
        use futures_util::FutureExt as _;
        let workspace = subject.workspace("ws_1").await;
        let new = new_key(&workspace, at(0));
        let id = new.key.id();
        let lock = subject.lock_out_writers().await;
        // Polled once, so that it has started, then dropped.
        assert!(subject.store.insert(new).now_or_never().is_none());
        lock.release().await;
        subject.store.close().await;

        let store = subject.database.open().await;
        let trail = trail(&store, workspace.workspace_id(), id).await;
        let listed = store.list(workspace.workspace_id(), &newest_first(0, 20)).await.unwrap();
        assert_eq!((trail.len(), listed.items.len()), (1, 1));
    }
}
