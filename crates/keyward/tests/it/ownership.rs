//! Contract §1 and §7: only the owner may, checked at every request, and nobody can find out which
//! workspaces exist.

use keyward_domain::Role;
use serde_json::Value;

use crate::server::{OWNER, On, TestServer, TestStore, WORKSPACE, on_both_stores};
use crate::tokens;

/// The body without the parts that differ in every response.
fn comparable(mut body: Value) -> Value {
    body.as_object_mut().unwrap().remove("timestamp");
    body
}

on_both_stores! {
    async fn code_4030_everybody_but_the_owner_gets_the_same_answer(on: On) {
        let store = TestStore::create(on).await;
        store.add_workspace("ws_2").await;
        store.add_member("ws_2", "user_elsewhere", Role::Owner).await;
        for (user, role) in
            [("user_admin", Role::Admin), ("user_operator", Role::Operator), ("user_viewer", Role::Viewer)]
        {
            store.add_member(WORKSPACE, user, role).await;
        }
        let server = TestServer::start(&store.database);
        let mut answers = Vec::new();
        for (case, user, workspace) in [
            ("ADMIN", "user_admin", WORKSPACE),
            ("OPERATOR", "user_operator", WORKSPACE),
            ("VIEWER", "user_viewer", WORKSPACE),
            ("member of another workspace", "user_elsewhere", WORKSPACE),
            ("stranger", "user_stranger", WORKSPACE),
            ("unknown workspace", OWNER, "ws_nowhere"),
            ("owner under another workspace", OWNER, "ws_2"),
            ("impossible workspace", OWNER, "a%00b"),
        ] {
            let response = server.create_as(&tokens::of(user, "PARTNER"), workspace).send();
            response.assert(case, 403, "4030");
            let mut headers: Vec<_> = response
                .headers
                .iter()
                .filter(|(name, _)| name != "date" && name != "x-request-id")
                .cloned()
                .collect();
            headers.sort();
            answers.push((case, comparable(response.json()), headers));
        }
        for (case, body, headers) in &answers {
            assert_eq!(*body, answers[0].1, "{case}");
            assert_eq!(*headers, answers[0].2, "{case}");
        }
        assert_eq!(answers[0].1["message"], "Only workspace owner can manage API keys");
        assert_eq!(answers[0].1["success"], false);
    }

    async fn a_demotion_counts_from_the_next_request_on(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        server.create().send().assert("owner", 201, "2000");
        store.set_role(WORKSPACE, OWNER, Role::Admin).await;
        server.create().send().assert("demoted", 403, "4030");
        store.set_role(WORKSPACE, OWNER, Role::Owner).await;
        server.create().send().assert("owner again", 201, "2000");
    }
}
