//! Client certificates on the internal listener.

use std::fs;

use keyward_guard::{Guard, HttpVerifier, HttpVerifierConfig, NodeTls};
use serde_json::json;

use super::{Authority, TlsClient, start, variables};
use crate::http::{Request, Response};
use crate::server::{On, TestServer, TestStore};

const TOKEN: &str = "an-internal-token-of-32-characters";

struct World {
    store: TestStore,
    server: TestServer,
    authority: Authority,
    clients: Authority,
    _folder: tempfile::TempDir,
}

impl World {
    async fn start() -> Self {
        let store = TestStore::create(On::Sqlite).await;
        let folder = tempfile::tempdir().unwrap();
        let (authority, clients) = (Authority::create(), Authority::create());
        authority.issue("keyward").write(folder.path(), "tls");
        fs::write(folder.path().join("clients.crt"), clients.pem()).unwrap();
        Self {
            server: start(&store, folder.path(), true),
            store,
            authority,
            clients,
            _folder: folder,
        }
    }

    /// A client with a certificate of this name.
    fn client(&self, name: &str) -> TlsClient {
        TlsClient::showing(&self.authority, &self.clients.issue(name))
    }

    fn created(&self) -> String {
        let public = TlsClient::trusting(&self.authority);
        let created = public.send(&self.server.create()).unwrap();
        created.json()["data"]["secret"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    fn verify(&self, secret: &str) -> Request {
        Request::new(self.server.internal, "POST", "/internal/v1/api-keys/verify")
            .also("Content-Type", "application/json")
            .body(json!({ "secret": secret }).to_string())
    }

    fn metrics(&self, client: &TlsClient) -> String {
        client.get(self.server.internal, "/metrics").text()
    }
}

fn decision(response: &Response) -> String {
    let decision = response.json()["data"]["decision"]
        .as_str()
        .map(str::to_owned);
    decision.unwrap_or_else(|| panic!("{} {}", response.status, response.text()))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_common_name_is_the_callers_name_in_logs_and_metrics() {
    let world = World::start().await;
    let edge = world.client("edge-1");
    let secret = world.created();
    // The first answer comes from the store, the second from the fast path.
    for _ in 0..2 {
        let answer = edge.send(&world.verify(&secret)).unwrap();
        assert_eq!(decision(&answer), "NO_SCOPES");
    }
    let gateway = Request::new(world.server.internal, "GET", "/internal/v1/authorize/nginx")
        .also("X-Api-Key", "none");
    assert_eq!(edge.send(&gateway).unwrap().status, 401);
    let metrics = world.metrics(&edge);
    // Reading the metrics is the fourth.
    let counted = "keyward_internal_requests_total{caller=\"edge-1\"} 4\n";
    assert!(metrics.contains(counted), "{metrics}");
    assert!(world.server.comes_to_log("\"caller\":\"edge-1\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn probes_need_no_certificate_and_everything_else_does() {
    let world = World::start().await;
    let bare = TlsClient::trusting(&world.authority);
    for probe in ["/healthz", "/readyz"] {
        assert_eq!(
            bare.get(world.server.internal, probe).status,
            200,
            "{probe}"
        );
    }
    let secret = world.created();
    let refused = bare.send(&world.verify(&secret)).unwrap();
    refused.assert("verify", 401, "4012");
    let refused = bare.get(world.server.internal, "/metrics");
    refused.assert("metrics", 401, "4012");
    let path = "/internal/v1/authorize/nginx";
    let gateway = Request::new(world.server.internal, "GET", path).also("X-Api-Key", &secret);
    assert_eq!(
        bare.send(&gateway).unwrap().status,
        503,
        "an unknown gateway"
    );
    let metrics = world.metrics(&world.client("prometheus"));
    for (asked_as, count) in [("caller", 2), ("gateway", 1)] {
        let counted = format!(
            "keyward_internal_refusals_total{{asked_as=\"{asked_as}\",reason=\"no_certificate\"}} {count}\n"
        );
        assert!(metrics.contains(&counted), "{counted}{metrics}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_does_not_count_is_refused_in_the_handshake() {
    let world = World::start().await;
    let probe = Request::new(world.server.internal, "GET", "/healthz");
    let stranger = Authority::create().issue("edge-1");
    let expired = world.clients.issue_until("edge-1", 2021);
    for shown in [&stranger, &expired] {
        // Whether the alert arrives before the end of the connection depends on the network.
        let client = TlsClient::showing(&world.authority, shown);
        assert!(client.send(&probe).is_err());
    }
    // It is valid, but nobody may have this name.
    let unnamed = world.client("a name with spaces");
    let refused = unnamed.send(&world.verify("none")).unwrap();
    refused.assert("unnamed", 401, "4012");
    let metrics = world.metrics(&world.client("prometheus"));
    for reason in ["unknown_issuer", "expired", "unnamed"] {
        let counted = format!(
            "keyward_tls_handshake_failures_total{{listener=\"internal\",reason=\"client_certificate_{reason}\"}} 1\n"
        );
        assert!(metrics.contains(&counted), "{counted}{metrics}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn internal_tokens_are_needed_beside_certificates_except_for_metrics() {
    let world = World::start().await;
    let folder = tempfile::tempdir().unwrap();
    let issued = world.authority.issue("keyward");
    issued.write(folder.path(), "tls");
    fs::write(folder.path().join("clients.crt"), world.clients.pem()).unwrap();
    let mut variables = variables(folder.path(), true);
    variables.push(("KEYWARD_INTERNAL_TOKEN", TOKEN.to_owned()));
    let variables: Vec<_> = variables
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let server = TestServer::start_with(&world.store.database, &variables);
    let bearer = format!("Bearer {TOKEN}");
    let ask = |path: &str| Request::new(server.internal, "GET", path);
    let edge = world.client("edge-1");
    let bare = TlsClient::trusting(&world.authority);
    let verify = |request: Request| {
        let request = request
            .method("POST")
            .target("/internal/v1/api-keys/verify");
        request
            .also("Content-Type", "application/json")
            .body(r#"{"secret":"none"}"#)
    };
    let status = |client: &TlsClient, request: &Request| client.send(request).unwrap().status;
    let with_token = |request: Request| request.also("Authorization", &bearer);
    assert_eq!(status(&edge, &verify(ask("/"))), 401);
    assert_eq!(status(&bare, &verify(with_token(ask("/")))), 401);
    assert_eq!(status(&edge, &verify(with_token(ask("/")))), 200);
    assert_eq!(status(&bare, &with_token(ask("/metrics"))), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guard_asks_with_its_certificate_and_a_private_authority() {
    let world = World::start().await;
    let secret = world.created();
    let shown = world.clients.issue("back-end");
    let tls = NodeTls::default()
        .trusting(world.authority.pem().as_bytes())
        .unwrap()
        .with_certificate(shown.certificate.as_bytes(), shown.key.as_bytes())
        .unwrap();
    let url = format!("https://{}", world.server.internal);
    let config = HttpVerifierConfig {
        tls,
        timeout: std::time::Duration::from_secs(20),
        ..HttpVerifierConfig::at(&url)
    };
    let guard = Guard::new(HttpVerifier::new(config).unwrap());
    let addr = crate::guard::axum_service(guard.require(&["payment:read"]).unwrap());
    let denied = crate::guard::call(addr, &secret);
    assert_eq!(denied.header("x-auth-decision"), Some("NO_SCOPES"));
    let metrics = world.metrics(&world.client("prometheus"));
    let counted = "keyward_internal_requests_total{caller=\"back-end\"} 1\n";
    assert!(metrics.contains(counted), "{metrics}");
}
