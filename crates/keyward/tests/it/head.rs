//! `HEAD` has the same response as `GET` without the body (RFC 9110, section 9.3.2), on both
//! listeners.

use crate::http::{Request, Response};
use crate::page::{Browser, between};
use crate::server::{OWNER, On, TestServer, TestStore, WORKSPACE};
use crate::tokens;

/// Headers that differ in every response.
const VOLATILE: [&str; 1] = ["date"];

fn headers(response: &Response) -> Vec<(String, String)> {
    let mut headers = response.headers.clone();
    headers.retain(|(name, _)| !VOLATILE.contains(&name.as_str()));
    headers.sort();
    headers
}

/// Sends both requests with one request id, because many bodies contain it.
fn check(request: Request, status: u16) {
    let request = request.header("X-Request-Id", "request-1");
    let (get, head) = (request.send(), request.head());
    let target = request.written();
    assert_eq!(get.status, status, "{target}: {}", get.text());
    assert_eq!(head.status, get.status, "{target}");
    assert_eq!(head.text(), "", "{target}");
    let (mut get_headers, mut head_headers) = (headers(&get), headers(&head));
    if target.ends_with("/metrics") {
        // Each response changes the counters.
        get_headers.retain(|(name, _)| name != "content-length");
        head_headers.retain(|(name, _)| name != "content-length");
    }
    assert_eq!(head_headers, get_headers, "{target}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_get_of_the_public_listener_answers_head() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    let (id, _secret) = server.created();
    for (path, status) in [
        (String::new(), 200),
        (format!("/{id}"), 200),
        (format!("/{id}/events"), 200),
        ("/sk_live_none".to_owned(), 404),
        ("?size=0".to_owned(), 400),
    ] {
        check(server.owner("GET", &path), status);
    }
    let scopes = server.create().method("GET").body("");
    check(scopes.target("/web/v1/api-scopes"), 200);
    check(server.owner("GET", "").without("Authorization"), 401);
    for (path, status) in [
        ("/", 200),
        ("/sign-in", 401),
        ("/openapi.json", 200),
        ("/docs", 308),
        ("/docs/", 200),
        ("/docs/swagger-ui.css", 200),
        ("/docs/none.css", 404),
        ("/nowhere", 404),
        ("/assets/x/none.css", 404),
    ] {
        check(Request::new(server.public, "GET", path), status);
    }
    let browser = Browser::sign_in(&server, &tokens::of(OWNER, "PARTNER"), WORKSPACE);
    let list = browser.open("/workspaces/ws_1/keys").text();
    let assets = between(&list, "assets/", "\"").expect("a file of the page");
    check(browser.request(&format!("/assets/{assets}")), 200);
    for path in ["keys", "keys/new", "try"] {
        check(browser.request(&format!("/workspaces/ws_1/{path}")), 200);
    }
    for rest in ["", "/edit", "/rotate", "/delete", "/secret"] {
        check(
            browser.request(&format!("/workspaces/ws_1/keys/{id}{rest}")),
            200,
        );
    }
    check(browser.request("/workspaces/ws_1/keys/new/secret"), 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_get_of_the_internal_listener_answers_head() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    let (_, secret) = server.created();
    for (path, status) in [
        ("/healthz", 200),
        ("/readyz", 200),
        ("/metrics", 200),
        // The key has no scopes.
        ("/internal/v1/authorize/forwarded", 403),
        ("/internal/v1/authorize/nginx", 403),
        ("/internal/v1/authorize/envoy/path", 403),
        ("/nowhere", 404),
    ] {
        let request = Request::new(server.internal, "GET", path);
        check(request.also("X-Api-Key", &secret), status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_get_has_no_head_and_allow_says_so() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    let public = |method: &str, path: &str| Request::new(server.public, method, path);
    for path in ["/session", "/sign-out", "/language"] {
        let head = public("GET", path).head();
        assert_eq!(
            (head.status, head.header("allow")),
            (405, Some("POST")),
            "{path}"
        );
    }
    let verify = Request::new(server.internal, "GET", "/internal/v1/api-keys/verify").head();
    assert_eq!((verify.status, verify.header("allow")), (405, Some("POST")));
    for path in ["/", "/openapi.json", "/docs/", "/web/v1/api-scopes"] {
        let delete = public("DELETE", path).send();
        assert_eq!(delete.header("allow"), Some("GET, HEAD"), "{path}");
    }
    for path in ["/healthz", "/readyz", "/metrics"] {
        let delete = Request::new(server.internal, "DELETE", path).send();
        assert_eq!(delete.header("allow"), Some("GET, HEAD"), "{path}");
    }
}
