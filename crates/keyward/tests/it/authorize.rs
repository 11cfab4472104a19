//! Contract §4: the paths for gateways, with the requests that each of them sends.

use serde_json::{Value, json};

use crate::http::{Request, Response};
use crate::server::{On, TestServer, TestStore};
use crate::tokens;

const FORWARDED: &str = "/internal/v1/authorize/forwarded";
const NGINX: &str = "/internal/v1/authorize/nginx";
const ENVOY: &str = "/internal/v1/authorize/envoy";

struct World {
    server: TestServer,
    _store: TestStore,
}

impl World {
    async fn with(variables: &[(&str, &str)]) -> Self {
        let store = TestStore::create(On::Sqlite).await;
        let mut all = vec![("KEYWARD_JWT_SECRET", tokens::SECRET)];
        all.extend(variables);
        let server = TestServer::start_with(&store.database, &all);
        Self {
            server,
            _store: store,
        }
    }

    fn created(&self, body: &Value) -> (String, String) {
        let response = self.server.create().body(body.to_string()).send();
        response.assert("create", 201, "2000");
        let data = &response.json()["data"];
        let text = |name: &str| data[name].as_str().unwrap().to_owned();
        (text("apiKeyId"), text("secret"))
    }

    fn ask(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        self.ask_by("GET", path, headers)
    }

    fn ask_by(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Response {
        let request = Request::new(self.server.internal, method, path);
        let request = headers
            .iter()
            .fold(request, |request, (name, value)| request.also(name, value));
        request.send()
    }
}

fn key(scopes: &[&str]) -> Value {
    json!({ "name": "Key", "scopes": scopes })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_allowed_call_is_200_with_the_whole_identity_for_every_gateway() {
    let world = World::with(&[]).await;
    let (id, secret) = world.created(&key(&["payment:read", "payment:write"]));
    let bearer = format!("Bearer {secret}");
    let authorization = ("Authorization", bearer.as_str());
    let scope = "?scope=payment:read";
    for (gateway, method, path, headers) in [
        (
            // All of the client's headers, and the gateway's own.
            "Traefik forwardAuth",
            "GET",
            format!("{FORWARDED}{scope}"),
            vec![
                authorization,
                ("Accept", "*/*"),
                ("X-Forwarded-For", "203.0.113.7"),
                ("X-Forwarded-Method", "POST"),
                ("X-Forwarded-Proto", "https"),
                ("X-Forwarded-Host", "api.example"),
                ("X-Forwarded-Uri", "/payments?scope=none:none"),
            ],
        ),
        (
            "Caddy forward_auth",
            "GET",
            format!("{FORWARDED}{scope}"),
            vec![authorization, ("X-Forwarded-Uri", "/payments")],
        ),
        (
            "APISIX forward-auth, POST",
            "POST",
            format!("{FORWARDED}{scope}"),
            vec![
                ("X-Api-Key", secret.as_str()),
                ("X-Forwarded-Method", "DELETE"),
            ],
        ),
        (
            "nginx auth_request",
            "GET",
            format!("{NGINX}{scope}&scope=payment:write&mode=LIVE"),
            vec![
                authorization,
                ("X-Real-IP", "203.0.113.7"),
                ("X-Original-URI", "/x"),
            ],
        ),
        (
            "Envoy ext_authz",
            "DELETE",
            format!("{ENVOY}/payments/1?scope=none:none&x=%zz"),
            vec![
                authorization,
                ("X-Keyward-Scopes", "payment:read payment:write"),
            ],
        ),
        (
            "Envoy ext_authz without a path",
            "OPTIONS",
            ENVOY.to_owned(),
            vec![("X-Api-Key", secret.as_str()), ("X-Keyward-Mode", "LIVE")],
        ),
    ] {
        let response = world.ask_by(method, &path, &headers);
        assert_eq!(response.status, 200, "{gateway}: {}", response.text());
        let has = |name: &str, value: &str| {
            assert_eq!(response.header(name), Some(value), "{gateway}: {name}");
        };
        has("x-auth-key-id", &id);
        has("x-auth-workspace-id", "ws_1");
        has("x-auth-mode", "LIVE");
        has("x-auth-scopes", "payment:read payment:write");
        has("x-auth-external-id", "");
        has("cache-control", "no-store");
        assert_eq!(response.text(), "", "{gateway}");
    }
}

/// A question, and the expected status and decision.
type Case<'a> = (&'a str, &'a str, Vec<(&'a str, &'a str)>, u16, &'a str);

impl World {
    fn assert_denied(&self, cases: Vec<Case<'_>>) {
        for (case, path, headers, status, decision) in cases {
            let response = self.ask(path, &headers);
            assert_eq!(response.status, status, "{case} {path}");
            let told = response.header("x-auth-decision");
            assert_eq!(told, Some(decision), "{case} {path}");
            assert_eq!(response.json()["decision"], decision, "{case}");
            assert_eq!(response.json()["valid"], false, "{case}");
            let asks_who = response.header("www-authenticate").is_some();
            assert_eq!(asks_who, status == 401, "{case}");
            assert!(response.header("x-auth-key-id").is_none(), "{case}");
            assert!(response.header("x-auth-external-id").is_none(), "{case}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_nobody_is_401() {
    let world = World::with(&[]).await;
    let (_, able) = world.created(&key(&["payment:read"]));
    let (id, disabled) = world.created(&key(&["payment:read"]));
    let path = format!("/{id}/disable");
    assert_eq!(world.server.owner("POST", &path).send().status, 200);
    let huge = "x".repeat(4_096);
    let able = ("X-Api-Key", able.as_str());
    let other = ("Authorization", "Bearer sk_live_x");
    world.assert_denied(vec![
        ("no key", FORWARDED, vec![], 401, "MALFORMED"),
        (
            "no key of ours",
            NGINX,
            vec![("X-Api-Key", "x")],
            401,
            "MALFORMED",
        ),
        ("4 kB", ENVOY, vec![("X-Api-Key", &huge)], 401, "MALFORMED"),
        ("two fields", NGINX, vec![able, able], 401, "MALFORMED"),
        ("two keys", ENVOY, vec![able, other], 401, "MALFORMED"),
        (
            "underscores",
            ENVOY,
            vec![("X_Api_Key", able.1)],
            401,
            "MALFORMED",
        ),
        (
            "switched off",
            FORWARDED,
            vec![("X-Api-Key", &disabled)],
            401,
            "DISABLED",
        ),
    ]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_is_403() {
    let world = World::with(&[]).await;
    let (_, able) = world.created(&key(&["payment:read"]));
    let (_, powerless) = world.created(&key(&[]));
    let (_, test) = world.created(&json!({ "name": "T", "mode": 2, "scopes": ["payment:read"] }));
    let able = ("X-Api-Key", able.as_str());
    let asked = ("X-Keyward-Scopes", "payment:write");
    let scoped = format!("{FORWARDED}?scope=payment:write");
    let live = format!("{NGINX}?mode=LIVE");
    world.assert_denied(vec![
        (
            "no scopes",
            FORWARDED,
            vec![("X-Api-Key", &powerless)],
            403,
            "NO_SCOPES",
        ),
        (
            "another scope",
            &scoped,
            vec![able],
            403,
            "INSUFFICIENT_SCOPE",
        ),
        (
            "another scope",
            ENVOY,
            vec![able, asked],
            403,
            "INSUFFICIENT_SCOPE",
        ),
        (
            "another mode",
            &live,
            vec![("X-Api-Key", &test)],
            403,
            "WRONG_MODE",
        ),
    ]);
    let missing = world.ask(&scoped, &[able]);
    assert_eq!(missing.json()["missingScopes"], json!(["payment:write"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_from_another_address_gets_403_despite_other_headers() {
    let world = World::with(&[]).await;
    let locked =
        json!({ "name": "L", "scopes": ["payment:read"], "ipWhitelist": ["203.0.113.0/24"] });
    let (_, secret) = world.created(&locked);
    let key = ("X-Api-Key", secret.as_str());
    let (hops, real_ip) = (
        |hops| ("X-Forwarded-For", hops),
        ("X-Real-IP", "203.0.113.7"),
    );
    let decision = "IP_NOT_ALLOWED";
    let mut cases = vec![
        (
            "two addresses",
            NGINX,
            vec![key, real_ip, real_ip],
            403,
            decision,
        ),
        (
            "another family's",
            NGINX,
            vec![key, hops("203.0.113.7")],
            403,
            decision,
        ),
    ];
    for path in [FORWARDED, ENVOY] {
        cases.extend([
            ("nowhere", path, vec![key], 403, decision),
            (
                "elsewhere",
                path,
                vec![key, hops("198.51.100.1")],
                403,
                decision,
            ),
            (
                "spoofed",
                path,
                vec![key, hops("203.0.113.7, 198.51.100.1")],
                403,
                decision,
            ),
            (
                "garbled",
                path,
                vec![key, hops("203.0.113.7, unknown")],
                403,
                decision,
            ),
            ("another family's", path, vec![key, real_ip], 403, decision),
        ]);
        assert_eq!(
            world.ask(path, &[key, hops("203.0.113.7")]).status,
            200,
            "{path}"
        );
    }
    world.assert_denied(cases);
    assert_eq!(world.ask(NGINX, &[key, real_ip]).status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn trusted_proxies_are_passed_over_from_the_right() {
    let world = World::with(&[("KEYWARD_TRUSTED_PROXIES", "10.0.0.0/8")]).await;
    let locked =
        json!({ "name": "L", "scopes": ["payment:read"], "ipWhitelist": ["203.0.113.0/24"] });
    let (_, secret) = world.created(&locked);
    for (hops, status) in [
        ("203.0.113.7", 200),
        ("203.0.113.7, 10.1.2.3", 200),
        ("6.6.6.6, 203.0.113.7, 10.1.2.3, 10.9.9.9", 200),
        ("203.0.113.7, 6.6.6.6, 10.1.2.3", 403),
        ("203.0.113.7, 6.6.6.6", 403),
        ("10.1.2.3", 403),
    ] {
        for path in [FORWARDED, ENVOY] {
            let headers = [("X-Api-Key", secret.as_str()), ("X-Forwarded-For", hops)];
            assert_eq!(world.ask(path, &headers).status, status, "{path}: {hops}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_asks_wrongly_lets_nobody_pass() {
    let world = World::with(&[]).await;
    let (_, secret) = world.created(&key(&["payment:read"]));
    let api_key = ("X-Api-Key", secret.as_str());
    for (path, headers, field) in [
        (format!("{FORWARDED}?scope="), vec![api_key], "scope"),
        (
            format!("{NGINX}?scopes=payment:read"),
            vec![api_key],
            "scopes",
        ),
        (format!("{NGINX}?mode=1"), vec![api_key], "mode"),
        (
            ENVOY.to_owned(),
            vec![api_key, ("X-Keyward-Scopes", "")],
            "X-Keyward-Scopes",
        ),
        (
            ENVOY.to_owned(),
            vec![api_key, ("X-Keyward-Mode", "live")],
            "X-Keyward-Mode",
        ),
    ] {
        let response = world.ask(&path, &headers);
        response.assert(&path, 400, "4000");
        assert_eq!(response.fields(), [field], "{path}");
    }
    for path in [
        "/internal/v1/authorize",
        "/internal/v1/authorize/traefik",
        "/internal/v1/authorize/envoyx",
    ] {
        world.ask(path, &[api_key]).assert(path, 404, "4041");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_an_internal_token_a_gateway_shows_it_beside_the_clients_key() {
    const TOKEN: &str = "an-internal-token-of-32-characters";
    let world = World::with(&[("KEYWARD_INTERNAL_TOKEN", TOKEN)]).await;
    let (_, secret) = world.created(&key(&["payment:read"]));
    let api_key = ("X-Api-Key", secret.as_str());
    let token = ("X-Keyward-Internal-Token", TOKEN);
    let bearer = format!("Bearer {TOKEN}");
    for path in [FORWARDED, NGINX, ENVOY] {
        assert_eq!(world.ask(path, &[api_key, token]).status, 200, "{path}");
        for (case, headers) in [
            ("without", vec![api_key]),
            (
                "another",
                vec![
                    api_key,
                    (
                        "X-Keyward-Internal-Token",
                        "another-internal-token-of-32-chars",
                    ),
                ],
            ),
            ("twice", vec![api_key, token, token]),
            (
                "in the client's place",
                vec![api_key, ("Authorization", bearer.as_str())],
            ),
        ] {
            let refused = world.ask(path, &headers);
            refused.assert(case, 503, "5030");
            assert!(refused.header("retry-after").is_some(), "{case}");
            assert!(refused.header("www-authenticate").is_none(), "{case}");
            assert!(refused.header("x-auth-decision").is_none(), "{case}");
            assert!(refused.header("x-auth-key-id").is_none(), "{case}");
        }
    }
    let log = |reason: &str| format!(r#""asked_as":"gateway","reason":"{reason}","left_out":0"#);
    for reason in ["missing", "wrong"] {
        assert!(world.server.comes_to_log(&log(reason)), "{reason}");
    }
    let logs = world.server.logs();
    let lines: Vec<&str> = logs.lines().collect();
    let refusals = lines
        .iter()
        .filter(|line| line.contains("internal_token.refused"));
    assert_eq!(refusals.count(), 2, "{logs}");
    assert!(
        !lines.iter().any(|line| line.contains("\"ERROR\"")),
        "{logs}"
    );
    assert!(!logs.contains(r#""status":503"#), "{logs}");
    assert!(!logs.contains(TOKEN), "{logs}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_internal_tokens_each_is_heard_and_shown_by_its_name() {
    const OLD: &str = "an-internal-token-of-32-characters";
    const NEW: &str = "a-newer-internal-token-of-32-chars";
    let list = format!("edge-old:{OLD},edge-new:{NEW}");
    let world = World::with(&[
        ("KEYWARD_INTERNAL_TOKENS", &list),
        ("KEYWARD_LOG", "info,keyward_web=debug"),
    ])
    .await;
    let (_, secret) = world.created(&key(&["payment:read"]));
    let api_key = ("X-Api-Key", secret.as_str());
    for (token, count) in [(OLD, 1), (NEW, 2)] {
        for _ in 0..count {
            let token = ("X-Keyward-Internal-Token", token);
            assert_eq!(world.ask(NGINX, &[api_key, token]).status, 200);
        }
    }
    let metrics = Request::new(world.server.internal, "GET", "/metrics")
        .also("Authorization", format!("Bearer {NEW}"))
        .send()
        .text();
    for line in [
        "keyward_internal_requests_total{caller=\"edge-old\"} 1\n",
        "keyward_internal_requests_total{caller=\"edge-new\"} 3\n",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
    assert!(
        world
            .server
            .comes_to_log(r#""callers":"edge-old,edge-new""#)
    );
    for caller in ["edge-old", "edge-new"] {
        let line = format!(r#""caller":"{caller}""#);
        assert!(world.server.comes_to_log(&line), "{caller}");
    }
    let logs = world.server.logs();
    assert!(!logs.contains(OLD) && !logs.contains(NEW), "{logs}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_can_not_be_decided_is_503() {
    let store = TestStore::create(On::Postgres).await;
    let server = TestServer::start(&store.database);
    let (_, secret) = server.created();
    store.database.cut_off().await;
    for path in [FORWARDED, NGINX, ENVOY] {
        let response = Request::new(server.internal, "GET", path)
            .also("X-Api-Key", &secret)
            .send();
        response.assert(path, 503, "5030");
        assert!(response.header("retry-after").is_some(), "{path}");
        assert!(response.header("x-auth-key-id").is_none(), "{path}");
    }
    store.database.restore().await;
}
