//! Guarded services on actix-web and axum, with real keys. They ask a node over HTTP, or decide in
//! process.

use std::net::SocketAddr;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use actix_web::{App, HttpServer, rt, web};
use axum::extract::ConnectInfo;
use axum::http::Extensions;
use axum::{Extension, Router, routing};
use keyward_domain::ports::{Clock, MockLimiter, MockUsageRecorder};
use keyward_domain::usecases::VerifyApiKey;
use keyward_domain::{Mode, Timestamp};
use keyward_guard::{Caller, Guard, HttpVerifier, HttpVerifierConfig, InProcessVerifier, Require};
use serde_json::json;
use tokio::net::TcpListener;

use crate::http::{Request, Response};
use crate::server::{On, TestServer, TestStore};

/// The workspace and key id of a caller.
fn whose(caller: &Caller) -> String {
    format!("{} {}", caller.workspace_id().as_str(), caller.api_key_id())
}

/// An actix-web service that returns its caller.
fn actix_service(require: Require) -> SocketAddr {
    let (started, addr) = mpsc::channel();
    thread::spawn(move || {
        let serve = async move {
            let whose = async |caller: Caller| whose(&caller);
            let app = move || {
                let payments = web::resource("/payments").wrap(require.clone());
                App::new().service(payments.route(web::get().to(whose)))
            };
            let server = HttpServer::new(app).workers(1).disable_signals();
            let server = server.bind("127.0.0.1:0").unwrap();
            started.send(server.addrs()[0]).unwrap();
            server.run().await.unwrap();
        };
        rt::System::new().block_on(serve);
    });
    addr.recv_timeout(Duration::from_secs(30)).unwrap()
}

/// An axum service that returns its caller.
pub(crate) fn axum_service(require: Require) -> SocketAddr {
    let (started, addr) = mpsc::channel();
    let peer = |extensions: &Extensions| {
        let info = extensions.get::<ConnectInfo<SocketAddr>>();
        info.map(|ConnectInfo(peer)| *peer)
    };
    thread::spawn(move || {
        let serve = async move {
            let whose = async |Extension(caller): Extension<Caller>| whose(&caller);
            let payments = routing::get(whose).layer(require.layer(peer));
            let app = Router::new().route("/payments", payments);
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            started.send(listener.local_addr().unwrap()).unwrap();
            let service = app.into_make_service_with_connect_info::<SocketAddr>();
            axum::serve(listener, service).await.unwrap();
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.unwrap().block_on(serve);
    });
    addr.recv_timeout(Duration::from_secs(30)).unwrap()
}

pub(crate) fn call(addr: SocketAddr, secret: &str) -> Response {
    Request::new(addr, "GET", "/payments")
        .also("Authorization", format!("Bearer {secret}"))
        .also("X-Forwarded-For", "203.0.113.7")
        .send()
}

fn created(server: &TestServer, body: &serde_json::Value) -> (String, String) {
    let response = server.create().body(body.to_string()).send();
    response.assert("create", 201, "2000");
    let data = &response.json()["data"];
    let text = |name: &str| data[name].as_str().unwrap().to_owned();
    (text("apiKeyId"), text("secret"))
}

fn assert_guarded(server: &TestServer, addr: SocketAddr) {
    let key = |scopes: &[&str]| json!({ "name": "Key", "scopes": scopes });
    let (id, secret) = created(server, &key(&["payment:read"]));
    let (_, other) = created(server, &key(&["payment:write"]));
    let test = json!({ "name": "Test", "mode": 2, "scopes": ["payment:read"] });
    let (_, test) = created(server, &test);
    let elsewhere = json!({
        "name": "Elsewhere", "scopes": ["payment:read"], "ipWhitelist": ["203.0.113.0/24"],
    });
    let (_, elsewhere) = created(server, &elsewhere);
    let here = json!({ "name": "Here", "scopes": ["payment:read"], "ipWhitelist": ["127.0.0.1"] });
    let (here_id, here) = created(server, &here);
    for (id, secret) in [(&id, &secret), (&here_id, &here)] {
        let allowed = call(addr, secret);
        assert_eq!(allowed.status, 200, "{}", allowed.text());
        assert_eq!(allowed.text(), format!("ws_1 {id}"));
    }
    for (secret, status, decision) in [
        ("none", 401, "MALFORMED"),
        (&other, 403, "INSUFFICIENT_SCOPE"),
        (&test, 403, "WRONG_MODE"),
        (&elsewhere, 403, "IP_NOT_ALLOWED"),
    ] {
        let denied = call(addr, secret);
        assert_eq!(denied.status, status, "{decision}");
        assert_eq!(denied.header("x-auth-decision"), Some(decision));
        assert_eq!(denied.header("cache-control"), Some("no-store"));
        assert_eq!(denied.json()["decision"], decision);
    }
    assert_eq!(
        server
            .owner("POST", &format!("/{id}/disable"))
            .send()
            .status,
        200
    );
    let denied = call(addr, &secret);
    assert_eq!(denied.header("x-auth-decision"), Some("DISABLED"));
}

async fn assert_asks_a_node(service: fn(Require) -> SocketAddr) {
    let store = TestStore::create(On::Sqlite).await;
    let mut server = TestServer::start(&store.database);
    let node = HttpVerifierConfig {
        timeout: Duration::from_secs(20),
        ..HttpVerifierConfig::at(&format!("http://{}", server.internal))
    };
    let guard = Guard::new(HttpVerifier::new(node).unwrap());
    let addr = service(guard.require(&["payment:read"]).unwrap().mode(Mode::Live));
    assert_guarded(&server, addr);
    let (_, secret) = created(
        &server,
        &json!({ "name": "Key", "scopes": ["payment:read"] }),
    );
    server.signal("KILL");
    server.wait();
    let undecided = call(addr, &secret);
    assert_eq!(undecided.status, 503, "undecided");
    assert_eq!(undecided.header("retry-after"), Some("1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_of_actix_web_asks_a_node() {
    assert_asks_a_node(actix_service).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_of_axum_asks_a_node() {
    assert_asks_a_node(axum_service).await;
}

struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "a test's own Clock port")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        Timestamp::from_unix_seconds(i64::try_from(since.as_secs()).unwrap()).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_decides_by_itself() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    let mut usage_recorder = MockUsageRecorder::new();
    usage_recorder.expect_used().return_const(());
    usage_recorder.expect_denied().return_const(());
    let verify = VerifyApiKey {
        key_lookup: Arc::new(store.store.clone()),
        clock: Arc::new(SystemClock),
        usage_recorder: Arc::new(usage_recorder),
        limiter: Arc::new(MockLimiter::new()),
    };
    let guard = Guard::new(InProcessVerifier(verify));
    let require = guard.require(&["payment:read"]).unwrap().mode(Mode::Live);
    assert_guarded(&server, actix_service(require.clone()));
    assert_guarded(&server, axum_service(require));
}
