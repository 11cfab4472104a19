//! Who owns a workspace, by the store, by a claim of the token, or by the platform; and what the role
//! ADMIN allows.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use keyward_domain::Role;
use serde_json::json;

use crate::http::Request;
use crate::server::{OWNER, On, TestServer, TestStore, WORKSPACE, on_both_stores};
use crate::tokens;

const SECRET: (&str, &str) = ("KEYWARD_JWT_SECRET", tokens::SECRET);

/// A token with these roles.
fn with_roles(user: &str, roles: &serde_json::Value) -> String {
    let mut claims = tokens::claims(user);
    claims["org"] = json!({ "roles": roles });
    tokens::with_claims(&claims)
}

/// A platform that gives every user this role, or none.
struct Platform {
    url: String,
    role: Arc<Mutex<Option<&'static str>>>,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Platform {
    fn start(role: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/api", listener.local_addr().unwrap());
        let role = Arc::new(Mutex::new(Some(role)));
        let heads = Arc::new(Mutex::new(Vec::new()));
        let (serving, seen) = (Arc::clone(&role), Arc::clone(&heads));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut head = [0; 4_096];
                let length = stream.read(&mut head).unwrap();
                let head = String::from_utf8_lossy(&head[..length]).into_owned();
                seen.lock().unwrap().push(head);
                let (status, body) = match *serving.lock().unwrap() {
                    Some(role) => ("200 OK", json!({ "role": role }).to_string()),
                    None => ("500 Internal Server Error", String::new()),
                };
                let length = body.len();
                let answer = format!(
                    "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
                );
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        Self { url, role, heads }
    }

    fn say(&self, role: Option<&'static str>) {
        *self.role.lock().unwrap() = role;
    }
}

on_both_stores! {
    async fn a_signed_claim_makes_an_owner_of_workspaces_that_exist(on: On) {
        let store = TestStore::create(on).await;
        store.add_workspace("ws_2").await;
        let server = TestServer::start_with(&store.database, &[
            SECRET,
            ("KEYWARD_MEMBERSHIPS", "claim"),
            ("KEYWARD_JWT_ROLES_CLAIM", "/org/roles"),
            ("KEYWARD_JWT_OWNER_VALUES", "org:owner,org:root"),
        ]);
        let claimed = json!({ "ws_2": ["billing", "org:root"], WORKSPACE: "OWNER", "ws_9": "org:owner" });
        let token = with_roles("user_new", &claimed);
        server.create_as(&token, "ws_2").send().assert("claimed", 201, "2000");
        server.create_as(&token, WORKSPACE).send().assert("another text", 403, "4030");
        server.create_as(&token, "ws_9").send().assert("no such workspace", 403, "4030");
        let stored = tokens::of(OWNER, "PARTNER");
        server.create_as(&stored, WORKSPACE).send().assert("members of the store", 403, "4030");
        let mistyped = with_roles("user_new", &json!(["ws_2"]));
        server.create_as(&mistyped, "ws_2").send().assert("mistyped", 401, "4010");
    }

    async fn the_platform_is_asked_at_every_request_and_its_outage_allows_nothing(on: On) {
        let store = TestStore::create(on).await;
        let platform = Platform::start("OWNER");
        let server = TestServer::start_with(&store.database, &[
            SECRET,
            ("KEYWARD_MEMBERSHIPS", "http"),
            ("KEYWARD_MEMBERSHIPS_URL", &platform.url),
            ("KEYWARD_MEMBERSHIPS_TOKEN", "canary-platform-token"),
        ]);
        let create = || server.create_as(&tokens::of("auth0|7", "PARTNER"), WORKSPACE).send();
        create().assert("owner", 201, "2000");
        platform.say(Some("VIEWER"));
        create().assert("demoted", 403, "4030");
        platform.say(None);
        create().assert("outage", 503, "5030");
        assert!(server.comes_to_log("it answers 500 Internal Server Error"), "{}", server.logs());
        platform.say(Some("OWNER"));
        create().assert("owner again", 201, "2000");
        let heads = platform.heads.lock().unwrap().clone();
        assert_eq!(heads.len(), 4);
        for head in heads {
            let target = "GET /api/workspaces/ws_1/members/auth0%7C7 HTTP/1.1\r\n";
            assert!(head.starts_with(target), "{head}");
            assert!(head.contains("Bearer canary-platform-token\r\n"), "{head}");
        }
        server.create_as(&tokens::of("auth0|7", "PARTNER"), "ws_9").send().assert("no such", 403, "4030");
        assert_eq!(platform.heads.lock().unwrap().len(), 4);
        assert!(!server.logs().contains("canary"), "{}", server.logs());
    }

    async fn an_admin_lists_reads_and_disables_where_that_is_configured(on: On) {
        let store = TestStore::create(on).await;
        store.add_member(WORKSPACE, "user_admin", Role::Admin).await;
        for is_configured in [false, true] {
            let switch = if is_configured { "on" } else { "off" };
            let variables = [SECRET, ("KEYWARD_ADMIN_MAY_DISABLE", switch)];
            let server = TestServer::start_with(&store.database, &variables);
            let (id, secret) = server.created();
            let token = format!("Bearer {}", tokens::of("user_admin", "TENANT"));
            let admin = |method: &str, path: &str| {
                server.owner(method, path).header("Authorization", &token).send()
            };
            let key = format!("/{id}");
            for (method, path) in [
                ("GET", String::new()),
                ("GET", key.clone()),
                ("GET", format!("{key}/events")),
                ("POST", format!("{key}/disable")),
            ] {
                let status = admin(method, &path).status;
                assert_eq!(status, if is_configured { 200 } else { 403 }, "{method} {path}");
            }
            for (method, path) in [
                ("POST", String::new()),
                ("PATCH", key.clone()),
                ("POST", format!("{key}/enable")),
                ("POST", format!("{key}/rotate")),
                ("POST", format!("{key}/rotate/finish")),
                ("DELETE", key.clone()),
                ("POST", "/delete".to_owned()),
            ] {
                admin(method, &path).assert(&format!("{method} {path}"), 403, "4030");
            }
            let verified = Request::new(server.internal, "POST", "/internal/v1/api-keys/verify")
                .also("Content-Type", "application/json")
                .body(json!({ "secret": secret }).to_string());
            let decision = verified.send().json()["data"]["decision"].clone();
            assert_eq!(decision, if is_configured { "DISABLED" } else { "NO_SCOPES" });
            let events = server.owner("GET", &format!("{key}/events")).send().json();
            let newest = &events["data"]["items"][0];
            if is_configured {
                assert_eq!(newest["action"], "DISABLED");
                assert_eq!(newest["actor"]["userId"], "user_admin");
            } else {
                assert_eq!(newest["action"], "CREATED");
            }
        }
    }
}
