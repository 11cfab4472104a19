use keyward_domain::ports::{
    EndedSessions as _, Housekeeping as _, Memberships as _, SessionState,
};
use keyward_domain::testing::{at, user_id, workspace_id};
use keyward_domain::{KnownRoles, Role, SessionId, StoredRole};
use keyward_persistence::Store;

use crate::subject::{Subject, on_both_stores};

fn session(name: &str) -> SessionId {
    SessionId::of(name.as_bytes())
}

on_both_stores! {
    async fn the_state_of_a_session_tells_a_role_too(subject: &Subject) {
        subject.owned("ws_1").await;
        let state = async |name, workspace, user| {
            let member = (workspace_id(workspace), user_id(user));
            subject.store.state(session(name), Some(member)).await.unwrap()
        };
        let stored = |workspace, user, role| {
            Some(StoredRole::new(workspace_id(workspace), user_id(user), role))
        };
        subject.store.end(session("one"), at(0)).await.unwrap();
        for (name, is_ended) in [("one", true), ("two", false)] {
            let owner = SessionState { is_ended, role: stored("ws_1", "user_1", Some(Role::Owner)) };
            assert_eq!(state(name, "ws_1", "user_1").await, owner);
            for (workspace, user) in [("ws_1", "user_2"), ("nobody", "user_1")] {
                let stranger = SessionState { is_ended, role: stored(workspace, user, None) };
                assert_eq!(state(name, workspace, user).await, stranger);
            }
        }
        // It counts for this user in this workspace alone, and only for the request that it came with.
        let known = KnownRoles { stored: stored("ws_1", "user_2", Some(Role::Viewer)), ..KnownRoles::default() };
        let role = async |user| subject.store.role(&workspace_id("ws_1"), &user_id(user), &known).await.unwrap();
        assert_eq!(role("user_2").await, Some(Role::Viewer));
        assert_eq!(role("user_1").await, Some(Role::Owner));
    }

    async fn an_ended_session_is_ended_on_every_node_at_once_and_no_other_is(subject: &Subject) {
        let store = &subject.store;
        let other_node = Store::open(subject.database.config()).await.unwrap();
        for node in [store, &other_node] {
            assert!(!node.state(session("one"), None).await.unwrap().is_ended);
        }
        store.end(session("one"), at(60)).await.unwrap();
        for node in [store, &other_node] {
            assert!(node.state(session("one"), None).await.unwrap().is_ended);
            assert!(!node.state(session("two"), None).await.unwrap().is_ended);
        }
    }

    async fn ending_a_session_twice_is_as_good_as_once(subject: &Subject) {
        let store = &subject.store;
        let ends = (0..8).map(|_| store.end(session("one"), at(60)));
        for ended in futures_util::future::join_all(ends).await {
            ended.unwrap();
        }
        store.end(session("one"), at(60)).await.unwrap();
        assert!(store.state(session("one"), None).await.unwrap().is_ended);
        assert_eq!(store.purge_ended_sessions(at(60), 9).await.unwrap(), Some(1));
    }

    async fn only_ended_sessions_whose_token_has_ended_are_purged_batch_by_batch(subject: &Subject) {
        let store = &subject.store;
        for second in 1..=5 {
            store.end(session(&second.to_string()), at(second)).await.unwrap();
        }
        assert_eq!(store.purgeable(at(0), at(0), at(0), at(4)).await.unwrap().ended_sessions, 4);
        assert_eq!(store.purge_ended_sessions(at(4), 3).await.unwrap(), Some(3));
        assert!(store.state(session("4"), None).await.unwrap().is_ended, "the oldest sessions are removed first");
        assert_eq!(store.purge_ended_sessions(at(4), 3).await.unwrap(), Some(1));
        assert_eq!(store.purge_ended_sessions(at(4), 3).await.unwrap(), Some(0));
        assert!(!store.state(session("4"), None).await.unwrap().is_ended);
        assert!(store.state(session("5"), None).await.unwrap().is_ended);
        assert_eq!(store.stats().purged.ended_sessions, 4);
    }

    async fn a_store_that_is_closed_says_neither_yes_nor_no(subject: &Subject) {
        let store = &subject.store;
        store.close().await;
        crate::subject::assert_unavailable(&store.state(session("one"), None).await);
        crate::subject::assert_unavailable(&store.end(session("one"), at(60)).await);
    }
}
