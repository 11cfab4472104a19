//! Two tenants: every operation on a key of the other one.

use keyward_domain::Role;
use serde_json::json;

use crate::http::Request;
use crate::server::{OWNER, On, TestServer, TestStore, WORKSPACE, on_both_stores};
use crate::tokens;

const OTHER: &str = "ws_2";
const OTHER_OWNER: &str = "user_other";

/// Every operation on a key, requested by the owner of `workspace`.
fn operations(
    server: &TestServer,
    user: &str,
    workspace: &str,
    key: &str,
) -> Vec<(&'static str, Request)> {
    let token = tokens::of(user, "PARTNER");
    let to = |method: &str, path: &str| {
        let target = format!("/web/v1/workspaces/{workspace}/api-keys{path}");
        server
            .create_as(&token, workspace)
            .method(method)
            .target(&target)
            .body("")
    };
    vec![
        ("get", to("GET", &format!("/{key}"))),
        (
            "update",
            to("PATCH", &format!("/{key}")).body(r#"{"name":"Mine now"}"#),
        ),
        ("disable", to("POST", &format!("/{key}/disable"))),
        ("enable", to("POST", &format!("/{key}/enable"))),
        ("rotate", to("POST", &format!("/{key}/rotate")).body("{}")),
        ("finish", to("POST", &format!("/{key}/rotate/finish"))),
        ("events", to("GET", &format!("/{key}/events"))),
        ("usage", to("GET", &format!("/{key}/usage"))),
        ("delete", to("DELETE", &format!("/{key}"))),
        (
            "delete by body",
            to("POST", "/delete").body(json!({ "keyId": key }).to_string()),
        ),
    ]
}

on_both_stores! {
    async fn code_4040_a_key_of_another_tenant_is_not_found_by_any_operation(on: On) {
        let store = TestStore::create(on).await;
        store.add_workspace(OTHER).await;
        store.add_member(OTHER, OTHER_OWNER, Role::Owner).await;
        let server = TestServer::start(&store.database);
        let (key, _secret) = server.created();
        let before = store.keys().await;
        for (case, request) in operations(&server, OTHER_OWNER, OTHER, &key) {
            let response = request.send();
            response.assert(case, 404, "4040");
            assert_eq!(response.json()["message"], "API key not found", "{case}");
            assert!(!response.text().contains("Production Key"), "{case}");
        }
        assert_eq!(store.keys().await, before, "nothing was changed");
        assert_eq!(store.trail(before[0].id()).await.len(), 1, "nothing was recorded");
    }

    async fn code_4030_nobody_but_the_owner_may_do_anything(on: On) {
        let store = TestStore::create(on).await;
        store.add_workspace(OTHER).await;
        store.add_member(OTHER, OTHER_OWNER, Role::Owner).await;
        store.add_member(WORKSPACE, "user_admin", Role::Admin).await;
        let server = TestServer::start(&store.database);
        let (key, _secret) = server.created();
        let before = store.keys().await;
        for user in [OTHER_OWNER, "user_admin", "user_stranger"] {
            for (case, request) in operations(&server, user, WORKSPACE, &key) {
                request.send().assert(case, 403, "4030");
            }
            let token = tokens::of(user, "PARTNER");
            let list = server.create_as(&token, WORKSPACE).method("GET").body("");
            list.send().assert("list", 403, "4030");
        }
        assert_eq!(store.keys().await, before);
    }

    async fn a_listing_shows_and_finds_the_own_keys_alone(on: On) {
        let store = TestStore::create(on).await;
        store.add_workspace(OTHER).await;
        store.add_member(OTHER, OTHER_OWNER, Role::Owner).await;
        let server = TestServer::start(&store.database);
        let (key, _secret) = server.created();
        let token = tokens::of(OTHER_OWNER, "PARTNER");
        for query in ["", "?q=production", &format!("?q={key}"), "?status=ACTIVE&mode=LIVE"] {
            let target = format!("/web/v1/workspaces/{OTHER}/api-keys{query}");
            let list = server.create_as(&token, OTHER).method("GET").target(&target).body("");
            let response = list.send();
            response.assert(query, 200, "2000");
            assert_eq!(response.json()["data"]["total"], 0, "{query}");
            assert_eq!(response.json()["data"]["items"], json!([]), "{query}");
        }
    }

    async fn an_idempotency_key_of_another_tenant_is_another(on: On) {
        let store = TestStore::create(on).await;
        store.add_workspace(OTHER).await;
        store.add_member(OTHER, OWNER, Role::Owner).await;
        let server = TestServer::start(&store.database);
        let token = tokens::of(OWNER, "PARTNER");
        for workspace in [WORKSPACE, OTHER] {
            let created = server.create_as(&token, workspace).send();
            let key = created.json()["data"]["apiKeyId"].as_str().unwrap().to_owned();
            let target = format!("/web/v1/workspaces/{workspace}/api-keys/{key}/rotate");
            let rotate = server.create_as(&token, workspace).target(&target).body("{}");
            rotate.also("Idempotency-Key", "once").send().assert(workspace, 201, "2000");
        }
    }
}
