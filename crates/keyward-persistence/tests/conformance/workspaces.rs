use keyward_domain::ports::{
    MemberChange, Memberships as _, WorkspaceDirectory as _, WorkspaceRemoval,
};
use keyward_domain::testing::{at, by_operator, user_id, workspace_id};
use keyward_domain::{KnownRoles, Member, Role, Workspace};

use crate::subject::{Subject, new_key, on_both_stores};

on_both_stores! {
    async fn a_workspace_is_added_once_and_stays_as_it_is(subject: &Subject) {
        let (store, id) = (&subject.store, workspace_id("ws_1"));
        assert_eq!(store.workspace(&id).await.unwrap(), None);
        assert!(store.add_workspace(&id, by_operator(at(0))).await.unwrap());
        assert!(!store.add_workspace(&id, by_operator(at(1))).await.unwrap());
        let want = Workspace { id: id.clone(), created_at: at(0), key_count: 0, key_lifetime: None, leak_policy: None, plan: None };
        assert_eq!(store.workspace(&id).await.unwrap(), Some(want.clone()));
        assert_eq!(store.workspaces(None, 100).await.unwrap(), [want]);
    }

    async fn workspaces_are_sorted_by_id_byte_by_byte(subject: &Subject) {
        for id in ["b", "a", "B", "A", "a_", "a-", "ab", "_"] {
            subject.store.add_workspace(&workspace_id(id), by_operator(at(0))).await.unwrap();
        }
        let workspaces = subject.store.workspaces(None, 100).await.unwrap();
        let ids: Vec<&str> = workspaces.iter().map(|workspace| workspace.id.as_str()).collect();
        assert_eq!(ids, ["A", "B", "_", "a", "a-", "a_", "ab", "b"]);
    }

    async fn workspaces_and_members_come_page_by_page(subject: &Subject) {
        let store = &subject.store;
        let ids = ["A", "B", "a", "b", "c"];
        for id in ids {
            store.add_workspace(&workspace_id(id), by_operator(at(0))).await.unwrap();
            store.add_member(&workspace_id("A"), &user_id(id), Role::Viewer, by_operator(at(0))).await.unwrap();
        }
        for (after, limit, want) in [
            (None, 2, ["A", "B"].as_slice()),
            (Some("B"), 2, &["a", "b"]),
            (Some("b"), 2, &["c"]),
            (Some("c"), 2, &[]),
            (Some("Z"), 9, &["a", "b", "c"]),
        ] {
            let workspaces = store.workspaces(after.map(workspace_id), limit).await.unwrap();
            let ids = workspaces.iter().map(|workspace| workspace.id.as_str());
            assert_eq!(ids.collect::<Vec<_>>(), want, "{after:?}");
            let members = store.members(&workspace_id("A"), after.map(user_id), limit).await;
            let members = members.unwrap().unwrap();
            let ids = members.iter().map(|member| member.user_id.as_str());
            assert_eq!(ids.collect::<Vec<_>>(), want, "{after:?}");
        }
    }

    async fn a_workspace_goes_with_its_members(subject: &Subject) {
        subject.owned("ws_1").await;
        let (store, id) = (&subject.store, workspace_id("ws_1"));
        assert_eq!(store.remove_workspace(&id, by_operator(at(0))).await.unwrap(), WorkspaceRemoval::Done);
        assert_eq!(store.workspace(&id).await.unwrap(), None);
        assert_eq!(store.role(&id, &user_id("user_1"), &KnownRoles::default()).await.unwrap(), None);
        assert_eq!(store.remove_workspace(&id, by_operator(at(0))).await.unwrap(), WorkspaceRemoval::Unknown);
        // A new workspace with the same id has no members.
        assert!(store.add_workspace(&id, by_operator(at(0))).await.unwrap());
        assert_eq!(store.members(&id, None, 100).await.unwrap(), Some(vec![]));
    }

    async fn a_workspace_with_keys_or_a_trail_stays(subject: &Subject) {
        let workspace = subject.owned("ws_1").await;
        let (store, id) = (&subject.store, workspace.workspace_id());
        subject.insert(new_key(&workspace, at(0))).await;
        assert_eq!(store.remove_workspace(id, by_operator(at(0))).await.unwrap(), WorkspaceRemoval::HasKeys);
        subject.execute_on_both("DELETE FROM api_keys; UPDATE workspaces SET key_count = 0").await;
        assert_eq!(store.remove_workspace(id, by_operator(at(0))).await.unwrap(), WorkspaceRemoval::HasKeys);
        assert_eq!(store.role(id, &user_id("user_1"), &KnownRoles::default()).await.unwrap(), Some(Role::Owner));
    }

    async fn members_are_sorted_and_of_one_workspace(subject: &Subject) {
        let store = &subject.store;
        for workspace in ["ws_1", "ws_2"] {
            subject.workspace(workspace).await;
        }
        let id = workspace_id("ws_1");
        for (user, role) in [("b", Role::Owner), ("B", Role::Admin), ("a", Role::Viewer)] {
            let change = store.add_member(&id, &user_id(user), role, by_operator(at(0))).await.unwrap();
            assert_eq!(change, MemberChange::Done);
        }
        store.add_member(&workspace_id("ws_2"), &user_id("c"), Role::Owner, by_operator(at(0))).await.unwrap();
        let member = |user, role| Member { user_id: user_id(user), role };
        let want = vec![member("B", Role::Admin), member("a", Role::Viewer), member("b", Role::Owner)];
        assert_eq!(store.members(&id, None, 100).await.unwrap(), Some(want));
        assert_eq!(store.members(&workspace_id("nobody"), None, 100).await.unwrap(), None);
    }

    async fn what_cannot_be_changed_is_told_apart(subject: &Subject) {
        subject.owned("ws_1").await;
        let (store, owner, other) = (&subject.store, user_id("user_1"), user_id("user_2"));
        let (id, nobody) = (workspace_id("ws_1"), workspace_id("nobody"));
        let viewer = Role::Viewer;
        let unknown = MemberChange::UnknownWorkspace;
        assert_eq!(store.add_member(&id, &owner, viewer, by_operator(at(0))).await.unwrap(), MemberChange::Refused);
        assert_eq!(store.role(&id, &owner, &KnownRoles::default()).await.unwrap(), Some(Role::Owner));
        assert_eq!(store.set_role(&id, &other, viewer, by_operator(at(0))).await.unwrap(), MemberChange::Refused);
        assert_eq!(store.remove_member(&id, &other, by_operator(at(0))).await.unwrap(), MemberChange::Refused);
        assert_eq!(store.add_member(&nobody, &owner, viewer, by_operator(at(0))).await.unwrap(), unknown);
        assert_eq!(store.set_role(&nobody, &owner, viewer, by_operator(at(0))).await.unwrap(), unknown);
        assert_eq!(store.remove_member(&nobody, &owner, by_operator(at(0))).await.unwrap(), unknown);
        assert_eq!(store.remove_member(&id, &owner, by_operator(at(0))).await.unwrap(), MemberChange::Done);
        assert_eq!(store.role(&id, &owner, &KnownRoles::default()).await.unwrap(), None);
    }
}
