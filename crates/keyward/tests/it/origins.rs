//! Browsers on other origins, to the letter of what they send.

use crate::http::Request;
use crate::server::{On, TestServer, TestStore, keyward};
use crate::tokens;

const PORTAL: &str = "https://portal.example.com";
const LISTED: &str = "https://portal.example.com, http://localhost:3000";

async fn server(origins: &str) -> (TestStore, TestServer) {
    let store = TestStore::create(On::Sqlite).await;
    let variables = [
        ("KEYWARD_JWT_SECRET", tokens::SECRET),
        ("KEYWARD_ALLOWED_ORIGINS", origins),
    ];
    let server = TestServer::start_with(&store.database, &variables);
    (store, server)
}

/// What Chromium sends before it creates a key.
fn preflight(server: &TestServer) -> Request {
    server
        .owner("OPTIONS", "")
        .without("Authorization")
        .without("X-Client-Hash")
        .without("X-Workspace-Id")
        .without("Content-Type")
        .header("Accept", "*/*")
        .also("Access-Control-Request-Method", "POST")
        .also(
            "Access-Control-Request-Headers",
            "authorization,content-type,idempotency-key,x-client-hash,x-workspace-id",
        )
        .also("Sec-Fetch-Mode", "cors")
        .also("Sec-Fetch-Site", "cross-site")
        .also("Sec-Fetch-Dest", "empty")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listed_origin_may_call_and_reads_success_and_failure() {
    let (store, server) = server(LISTED).await;
    let may = preflight(&server).also("Origin", PORTAL).send();
    assert_eq!(may.status, 200, "{}", may.text());
    assert_eq!(may.header("access-control-allow-origin"), Some(PORTAL));
    assert_eq!(may.header("access-control-max-age"), Some("7200"));
    assert_eq!(may.header("access-control-allow-credentials"), None);
    assert!(may.header("x-request-id").is_some());

    let chunked = |request: Request| {
        let body = format!("11170\r\n{}\r\n0\r\n\r\n", "x".repeat(70_000));
        request.also("Transfer-Encoding", "chunked").body(body)
    };
    for (request, status, code) in [
        (server.create(), 201, "2000"),
        (server.create().without("Authorization"), 401, "4010"),
        (server.owner("GET", "/none"), 404, "4040"),
        (server.owner("PUT", ""), 405, "4050"),
        (chunked(server.create()), 413, "4130"),
    ] {
        let request = request.also("Origin", PORTAL);
        let answer = request.send();
        answer.assert(&request.written(), status, code);
        let allowed = answer.header("access-control-allow-origin");
        assert_eq!(allowed, Some(PORTAL), "{status}");
        assert!(answer.header("access-control-expose-headers").is_some());
        assert_eq!(answer.header("vary"), Some("Accept-Language, Origin"));
    }
    assert_eq!(store.keys().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_other_origin_is_allowed_anything() {
    let (_store, server) = server(LISTED).await;
    for origins in [
        &["null"][..],
        &["*"],
        &["https://evil.example"],
        &["https://portal.example.com:8443"],
        &["https://portal.example.com:443"],
        &["https://PORTAL.example.com"],
        &["https://a.portal.example.com"],
        &["https://portal.example.com/"],
        &["http://localhost:3001"],
        &[PORTAL, PORTAL],
        &[PORTAL, "null"],
        &["https://portal.example.com, https://portal.example.com"],
    ] {
        let sent = |request: Request| {
            let origins = origins.iter();
            origins.fold(request, |request, origin| request.also("Origin", origin))
        };
        for (request, status, code) in [
            (sent(preflight(&server)), 405, "4050"),
            (sent(server.create()), 201, "2000"),
            (sent(server.create().without("Authorization")), 401, "4010"),
        ] {
            let answer = request.send();
            answer.assert(&format!("{origins:?}"), status, code);
            for (name, _) in &answer.headers {
                assert!(!name.starts_with("access-control-"), "{origins:?}: {name}");
            }
        }
    }
}

/// Only a form that signs in may come from a listed origin, and `Origin` says so once.
#[tokio::test(flavor = "multi_thread")]
async fn a_listed_origin_signs_a_browser_in() {
    let (_store, server) = server(LISTED).await;
    let token = tokens::of(crate::server::OWNER, "PARTNER");
    let sign_in = || {
        Request::new(server.public, "POST", "/session")
            .also("Content-Type", "application/x-www-form-urlencoded")
            .also("Sec-Fetch-Site", "cross-site")
            .body(format!("token={token}&workspace=ws_1&clientHash=device-1"))
    };
    let signed_in = sign_in().also("Origin", PORTAL).send();
    assert_eq!(signed_in.status, 200, "{}", signed_in.text());
    let leads_to = signed_in.header("refresh");
    assert_eq!(leads_to, Some("0; url=workspaces/ws_1/keys"));
    assert!(signed_in.header("set-cookie").is_some());
    for refused in [
        sign_in(),
        sign_in().also("Origin", "null"),
        sign_in().also("Origin", "https://evil.example"),
        sign_in().also("Origin", PORTAL).also("Origin", PORTAL),
    ] {
        let answer = refused.send();
        assert_eq!(answer.status, 400, "{}", answer.text());
        assert_eq!(answer.header("set-cookie"), None);
    }
    let front = Request::new(server.public, "GET", "/").send();
    let policy = front.header("content-security-policy").unwrap();
    let ancestors = "frame-ancestors https://portal.example.com http://localhost:3000";
    assert!(policy.ends_with(ancestors), "{policy}");
    assert_eq!(front.header("x-frame-options"), None);
}

#[test]
fn a_wrong_list_stops_the_start_with_what_would_be_right() {
    for (listed, part) in [
        ("*", "\"*\" has a wildcard"),
        ("null", "\"null\" is what a browser sends"),
        (
            "https://portal.example.com/keys",
            "write https://portal.example.com",
        ),
        (
            "HTTPS://Portal.example.com",
            "write https://portal.example.com",
        ),
        (
            "http://portal.example.com",
            "write https://portal.example.com",
        ),
        (
            "https://u:canary@portal.example.com",
            "write https://portal.example.com",
        ),
    ] {
        for command in ["serve", "dev"] {
            let folder = tempfile::tempdir().unwrap();
            let output = keyward()
                .arg(command)
                .current_dir(folder.path())
                .env("DATABASE_URL", "sqlite:none.db")
                .env("KEYWARD_JWT_SECRET", tokens::SECRET)
                .env("KEYWARD_ALLOWED_ORIGINS", listed)
                .output()
                .unwrap();
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert_eq!(
                output.status.code(),
                Some(3),
                "{command} {listed}: {stderr}"
            );
            assert!(stderr.contains("KEYWARD_ALLOWED_ORIGINS: "), "{stderr}");
            assert!(stderr.contains(part), "{command} {listed}: {stderr}");
            assert!(!stderr.contains("canary"), "{command}: {stderr}");
        }
    }
}
