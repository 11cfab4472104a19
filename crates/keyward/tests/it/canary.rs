//! A secret is in one response and nowhere else, whatever is logged.

use keyward_domain::Secret;

use crate::http::Request;
use crate::page::{Browser, between};
use crate::server::{On, TestServer, TestStore, on_both_stores};
use crate::tokens;

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

on_both_stores! {
    async fn neither_secret_nor_token_is_in_logs_or_store(on: On) {
        let store = TestStore::create(on).await;
        let mut server = TestServer::start_with(
            &store.database,
            &[("KEYWARD_JWT_SECRET", tokens::SECRET), ("KEYWARD_LOG", "trace")],
        );
        let token = tokens::of(crate::server::OWNER, "PARTNER");
        let mut secrets = Vec::new();
        for at in 0..20 {
            let request = server.create_as(&token, crate::server::WORKSPACE);
            let created = request.also("Idempotency-Key", format!("key-{at}")).send();
            created.assert("create", 201, "2000");
            secrets.push(created.json()["data"]["secret"].as_str().unwrap().to_owned());
            let id = created.json()["data"]["apiKeyId"].as_str().unwrap().to_owned();
            let rotated = server.owner("POST", &format!("/{id}/rotate")).body("{}").send();
            rotated.assert("rotate", 201, "2000");
            secrets.push(rotated.json()["data"]["secret"].as_str().unwrap().to_owned());
            let question = serde_json::json!({ "secret": secrets.last() }).to_string();
            let asked = Request::new(server.internal, "POST", "/internal/v1/api-keys/verify?explain=true")
                .also("Content-Type", "application/json")
                .body(question);
            asked.send().assert("verify", 200, "2000");
            for (method, path) in [
                ("GET", ""),
                ("GET", &format!("/{id}")),
                ("POST", &format!("/{id}/disable")),
                ("GET", &format!("/{id}/events")),
            ] {
                let answer = server.owner(method, path).send();
                answer.assert(path, 200, "2000");
                for secret in &secrets {
                    let hash = hex(Secret::parse(secret).unwrap().hash().as_bytes());
                    for needle in [&secret[8..40], hash.as_str()] {
                        assert!(!answer.text().contains(needle), "in the answer to {method} {path}");
                    }
                }
            }
        }
        // Also on the page: sign in, see a secret, and test it.
        let browser = Browser::sign_in(&server, &token, crate::server::WORKSPACE);
        let page = |rest: &str| format!("/workspaces/{}{rest}", crate::server::WORKSPACE);
        let form = browser.open(&page("/keys/new"));
        let fields = [("name", "Page Key"), ("mode", "1"), ("expiry", "never")];
        let created = browser.fill(&form, &page("/keys/new/secret"), &fields);
        let seen = between(&created.text(), "class=\"secret\" value=\"", "\"").unwrap();
        let tried = browser.fill(&form, &page("/try"), &[("secret", &seen)]);
        assert!(tried.text().contains("NO_SCOPES"), "{}", tried.text());
        secrets.push(seen);
        let canary = secrets[0].clone();
        // A secret in a wrong place: as a token, in the path, the query, headers and body.
        for request in [
            server.create_as(&canary, crate::server::WORKSPACE),
            server.create().target(&format!("/web/v1/workspaces/{canary}/api-keys")),
            server.create().target(&format!("/web/v1/workspaces/ws_1/api-keys?secret={canary}")),
            server.create().header("X-Workspace-Id", &canary),
            server.create().header("Accept", &canary),
            server.create().header("Content-Type", &canary),
            server.create().also("Cookie", format!("key={canary}")),
            server.create().body(format!(r#"{{"name":"K","scopes":["{canary}"]}}"#)),
            server.create().body(format!(r#"{{"name":"K","ipWhitelist":["{canary}"]}}"#)),
            server.create().body(format!(r#"{{"{canary}":1}}"#)),
            server.create().body(&canary),
            server.owner("GET", &format!("?q={canary}")),
            server.owner("GET", &format!("?{canary}=1")),
            server.owner("GET", &format!("/{canary}")),
            server.owner("PATCH", &format!("/{canary}")).body(format!(r#"{{"name":"{canary}"}}"#)),
            server.owner("POST", &format!("/{canary}/rotate")).header("If-Match", &canary),
            server.owner("POST", "/delete").body(format!(r#"{{"keyId":"{canary}"}}"#)),
            server.owner("DELETE", &format!("/{canary}")),
        ] {
            let _any_answer = request.send();
        }
        server.signal("TERM");
        assert_eq!(server.wait(), Some(0));
        let logs = server.logs();
        assert!(logs.contains("serving"), "the logs are empty");
        let stored = store.database.dump();
        assert!(contains(&stored, b"Production Key"), "the store is empty");
        for secret in &secrets {
            let hash = Secret::parse(secret).unwrap().hash();
            let middle = &secret[8..40];
            for needle in [secret.as_str(), middle, &hex(hash.as_bytes())] {
                assert!(!logs.contains(needle), "in the logs");
            }
            assert!(!contains(&stored, secret.as_bytes()), "in the store");
            assert!(!contains(&stored, middle.as_bytes()), "in the store");
        }
        for private in [token.as_str(), tokens::SECRET] {
            assert!(!logs.contains(private), "in the logs");
        }
    }
}
