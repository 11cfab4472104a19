//! Counters of denials by key, reason and hour (UTC).

use futures_util::future::join_all;
use keyward_domain::ports::{Denials as _, Housekeeping as _, KeyDenials, RepositoryError};
use keyward_domain::testing::{address, at, workspace_id};
use keyward_domain::{ApiKey, ApiKeyId, Change, Denial, Mode, Timestamp};

use crate::subject::{Subject, new_id, on_both_stores};

const HOUR: i64 = 60 * 60;

/// A counter without its key: the reason, the time, the address and the count.
type Counted = (Denial, Timestamp, Option<String>, u64);

fn denied(id: ApiKeyId, denial: Denial, second: i64, from: Option<&str>, count: u64) -> KeyDenials {
    KeyDenials {
        api_key_id: id,
        denial,
        last_denied_at: at(second),
        address: from.map(address),
        count,
    }
}

fn disabled(id: ApiKeyId, second: i64) -> KeyDenials {
    denied(id, Denial::Disabled, second, None, 1)
}

/// The counters of a key since a second, newest hour first.
async fn counted_since(subject: &Subject, key: &ApiKey, second: i64) -> Vec<Counted> {
    let workspace = &key.fields().workspace_id;
    let store = &subject.store;
    let denials = store
        .denials_of_key(workspace, key.id(), at(second), Timestamp::MAX)
        .await;
    let counted = denials.unwrap().into_iter().map(|denials| {
        assert_eq!(denials.api_key_id, key.id());
        let address = denials.address.map(|address| address.ip().to_string());
        (
            denials.denial,
            denials.last_denied_at,
            address,
            denials.count,
        )
    });
    counted.collect()
}

async fn rows(subject: &Subject) -> i64 {
    subject.number("SELECT count(*) FROM key_denials").await
}

on_both_stores! {
    async fn counts_add_up_and_the_last_time_moves_forward_only(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = subject.created(&workspace).await;
        let one = |second, from: Option<&str>, count| {
            vec![denied(key.id(), Denial::IpNotAllowed, second, from, count)]
        };
        for (denials, second, from, count) in [
            (one(10, Some("203.0.113.9"), 1), 10, Some("203.0.113.9"), 1),
            (one(5, Some("198.51.100.1"), 40), 10, Some("203.0.113.9"), 41),
            (one(10, Some("198.51.100.1"), 1), 10, Some("203.0.113.9"), 42),
            (one(11, Some("2001:db8::7"), 1), 11, Some("2001:db8::7"), 43),
            (one(12, None, 1), 12, None, 44),
            (one(9, None, 0), 12, None, 44),
        ] {
            subject.store.record_denials(denials).await.unwrap();
            let want = (Denial::IpNotAllowed, at(second), from.map(str::to_owned), count);
            assert_eq!(counted_since(subject, &key, 0).await, [want]);
        }
        let current = subject.current(&key).await.unwrap();
        assert_eq!(current.fields().version, 1, "a denial is no change");
        assert_eq!(current.fields().last_used_at, None, "and no use");
    }

    async fn keys_hours_and_reasons_are_counted_apart(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let (key, other) = (subject.created(&workspace).await, subject.created(&workspace).await);
        let first_hour = at(0).truncated_to_hours();
        let second = |hours: i64| hours * HOUR - (at(0).unix_seconds() - first_hour.unix_seconds());
        let mut denials = vec![
            disabled(key.id(), second(0)),
            disabled(key.id(), second(1) - 1),
            disabled(key.id(), second(1)),
            disabled(key.id(), second(3)),
            disabled(other.id(), second(3)),
        ];
        denials.extend(Denial::ALL.map(|denial| denied(key.id(), denial, second(1), None, 1)));
        subject.store.record_denials(denials).await.unwrap();

        let of = |denial, second, count| (denial, at(second), None, count);
        let all = [
            of(Denial::Disabled, second(3), 1),
            of(Denial::CostAboveLimit, second(1), 1),
            of(Denial::Disabled, second(1), 2),
            of(Denial::Expired, second(1), 1),
            of(Denial::InsufficientScope, second(1), 1),
            of(Denial::IpNotAllowed, second(1), 1),
            of(Denial::NoScopes, second(1), 1),
            of(Denial::QuotaExceeded, second(1), 1),
            of(Denial::RateLimited, second(1), 1),
            of(Denial::WrongMode, second(1), 1),
            of(Denial::Disabled, second(1) - 1, 2),
        ];
        assert_eq!(counted_since(subject, &key, second(0)).await, all);
        assert_eq!(counted_since(subject, &key, second(1) + 9).await, all[..10], "the whole hour");
        assert_eq!(counted_since(subject, &key, second(2)).await, all[..1]);
        assert_eq!(counted_since(subject, &key, second(4)).await, []);
        assert_eq!(counted_since(subject, &other, second(0)).await, all[..1]);
        let first = subject.store.denials_of_key(
            workspace.workspace_id(), key.id(), at(second(0)), at(second(1)),
        );
        assert_eq!(first.await.unwrap().len(), 1, "the hour of the end is not in it");
        subject.store.record_denials(vec![]).await.unwrap();
    }

    async fn a_key_of_another_workspace_has_no_denials_here(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        subject.workspace("ws_2").await;
        let id = subject.created(&workspace).await.id();
        let store = &subject.store;
        store.record_denials(vec![disabled(id, 1)]).await.unwrap();
        let of = async |workspace: &str, id| {
            let workspace = workspace_id(workspace);
            store.denials_of_key(&workspace, id, at(0), Timestamp::MAX).await.unwrap().len()
        };
        let other_mode = ApiKeyId::from_parts(id.prefix(), Mode::Test, id.uuid()).unwrap();
        assert_eq!(of("ws_1", id).await, 1);
        assert_eq!(of("ws_2", id).await, 0);
        assert_eq!(of("ws_1", other_mode).await, 0);
        assert_eq!(of("ws_1", new_id(Mode::Live, at(0))).await, 0);
    }

    async fn the_denials_of_all_keys_are_read_in_parts(subject: &Subject) {
        let (one, other) = (subject.workspace("ws_1").await, subject.workspace("ws_2").await);
        let mut keys = Vec::new();
        for workspace in [&one, &other, &one, &other] {
            keys.push(subject.created(workspace).await);
        }
        let (quiet, gone) = (subject.created(&one).await, subject.created(&one).await);
        let mut denials = vec![disabled(quiet.id(), 0), disabled(gone.id(), 2 * HOUR)];
        for key in &keys {
            denials.push(disabled(key.id(), 0));
            denials.push(denied(key.id(), Denial::Expired, 2 * HOUR, None, 3));
            denials.push(denied(key.id(), Denial::IpNotAllowed, 2 * HOUR, Some("203.0.113.9"), 2));
            denials.push(disabled(key.id(), 3 * HOUR));
        }
        let store = &subject.store;
        store.record_denials(denials).await.unwrap();
        subject.change(&one, &gone, &Change::Delete, at(2 * HOUR)).await;
        keys.sort_by_key(|key| key.id().uuid());
        let want = keys.iter().flat_map(|key| {
            let counts = [
                denied(key.id(), Denial::Expired, 2 * HOUR, None, 3),
                denied(key.id(), Denial::IpNotAllowed, 2 * HOUR, Some("203.0.113.9"), 2),
                disabled(key.id(), 3 * HOUR),
            ];
            counts.map(|count| (key.fields().workspace_id.clone(), count))
        });
        let want: Vec<_> = want.collect();
        let since = async |after: Option<&ApiKey>, limit| {
            let after = after.map(|key| key.id().uuid());
            store.denials_since(at(2 * HOUR), after, limit).await.unwrap()
        };
        assert_eq!(since(None, 9).await, want);
        assert_eq!(since(None, 2).await, want[..6]);
        assert_eq!(since(Some(&keys[1]), 2).await, want[6..]);
        assert_eq!(since(Some(&keys[1]), 1).await, want[6..9]);
        assert_eq!(since(Some(&keys[3]), 2).await, []);
        let all = store.denials_since(at(0), None, 9).await.unwrap();
        assert_eq!(all.len(), 17, "with the key that was quiet since");
    }

    async fn denials_of_a_key_that_is_gone_are_forgotten(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let (kept, gone) = (subject.created(&workspace).await, subject.created(&workspace).await);
        let both = || vec![disabled(gone.id(), 1), disabled(kept.id(), 1)];
        let store = &subject.store;
        store.record_denials(both()).await.unwrap();
        assert_eq!(rows(subject).await, 2);
        subject.change(&workspace, &gone, &Change::Delete, at(2)).await;
        store.record_denials(both()).await.unwrap();
        assert_eq!(counted_since(subject, &gone, 0).await[0].3, 1, "what was counted before");
        assert_eq!(store.purge_api_keys(at(2), 9).await.unwrap(), Some(1));
        assert_eq!(rows(subject).await, 1, "the others were removed with their key");
        let never_was = disabled(new_id(Mode::Live, at(0)), 1);
        store.record_denials([both(), vec![never_was]].concat()).await.unwrap();
        assert_eq!(rows(subject).await, 1);
        assert_eq!(counted_since(subject, &kept, 0).await[0].3, 3);
    }

    async fn only_old_hours_are_purged_batch_by_batch(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let (first, second) = (subject.created(&workspace).await, subject.created(&workspace).await);
        let mut denials = Vec::new();
        for hour in 0..5 {
            for key in [&first, &second] {
                denials.push(disabled(key.id(), hour * HOUR));
                denials.push(denied(key.id(), Denial::Expired, hour * HOUR, None, 1));
            }
        }
        let store = &subject.store;
        store.record_denials(denials).await.unwrap();
        let third_hour = at(2 * HOUR).truncated_to_hours();
        let before_third = Timestamp::from_unix_micros(third_hour.unix_micros() - 1).unwrap();
        let purgeable = async |by| store.purgeable(at(0), at(0), by, at(0)).await.unwrap().denial_counts;
        assert_eq!(purgeable(before_third).await, 8);
        assert_eq!(purgeable(third_hour).await, 12);
        let mut purged = 0;
        loop {
            let batch = store.purge_denials(third_hour, at(0), 3).await.unwrap().unwrap();
            assert!(batch <= 4, "{batch}: more than the counters of two keys in one hour");
            if batch == 0 {
                break;
            }
            purged += batch;
        }
        assert_eq!(purged, 12);
        assert_eq!(store.stats().purged.denial_counts, 12);
        for key in [&first, &second] {
            let left = counted_since(subject, key, 0).await;
            let hours: Vec<_> = left.iter().map(|counted| counted.1).collect();
            assert_eq!(hours, [at(4 * HOUR), at(4 * HOUR), at(3 * HOUR), at(3 * HOUR)]);
        }
    }

    /// Otherwise deleting the key would delete all of them at once, however many there are.
    async fn denials_of_a_deleted_key_are_purged_batch_by_batch(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let (kept, gone) = (subject.created(&workspace).await, subject.created(&workspace).await);
        let denials = (0..10).flat_map(|hour| [disabled(kept.id(), hour * HOUR), disabled(gone.id(), hour * HOUR)]);
        let store = &subject.store;
        store.record_denials(denials.collect()).await.unwrap();
        subject.change(&workspace, &gone, &Change::Delete, at(5)).await;
        assert_eq!(store.purgeable(at(5), at(0), at(-HOUR), at(0)).await.unwrap().denial_counts, 10);
        for want in [4, 4, 2, 0] {
            assert_eq!(store.purge_denials(at(-HOUR), at(5), 4).await.unwrap(), Some(want));
        }
        assert_eq!(rows(subject).await, 10);
    }

    /// Two nodes count denials of the same keys at the same time, each in its own order.
    async fn batches_that_overlap_never_stand_in_each_others_way(subject: &Subject) {
        const ROUNDS: u32 = 50;
        let workspace = subject.workspace("ws_1").await;
        let mut keys = Vec::new();
        for _ in 0..40 {
            keys.push(subject.created(&workspace).await);
        }
        let other = subject.another_node().await;
        for _ in 0..ROUNDS {
            let each = |key: &ApiKey| Denial::ALL.map(|denial| denied(key.id(), denial, 1, None, 1));
            let all: Vec<KeyDenials> = keys.iter().flat_map(each).collect();
            let reversed: Vec<KeyDenials> = all.iter().rev().cloned().collect();
            let racing = [(subject.store.clone(), all), (other.clone(), reversed)];
            let racing = racing.map(|(store, denials)| {
                tokio::spawn(async move { store.record_denials(denials).await })
            });
            for recorded in join_all(racing).await {
                recorded.unwrap().unwrap();
            }
        }
        for key in &keys {
            for counted in counted_since(subject, key, 0).await {
                assert_eq!(counted.3, u64::from(ROUNDS) * 2, "{:?}", counted.0);
            }
        }
    }

    async fn a_count_with_a_word_that_is_no_reason_is_told(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = subject.created(&workspace).await;
        subject.store.record_denials(vec![disabled(key.id(), 1)]).await.unwrap();
        subject.execute(
            "PRAGMA ignore_check_constraints = ON; UPDATE key_denials SET decision = 'UNKNOWN'",
            "ALTER TABLE key_denials DROP CONSTRAINT key_denials_decision; \
             UPDATE key_denials SET decision = 'UNKNOWN'",
        ).await;
        let read = subject.store.denials_of_key(&workspace_id("ws_1"), key.id(), at(0), Timestamp::MAX).await;
        let Err(RepositoryError::Corrupt(cause)) = read else { panic!("{read:?}") };
        let place = format!("key_denials {}: decision ", key.id().uuid());
        assert!(cause.to_string().contains(&place), "{cause}");
    }
}
