//! How much of its limits a key uses.

use keyward_domain::ports::{LimitLeases as _, LimitUses as _, Plans as _, RepositoryError};
use keyward_domain::testing::{at, by_operator, workspace_id};
use keyward_domain::{ApiKey, Change, RefillRequest};

use crate::limit_leases::{limit_of, limit_of_workspace, spent, wanting};
use crate::limits::limited;
use crate::plans::plan;
use crate::subject::{Subject, on_both_stores};

/// The limits of a key: name, `max`, whether it is of the workspace, and what is used.
async fn used(subject: &Subject, id: &str, key: &ApiKey) -> Vec<(String, u64, bool, u64)> {
    let uses = subject.store.limit_uses(&workspace_id(id), key.id()).await;
    let uses = uses.unwrap().into_iter().map(|one| {
        let max = one.limit.max.get();
        (
            one.limit.name.to_string(),
            max,
            one.is_of_workspace,
            one.used,
        )
    });
    uses.collect()
}

fn of(name: &str, max: u64, is_of_workspace: bool, used: u64) -> (String, u64, bool, u64) {
    (name.to_owned(), max, is_of_workspace, used)
}

on_both_stores! {
    async fn what_is_spent_or_leased_is_used(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = limited(subject, &workspace, &[("requests", 50, "1h"), ("tokens", 9, "1h")]).await;
        let (store, uuid) = (&subject.store, key.id().uuid());
        let by = || by_operator(at(0));
        let gold = plan("gold", &[("jobs", 5, "1h"), ("requests", 80, "1h")]);
        store.put(gold.clone(), by()).await.unwrap();
        store.assign(&workspace_id("ws_1"), Some(gold.name), by()).await.unwrap();
        let unused = [of("jobs", 5, false, 0), of("requests", 50, false, 0), of("tokens", 9, false, 0), of("shared", 1_000, true, 0)];
        assert_eq!(used(subject, "ws_1", &key).await, unused);
        let requests = limit_of(uuid, "requests");
        let lease = RefillRequest { wanted: 20, ..wanting(1, 1, 50) };
        store.refill(vec![(requests.clone(), lease)]).await.unwrap();
        assert_eq!(used(subject, "ws_1", &key).await[1], of("requests", 50, false, 20));
        let lease = RefillRequest {
            kept: 3,
            spent: vec![spent(7, 3_600)],
            wanted: 0,
            ..wanting(1, 2, 50)
        };
        let shared = wanting(2, 1, 1_000);
        store.refill(vec![(requests, lease), (limit_of_workspace("shared"), shared)]).await.unwrap();
        let mut want = unused;
        want[1].3 = 10;
        want[3].3 = 1_000;
        assert_eq!(used(subject, "ws_1", &key).await, want);
        assert_eq!(used(subject, "ws_1", &key).await, want, "to look changes nothing");
    }

    async fn a_key_that_is_not_there_uses_nothing(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        subject.workspace("ws_2").await;
        let bare = subject.created(&workspace).await;
        assert_eq!(used(subject, "ws_1", &bare).await, []);
        let key = limited(subject, &workspace, &[("requests", 50, "1h")]).await;
        assert_eq!(used(subject, "ws_2", &key).await, []);
        subject.change(&workspace, &key, &Change::Delete, at(1)).await;
        assert_eq!(used(subject, "ws_1", &key).await, []);
    }

    async fn a_ledger_that_can_not_be_read_is_told(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = limited(subject, &workspace, &[("requests", 50, "1h")]).await;
        let id = limit_of(key.id().uuid(), "requests");
        subject.store.refill(vec![(id, wanting(1, 1, 1))]).await.unwrap();
        subject.execute_on_both("UPDATE limit_ledgers SET ledger = '[]'").await;
        let read = subject.store.limit_uses(&workspace_id("ws_1"), key.id()).await;
        let Err(RepositoryError::Corrupt(cause)) = read else { panic!("{read:?}") };
        let place = format!("limit_ledgers ws_1 {} requests: ledger ", key.id().uuid());
        assert!(cause.to_string().contains(&place), "{cause}");
    }
}
