//! How a server ends.

use std::io::Write as _;
use std::time::{Duration, Instant};

use crate::http::{Request, read_response};
use crate::server::{On, TestServer, TestStore};

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_fails_readiness_first_then_drains_what_is_under_way() {
    let store = TestStore::create(On::Sqlite).await;
    let mut server = TestServer::start(&store.database);
    let request = server.create().body(r#"{"name":"Late"}"#);
    let bytes = request.bytes();
    let (first, rest) = bytes.split_at(bytes.len() - 4);
    let mut stream = request.connect();
    stream.write_all(first).unwrap();

    server.signal("TERM");
    let started = Instant::now();
    let readyz = Request::new(server.internal, "GET", "/readyz");
    loop {
        let response = readyz.send();
        if response.status == 503 {
            assert!(response.text().contains("draining"), "{}", response.text());
            break;
        }
        assert!(
            started.elapsed() < Duration::from_secs(5),
            "readiness never failed"
        );
    }
    server
        .create()
        .send()
        .assert("still serving when readiness has failed", 201, "2000");

    stream.write_all(rest).unwrap();
    read_response(&mut stream)
        .expect("an answer")
        .assert("under way", 201, "2000");
    assert_eq!(server.wait(), Some(0));
    assert!(started.elapsed() < Duration::from_secs(30));
}

#[tokio::test(flavor = "multi_thread")]
async fn sigint_ends_the_server_with_success() {
    let store = TestStore::create(On::Sqlite).await;
    let mut server = TestServer::start(&store.database);
    server.signal("INT");
    assert_eq!(server.wait(), Some(0));
}
