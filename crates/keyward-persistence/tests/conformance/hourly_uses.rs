//! Counters of uses by key and hour (UTC).

use futures_util::future::join_all;
use keyward_domain::ports::{HourlyUses as _, Housekeeping as _, KeyUses};
use keyward_domain::testing::{address, at, workspace_id};
use keyward_domain::{AddressSketch, ApiKey, ApiKeyId, Change, Mode, Timestamp};
use keyward_persistence::Store;

use crate::subject::{Subject, new_id, on_both_stores};

const HOUR: i64 = 60 * 60;

/// The first hour of a test.
fn hour(number: i64) -> Timestamp {
    at(0).truncated_to_hours().plus_seconds(number * HOUR)
}

fn used(id: ApiKeyId, number: i64, from: Option<&str>, count: u64) -> KeyUses {
    KeyUses {
        api_key_id: id,
        hour: hour(number),
        addresses: AddressSketch::of(from.map(address)),
        count,
    }
}

/// The hours of a key in a period: the start, the count, and the estimate of addresses.
async fn counted(
    subject: &Subject,
    key: &ApiKey,
    from: Timestamp,
    before: Timestamp,
) -> Vec<(Timestamp, u64, u32)> {
    let workspace = &key.fields().workspace_id;
    let uses = subject
        .store
        .hourly_uses_of_key(workspace, key.id(), from, before);
    let uses = uses.await.unwrap().into_iter().map(|uses| {
        assert_eq!(uses.api_key_id, key.id());
        (uses.hour, uses.count, uses.addresses.estimate())
    });
    uses.collect()
}

async fn all(subject: &Subject, key: &ApiKey) -> Vec<(Timestamp, u64, u32)> {
    counted(subject, key, Timestamp::MIN, Timestamp::MAX).await
}

async fn rows(subject: &Subject) -> i64 {
    subject.number("SELECT count(*) FROM key_uses").await
}

on_both_stores! {
    async fn counts_add_up_and_addresses_are_merged(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = subject.created(&workspace).await;
        let id = key.id();
        for (uses, want) in [
            (vec![used(id, 0, Some("203.0.113.7"), 1)], vec![(hour(0), 1, 1)]),
            (vec![used(id, 0, Some("203.0.113.7"), 2)], vec![(hour(0), 3, 1)]),
            (vec![used(id, 0, Some("2001:db8::7"), 1)], vec![(hour(0), 4, 2)]),
            (vec![used(id, 0, None, 0)], vec![(hour(0), 4, 2)]),
            (
                vec![used(id, 1, None, 5), used(id, -1, None, 6), used(id, 1, None, 5)],
                vec![(hour(-1), 6, 0), (hour(0), 4, 2), (hour(1), 10, 0)],
            ),
            (vec![], vec![(hour(-1), 6, 0), (hour(0), 4, 2), (hour(1), 10, 0)]),
        ] {
            subject.store.record_hourly_uses(uses).await.unwrap();
            assert_eq!(all(subject, &key).await, want);
        }
        let every_bit = KeyUses { addresses: AddressSketch::from_bits(-1), ..used(id, 0, None, 1) };
        subject.store.record_hourly_uses(vec![every_bit]).await.unwrap();
        assert_eq!(all(subject, &key).await[1], (hour(0), 5, 250));
        let current = subject.current(&key).await.unwrap();
        assert_eq!(current.fields().version, 1, "a use is no change");
    }

    async fn a_period_begins_with_an_hour_and_ends_before_one(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = subject.created(&workspace).await;
        let uses = (0..5).map(|number| used(key.id(), number, None, 1)).collect();
        subject.store.record_hourly_uses(uses).await.unwrap();
        let hours = async |from, before| {
            let counted = counted(subject, &key, from, before).await;
            counted.into_iter().map(|(at, _, _)| at).collect::<Vec<_>>()
        };
        assert_eq!(hours(hour(1).plus_seconds(9), hour(3)).await, [hour(1), hour(2)]);
        assert_eq!(hours(hour(4), hour(9)).await, [hour(4)]);
        assert_eq!(hours(hour(5), hour(9)).await, []);
    }

    async fn a_key_of_another_workspace_has_no_uses_here(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        subject.workspace("ws_2").await;
        let id = subject.created(&workspace).await.id();
        let store = &subject.store;
        store.record_hourly_uses(vec![used(id, 0, None, 1)]).await.unwrap();
        let of = async |workspace: &str, id| {
            let workspace = workspace_id(workspace);
            let uses = store.hourly_uses_of_key(&workspace, id, Timestamp::MIN, Timestamp::MAX);
            uses.await.unwrap().len()
        };
        let other_mode = ApiKeyId::from_parts(id.prefix(), Mode::Test, id.uuid()).unwrap();
        assert_eq!(of("ws_1", id).await, 1);
        assert_eq!(of("ws_2", id).await, 0);
        assert_eq!(of("ws_1", other_mode).await, 0);
        assert_eq!(of("ws_1", new_id(Mode::Live, at(0))).await, 0);
    }

    async fn the_days_of_several_keys_are_summed_in_one_look(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let other = subject.workspace("ws_2").await;
        let (a, b) = (subject.created(&workspace).await, subject.created(&workspace).await);
        let theirs = subject.created(&other).await;
        let day = hour(0).truncated_to_days();
        let used = |key: &ApiKey, hours: i64, count| KeyUses {
            hour: day.plus_seconds(hours * HOUR),
            ..used(key.id(), 0, None, count)
        };
        let store = &subject.store;
        store.record_hourly_uses(vec![
            used(&a, -1, 7), used(&a, 0, 1), used(&a, 23, 2), used(&a, 24, 4),
            used(&b, 47, 8), used(&theirs, 0, 16),
        ]).await.unwrap();
        let asked = [a.id(), theirs.id(), b.id(), new_id(Mode::Live, at(0))];
        let daily = async |keys: &[ApiKeyId], from| {
            let daily = store.daily_uses_of_keys(&workspace_id("ws_1"), keys, from).await.unwrap();
            let mut daily: Vec<_> = daily.into_iter().map(|uses| {
                let days = (uses.day.unix_seconds() - day.unix_seconds()) / (24 * HOUR);
                (uses.api_key_id == b.id(), days, uses.count)
            }).collect();
            daily.sort_by_key(|(is_b, _, _)| *is_b);
            daily
        };
        let want = [(false, 0, 3), (false, 1, 4), (true, 1, 8)];
        assert_eq!(daily(&asked, day.plus_seconds(HOUR)).await, want);
        assert_eq!(daily(&[a.id()], day.plus_seconds(-1)).await[0], (false, -1, 7));
        assert_eq!(daily(&[], day).await, []);
    }

    async fn uses_of_a_key_that_is_gone_are_forgotten(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let (kept, gone) = (subject.created(&workspace).await, subject.created(&workspace).await);
        let both = || vec![used(gone.id(), 0, None, 1), used(kept.id(), 0, None, 1)];
        let store = &subject.store;
        store.record_hourly_uses(both()).await.unwrap();
        subject.change(&workspace, &gone, &Change::Delete, at(2)).await;
        let never_was = used(new_id(Mode::Live, at(0)), 0, None, 1);
        store.record_hourly_uses([both(), vec![never_was]].concat()).await.unwrap();
        assert_eq!(all(subject, &gone).await, [(hour(0), 1, 0)], "what was counted before");
        assert_eq!(store.purge_api_keys(at(2), 9).await.unwrap(), Some(1));
        assert_eq!(rows(subject).await, 1, "the others were removed with their key");
        assert_eq!(all(subject, &kept).await, [(hour(0), 2, 0)]);
    }

    async fn old_hours_and_those_of_deleted_keys_are_purged_batch_by_batch(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let (kept, gone) = (subject.created(&workspace).await, subject.created(&workspace).await);
        let uses = (0..10).flat_map(|number| {
            [used(kept.id(), number, None, 1), used(gone.id(), number, None, 1)]
        });
        let store = &subject.store;
        store.record_hourly_uses(uses.collect()).await.unwrap();
        subject.change(&workspace, &gone, &Change::Delete, at(5)).await;
        let purgeable = async |counted_by, deleted_by| {
            let purgeable = store.purgeable(deleted_by, at(0), counted_by, at(0)).await.unwrap();
            (purgeable.use_counts, purgeable.denial_counts)
        };
        assert_eq!(purgeable(hour(1), at(0)).await, (4, 0));
        assert_eq!(purgeable(hour(-1), at(5)).await, (10, 0));
        for want in [2, 2, 0] {
            assert_eq!(store.purge_uses(hour(1), at(0), 2).await.unwrap(), Some(want));
        }
        for want in [3, 3, 2, 0] {
            assert_eq!(store.purge_uses(hour(1), at(5), 3).await.unwrap(), Some(want));
        }
        assert_eq!(store.stats().purged.use_counts, 12);
        assert_eq!(all(subject, &kept).await.len(), 8);
    }

    /// Two nodes count uses of the same keys at the same time, each in its own order.
    async fn batches_that_overlap_never_stand_in_each_others_way(subject: &Subject) {
        const ROUNDS: u32 = 50;
        let workspace = subject.workspace("ws_1").await;
        let mut keys = Vec::new();
        for _ in 0..40 {
            keys.push(subject.created(&workspace).await);
        }
        let other = if subject.is_sqlite() {
            subject.store.clone()
        } else {
            Store::open(subject.database.config()).await.unwrap()
        };
        for _ in 0..ROUNDS {
            let all: Vec<KeyUses> = keys.iter().map(|key| used(key.id(), 0, None, 1)).collect();
            let reversed: Vec<KeyUses> = all.iter().rev().copied().collect();
            let racing = [(subject.store.clone(), all), (other.clone(), reversed)];
            let racing = racing.map(|(store, uses)| {
                tokio::spawn(async move { store.record_hourly_uses(uses).await })
            });
            for recorded in join_all(racing).await {
                recorded.unwrap().unwrap();
            }
        }
        for key in &keys {
            assert_eq!(all(subject, key).await, [(hour(0), u64::from(ROUNDS) * 2, 0)]);
        }
    }
}
