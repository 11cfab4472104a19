//! The shutdown of a server.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::http::{Request, Response, read_response};
use crate::server::{On, TestServer, TestStore};
use crate::tokens;

/// A generous limit: machines that run all tests at once are slow.
const SOON: Duration = Duration::from_secs(15);

fn serve(store: &TestStore, notice_seconds: &str) -> TestServer {
    let variables = [
        ("KEYWARD_JWT_SECRET", tokens::SECRET),
        ("KEYWARD_SHUTDOWN_NOTICE_SECONDS", notice_seconds),
    ];
    TestServer::start_with(&store.database, &variables)
}

fn question(server: &TestServer) -> Request {
    Request::new(server.internal, "POST", "/internal/v1/api-keys/verify")
        .also("Content-Type", "application/json")
        .body(r#"{"secret":"none"}"#)
}

/// A request whose last bytes are not yet sent.
struct HalfSent {
    stream: TcpStream,
    rest: Vec<u8>,
}

impl HalfSent {
    /// The server has begun to handle it: it asks for the rest of the body.
    fn begin(request: &Request) -> Self {
        let request = request.clone().also("Expect", "100-continue");
        let mut bytes = request.bytes();
        let rest = bytes.split_off(bytes.len() - 4);
        let mut stream = request.connect();
        stream.write_all(&bytes).unwrap();
        let mut go_on = [0; 25];
        stream.read_exact(&mut go_on).unwrap();
        assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
        Self { stream, rest }
    }

    fn end(mut self) -> Option<Response> {
        self.stream.write_all(&self.rest).unwrap();
        read_response(&mut self.stream)
    }
}

fn until(what: &str, is_so: impl Fn() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < SOON, "{what}");
    }
}

fn refuses(addr: SocketAddr) -> bool {
    TcpStream::connect(addr).is_err()
}

fn is_draining(server: &TestServer) -> bool {
    let response = Request::new(server.internal, "GET", "/readyz").send();
    response.status == 503 && response.text().contains("draining")
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_fails_readiness_first_while_both_listeners_still_answer() {
    let store = TestStore::create(On::Sqlite).await;
    let server = serve(&store, "600");
    server.signal("TERM");
    until("readiness fails", || is_draining(&server));
    let created = server.create().send();
    created.assert("on the public listener", 201, "2000");
    assert_eq!(question(&server).send().status, 200, "on the internal one");
    let healthz = Request::new(server.internal, "GET", "/healthz").send();
    assert_eq!(healthz.status, 200, "still alive");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_under_way_on_either_listener_is_answered_though_both_refuse_more() {
    let store = TestStore::create(On::Sqlite).await;
    for signal in ["TERM", "INT"] {
        let mut server = serve(&store, "1");
        let public = HalfSent::begin(&server.create().body(r#"{"name":"Late"}"#));
        let internal = HalfSent::begin(&question(&server));

        server.signal(signal);
        until("both refuse", || {
            refuses(server.public) && refuses(server.internal)
        });
        let created = public.end().expect("an answer on the public listener");
        created.assert(signal, 201, "2000");
        let verified = internal.end().expect("an answer on the internal listener");
        assert_eq!(verified.status, 200, "{signal}: {}", verified.text());
        assert_eq!(server.wait(), Some(0), "{signal}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_connection_does_not_hold_up_the_end() {
    let store = TestStore::create(On::Sqlite).await;
    let mut server = serve(&store, "0");
    let mut idle = TcpStream::connect(server.internal).unwrap();
    idle.set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: keyward.test\r\n\r\n")
        .unwrap();
    let answer = read_response(&mut idle).expect("an answer");
    assert_eq!(answer.status, 200);

    let started = Instant::now();
    server.signal("TERM");
    assert_eq!(idle.read(&mut [0; 1]).unwrap(), 0, "it is closed");
    assert_eq!(server.wait(), Some(0));
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_cuts_the_notice_and_the_draining_short() {
    let store = TestStore::create(On::Sqlite).await;
    for notice_seconds in ["0", "600"] {
        let mut server = serve(&store, notice_seconds);
        let under_way = HalfSent::begin(&server.create().body(r#"{"name":"Cut"}"#));
        server.signal("TERM");
        assert!(server.comes_to_log("draining"), "{}", server.logs());
        let started = Instant::now();
        server.signal("INT");
        assert_eq!(server.wait(), Some(0));
        assert!(
            started.elapsed() < Duration::from_secs(8),
            "{notice_seconds}"
        );
        drop(under_way);
    }
}
