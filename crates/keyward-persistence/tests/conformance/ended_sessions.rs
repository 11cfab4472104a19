use keyward_domain::SessionId;
use keyward_domain::ports::{EndedSessions as _, Housekeeping as _};
use keyward_domain::testing::at;
use keyward_persistence::Store;

use crate::subject::{Subject, on_both_stores};

fn session(name: &str) -> SessionId {
    SessionId::of(name.as_bytes())
}

on_both_stores! {
    async fn an_ended_session_is_ended_on_every_node_at_once_and_no_other_is(subject: &Subject) {
        let store = &subject.store;
        let other_node = Store::open(subject.database.config()).await.unwrap();
        for node in [store, &other_node] {
            assert!(!node.is_ended(session("one")).await.unwrap());
        }
        store.end(session("one"), at(60)).await.unwrap();
        for node in [store, &other_node] {
            assert!(node.is_ended(session("one")).await.unwrap());
            assert!(!node.is_ended(session("two")).await.unwrap());
        }
    }

    async fn ending_a_session_twice_is_as_good_as_once(subject: &Subject) {
        let store = &subject.store;
        let ends = (0..8).map(|_| store.end(session("one"), at(60)));
        for ended in futures_util::future::join_all(ends).await {
            ended.unwrap();
        }
        store.end(session("one"), at(60)).await.unwrap();
        assert!(store.is_ended(session("one")).await.unwrap());
        assert_eq!(store.purge_ended_sessions(at(60), 9).await.unwrap(), Some(1));
    }

    async fn only_ended_sessions_whose_token_has_ended_are_purged_batch_by_batch(subject: &Subject) {
        let store = &subject.store;
        for second in 1..=5 {
            store.end(session(&second.to_string()), at(second)).await.unwrap();
        }
        assert_eq!(store.purgeable(at(0), at(0), at(0), at(4)).await.unwrap().ended_sessions, 4);
        assert_eq!(store.purge_ended_sessions(at(4), 3).await.unwrap(), Some(3));
        assert!(store.is_ended(session("4")).await.unwrap(), "the oldest sessions are removed first");
        assert_eq!(store.purge_ended_sessions(at(4), 3).await.unwrap(), Some(1));
        assert_eq!(store.purge_ended_sessions(at(4), 3).await.unwrap(), Some(0));
        assert!(!store.is_ended(session("4")).await.unwrap());
        assert!(store.is_ended(session("5")).await.unwrap());
        assert_eq!(store.stats().purged.ended_sessions, 4);
    }

    async fn a_store_that_is_closed_says_neither_yes_nor_no(subject: &Subject) {
        let store = &subject.store;
        store.close().await;
        crate::subject::assert_unavailable(&store.is_ended(session("one")).await);
        crate::subject::assert_unavailable(&store.end(session("one"), at(60)).await);
    }
}
