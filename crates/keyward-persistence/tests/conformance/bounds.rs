use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use keyward_domain::ports::WorkspaceDirectory as _;
use keyward_domain::testing::{at, by_operator, workspace_id};
use keyward_persistence::{Store, StoreConfig, StoreError};

use crate::subject::{Subject, assert_unavailable, on_both_stores};

on_both_stores! {
    async fn one_call_too_many_is_refused_at_once(subject: &Subject) {
        let config = StoreConfig { calls_in_flight_max: 1, ..subject.database.config() };
        let store = Store::open(config).await.unwrap();
        let lock = subject.lock_out_writers().await;
        let (id, other) = (workspace_id("ws_1"), workspace_id("ws_2"));
        let mut first = store.add_workspace(&id, by_operator(at(0)));
        assert!((&mut first).now_or_never().is_none());

        assert_unavailable(&store.add_workspace(&other, by_operator(at(0))).now_or_never().unwrap());
        assert_unavailable(&store.workspace(&other).now_or_never().unwrap());
        lock.release().await;
        assert!(first.await.unwrap());
        assert!(store.add_workspace(&other, by_operator(at(0))).await.unwrap());
    }

    async fn a_write_that_waits_too_long_is_unavailable_and_never_made(subject: &Subject) {
        let deadline = Duration::from_millis(500);
        let config = StoreConfig { call_deadline: deadline, ..subject.database.config() };
        let store = Store::open(config).await.unwrap();
        let lock = subject.lock_out_writers().await;
        let id = workspace_id("ws_1");
        let begun = Instant::now();
        assert_unavailable(&store.add_workspace(&id, by_operator(at(0))).await);
        assert!(begun.elapsed() < deadline * 4, "{:?}", begun.elapsed());
        lock.release().await;
        store.close().await;
        assert_eq!(subject.store.workspace(&id).await.unwrap(), None);
    }

    async fn a_store_recovers_by_itself(subject: &Subject) {
        let config = StoreConfig {
            call_deadline: Duration::from_millis(500),
            connections_max: 1,
            ..subject.database.config()
        };
        let store = Store::open(config).await.unwrap();
        let lock = subject.lock_out_writers().await;
        let id = workspace_id("ws_1");
        assert_unavailable(&store.add_workspace(&id, by_operator(at(0))).await);
        lock.release().await;
        assert!(store.add_workspace(&id, by_operator(at(0))).await.unwrap());
    }

    async fn ping_answers(subject: &Subject) {
        subject.store.ping().await.unwrap();
    }

    async fn a_closed_store_refuses(subject: &Subject) {
        let id = workspace_id("ws_1");
        assert!(subject.store.add_workspace(&id, by_operator(at(0))).await.unwrap());
        subject.store.close().await;
        assert_unavailable(&subject.store.workspace(&id).await);
        assert_unavailable(&subject.store.add_workspace(&id, by_operator(at(0))).await);
        let ping = subject.store.ping().await;
        assert!(matches!(ping, Err(StoreError::Unreachable { .. })), "{ping:?}");
        subject.store.close().await;
    }

    async fn what_was_under_way_is_written_before_close_returns(subject: &Subject) {
        let ids: Vec<_> = (0..50).map(|at| workspace_id(&format!("ws_{at}"))).collect();
        let mut adding: Vec<_> =
            ids.iter().map(|id| subject.store.add_workspace(id, by_operator(at(0)))).collect();
        for call in &mut adding {
            assert!(call.now_or_never().is_none_or(|done| done.unwrap()));
        }
        drop(adding);
        subject.store.close().await;
        let again = Store::open(subject.database.config()).await.unwrap();
        assert_eq!(again.workspaces(None, 100).await.unwrap().len(), 50);
    }

    async fn a_store_serves_callers_without_a_runtime(subject: &Subject) {
        let store = subject.store.clone();
        let asked = std::thread::spawn(move || {
            futures_executor::block_on(store.workspace(&workspace_id("nobody")))
        });
        assert_eq!(asked.join().unwrap().unwrap(), None);
    }
}
