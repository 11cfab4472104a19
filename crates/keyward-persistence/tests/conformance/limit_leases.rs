//! Nodes lease the units of limits from their ledgers.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use keyward_domain::ports::{Housekeeping as _, LimitLeases as _, RepositoryError};
use keyward_domain::testing::{at, limit, workspace_id};
use keyward_domain::{
    LimitId, LimitName, LimitSubject, LimitWindow, Refill, RefillRequest, SpentForNow, Timestamp,
};
use keyward_persistence::Store;
use serde_json::Value;
use uuid::Uuid;

use crate::postgres_alone::behind_proxy;
use crate::subject::{Subject, on_both_stores};

const DAY: i64 = 86_400;

/// A lease ends after 10 s for its node, and 10 s later for the store.
const LOST_AFTER: i64 = 21;

/// A limit of the key with this UUID in `ws_1`.
pub(crate) fn limit_of(key: Uuid, name: &str) -> LimitId {
    LimitId {
        workspace_id: Arc::new(workspace_id("ws_1")),
        subject: LimitSubject::Key(key),
        name: LimitName::parse(name).unwrap(),
    }
}

/// A limit of `ws_1`.
pub(crate) fn limit_of_workspace(name: &str) -> LimitId {
    LimitId {
        subject: LimitSubject::Workspace,
        ..limit_of(Uuid::nil(), name)
    }
}

/// The limit with this number, each of another key.
fn numbered(number: u128) -> LimitId {
    limit_of(Uuid::from_u128(1 << 100 | number), "requests")
}

fn node(number: u128) -> Uuid {
    Uuid::from_u128(0xA0DE << 64 | number)
}

/// The request of a node that wants all units of a limit of this size, in an hour.
pub(crate) fn wanting(of_node: u128, number: u64, max: i64) -> RefillRequest {
    let limit = limit("requests", max, "1h");
    RefillRequest {
        node: node(of_node),
        number,
        max: limit.max,
        window: limit.window,
        kept: 0,
        spent: vec![],
        wanted: limit.max.get(),
        period_end: None,
    }
}

/// Units that were used, and rest for this many seconds.
pub(crate) fn spent(units: u64, rests: u64) -> SpentForNow {
    SpentForNow {
        units,
        rests: Duration::from_secs(rests),
    }
}

async fn ask(store: &Store, id: LimitId, request: RefillRequest) -> Refill {
    let refills = store.refill(vec![(id, request)]).await.unwrap();
    let [refill] = refills.try_into().unwrap();
    refill
}

async fn rows(subject: &Subject) -> i64 {
    subject.number("SELECT count(*) FROM limit_ledgers").await
}

/// Lets this many seconds pass for all ledgers.
async fn pass(subject: &Subject, seconds: i64) {
    let count = rows(subject).await;
    for row in 0..count {
        let of = format!("FROM limit_ledgers ORDER BY subject, name LIMIT 1 OFFSET {row}");
        let text = subject.text(&format!("SELECT ledger {of}")).await;
        let mut ledger: Value = serde_json::from_str(&text).unwrap();
        let earlier = |instant: &mut Value| {
            if let Some(micros) = instant.as_i64() {
                *instant = Value::from(micros - seconds * 1_000_000);
            }
        };
        earlier(&mut ledger["updatedAt"]);
        // The others count from the first.
        if let Some(first) = ledger["spent"].get_mut(0) {
            earlier(first);
        }
        for lease in ledger["leases"].as_array_mut().unwrap() {
            earlier(&mut lease["endsAt"]);
            earlier(&mut lease["periodEnd"]);
        }
        let sql = format!("UPDATE limit_ledgers SET ledger = '{ledger}' WHERE ledger = '{text}'");
        subject.execute_on_both(&sql).await;
    }
}

/// A node that uses what it gets.
struct Node {
    store: Store,
    number: u128,
    requests: u64,
    units: u64,
    used: u64,
}

impl Node {
    async fn use_up(mut self, id: LimitId, max: i64, rounds: u64) -> Self {
        for round in 1..=rounds {
            let used = self.units.div_ceil(2);
            self.requests += 1;
            let request = RefillRequest {
                kept: self.units - used,
                spent: vec![spent(used, 3_600)],
                wanted: round % 7,
                ..wanting(self.number, self.requests, max)
            };
            let refill = ask(&self.store, id.clone(), request).await;
            self.used += used;
            self.units = refill.units;
        }
        self
    }
}

on_both_stores! {
    async fn nodes_together_never_get_more_units_than_there_are(subject: &Subject) {
        const MAX: i64 = 100;
        let id = limit_of(Uuid::from_u128(1), "requests");
        let other = subject.another_node().await;
        let nodes = (0..6).map(|number| {
            let store = if number % 2 == 0 { &subject.store } else { &other };
            let node = Node { store: store.clone(), number, requests: 0, units: 0, used: 0 };
            tokio::spawn(node.use_up(id.clone(), MAX, 40))
        });
        let nodes = join_all(nodes).await;
        let nodes: Vec<Node> = nodes.into_iter().map(Result::unwrap).collect();
        let used: u64 = nodes.iter().map(|node| node.used).sum();
        let held: u64 = nodes.iter().map(|node| node.units).sum();
        assert!(used > 50, "{used}");
        assert!(used + held <= MAX.unsigned_abs(), "{used} used and {held} held");
    }

    async fn a_request_that_comes_twice_is_carried_out_once(subject: &Subject) {
        let id = numbered(1);
        let first = wanting(1, 1, 10);
        let granted = ask(&subject.store, id.clone(), RefillRequest { wanted: 4, ..first.clone() }).await;
        assert_eq!((granted.units, granted.is_continued, granted.free), (4, false, 6));
        let again = ask(&subject.store, id.clone(), first).await;
        assert_eq!((again.units, again.is_continued, again.free), (4, true, 6));
        let next = RefillRequest { kept: 3, spent: vec![spent(1, 3_600)], wanted: 2, ..wanting(1, 2, 10) };
        for _ in 0..2 {
            let refill = ask(&subject.store, id.clone(), next.clone()).await;
            assert_eq!((refill.units, refill.is_continued, refill.free), (5, true, 4));
        }
    }

    async fn answers_come_in_the_order_of_the_requests_however_many_there_are(subject: &Subject) {
        const LIMITS: u128 = 2_500;
        // Every number once, in no order.
        let numbers = || (0..LIMITS).map(|place| (place * 1_009) % LIMITS);
        let max = |number: u128| i64::try_from(number).unwrap() + 1;
        let requests = numbers().map(|number| (numbered(number), wanting(1, 1, max(number))));
        let refills = subject.store.refill(requests.collect()).await.unwrap();
        let units = refills.iter().map(|refill| i64::try_from(refill.units).unwrap());
        assert!(units.eq(numbers().map(max)), "the units of other limits");
        assert_eq!(rows(subject).await, i64::try_from(LIMITS).unwrap());
        let requests = numbers().map(|number| {
            let kept = u64::try_from(number).unwrap();
            (numbered(number), RefillRequest { kept, wanted: 0, ..wanting(1, 2, max(number)) })
        });
        let refills = subject.store.refill(requests.collect()).await.unwrap();
        for (refill, number) in refills.iter().zip(numbers()) {
            assert_eq!(u128::from(refill.units), number);
            assert!(refill.is_continued);
        }
        assert_eq!(subject.store.refill(vec![]).await.unwrap(), []);
    }

    async fn limits_of_one_name_are_counted_apart(subject: &Subject) {
        let (key, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let elsewhere = LimitId {
            workspace_id: Arc::new(workspace_id("ws_2")),
            ..limit_of_workspace("requests")
        };
        for id in [
            limit_of(key, "requests"),
            limit_of(key, "tokens"),
            limit_of(other, "requests"),
            limit_of_workspace("requests"),
            elsewhere,
        ] {
            assert_eq!(ask(&subject.store, id, wanting(1, 1, 5)).await.units, 5);
        }
        assert_eq!(ask(&subject.store, limit_of_workspace("requests"), wanting(2, 1, 5)).await.units, 0);
        assert_eq!(rows(subject).await, 5);
    }

    async fn the_units_of_a_lost_node_are_spent_for_a_whole_window(subject: &Subject) {
        let (store, id) = (&subject.store, numbered(1));
        let lost = RefillRequest { wanted: 7, ..wanting(1, 1, 10) };
        assert_eq!(ask(store, id.clone(), lost).await.units, 7);
        pass(subject, LOST_AFTER).await;
        let other = ask(store, id.clone(), wanting(2, 1, 10)).await;
        assert_eq!((other.units, other.free), (3, 0));
        let back = ask(store, id.clone(), RefillRequest { kept: 7, ..wanting(1, 2, 10) }).await;
        assert_eq!((back.units, back.is_continued), (0, false));
        pass(subject, 3_600 - 2 * LOST_AFTER).await;
        assert_eq!(ask(store, id.clone(), wanting(3, 1, 10)).await.units, 0);
        // Each window ends a little later than it must.
        pass(subject, 120).await;
        assert_eq!(ask(store, id, wanting(3, 2, 10)).await.units, 10);
    }

    async fn a_new_day_gives_all_units_again(subject: &Subject) {
        let mut name = 0;
        let (asked, first) = loop {
            // Until both requests are in one day.
            name += 1;
            let id = limit_of(Uuid::from_u128(1), &format!("l{name}"));
            let of_node = |number: u128, period_end: Option<Timestamp>| RefillRequest {
                window: LimitWindow::Day,
                period_end,
                ..wanting(number, 1, 10)
            };
            let first = ask(&subject.store, id.clone(), RefillRequest { wanted: 6, ..of_node(1, None) }).await;
            let second = ask(&subject.store, id.clone(), of_node(2, None)).await;
            if first.period_end == second.period_end {
                assert_eq!((first.units, second.units), (6, 4));
                break (id, first);
            }
        };
        let end = first.period_end.unwrap();
        assert_eq!(end, end.truncated_to_days());
        assert!(first.period_remaining.unwrap() <= Duration::from_hours(24));
        pass(subject, DAY).await;
        let next = ask(&subject.store, asked, RefillRequest {
            window: LimitWindow::Day,
            kept: 6,
            period_end: Some(end.plus_seconds(-DAY)),
            ..wanting(1, 2, 10)
        }).await;
        assert_eq!((next.units, next.is_continued), (10, false));
        assert!(next.period_end.unwrap() >= end);
    }

    /// Two nodes lease units of the same limits at the same time, each in its own order.
    async fn calls_that_overlap_never_stand_in_each_others_way(subject: &Subject) {
        const ROUNDS: u64 = 50;
        let other = subject.another_node().await;
        let ids = || (0..40).map(numbered).chain([limit_of_workspace("requests")]);
        for round in 1..=ROUNDS {
            let requests = |of_node| ids().map(move |id| (id, wanting(of_node, round, 1_000)));
            let all: Vec<_> = requests(1).collect();
            let reversed: Vec<_> = requests(2).collect::<Vec<_>>().into_iter().rev().collect();
            let mut some: Vec<_> = requests(3).skip(20).collect();
            some.swap(0, 20);
            let racing = [
                (subject.store.clone(), all),
                (other.clone(), reversed),
                (subject.store.clone(), some),
            ];
            let racing = racing.map(|(store, requests)| {
                tokio::spawn(async move { store.refill(requests).await })
            });
            for refilled in join_all(racing).await {
                refilled.unwrap().unwrap();
            }
        }
    }

    async fn with_an_unreadable_ledger_nothing_is_carried_out(subject: &Subject) {
        let (bad, good) = (numbered(1), numbered(2));
        let both = |number| vec![(bad.clone(), wanting(1, number, 10)), (good.clone(), wanting(1, number, 10))];
        subject.store.refill(both(1)).await.unwrap();
        let of_bad = "subject IN (SELECT min(subject) FROM limit_ledgers)";
        let of_bad = if subject.is_sqlite() { of_bad } else { "subject::text LIKE '%1'" };
        for text in ["", "{", "[]", "{}"] {
            subject.execute_on_both(&format!("UPDATE limit_ledgers SET ledger = '{text}' WHERE {of_bad}")).await;
            let refilled = subject.store.refill(both(2)).await;
            let Err(RepositoryError::Corrupt(cause)) = refilled else { panic!("{refilled:?}") };
            let LimitSubject::Key(uuid) = &bad.subject else { panic!("of a workspace") };
            let place = format!("limit_ledgers ws_1 {uuid} requests: ledger ");
            assert!(cause.to_string().contains(&place), "{cause}");
        }
        let refill = ask(&subject.store, good, RefillRequest { wanted: 0, ..wanting(2, 1, 10) }).await;
        assert_eq!(refill.free, 0, "the first node has all units, by its first request");
    }

    async fn ledgers_that_have_not_changed_for_long_are_purged_batch_by_batch(subject: &Subject) {
        let store = &subject.store;
        let requests = (0..6).map(|number| (numbered(number), wanting(1, 1, 10)));
        store.refill(requests.collect()).await.unwrap();
        let purgeable = async || store.purgeable(at(0), at(0), at(0), at(0)).await.unwrap().use_counts;
        let age = async |days: i64, names: &str| {
            subject.execute(
                &format!("UPDATE limit_ledgers SET updated_on = updated_on - {days} * 86400000000 WHERE hex(subject) LIKE '%{names}'"),
                &format!("UPDATE limit_ledgers SET updated_on = updated_on - {days} * interval '24 hours' WHERE subject::text LIKE '%{names}'"),
            ).await;
        };
        age(31, "0").await;
        assert_eq!(purgeable().await, 0);
        for number in 1..=5 {
            age(34, &number.to_string()).await;
        }
        assert_eq!(purgeable().await, 5);
        // What was used since stays.
        store.refill(vec![(numbered(5), wanting(1, 2, 10))]).await.unwrap();
        for want in [3, 1, 0] {
            assert_eq!(store.purge_uses(at(0), at(0), 3).await.unwrap(), Some(want));
        }
        assert_eq!(rows(subject).await, 2);
        assert!(store.stats().purged.use_counts >= 4);
        assert_eq!(ask(store, numbered(1), wanting(2, 1, 10)).await.units, 10);
        assert_eq!(ask(store, numbered(5), wanting(2, 1, 10)).await.units, 0);
    }

    async fn the_day_of_the_last_change_is_told(subject: &Subject) {
        ask(&subject.store, numbered(1), wanting(1, 1, 10)).await;
        let off = subject.number(if subject.is_sqlite() {
            "SELECT updated_on % 86400000000 FROM limit_ledgers"
        } else {
            "SELECT extract(epoch FROM updated_on)::bigint % 86400 FROM limit_ledgers"
        }).await;
        assert_eq!(off, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn leasing_goes_on_during_a_purge() {
    let subject = Subject::postgres().await;
    let store = subject.store.clone();
    let ids = || (0..200).map(numbered);
    let requests = ids().map(|id| (id, wanting(1, 1, 10)));
    store.refill(requests.collect()).await.unwrap();
    subject
        .execute_on_both("UPDATE limit_ledgers SET updated_on = updated_on - interval '40 days'")
        .await;
    let purging = tokio::spawn(async move {
        let mut purged = 0;
        while let Some(count @ 1..) = store.purge_uses(at(0), at(0), 5).await.unwrap() {
            purged += count;
        }
        purged
    });
    let mut kept = vec![0; 200];
    for number in 1..=10 {
        for (id, kept) in ids().zip(&mut kept) {
            let request = RefillRequest {
                kept: *kept,
                wanted: 1,
                ..wanting(2, number, 10)
            };
            *kept = ask(&subject.store, id, request).await.units;
        }
    }
    let purged = purging.await.unwrap();
    assert!(purged <= 200, "{purged}");
    assert_eq!(rows(&subject).await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_whose_answer_is_lost_can_be_repeated() {
    let subject = Subject::postgres().await;
    let (proxy, store) = behind_proxy(&subject).await;
    let request = || vec![(numbered(1), wanting(1, 1, 10))];
    store
        .refill(vec![(numbered(2), wanting(1, 1, 10))])
        .await
        .unwrap();
    proxy.lose_answers_to_commits();
    let outcome = store.refill(request()).await;
    assert!(
        matches!(outcome, Err(RepositoryError::OutcomeUnknown(_))),
        "{outcome:?}"
    );
    let refills = subject.store.refill(request()).await.unwrap();
    assert_eq!((refills[0].units, refills[0].is_continued), (10, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_takes_five_round_trips_however_many_limits_there_are() {
    let subject = Subject::postgres().await;
    let (proxy, store) = behind_proxy(&subject).await;
    let requests = |number| (0..500).map(move |limit| (numbered(limit), wanting(1, number, 10)));
    // The first time, statements are prepared.
    store.refill(requests(1).collect()).await.unwrap();
    let before = proxy.round_trips();
    store.refill(requests(2).collect()).await.unwrap();
    assert_eq!(proxy.round_trips() - before, 5);
}

/// An update that is not HOT also writes to both indexes. There is room for one update of each row
/// before a cleanup is needed.
#[tokio::test(flavor = "multi_thread")]
async fn leasing_updates_no_index() {
    const LIMITS: u128 = 400;
    let subject = Subject::postgres().await;
    let leasing = Store::open(subject.database.config()).await.unwrap();
    let requests = |number| (0..LIMITS).map(move |limit| (numbered(limit), wanting(1, number, 10)));
    leasing.refill(requests(1).collect()).await.unwrap();
    let size = "SELECT pg_relation_size('limit_ledgers') + pg_indexes_size('limit_ledgers')";
    let size_before = subject.number(size).await;
    leasing.refill(requests(2).collect()).await.unwrap();
    // A backend publishes its statistics when it ends.
    leasing.close().await;
    let statistic = async |column| {
        let of_table = "FROM pg_stat_user_tables WHERE relname = 'limit_ledgers'";
        subject.number(&format!("SELECT {column} {of_table}")).await
    };
    let updates = 2 * i64::try_from(LIMITS).unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    while statistic("n_tup_upd").await < updates {
        assert!(Instant::now() < until, "no statistics came");
        tokio::task::yield_now().await;
    }
    assert_eq!(statistic("n_tup_upd").await, updates, "a lock is no update");
    assert_eq!(statistic("n_tup_hot_upd").await, updates);
    assert_eq!(subject.number(size).await, size_before);
}
