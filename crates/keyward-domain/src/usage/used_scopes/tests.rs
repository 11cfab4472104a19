use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::testing::{api_key_id, at, scope};

const DAY: i64 = 24 * 60 * 60;

/// The beginning of a day.
fn day(number: i64) -> Timestamp {
    at(0).truncated_to_days().plus_seconds(number * DAY)
}

/// What is passed to a store that works, sorted.
fn written(used: &UsedScopes) -> Vec<(ApiKeyId, String, Timestamp)> {
    let passed = Mutex::new(Vec::new());
    let writing = used.write(|batch| {
        assert!((1..=GATHERED_BATCH).contains(&batch.len()));
        let batch = batch.into_iter();
        let rows = batch.map(|row| (row.api_key_id, row.scope.to_string(), row.last_used_on));
        lock(&passed).extend(rows);
        Box::pin(async { Ok(()) })
    });
    pollster::block_on(writing).unwrap();
    let mut passed = passed.into_inner().unwrap();
    passed.sort();
    passed
}

/// A store that fails, perhaps after it has written.
fn fails(used: &UsedScopes, may_be_done: bool) {
    let writing = used.write(|_batch| {
        Box::pin(async move {
            Err(if may_be_done {
                RepositoryError::OutcomeUnknown("lost".into())
            } else {
                RepositoryError::Unavailable("down".into())
            })
        })
    });
    assert!(pollster::block_on(writing).is_err());
}

fn row(key: u64, code: &str, on: i64) -> (ApiKeyId, String, Timestamp) {
    (api_key_id(key), code.to_owned(), day(on))
}

#[test]
fn a_key_and_scope_is_written_once_a_day() {
    let used = UsedScopes::new(100);
    let (read, write) = (scope("a:read"), scope("a:write"));
    for second in [5, 9, 7, DAY - 1] {
        used.add(
            api_key_id(1),
            std::slice::from_ref(&read),
            day(0).plus_seconds(second),
        );
    }
    used.add(api_key_id(2), &[write.clone(), read.clone(), write], day(0));
    let want = [
        row(1, "a:read", 0),
        row(2, "a:read", 0),
        row(2, "a:write", 0),
    ];
    assert_eq!(written(&used), want);
    used.add(
        api_key_id(1),
        std::slice::from_ref(&read),
        day(0).plus_seconds(10),
    );
    assert_eq!(written(&used), []);
    used.add(api_key_id(1), std::slice::from_ref(&read), day(1));
    // A late report of the day before changes nothing.
    used.add(api_key_id(1), &[read], day(0).plus_seconds(11));
    assert_eq!(written(&used), [row(1, "a:read", 1)]);
}

#[test]
fn a_call_that_requires_no_scope_notes_nothing() {
    let used = UsedScopes::new(100);
    assert!(!used.add(api_key_id(1), &[], day(0)));
    assert_eq!(written(&used), []);
}

#[test]
fn what_failed_is_written_later_also_on_the_next_day() {
    for may_be_done in [false, true] {
        let used = UsedScopes::new(100);
        used.add(api_key_id(1), &[scope("a:read")], day(0));
        fails(&used, may_be_done);
        used.add(api_key_id(2), &[scope("a:read")], day(1));
        fails(&used, may_be_done);
        assert_eq!(written(&used), [row(1, "a:read", 0), row(2, "a:read", 1)]);
        assert_eq!(written(&used), []);
    }
}

#[test]
fn a_use_on_the_next_day_while_it_is_written_is_not_lost() {
    let used = UsedScopes::new(100);
    used.add(api_key_id(1), &[scope("a:read")], day(0));
    let writing = used.write(|_batch| {
        used.add(api_key_id(1), &[scope("a:read")], day(1));
        Box::pin(async { Ok(()) })
    });
    pollster::block_on(writing).unwrap();
    assert_eq!(written(&used), [row(1, "a:read", 1)]);
}

#[test]
fn older_days_are_forgotten() {
    let used = UsedScopes::new(1_000);
    for number in 0..1_000 {
        used.add(api_key_id(number), &[scope("a:read")], day(0));
    }
    assert_eq!(written(&used).len(), 1_000);
    for number in 0..u64::from(GATHERED_SHARDS) {
        used.add(api_key_id(number), &[scope("a:read")], day(1));
    }
    assert_eq!(written(&used).len(), usize::from(GATHERED_SHARDS));
    let kept: usize = used.shards.iter().map(|shard| lock(shard).count).sum();
    assert_eq!(kept, usize::from(GATHERED_SHARDS));
}

/// The ids of one shard.
fn of_one_shard(number: u64) -> ApiKeyId {
    api_key_id(number * u64::from(GATHERED_SHARDS))
}

#[test]
fn a_full_shard_drops_only_what_was_not_written() {
    let used = UsedScopes::new(4);
    let read = [scope("a:read")];
    let is_due = |number| used.add(of_one_shard(number), &read, day(0));
    assert_eq!([0, 1, 2, 3].map(is_due), [false, false, true, true]);
    assert!(is_due(4));
    assert_eq!(used.dropped(), 1);
    assert_eq!(written(&used).len(), 4);
    // Written ones give way.
    assert_eq!([4, 5].map(is_due), [false, false]);
    assert_eq!(used.dropped(), 1);
    assert_eq!(written(&used).len(), 2);
    // One that gave way is written again.
    is_due(0);
    assert_eq!(written(&used).len(), 1);
}

#[test]
fn a_key_takes_no_more_places_than_it_can_have_scopes() {
    let used = UsedScopes::new(10 * SCOPES_MAX);
    let add = |number: usize| used.add(api_key_id(1), &[scope(&format!("a:x{number}"))], day(0));
    for number in 0..SCOPES_MAX {
        assert!(!add(number));
    }
    assert!(add(SCOPES_MAX));
    assert_eq!(used.dropped(), 1);
    assert_eq!(written(&used).len(), SCOPES_MAX);
    assert!(!add(SCOPES_MAX));
    assert_eq!(written(&used).len(), 1);
}

#[derive(Clone, Debug)]
enum Step {
    Use { key: u64, scopes: Vec<u8> },
    Write,
    Fail { may_be_done: bool },
    NextDay,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let used = (0..6_u64, prop::collection::vec(0..4_u8, 0..4));
    let step = prop_oneof![
        6 => used.prop_map(|(key, scopes)| Step::Use { key, scopes }),
        2 => Just(Step::Write),
        1 => any::<bool>().prop_map(|may_be_done| Step::Fail { may_be_done }),
        1 => Just(Step::NextDay),
    ];
    prop::collection::vec(step, 0..60)
}

proptest! {
    #[test]
    fn each_use_is_written_exactly_once_a_day(steps in steps()) {
        let used = UsedScopes::new(1_000);
        let mut today = 0;
        let mut expected: BTreeMap<(ApiKeyId, String), i64> = BTreeMap::new();
        let mut rows = Vec::new();
        let mut told: BTreeMap<(ApiKeyId, String), Timestamp> = BTreeMap::new();
        for step in steps.into_iter().chain([Step::Write]) {
            match step {
                Step::Use { key, scopes } => {
                    let scopes: Vec<Scope> =
                        scopes.iter().map(|number| scope(&format!("a:x{number}"))).collect();
                    used.add(of_one_shard(key), &scopes, day(today).plus_seconds(1));
                    for scope in scopes {
                        expected.insert((of_one_shard(key), scope.to_string()), today);
                    }
                }
                Step::Write => {
                    let new = written(&used);
                    for (id, scope, on) in new.clone() {
                        told.insert((id, scope), on);
                    }
                    rows.extend(new);
                }
                Step::Fail { may_be_done } => {
                    let is_empty = used.shards.iter().all(|shard| lock(shard).unwritten == 0);
                    if !is_empty {
                        fails(&used, may_be_done);
                    }
                }
                Step::NextDay => today += 1,
            }
        }
        let count = rows.len();
        rows.sort();
        rows.dedup();
        prop_assert_eq!(rows.len(), count);
        let expected: BTreeMap<_, _> =
            expected.into_iter().map(|(row, on)| (row, day(on))).collect();
        prop_assert_eq!(told, expected);
    }

    #[test]
    fn memory_is_bounded_and_whatever_is_lost_is_counted(max in 1..8_usize, steps in steps()) {
        let used = UsedScopes::new(max);
        let (mut added, mut passed, mut today) = (0, 0, 0);
        for step in steps.into_iter().chain([Step::Write]) {
            match step {
                Step::Use { key, scopes } => {
                    for number in scopes {
                        let before = used.dropped();
                        used.add(of_one_shard(key), &[scope(&format!("a:x{number}"))], day(today));
                        added += u64::from(before == used.dropped());
                    }
                }
                Step::Write => passed += written(&used).len(),
                Step::Fail { .. } => {}
                Step::NextDay => today += 1,
            }
            for shard in &used.shards {
                let shard = lock(shard);
                let noted = || shard.keys.values().flatten();
                prop_assert!(shard.count <= max);
                prop_assert_eq!(shard.count, noted().count());
                prop_assert_eq!(shard.unwritten, noted().filter(|used| !used.is_written).count());
            }
        }
        prop_assert!(u64::try_from(passed).unwrap() <= added);
    }
}
