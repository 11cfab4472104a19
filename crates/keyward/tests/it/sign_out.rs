//! Signing out on the page ends the session: its token no longer works on any node.

use serde_json::json;

use crate::http::{Request, Response};
use crate::page::{Browser, hidden, keys};
use crate::server::{CLIENT_HASH, OWNER, On, TestServer, TestStore, WORKSPACE, on_both_stores};
use crate::tokens;

/// A token of the owner with its own session.
fn token(name: &str) -> String {
    let mut claims = tokens::claims(OWNER);
    claims["jti"] = json!(name);
    tokens::with_claims(&claims)
}

/// What a token can do over the API: an operation on keys, and one without a workspace.
fn asked(server: &TestServer, token: &str) -> [Response; 2] {
    let bearer = format!("Bearer {token}");
    let list = server.owner("GET", "").header("Authorization", &bearer);
    let scopes = Request::new(server.public, "GET", "/web/v1/api-scopes")
        .also("Authorization", &bearer)
        .also("X-Client-Hash", CLIENT_HASH);
    [list.send(), scopes.send()]
}

fn assert_goes_on(browser: &Browser<'_>, server: &TestServer, token: &str) {
    assert_eq!(browser.at(server).open(&keys("")).status, 200);
    for answer in asked(server, token) {
        answer.assert("goes on", 200, "2000");
    }
}

fn assert_forgotten(answer: &Response) {
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Secure-keyward_session=;"), "{cookie}");
    assert!(cookie.contains("1970"), "{cookie}");
}

on_both_stores! {
    async fn after_sign_out_the_token_opens_nothing_on_any_node(on: On) {
        let store = TestStore::create(on).await;
        let servers = [TestServer::start(&store.database), TestServer::start(&store.database)];
        let (token, other_token) = (token("one"), token("two"));
        let browser = Browser::sign_in(&servers[0], &token, WORKSPACE);
        let other = Browser::sign_in(&servers[1], &other_token, WORKSPACE);
        for server in &servers {
            assert_goes_on(&browser, server, &token);
        }

        let form = browser.open(&keys("/new"));
        let out = browser.fill(&form, "/sign-out", &[]);
        assert_eq!((out.status, out.header("location")), (303, Some("./")));
        assert_forgotten(&out);

        for server in &servers {
            // A browser with a copy of the cookie is asked to sign in, and can't do anything.
            let thief = browser.at(server);
            for path in [keys(""), keys("/new"), format!("/workspaces/{WORKSPACE}/try")] {
                let answer = thief.open(&path);
                assert_eq!(answer.status, 401, "{path}");
                assert!(answer.text().contains("Your session has ended"), "{path}");
            }
            let new = [("name", "Key"), ("mode", "1"), ("expiry", "never")];
            assert_eq!(thief.fill(&form, &keys("/new/secret"), &new).status, 401);
            let fields = [("workspace", WORKSPACE), ("clientHash", CLIENT_HASH), ("token", &token)];
            let again = thief.send("/session", &fields);
            assert_eq!((again.status, again.header("set-cookie")), (401, None));
            // The same token over the API counts as expired.
            for answer in asked(server, &token) {
                answer.assert("ended", 401, "4010");
                assert_eq!(
                    answer.header("www-authenticate"),
                    Some("Bearer error=\"invalid_token\"")
                );
            }
            server.create_as(&token, WORKSPACE).send().assert("create", 401, "4010");
            assert!(server.comes_to_log("\"reason\":\"ended\""), "{}", server.logs());
            assert!(!server.logs().contains(&token));
            // Another session of the same user is not affected.
            assert_goes_on(&other, server, &other_token);
        }
        assert!(store.keys().await.is_empty());
        assert!(servers[0].comes_to_log("session.ended"), "{}", servers[0].logs());
        // Repeating it has no effect.
        assert_eq!(browser.at(&servers[1]).fill(&form, "/sign-out", &[]).status, 303);
    }

    async fn a_sign_out_that_was_not_asked_for_on_the_page_does_nothing(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let token = token("one");
        let browser = Browser::sign_in(&server, &token, WORKSPACE);
        let csrf = hidden(&browser.open(&keys("")).text(), "csrf").unwrap();
        let refused = |case: &str, answer: &Response| {
            assert_eq!((answer.status, answer.header("set-cookie")), (400, None), "{case}");
        };
        refused("no field", &browser.send("/sign-out", &[]));
        refused("a wrong one", &browser.send("/sign-out", &[("csrf", "x")]));
        let form = || {
            browser
                .request("/sign-out")
                .method("POST")
                .also("Content-Type", "application/x-www-form-urlencoded")
                .body(format!("csrf={csrf}"))
        };
        for site in ["cross-site", "same-site"] {
            refused(site, &form().also("Sec-Fetch-Site", site).send());
        }
        for origin in ["https://evil.example", "null"] {
            refused(origin, &form().also("Origin", origin).send());
        }
        // Another site can't remove the cookie, because it can't send it.
        let without_cookie = Request::new(server.public, "POST", "/sign-out")
            .also("Content-Type", "application/x-www-form-urlencoded")
            .also("Sec-Fetch-Site", "cross-site");
        refused("without cookie", &without_cookie.send());
        assert_goes_on(&browser, &server, &token);
    }
}
