//! On PostgreSQL, a key is created or changed in one statement.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use keyward_domain::SessionId;
use keyward_domain::ports::{
    ApiKeys as _, EndedSessions as _, Inserted, NewApiKey, RepositoryError, Saved,
};
use keyward_domain::testing::{at, scope, user_id};

use crate::postgres_alone::behind_proxy;
use crate::subject::{Subject, assert_unavailable, changed, idempotency, new_key, rename};

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_whose_answer_is_lost_has_an_unknown_outcome() {
    let subject = Subject::postgres().await;
    let workspace = subject.workspace("ws_1").await;
    let (proxy, store) = behind_proxy(&subject).await;
    // The first one may wait too long for its connection. After the second, the statement is prepared.
    for _ in 0..2 {
        store.insert(new_key(&workspace, at(0))).await.unwrap();
    }
    proxy.lose_answers();
    let outcome = store.insert(new_key(&workspace, at(0))).await;
    assert!(
        matches!(outcome, Err(RepositoryError::OutcomeUnknown(_))),
        "{outcome:?}"
    );
    let listed = subject.listed(workspace.workspace_id(), 0, 20).await;
    assert_eq!(listed.total, 3, "the key was created");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_the_server_has_cancelled_changed_nothing() {
    let subject = Subject::postgres().await;
    let workspace = subject.workspace("ws_1").await;
    let client = subject.raw_postgres().await;
    let lock = "BEGIN; UPDATE workspaces SET key_count = key_count";
    client.batch_execute(lock).await.unwrap();
    let (store, new) = (subject.store.clone(), new_key(&workspace, at(0)));
    let inserting = tokio::spawn(async move { store.insert(new).await });
    let other = subject.raw_postgres().await;
    let cancel = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while other.query(cancel, &[]).await.unwrap().is_empty() {
        assert!(!inserting.is_finished(), "it waits for the workspace");
    }
    assert_unavailable(&inserting.await.unwrap());
    client.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(subject.key_count("ws_1").await, 0);
    let again = subject.insert(new_key(&workspace, at(0))).await;
    assert_eq!(again, Inserted::Created);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_default_isolation_limits_are_exact() {
    let subject = Subject::postgres().await;
    let client = subject.raw_postgres().await;
    let database: String = client
        .query_one("SELECT current_database()::text", &[])
        .await
        .unwrap()
        .get(0);
    let default =
        format!("ALTER DATABASE {database} SET default_transaction_isolation TO 'repeatable read'");
    client.batch_execute(&default).await.unwrap();
    let workspace = subject.workspace("ws_1").await;
    let store = subject.database.open().await;
    let creating = (0..60).map(|_| {
        let limited = NewApiKey {
            key_count_max: 50,
            ..new_key(&workspace, at(0))
        };
        let store = store.clone();
        tokio::spawn(async move { store.insert(limited).await.unwrap() })
    });
    let outcomes = join_all(creating).await;
    let created = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Ok(Inserted::Created)));
    assert_eq!(created.count(), 50, "{outcomes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_for_most_takes_one_round_trip_each() {
    let subject = Subject::postgres().await;
    let workspace = subject.workspace("ws_1").await;
    let id = workspace.workspace_id();
    let (proxy, store) = behind_proxy(&subject).await;
    let new = || NewApiKey {
        events_per_minute_max: Some(1_000),
        ..new_key(&workspace, at(0))
    };
    let once = |key| NewApiKey {
        idempotency: Some(idempotency(key, "body")),
        ..new()
    };
    let keys = [new(), new()].map(|new| (new.key.clone(), new));
    let scopes = BTreeSet::from([scope("payment:read")]);
    let mut trips = Vec::new();
    // The first time, statements are prepared.
    for (round, (key, new)) in keys.into_iter().enumerate() {
        let mut begun = proxy.round_trips();
        let mut count = |name| {
            let now = proxy.round_trips();
            trips.push((round, name, now - begun));
            begun = now;
        };
        let session = SessionId::of(b"session");
        let member = Some((id.clone(), user_id("user_1")));
        store.state(session, member).await.unwrap();
        count("session and role");
        store.field_rules(id, &scopes).await.unwrap();
        count("field rules");
        assert_eq!(store.insert(new).await.unwrap(), Inserted::Created);
        count("create");
        let named = once(["a", "b"][round]);
        assert_eq!(store.insert(named).await.unwrap(), Inserted::Created);
        count("create with an idempotency key");
        let key = store.get(id, key.id()).await.unwrap().unwrap();
        count("get");
        let renamed = changed(&workspace, &key, &rename("Other"), at(1));
        assert_eq!(store.save(renamed).await.unwrap(), Saved::Done);
        count("change");
    }
    trips.retain(|(round, _, _)| *round == 1);
    let more: Vec<_> = trips.iter().filter(|(_, _, trips)| *trips != 1).collect();
    assert!(trips.len() == 6 && more.is_empty(), "{trips:?}");
}
