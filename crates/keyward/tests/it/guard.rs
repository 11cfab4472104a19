//! Another service behind the guard, over HTTP and in process, with real keys.

use std::net::SocketAddr;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use actix_web::{App, HttpServer, rt, web};
use keyward_domain::ports::{Clock, MockUsageRecorder};
use keyward_domain::usecases::VerifyApiKey;
use keyward_domain::{Mode, Timestamp};
use keyward_web::guard::{
    Caller, Guard, HttpVerifier, HttpVerifierConfig, InProcessVerifier, Require,
};
use serde_json::json;

use crate::http::{Request, Response};
use crate::server::{On, TestServer, TestStore};

/// A service that returns the key id of its caller.
fn service(require: Require) -> SocketAddr {
    let (started, addr) = mpsc::channel();
    thread::spawn(move || {
        let serve = async move {
            let whose = async |caller: Caller| {
                format!("{} {}", caller.workspace_id.as_str(), caller.api_key_id)
            };
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

fn call(addr: SocketAddr, secret: &str) -> Response {
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
    let allowed = call(addr, &secret);
    assert_eq!(allowed.status, 200, "{}", allowed.text());
    assert_eq!(allowed.text(), format!("ws_1 {id}"));
    for (secret, status, decision) in [
        ("none", 401, "MALFORMED"),
        (&other, 403, "INSUFFICIENT_SCOPE"),
        (&test, 403, "WRONG_MODE"),
        (&elsewhere, 403, "IP_NOT_ALLOWED"),
    ] {
        let denied = call(addr, secret);
        assert_eq!(denied.status, status, "{decision}");
        assert_eq!(denied.header("x-auth-decision"), Some(decision));
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

#[tokio::test(flavor = "multi_thread")]
async fn a_service_asks_a_node() {
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
    assert_eq!(call(addr, &secret).status, 503, "nobody can decide");
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
    };
    let guard = Guard::new(InProcessVerifier(verify));
    let addr = service(guard.require(&["payment:read"]).unwrap().mode(Mode::Live));
    assert_guarded(&server, addr);
}
