//! Service tokens, and what a service does in the trails.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use keyward_domain::ports::{
    DeploymentEvents as _, MemberPut, NewServiceToken, Revocation, ServiceTokens as _,
    WorkspaceDirectory as _,
};
use keyward_domain::testing::{at, by_operator, origin, service_secret, user_id, workspace_id};
use keyward_domain::usecases::{authorize, verify_deployment, verify_trail};
use keyward_domain::{
    Actor, Authorship, CallerName, Change, Permission, Role, ServiceSecret, ServiceToken,
};
use keyward_persistence::Store;

use crate::subject::{Subject, on_both_stores};

fn name(text: &str) -> CallerName {
    CallerName::parse(text).unwrap()
}

fn secret(byte: u8) -> ServiceSecret {
    service_secret(byte)
}

fn new_token(text: &str, byte: u8) -> NewServiceToken {
    NewServiceToken {
        name: name(text),
        permissions: BTreeSet::from([Permission::WorkspacesWrite, Permission::KeysVerify]),
        hash: secret(byte).hash(),
        created_at: at(0),
    }
}

async fn found(store: &Store, byte: u8) -> Option<ServiceToken> {
    store.find(&secret(byte).hash()).await.unwrap()
}

fn by_service(text: &str) -> Authorship {
    Authorship {
        actor: Actor::Service { name: name(text) },
        origin: origin(),
        occurred_at: at(1),
    }
}

on_both_stores! {
    async fn a_created_token_is_found_by_its_hash_alone_and_listed_by_name(subject: &Subject) {
        let store = &subject.store;
        for (text, byte) in [("b", 1), ("A", 2), ("a", 3)] {
            assert!(store.create(new_token(text, byte)).await.unwrap());
        }
        let token = found(store, 1).await.unwrap();
        let want = new_token("b", 1);
        assert_eq!((token.name, token.permissions, token.hash, token.created_at), (want.name, want.permissions, want.hash, at(0)));
        assert_eq!((token.last_used_at, token.revoked_at), (None, None));
        assert_eq!(found(store, 9).await, None);
        let listed = store.list().await.unwrap();
        let names: Vec<&str> = listed.iter().map(|token| token.name.as_str()).collect();
        assert_eq!(names, ["A", "a", "b"]);
    }

    async fn a_name_belongs_to_one_token_forever(subject: &Subject) {
        let store = &subject.store;
        let creating = (1..=8).map(|byte| store.create(new_token("ops", byte)));
        let created = join_all(creating).await.into_iter().filter(|created| *created.as_ref().unwrap());
        assert_eq!(created.count(), 1);
        assert_eq!(store.revoke(&name("ops"), at(5)).await.unwrap(), Revocation::Done);
        assert!(!store.create(new_token("ops", 9)).await.unwrap());
        assert_eq!(found(store, 9).await, None);
    }

    async fn a_revoked_token_stays_revoked_on_every_node_at_once(subject: &Subject) {
        let store = &subject.store;
        let other_node = Store::open(subject.database.config()).await.unwrap();
        store.create(new_token("ops", 1)).await.unwrap();
        store.create(new_token("other", 2)).await.unwrap();
        assert_eq!(store.revoke(&name("nobody"), at(5)).await.unwrap(), Revocation::Unknown);
        assert_eq!(store.revoke(&name("ops"), at(5)).await.unwrap(), Revocation::Done);
        assert_eq!(store.revoke(&name("ops"), at(6)).await.unwrap(), Revocation::AlreadyRevoked);
        for node in [store, &other_node] {
            assert_eq!(found(node, 1).await.unwrap().revoked_at, Some(at(5)));
            assert_eq!(found(node, 2).await.unwrap().revoked_at, None);
            let refused = authorize::service(node, secret(1).expose().as_bytes(), Permission::KeysVerify).await;
            assert!(matches!(refused, Err(authorize::ServiceError::Unknown)), "{refused:?}");
        }
    }

    async fn a_use_is_noted_at_most_once_a_minute(subject: &Subject) {
        let store = &subject.store;
        store.create(new_token("ops", 1)).await.unwrap();
        store.note_use(&name("nobody"), at(1)).await.unwrap();
        for (used_at, noted) in [(100, 100), (101, 100), (159, 100), (160, 160), (90, 160), (400, 400)] {
            store.note_use(&name("ops"), at(used_at)).await.unwrap();
            assert_eq!(found(store, 1).await.unwrap().last_used_at, Some(at(noted)), "{used_at}");
        }
    }

    async fn a_permission_of_a_newer_binary_grants_nothing(subject: &Subject) {
        subject.store.create(new_token("ops", 1)).await.unwrap();
        subject.execute(
            r#"UPDATE service_tokens SET permissions = '["keys:read","all:write"]'"#,
            "UPDATE service_tokens SET permissions = '{keys:read,all:write}'",
        ).await;
        let token = found(&subject.store, 1).await.unwrap();
        assert_eq!(token.permissions, BTreeSet::from([Permission::KeysRead]));
    }

    async fn what_a_service_does_is_in_the_trails_under_its_name(subject: &Subject) {
        let workspace = subject.owned("ws_1").await;
        let store = &subject.store;
        store.create(new_token("ops", 1)).await.unwrap();
        let admitted = authorize::service(store, secret(1).expose().as_bytes(), Permission::KeysVerify).await;
        let service = authorize::service_in(store, &admitted.unwrap(), workspace.workspace_id()).await;
        let service = service.unwrap().unwrap();
        let key = subject.created(&workspace).await;
        subject.change(&service, &key, &Change::Disable, at(1)).await;
        let trail = subject.trail(workspace.workspace_id(), key.id()).await;
        assert_eq!(trail[1].actor, Actor::Service { name: name("ops") });
        let report = verify_trail(store, store, workspace.workspace_id(), |_| {}).await.unwrap().unwrap();
        assert_eq!(report.faults, []);

        assert!(store.add_workspace(&workspace_id("ws_2"), by_service("ops")).await.unwrap());
        let lines = store.deployment_lines(2, 9).await.unwrap();
        assert_eq!(lines[0].event.as_ref().unwrap().by, by_service("ops"));
        let report = verify_deployment(store, store, None, |_| {}).await.unwrap();
        assert_eq!(report.faults, []);
    }

    /// An older binary reads these columns alone.
    async fn an_older_binary_reads_a_service_as_an_operator(subject: &Subject) {
        let store = &subject.store;
        store.add_workspace(&workspace_id("ws_1"), by_service("ops")).await.unwrap();
        let operators = "SELECT count(*) AS number FROM deployment_events WHERE actor_kind = 'OPERATOR' AND actor_user_id IS NULL AND portal IS NULL";
        assert_eq!(subject.number(operators).await, 1);
    }

    async fn another_name_in_an_event_is_noticed(subject: &Subject) {
        subject.store.add_workspace(&workspace_id("ws_1"), by_service("ops")).await.unwrap();
        for value in ["'other'", "NULL"] {
            subject.tamper(&format!("UPDATE deployment_events SET actor_service = {value}")).await;
            let report = verify_deployment(&subject.store, &subject.store, None, |_| {}).await.unwrap();
            let faults: Vec<String> = report.faults.iter().map(ToString::to_string).collect();
            assert_eq!(faults, ["event 1 was altered or moved"]);
        }
    }

    async fn a_member_is_put_whatever_was_before(subject: &Subject) {
        let store = &subject.store;
        let (id, user) = (workspace_id("ws_1"), user_id("a"));
        let put = async |role| store.put_member(&id, &user, role, by_operator(at(0))).await.unwrap();
        assert_eq!(put(Role::Owner).await, MemberPut::UnknownWorkspace);
        subject.workspace("ws_1").await;
        assert_eq!(put(Role::Owner).await, MemberPut::Added);
        assert_eq!(put(Role::Owner).await, MemberPut::Unchanged);
        assert_eq!(put(Role::Viewer).await, MemberPut::Changed);
        assert_eq!(store.deployment_head().await.unwrap().event_count, 3);
        let report = verify_deployment(store, store, None, |_| {}).await.unwrap();
        assert_eq!(report.faults, []);
        let putting = (0..8).map(|_| store.put_member(&id, &user, Role::Admin, by_operator(at(0))));
        let puts = join_all(putting).await;
        let changed = puts.iter().filter(|put| *put.as_ref().unwrap() == MemberPut::Changed);
        assert_eq!(changed.count(), 1);
    }
}
