//! Real gateways with the configurations of docs/gateways, in front of a small API.

mod forged;
pub(crate) mod gateway;
mod secured;
pub(crate) mod upstream;

use std::sync::atomic::Ordering;

use serde_json::json;

use self::gateway::{ALL, Gateway, Kind};
use self::upstream::{Upstream, accepts_and_says_nothing, answers_200, relay};
use crate::http::{Request, Response};
use crate::server::{On, TestServer, TestStore};

/// A gateway between clients and an API, with Keyward.
struct World {
    gateway: Gateway,
    upstream: Upstream,
    server: TestServer,
    _store: TestStore,
}

impl World {
    async fn before(kind: Kind) -> Self {
        let store = TestStore::create(On::Sqlite).await;
        let server = TestServer::start(&store.database);
        let upstream = Upstream::start();
        let gateway = Gateway::start(kind, server.internal, upstream.addr);
        Self {
            gateway,
            upstream,
            server,
            _store: store,
        }
    }

    /// The id and the secret of a new key.
    fn created(&self, more: &serde_json::Value) -> (String, String) {
        let mut body = json!({ "name": "Key", "scopes": ["payment:read"] });
        for (member, value) in more.as_object().unwrap() {
            body[member] = value.clone();
        }
        let response = self.server.create().body(body.to_string()).send();
        response.assert("create", 201, "2000");
        let data = &response.json()["data"];
        let text = |name: &str| data[name].as_str().unwrap().to_owned();
        (text("apiKeyId"), text("secret"))
    }

    fn call(&self, headers: &[(&str, &str)]) -> Response {
        call(&self.gateway, headers)
    }

    /// A call that must not reach the API.
    fn refused(&self, case: &str, headers: &[(&str, &str)]) -> Response {
        refused(&self.gateway, &self.upstream, case, headers)
    }
}

fn call(gateway: &Gateway, headers: &[(&str, &str)]) -> Response {
    let request = Request::new(gateway.addr, "GET", "/payments?scope=none:none");
    let request = headers
        .iter()
        .fold(request, |request, (name, value)| request.also(name, value));
    request.send()
}

fn refused(
    gateway: &Gateway,
    upstream: &Upstream,
    case: &str,
    headers: &[(&str, &str)],
) -> Response {
    let before = upstream.calls();
    let response = call(gateway, headers);
    assert!(response.status >= 400, "{case}: {}", response.status);
    assert_eq!(upstream.calls(), before, "{case}: the API was reached");
    response
}

fn bearer(secret: &str) -> String {
    format!("Bearer {secret}")
}

macro_rules! on_every_gateway {
    ($($(#[$meta:meta])* async fn $name:ident($kind:ident: Kind) $body:block)*) => {$(
        mod $name {
            use super::*;
            async fn case($kind: Kind) $body
            #[tokio::test(flavor = "multi_thread")]
            async fn nginx() { Box::pin(case(Kind::Nginx)).await; }
            #[tokio::test(flavor = "multi_thread")]
            async fn haproxy() { Box::pin(case(Kind::HaProxy)).await; }
            #[tokio::test(flavor = "multi_thread")]
            async fn caddy() { Box::pin(case(Kind::Caddy)).await; }
            #[tokio::test(flavor = "multi_thread")]
            async fn envoy() { Box::pin(case(Kind::Envoy)).await; }
            #[tokio::test(flavor = "multi_thread")]
            async fn traefik() { Box::pin(case(Kind::Traefik)).await; }
        }
    )*};
}

on_every_gateway! {
    async fn an_allowed_call_arrives_with_its_identity_and_without_its_secret(kind: Kind) {
        let world = World::before(kind).await;
        let (id, secret) = world.created(&json!({ "externalId": "urn:a,b;\"c\"{d}%20$e\\" }));
        for headers in [
            [("Authorization", bearer(&secret))],
            [("X-Api-Key", secret.clone())],
        ] {
            let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
            let response = world.call(&headers);
            assert_eq!(response.status, 200, "{headers:?}: {}", response.text());
            let seen = world.upstream.last();
            assert_eq!(seen.all("x-auth-key-id"), [id.as_str()]);
            assert_eq!(seen.all("x-auth-workspace-id"), ["ws_1"]);
            assert_eq!(seen.all("x-auth-mode"), ["LIVE"]);
            assert_eq!(seen.all("x-auth-scopes"), ["payment:read"]);
            assert_eq!(seen.all("x-auth-external-id"), ["urn:a,b;\"c\"{d}%20$e\\"]);
            assert!(!seen.text().contains(&secret), "{}", seen.text());
        }
    }

    async fn a_call_without_a_right_is_refused(kind: Kind) {
        let world = World::before(kind).await;
        let (_, powerless) = world.created(&json!({ "scopes": [] }));
        let (_, other) = world.created(&json!({ "scopes": ["payment:write"] }));
        let (id, disabled) = world.created(&json!({}));
        assert_eq!(world.call(&[("X-Api-Key", &disabled)]).status, 200);
        let response = world.server.owner("POST", &format!("/{id}/disable")).send();
        assert_eq!(response.status, 200);
        let (_, deleted) = world.created(&json!({}));
        let deleted = deleted.replace("sk_live_", "sk_test_");
        for (case, secret, status, decision) in [
            ("no key", "", 401, "MALFORMED"),
            ("no key of ours", deleted.as_str(), 401, "MALFORMED"),
            ("switched off", &disabled, 401, "DISABLED"),
            ("no scopes", &powerless, 403, "NO_SCOPES"),
            ("another scope", &other, 403, "INSUFFICIENT_SCOPE"),
        ] {
            let headers: &[(&str, &str)] = &[("X-Api-Key", secret)];
            let headers = if secret.is_empty() { &[] } else { headers };
            let response = world.refused(case, headers);
            assert_eq!(response.status, status, "{case}");
            assert_eq!(response.header("x-auth-decision"), Some(decision), "{case}");
            if status == 401 {
                assert_eq!(response.header("www-authenticate"), Some("Bearer"), "{case}");
            }
        }
        let both = [("Authorization", bearer(&disabled)), ("X-Api-Key", other)];
        let both = both.each_ref().map(|(name, value)| (*name, value.as_str()));
        assert_eq!(world.refused("two keys", &both).status, 401);
    }

    async fn a_reached_limit_is_429_and_says_when_to_come_back(kind: Kind) {
        let world = World::before(kind).await;
        let limits = json!([{ "name": "requests", "max": 2, "window": "1h" }]);
        let (_, secret) = world.created(&json!({ "limits": limits }));
        let (_, unlimited) = world.created(&json!({}));
        let policy = Some("\"requests\";q=2;w=3600");
        for left in [1, 0] {
            let response = world.call(&[("X-Api-Key", &secret)]);
            assert_eq!(response.status, 200, "{left}: {}", response.text());
            if matches!(kind, Kind::Nginx | Kind::HaProxy | Kind::Envoy) {
                let said = response.header("ratelimit").unwrap();
                assert!(said.starts_with(&format!("\"requests\";r={left};t=")), "{said}");
                assert_eq!(response.header("ratelimit-policy"), policy);
            }
        }
        let response = world.refused("the third call", &[("X-Api-Key", &secret)]);
        assert_eq!(response.status, 429, "{}", response.text());
        assert_eq!(response.header("x-auth-decision"), Some("RATE_LIMITED"));
        assert_eq!(response.header("content-type"), Some("application/json"));
        assert_eq!(response.json(), json!({ "valid": false, "decision": "RATE_LIMITED" }));
        let seconds: u32 = response.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=3_600).contains(&seconds), "{seconds}");
        let said = response.header("ratelimit");
        assert_eq!(said, Some(format!("\"requests\";r=0;t={seconds}").as_str()));
        assert_eq!(response.header("ratelimit-policy"), policy);
        assert_eq!(response.header("x-auth-key-id"), None);
        let cheap = [("X-Api-Key", secret.as_str()), ("X-Keyward-Cost", "requests:0")];
        assert_eq!(world.refused("a cost of its own", &cheap).status, 429);
        // Nobody else's call.
        let response = world.call(&[("X-Api-Key", &unlimited)]);
        assert_eq!(response.status, 200, "{}", response.text());
        for absent in ["ratelimit", "ratelimit-policy", "retry-after"] {
            assert_eq!(response.header(absent), None, "{absent}");
        }
    }

    async fn a_client_can_not_choose_its_address(kind: Kind) {
        let world = World::before(kind).await;
        let (_, elsewhere) = world.created(&json!({ "ipWhitelist": ["203.0.113.0/24"] }));
        let (_, here) = world.created(&json!({ "ipWhitelist": [kind.address_of_loopback()] }));
        assert_eq!(world.call(&[("X-Api-Key", &here)]).status, 200);
        let spoofed = "203.0.113.7";
        for name in [
            "X-Forwarded-For", "X-Real-IP", "X-Client-IP", "True-Client-IP", "Client-IP",
            "X-Envoy-External-Address", "X-Original-Forwarded-For", "X_Forwarded_For", "X_Real_IP",
        ] {
            let response = world.refused(name, &[("X-Api-Key", &elsewhere), (name, spoofed)]);
            assert_eq!(response.status, 403, "{name}");
            assert_eq!(response.header("x-auth-decision"), Some("IP_NOT_ALLOWED"), "{name}");
        }
        for value in ["203.0.113.7, 203.0.113.7", "203.0.113.7,", ", 203.0.113.7", "203.0.113.7, x"] {
            let headers = [
                ("X-Api-Key", elsewhere.as_str()),
                ("X-Forwarded-For", value),
                ("X-Forwarded-For", spoofed),
                ("Forwarded", "for=203.0.113.7"),
            ];
            assert_eq!(world.refused(value, &headers).status, 403, "{value}");
        }
    }

    async fn a_client_can_not_say_who_it_is_or_what_is_asked(kind: Kind) {
        let world = World::before(kind).await;
        let (id, secret) = world.created(&json!({}));
        let (_, other) = world.created(&json!({ "scopes": ["payment:write"] }));
        let mut claims = vec![("X-Api-Key", secret.as_str())];
        for name in [
            "X-Auth-Key-Id", "X-Auth-Workspace-Id", "X-Auth-Mode", "X-Auth-Scopes",
            "X-Auth-External-Id", "X_Auth_External_Id", "X-Auth-External_Id", "x-auth-external-id",
            "X_Auth_Key_Id", "X_Auth_Workspace_Id", "X_Auth_Mode", "X_Auth_Scopes", "x_auth_scopes",
        ] {
            claims.push((name, "forged"));
        }
        let response = world.call(&claims);
        assert_eq!(response.status, 200, "{}", response.text());
        let seen = world.upstream.last();
        assert!(!seen.text().contains("forged"), "{}", seen.text());
        assert_eq!(seen.all("x-auth-key-id"), [id.as_str()]);
        for asked in ["payment:write", ""] {
            let headers = [
                ("X-Api-Key", other.as_str()),
                ("X-Keyward-Scopes", asked),
                ("X-Original-URI", "/public"),
                ("X-Forwarded-Uri", "/public"),
            ];
            let response = world.refused("another question", &headers);
            assert_eq!(response.header("x-auth-decision"), Some("INSUFFICIENT_SCOPE"));
        }
    }

    async fn a_forged_request_arrives_as_its_caller_or_not_at_all(kind: Kind) {
        forged::assert_all_fail(&World::before(kind).await);
    }

    async fn a_keyward_that_is_gone_opens_nothing(kind: Kind) {
        let mut world = World::before(kind).await;
        let (_, secret) = world.created(&json!({}));
        assert_eq!(world.call(&[("X-Api-Key", &secret)]).status, 200);
        world.server.signal("KILL");
        world.server.wait();
        let response = world.refused("gone", &[("X-Api-Key", &secret)]);
        assert!(response.status >= 500, "{}", response.status);
    }

    async fn a_gateway_that_keyward_does_not_know_lets_nobody_pass(kind: Kind) {
        let store = TestStore::create(On::Sqlite).await;
        let server = TestServer::start_with(
            &store.database,
            &[
                ("KEYWARD_JWT_SECRET", crate::tokens::SECRET),
                ("KEYWARD_INTERNAL_TOKEN", "an-internal-token-of-32-characters"),
            ],
        );
        let body = json!({ "name": "Key", "scopes": ["payment:read"] });
        let created = server.create().body(body.to_string()).send().json();
        let secret = created["data"]["secret"].as_str().unwrap();
        let upstream = Upstream::start();
        let gateway = Gateway::start(kind, server.internal, upstream.addr);
        let response = refused(&gateway, &upstream, "no token", &[("X-Api-Key", secret)]);
        assert_eq!(response.status, 503, "{}", response.text());
        assert!(response.header("x-auth-decision").is_none());
    }

    async fn a_keyward_that_hangs_opens_nothing(kind: Kind) {
        let (verifier, upstream) = (accepts_and_says_nothing(), Upstream::start());
        let gateway = Gateway::start(kind, verifier, upstream.addr);
        let response = refused(&gateway, &upstream, "hangs", &[("X-Api-Key", "sk_live_x")]);
        assert!(response.status >= 500, "{}", response.status);
    }

    async fn a_200_of_something_else_opens_nothing(kind: Kind) {
        let (verifier, upstream) = (answers_200(), Upstream::start());
        let gateway = Gateway::start(kind, verifier, upstream.addr);
        for headers in [
            &[("X-Api-Key", "sk_live_x")][..],
            &[("X-Api-Key", "sk_live_x"), ("X-Auth-Key-Id", "forged")][..],
        ] {
            if matches!(kind, Kind::Traefik) {
                // The gateway can't require anything of a response, but the API can.
                call(&gateway, headers);
                assert!(upstream.last().identity().is_empty(), "{}", upstream.last().text());
                continue;
            }
            let response = refused(&gateway, &upstream, "something else", headers);
            assert!(response.status >= 500, "{}", response.status);
        }
    }
}

#[test]
fn every_gateway_is_run_with_a_configuration_of_the_docs() {
    for kind in ALL {
        for file in kind.files() {
            assert!(gateway::docs().join(file).is_file(), "{kind:?}: {file}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nginx_keeps_its_connection_to_keyward_open() {
    let world = World::before(Kind::Nginx).await;
    let (_, secret) = world.created(&json!({}));
    let (_, powerless) = world.created(&json!({ "scopes": [] }));
    let limits = json!([{ "name": "requests", "max": 1, "window": "1h" }]);
    let (_, limited) = world.created(&json!({ "limits": limits }));
    let (relay, connections) = relay(world.server.internal);
    let gateway = Gateway::start(Kind::Nginx, relay, world.upstream.addr);
    assert_eq!(call(&gateway, &[("X-Api-Key", &limited)]).status, 200);
    for _ in 0..10 {
        assert_eq!(call(&gateway, &[("X-Api-Key", &limited)]).status, 429);
        assert_eq!(call(&gateway, &[("X-Api-Key", &secret)]).status, 200);
        assert_eq!(call(&gateway, &[("X-Api-Key", &powerless)]).status, 403);
        assert_eq!(call(&gateway, &[]).status, 401);
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

/// The README's calls through nginx, exactly as written there.
#[tokio::test(flavor = "multi_thread")]
async fn the_readmes_calls_are_answered_as_it_says() {
    let world = World::before(Kind::Nginx).await;
    let (id, secret) = world.created(&json!({}));
    let readme = include_str!("../../../../README.md");
    let calls: Vec<(&str, &str)> = readme
        .lines()
        .filter(|line| line.starts_with("curl -i http://127.0.0.1:8000/"))
        .map(|line| line.split_once(" # ").expect("what is answered"))
        .collect();
    let call = |(command, answer): (&str, &str)| {
        let command = command.replace("127.0.0.1:8000", &world.gateway.addr.to_string());
        let output = std::process::Command::new("sh")
            .args(["-c", &command])
            .env("API_KEY", &secret)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        let (status, decision) = answer.trim().split_once(' ').unwrap_or((answer.trim(), ""));
        assert!(
            text.starts_with(&format!("HTTP/1.1 {status} ")),
            "{command}: {text}"
        );
        assert!(text.contains(decision), "{command}: {text}");
    };
    let [allowed, nobody, disabled] = calls[..] else {
        panic!("{calls:?}");
    };
    call(allowed);
    call(nobody);
    let off = world.server.owner("POST", &format!("/{id}/disable"));
    off.send().assert("disable", 200, "2000");
    call(disabled);
}
