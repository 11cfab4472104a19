//! Slow, broken and vanishing clients: their cost, and that no other client is affected.

use std::io::{Read as _, Write as _};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::http::{Request, read_response};
use crate::metrics::{metrics, value};
use crate::server::{On, TestServer, TestStore, on_both_stores, program};
use crate::tokens;

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

const SECRET: (&str, &str) = ("KEYWARD_JWT_SECRET", tokens::SECRET);

/// A server with a small limit of open files.
pub(crate) fn few_files() -> Command {
    let mut program = program("sh");
    let limited = "ulimit -n 400; exec \"$0\" \"$@\"";
    program.args(["-c", limited, env!("CARGO_BIN_EXE_keyward")]);
    program
}

/// More clients than the limit of files: each sends one request and keeps its connection.
#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_to_one_listener_do_not_stop_the_other_or_the_next_client() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start_program(few_files(), &store.database, &[SECRET]);
    let head = b"GET /nothing HTTP/1.1\r\nHost: keyward.test\r\n\r\n";
    let mut idle = Vec::new();
    for number in 0..600 {
        let mut stream = Request::new(server.public, "GET", "/").connect();
        stream.write_all(head).unwrap();
        let response = read_response(&mut stream).unwrap_or_else(|| panic!("client {number}"));
        assert_eq!(response.status, 404);
        idle.push(stream);
    }
    let ready = Request::new(server.internal, "GET", "/readyz").send();
    assert_eq!(ready.status, 200, "{}", ready.text());
    server
        .create()
        .send()
        .assert("the next client", 201, "2000");
    // The oldest connection was evicted, the newest stays.
    assert_eq!(idle.first_mut().unwrap().read(&mut [0]).unwrap(), 0);
    let newest = idle.last_mut().unwrap();
    newest.write_all(head).unwrap();
    assert_eq!(read_response(newest).expect("it stays").status, 404);
    let metrics = metrics(&server);
    assert!(
        value(
            &metrics,
            "keyward_connections_evicted_total{listener=\"public\"}"
        ) > 300
    );
    assert!(value(&metrics, "keyward_connections_open{listener=\"public\"}") < 300);
    assert_eq!(
        value(
            &metrics,
            "keyward_connections_refused_total{listener=\"public\"}"
        ),
        0
    );
    assert_eq!(
        value(
            &metrics,
            "keyward_connections_evicted_total{listener=\"internal\"}"
        ),
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_of_open_files_that_is_too_low_is_named() {
    let store = TestStore::create(On::Sqlite).await;
    let mut program = program("sh");
    program
        .args([
            "-c",
            "ulimit -n 100; exec \"$0\" serve",
            env!("CARGO_BIN_EXE_keyward"),
        ])
        .env("DATABASE_URL", store.database.url())
        .env("KEYWARD_JWT_SECRET", tokens::SECRET);
    let output = program.output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(
        stderr.contains("100 files") && stderr.contains("LimitNOFILE"),
        "{stderr}"
    );
}

/// Clients that repeatedly request the largest file and read nothing.
#[tokio::test(flavor = "multi_thread")]
async fn clients_that_read_no_answer_cost_little_and_are_closed() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    let largest = "/docs/swagger-ui-bundle.js";
    let request = Request::new(server.public, "GET", largest);
    let whole = request.send();
    assert!(whole.body.len() > 1_000_000);
    let pipelined = format!("GET {largest} HTTP/1.1\r\nHost: keyward.test\r\n\r\n").repeat(16);
    let before = memory_kibibytes(&server);
    let clients: Vec<_> = (0..200)
        .map(|_| {
            let mut stream = request.connect();
            stream.write_all(pipelined.as_bytes()).unwrap();
            stream
        })
        .collect();
    let open = "keyward_connections_open{listener=\"public\"}";
    let started = Instant::now();
    let mut most = 0;
    while value(&metrics(&server), open) > 0 {
        most = most.max(memory_kibibytes(&server));
        assert!(
            started.elapsed() < Duration::from_secs(40),
            "the connections stay open"
        );
    }
    assert!(
        started.elapsed() > Duration::from_secs(5),
        "the clients were disconnected too early"
    );
    let grown = most.saturating_sub(before);
    assert!(
        grown < 48 * 1024,
        "{grown} KiB for {} clients",
        clients.len()
    );
}

/// The resident memory of the server.
fn memory_kibibytes(server: &TestServer) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    number.expect("VmRSS").parse().unwrap()
}

/// After a complete request, one byte of the next one.
#[tokio::test(flavor = "multi_thread")]
async fn beginnings_of_requests_hold_no_place() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start_program(few_files(), &store.database, &[SECRET]);
    let whole = b"GET /nothing HTTP/1.1\r\nHost: keyward.test\r\n\r\n";
    let chunked =
        b"POST /nothing HTTP/1.1\r\nHost: keyward.test\r\nTransfer-Encoding: chunked\r\n\r\n";
    let mut holding = Vec::new();
    for number in 0..600 {
        let mut stream = Request::new(server.public, "GET", "/").connect();
        let first: &[u8] = if number % 2 == 0 { whole } else { chunked };
        stream.write_all(first).unwrap();
        let response = read_response(&mut stream).unwrap_or_else(|| panic!("client {number}"));
        assert_eq!(response.status, 404);
        stream.write_all(b"G").unwrap();
        holding.push(stream);
    }
    server
        .create()
        .send()
        .assert("the next client", 201, "2000");
    let refused = "keyward_connections_refused_total{listener=\"public\"}";
    assert_eq!(value(&metrics(&server), refused), 0);
}

/// A client that reads its response slowly and sends another request meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_while_an_answer_waits_is_answered_afterwards() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    let mut stream = Request::new(server.public, "GET", "/").connect();
    let head = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: keyward.test\r\n\r\n");
    for _ in 0..4 {
        stream
            .write_all(head("/docs/swagger-ui-bundle.js").as_bytes())
            .unwrap();
    }
    // By now the network buffers hold what has been sent: nothing is read here before the server
    // waits.
    let open = "keyward_connections_open{listener=\"public\"}";
    while value(&metrics(&server), open) == 0 {}
    stream.write_all(head("/nothing").as_bytes()).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answers = Vec::new();
    stream.read_to_end(&mut answers).unwrap();
    let begins = answers
        .windows(9)
        .filter(|window| window == b"HTTP/1.1 ")
        .count();
    assert_eq!(begins, 5);
}

/// Thousands of small requests at once, whose responses are not read.
#[tokio::test(flavor = "multi_thread")]
async fn pipelined_requests_wait_in_their_own_socket() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    let request = Request::new(server.public, "GET", "/");
    let first = "GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: keyward.test\r\n\r\n";
    let many = format!("{first}{}", "GET / HTTP/1.1\r\nA:\r\n\r\n".repeat(5_000));
    let before = memory_kibibytes(&server);
    let clients: Vec<_> = (0..100)
        .map(|_| {
            let mut stream = request.connect();
            stream.set_nonblocking(true).unwrap();
            // As much as the sockets accept.
            let _part = stream.write(many.as_bytes());
            stream
        })
        .collect();
    let open = "keyward_connections_open{listener=\"public\"}";
    let mut most = 0;
    while value(&metrics(&server), open) > 0 {
        most = most.max(memory_kibibytes(&server));
    }
    let grown = most.saturating_sub(before);
    assert!(
        grown < 48 * 1024,
        "{grown} KiB for {} clients",
        clients.len()
    );
}
