//! The stream of changes, byte by byte.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::http::Request;
use crate::nodes::{change, created, until};
use crate::server::{On, TestServer, TestStore};
use crate::tokens;

/// Reads from the stream until a text has come.
fn read_until(stream: &mut TcpStream, text: &str) -> String {
    let mut read = String::new();
    let mut bytes = [0; 4_096];
    while !read.contains(text) {
        let length = stream.read(&mut bytes).unwrap();
        assert!(length > 0, "the stream ends: {read}");
        read.push_str(std::str::from_utf8(&bytes[..length]).unwrap());
    }
    read
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_at_the_shutdown_and_does_not_delay_it() {
    let store = TestStore::create(On::Sqlite).await;
    let mut server = TestServer::start_with(
        &store.database,
        &[
            ("KEYWARD_JWT_SECRET", tokens::SECRET),
            ("KEYWARD_SHUTDOWN_NOTICE_SECONDS", "0"),
        ],
    );
    let request = Request::new(server.internal, "GET", "/internal/v1/changes");
    let mut stream = request.connect();
    stream.write_all(&request.bytes()).unwrap();
    let opened = read_until(&mut stream, "event: all");
    assert!(opened.contains("text/event-stream"), "{opened}");
    let begun = Instant::now();
    server.signal("TERM");
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap();
    assert_eq!(server.wait(), Some(0));
    assert!(
        begun.elapsed() < Duration::from_secs(10),
        "{:?}",
        begun.elapsed()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guard_that_reads_but_applies_nothing_holds_up_no_change_for_long() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    let (id, _) = created(&server);
    until(
        || change(&server, "POST", &format!("/{id}/enable")) == "complete",
        "calm",
    );
    let request = Request::new(server.internal, "GET", "/internal/v1/changes");
    let mut stream = request.connect();
    stream.write_all(&request.bytes()).unwrap();
    let opened = read_until(&mut stream, "event: all");
    let field = |name: &str| {
        let (_, rest) = opened.split_once(name).unwrap();
        rest.split(['"', '\n', '\r']).next().unwrap().to_owned()
    };
    let (id_of_stream, position) = (field("\"stream\":\""), field("\nid: "));
    let heartbeat = |number: u64| {
        let body = json!({ "stream": id_of_stream, "number": number, "position": position });
        Request::new(server.internal, "POST", "/internal/v1/changes/heartbeats")
            .also("Content-Type", "application/json")
            .body(body.to_string())
            .send()
            .status
    };
    assert_eq!(heartbeat(1), 204);
    read_until(&mut stream, "event: heartbeat");
    let disable = |toggle: &str| change(&server, "POST", &format!("/{id}/{toggle}"));
    assert_eq!(disable("disable"), "pending; within=1s");
    let begun = Instant::now();
    let mut number = 1;
    until(
        || {
            number += 1;
            assert_eq!(heartbeat(number), 204);
            disable(if number.is_multiple_of(2) {
                "enable"
            } else {
                "disable"
            }) == "complete"
        },
        "complete",
    );
    assert!(
        begun.elapsed() > Duration::from_millis(500),
        "{:?}",
        begun.elapsed()
    );
    let unknown = json!({ "stream": uuid_nil(), "number": 1, "position": position });
    let unheard = Request::new(server.internal, "POST", "/internal/v1/changes/heartbeats")
        .also("Content-Type", "application/json")
        .body(unknown.to_string())
        .send();
    assert_eq!(unheard.status, 404);
}

fn uuid_nil() -> Value {
    json!("00000000000000000000000000000000")
}
