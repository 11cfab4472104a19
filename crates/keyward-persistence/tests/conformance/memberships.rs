use keyward_domain::ports::{Memberships as _, WorkspaceDirectory as _};
use keyward_domain::testing::{at, by_operator, user_id, workspace_id};
use keyward_domain::{KnownRoles, Role};

use crate::subject::{Subject, on_both_stores};

on_both_stores! {
    async fn a_member_has_the_role_given_last(subject: &Subject) {
        subject.workspace("ws_1").await;
        let (workspace, user) = (workspace_id("ws_1"), user_id("user_1"));
        let store = &subject.store;
        store.add_member(&workspace, &user, Role::Viewer, by_operator(at(0))).await.unwrap();
        assert_eq!(store.role(&workspace, &user, &KnownRoles::default()).await.unwrap(), Some(Role::Viewer));
        for role in Role::ALL {
            store.set_role(&workspace, &user, role, by_operator(at(0))).await.unwrap();
            assert_eq!(store.role(&workspace, &user, &KnownRoles::default()).await.unwrap(), Some(role));
        }
    }

    async fn a_stranger_and_an_unknown_workspace_have_no_role(subject: &Subject) {
        subject.owned("ws_1").await;
        subject.workspace("ws_2").await;
        for (workspace, user) in [
            ("ws_1", "user_2"),
            ("ws_1", "USER_1"),
            ("ws_2", "user_1"),
            ("nobody", "user_1"),
            ("WS_1", "user_1"),
        ] {
            let role = subject.store.role(&workspace_id(workspace), &user_id(user), &KnownRoles::default()).await.unwrap();
            assert_eq!(role, None, "{workspace} {user}");
        }
    }
}
