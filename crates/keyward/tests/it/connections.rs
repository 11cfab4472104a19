//! Slow, broken and vanishing clients: what each costs, and that nobody else notices.

use std::io::Write as _;
use std::time::Instant;

use crate::http::read_response;
use crate::server::{On, TestServer, TestStore, on_both_stores};

#[tokio::test(flavor = "multi_thread")]
async fn a_stalled_body_is_answered_408_within_its_deadline() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    let request = server.create().header("Content-Length", "20").body("{");
    let mut stream = request.connect();
    let started = Instant::now();
    stream.write_all(&request.bytes()).unwrap();
    let response = read_response(&mut stream).expect("an answer");
    response.assert("stalled", 408, "4080");
    let seconds = started.elapsed().as_secs();
    assert!((8..=12).contains(&seconds), "{seconds}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stalled_head_is_closed() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    let mut stream = server.create().connect();
    stream
        .write_all(b"POST /web/v1/workspaces/ws_1/api-keys HTTP/1.1\r\nHost:")
        .unwrap();
    let started = Instant::now();
    let answer = read_response(&mut stream);
    assert!(answer.is_none_or(|response| response.status == 408));
    assert!(started.elapsed().as_secs() <= 15);
}

#[tokio::test(flavor = "multi_thread")]
async fn content_length_beside_transfer_encoding_is_400() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    let smuggled = server
        .create()
        .also("Content-Length", "5")
        .also("Transfer-Encoding", "chunked")
        .body("0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n");
    assert_eq!(smuggled.send().status, 400);
    let twice = server
        .create()
        .also("Content-Length", "2")
        .also("Content-Length", "3")
        .body("{}x");
    assert_eq!(twice.send().status, 400);
}

on_both_stores! {
    async fn clients_that_vanish_leave_whole_keys_or_none(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        for _ in 0..200 {
            let request = server.create();
            let mut stream = request.connect();
            stream.write_all(&request.bytes()).unwrap();
            drop(stream);
        }
        server.create().send().assert("the next one", 201, "2000");
        drop(server);
        for key in store.keys().await {
            assert_eq!(store.trail(key.id()).await.len(), 1);
        }
    }
}
