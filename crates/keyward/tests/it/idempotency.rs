//! Contract §5, on create: a request that comes twice is carried out once.

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
        let other = keyed(server.create().body(r#"{"name":"Other"}"#), "once").send();
        other.assert("other body", 422, "4220");
        assert_eq!(
            other.json()["message"],
            "The Idempotency-Key was used with a different request"
        );
    }

    async fn a_refused_request_does_not_use_its_key_up(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        keyed(server.create().body("{}"), "once").send().assert("invalid", 400, "4000");
        keyed(server.create(), "once").send().assert("mended", 201, "2000");
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
