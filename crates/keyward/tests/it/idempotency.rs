//! Contract §5: a repeated request is carried out once and reported as such, whatever has changed.

use std::time::{Duration, Instant};

use keyward_domain::Timestamp;
use keyward_domain::ports::ScopeCatalogue as _;
use keyward_domain::testing::scope;

use crate::http::Request;
use crate::server::{On, TestServer, TestStore, on_both_stores};

fn keyed(request: Request, key: &str) -> Request {
    request.also("Idempotency-Key", key)
}

on_both_stores! {
    async fn code_4091_the_same_request_again_names_the_key_it_made(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let first = keyed(server.create(), "once").send();
        first.assert("first", 201, "2000");
        let again = keyed(server.create(), "once").send();
        again.assert("again", 409, "4091");
        let body = again.json();
        assert_eq!(body["data"]["apiKeyId"], first.json()["data"]["apiKeyId"]);
        assert_eq!(body["message"], "This request was already carried out");
        assert!(!again.text().contains(first.json()["data"]["secret"].as_str().unwrap()));
        keyed(server.create(), "twice").send().assert("another key", 201, "2000");
    }

    async fn code_4220_the_key_with_another_body_is_refused(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        keyed(server.create(), "once").send().assert("first", 201, "2000");
        let with_body = |body: &str| keyed(server.create().body(body), "once").send();
        let other = with_body(r#"{"name":"Other"}"#);
        other.assert("other body", 422, "4220");
        with_body("{").assert("before it is judged", 422, "4220");
        assert_eq!(
            other.json()["message"],
            "The Idempotency-Key was used with a different request"
        );
    }

    async fn a_create_is_told_as_carried_out_though_its_scope_left_the_catalogue(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let body = r#"{"name":"Key","scopes":["payment:read"]}"#;
        let create = || server.create().body(body);
        let first = keyed(create(), "once").send();
        first.assert("first", 201, "2000");
        assert!(store.store.remove(&scope("payment:read"), crate::server::by_operator()).await.unwrap());
        create().send().assert("anew", 400, "4000");
        let again = keyed(create(), "once").send();
        again.assert("again", 409, "4091");
        assert_eq!(again.json()["data"]["apiKeyId"], first.json()["data"]["apiKeyId"]);
    }

    async fn a_create_is_told_as_carried_out_though_its_end_has_passed(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let end = Timestamp::from_unix_seconds(crate::tokens::now() + 2).unwrap();
        let body = format!(r#"{{"name":"Key","expiresAt":"{end}"}}"#);
        let create = || server.create().body(&body);
        let first = keyed(create(), "once").send();
        first.assert("first", 201, "2000");
        let id = first.json()["data"]["apiKeyId"].as_str().unwrap().to_owned();
        let deadline = Instant::now() + Duration::from_secs(10);
        while server.owner("GET", &format!("/{id}")).send().json()["data"]["status"] != "EXPIRED" {
            assert!(Instant::now() < deadline, "the expiry does not pass");
        }
        create().send().assert("anew", 400, "4000");
        keyed(create(), "once").send().assert("again", 409, "4091");
    }

    async fn a_rotation_is_told_as_carried_out_though_it_changed_the_version(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let ((id, _), (other, _)) = (server.created(), server.created());
        let rotate = |id: &str, once: &str, body: &str| {
            let request = server.owner("POST", &format!("/{id}/rotate")).body(body);
            keyed(request, once).also("If-Match", "\"1\"").send()
        };
        rotate(&id, "once", "{}").assert("first", 201, "2000");
        let again = rotate(&id, "once", "{}");
        again.assert("again", 409, "4091");
        assert_eq!(again.json()["data"]["apiKeyId"], id.as_str());
        rotate(&id, "once", r#"{"overlapSeconds":0}"#).assert("another body", 422, "4220");
        rotate(&id, "once", "{").assert("before it is judged", 422, "4220");
        rotate(&other, "once", "{}").assert("another key", 422, "4220");
        rotate(&id, "twice", "{}").assert("another idempotency key", 412, "4120");
        let key = server.owner("GET", &format!("/{id}")).send().json();
        assert_eq!(key["data"]["secrets"].as_array().unwrap().len(), 2, "rotated once");
    }

    async fn a_rotation_is_told_as_carried_out_though_the_key_ended_or_is_gone(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let (id, _secret) = server.created();
        let rotate = || server.owner("POST", &format!("/{id}/rotate")).body("{}");
        keyed(rotate(), "once").send().assert("first", 201, "2000");
        store.database.tamper("UPDATE api_keys SET expires_at = created_at").await;
        rotate().send().assert("anew", 409, "4090");
        keyed(rotate(), "once").send().assert("again", 409, "4091");
        server.owner("DELETE", &format!("/{id}")).send();
        rotate().send().assert("anew", 404, "4040");
        let again = keyed(rotate(), "once").send();
        again.assert("again", 409, "4091");
        assert_eq!(again.json()["data"]["apiKeyId"], id.as_str());
    }

    async fn who_may_not_is_told_nothing_of_what_was_carried_out(on: On) {
        let store = TestStore::create(on).await;
        store.add_member("ws_1", "user_admin", keyward_domain::Role::Admin).await;
        let server = TestServer::start(&store.database);
        keyed(server.create(), "once").send().assert("first", 201, "2000");
        let admin = crate::tokens::of("user_admin", "PARTNER");
        keyed(server.create_as(&admin, "ws_1"), "once").send().assert("admin", 403, "4030");
        let bad = keyed(server.create().header("Authorization", "Bearer x"), "once");
        bad.send().assert("token", 401, "4010");
        let bad = keyed(server.create().header("X-Workspace-Id", "ws_2"), "once");
        bad.send().assert("header", 400, "4000");
    }

    async fn a_refused_request_does_not_use_its_key_up(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        keyed(server.create().body("{}"), "once").send().assert("invalid", 400, "4000");
        keyed(server.create(), "once").send().assert("corrected", 201, "2000");
    }

    async fn of_fifty_at_once_one_creates(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let threads: Vec<_> = (0..50)
            .map(|_| {
                let request = keyed(server.create(), "once");
                std::thread::spawn(move || request.send().status)
            })
            .collect();
        let statuses: Vec<u16> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1);
        assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 49);
    }

    async fn keys_belong_to_their_workspace(on: On) {
        let store = TestStore::create(on).await;
        store.add_workspace("ws_2").await;
        store.add_member("ws_2", crate::server::OWNER, keyward_domain::Role::Owner).await;
        let server = TestServer::start(&store.database);
        let token = crate::tokens::of(crate::server::OWNER, "PARTNER");
        for workspace in ["ws_1", "ws_2"] {
            let request = keyed(server.create_as(&token, workspace), "once");
            request.send().assert(workspace, 201, "2000");
        }
    }
}
