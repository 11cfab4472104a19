//! `KEYWARD_KEY_PREFIX`: a prefix of one's own, and keys that have an earlier one.

use serde_json::{Value, json};

use crate::cli::Cli;
use crate::http::{Request, Response};
use crate::server::{On, TestServer, TestStore, keyward, on_both_stores};
use crate::tokens;

fn server_with(store: &TestStore, prefix: &str) -> TestServer {
    let variables = [
        ("KEYWARD_JWT_SECRET", tokens::SECRET),
        ("KEYWARD_KEY_PREFIX", prefix),
    ];
    TestServer::start_with(&store.database, &variables)
}

/// A new key: its id and secret.
fn created(server: &TestServer) -> (String, String) {
    let body = json!({ "name": "Key", "scopes": ["payment:read"] });
    let response = server.create().body(body.to_string()).send();
    response.assert("create", 201, "2000");
    shown(&response)
}

/// The id and the secret that a response shows.
fn shown(response: &Response) -> (String, String) {
    let data = &response.json()["data"];
    let text = |name: &str| data[name].as_str().unwrap().to_owned();
    (text("apiKeyId"), text("secret"))
}

fn verified(server: &TestServer, secret: &str) -> Value {
    let response = Request::new(server.internal, "POST", "/internal/v1/api-keys/verify")
        .also("Content-Type", "application/json")
        .body(json!({ "secret": secret, "scopes": ["payment:read"] }).to_string())
        .send();
    response.assert("verify", 200, "2000");
    response.json()["data"].clone()
}

/// The decision and the id.
fn decided(server: &TestServer, secret: &str) -> (String, String) {
    let told = verified(server, secret);
    let text = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
    (text("decision"), text("apiKeyId"))
}

fn valid(id: &str) -> (String, String) {
    ("VALID".to_owned(), id.to_owned())
}

fn rotated(server: &TestServer, id: &str) -> (String, String) {
    let request = server.owner("POST", &format!("/{id}/rotate"));
    let response = request.body(r#"{"overlapSeconds":3600}"#).send();
    response.assert("rotate", 201, "2000");
    shown(&response)
}

fn listed(server: &TestServer, query: &str) -> Vec<String> {
    let response = server.owner("GET", query).send();
    response.assert(query, 200, "2000");
    let items = response.json()["data"]["items"].clone();
    let items = items.as_array().unwrap().iter();
    let ids = items.map(|item| item["apiKeyId"].as_str().unwrap().to_owned());
    ids.collect()
}

fn hint(prefix: &str, secret: &str) -> String {
    format!("{prefix}…{}", &secret[secret.len() - 4..])
}

on_both_stores! {
    async fn a_key_has_the_configured_prefix_in_its_whole_life(on: On) {
        let store = TestStore::create(on).await;
        let server = server_with(&store, "acme");
        let (id, secret) = created(&server);
        assert!(id.starts_with("acme_live_") && id.len() == 10 + 22, "{id}");
        assert!(secret.starts_with("acme_live_") && secret.len() == 10 + 49, "{}", secret.len());

        assert_eq!(decided(&server, &secret), valid(&id));
        for wrong in [secret.replace("acme_", "sk_"), secret.replace("_live_", "_test_")] {
            assert_eq!(decided(&server, &wrong).0, "MALFORMED");
        }
        let gateway = Request::new(server.internal, "GET", "/internal/v1/authorize/forwarded?scope=payment:read")
            .also("Authorization", format!("Bearer {secret}"))
            .send();
        assert_eq!(gateway.status, 200, "{}", gateway.text());
        assert_eq!(gateway.header("x-auth-key-id"), Some(id.as_str()));

        let key = server.owner("GET", &format!("/{id}")).send();
        key.assert("get", 200, "2000");
        assert_eq!(key.json()["data"]["secretHint"], hint("acme_live_", &secret));
        for query in ["", "?q=acme_live_", &format!("?q={}", &id[..20]), &format!("?q={id}")] {
            assert_eq!(listed(&server, query), [id.as_str()], "{query}");
        }
        let other = id.replace("acme_", "sk_");
        for query in ["?q=sk_live_", &format!("?q={other}")] {
            assert_eq!(listed(&server, query), [""; 0], "{query}");
        }
        server.owner("GET", &format!("/{other}")).send().assert("the same UUID", 404, "4040");
        let other_history = server.owner("GET", &format!("/{other}/events")).send();
        assert_ne!(other_history.json()["data"]["total"], 1);

        let (same, second) = rotated(&server, &id);
        assert_eq!(same, id);
        assert!(second.starts_with("acme_live_"));
        for secret in [&secret, &second] {
            assert_eq!(decided(&server, secret), valid(&id));
        }
        let events = server.owner("GET", &format!("/{id}/events")).send().json()["data"]["items"].clone();
        assert_eq!(events[0]["after"]["secretHint"], hint("acme_live_", &second));
        assert_eq!(events[0]["after"]["overlap"]["secretHint"], hint("acme_live_", &secret));
        assert_eq!(events[1]["action"], "CREATED");

        server.owner("POST", &format!("/{id}/disable")).send().assert("disable", 200, "2000");
        assert_eq!(decided(&server, &second).0, "DISABLED");
    }

    async fn a_key_with_an_earlier_prefix_stays_as_it_is(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let (old, old_secret) = created(&server);
        assert!(old.starts_with("sk_live_") && old_secret.starts_with("sk_live_"));
        drop(server);

        let server = server_with(&store, "acme");
        let (new, new_secret) = created(&server);
        assert!(new.starts_with("acme_live_"));
        assert_eq!(decided(&server, &old_secret), valid(&old));
        assert_eq!(decided(&server, &new_secret), valid(&new));
        assert_eq!(listed(&server, ""), [new.as_str(), old.as_str()]);
        assert_eq!(listed(&server, "?q=sk_live_"), [old.as_str()]);
        let (same, second) = rotated(&server, &old);
        assert_eq!(same, old);
        assert!(second.starts_with("sk_live_"));
        for secret in [&old_secret, &second] {
            assert_eq!(decided(&server, secret), valid(&old));
        }
        let key = server.owner("GET", &format!("/{old}")).send().json()["data"].clone();
        assert_eq!(key["secretHint"], hint("sk_live_", &second));
        assert_eq!(store.trail(keyward_domain::ApiKeyId::parse(&old).unwrap()).await.len(), 2);
        drop(server);

        // And back, or to a third one.
        let server = server_with(&store, "third3");
        assert_eq!(decided(&server, &second), valid(&old));
        assert_eq!(decided(&server, &new_secret), valid(&new));
        assert!(created(&server).0.starts_with("third3_live_"));
        let verified = Cli { url: store.database.url() }.run("audit verify");
        assert_eq!(verified.status.code(), Some(0));
    }

    async fn a_lost_response_is_found_with_its_prefix(on: On) {
        let store = TestStore::create(on).await;
        let server = server_with(&store, "acme");
        let body = json!({ "name": "Key", "scopes": ["payment:read"] }).to_string();
        let create = || server.create().also("Idempotency-Key", "once").body(body.clone()).send();
        let first = create();
        first.assert("create", 201, "2000");
        let again = create();
        again.assert("again", 409, "4091");
        assert!(again.text().contains(&shown(&first).0), "{}", again.text());
    }

    async fn operators_create_keys_with_the_configured_prefix(on: On) {
        let store = TestStore::create(on).await;
        let run = |prefix: Option<&str>, arguments: &[&str]| {
            let mut command = keyward();
            command.args(arguments).env("DATABASE_URL", store.database.url());
            if let Some(prefix) = prefix {
                command.env("KEYWARD_KEY_PREFIX", prefix);
            }
            command.output().unwrap()
        };
        let create = ["keys", "create", "--workspace", "ws_1", "--name", "Key", "-o", "json"];
        let created = run(Some("acme"), &create);
        let created: Value = serde_json::from_slice(&created.stdout).unwrap();
        let id = created["apiKeyId"].as_str().unwrap();
        assert!(id.starts_with("acme_live_"), "{created}");
        let rotated = run(None, &["keys", "rotate", "--workspace", "ws_1", id]);
        let rotated = String::from_utf8(rotated.stdout).unwrap();
        assert!(rotated.starts_with("acme_live_"), "the key's own prefix");
        let wrong = run(Some("SK"), &create);
        assert_eq!(wrong.status.code(), Some(3));
        let stderr = String::from_utf8_lossy(&wrong.stderr).into_owned();
        assert!(stderr.contains("KEYWARD_KEY_PREFIX: \"SK\" is not a prefix"), "{stderr}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_prefix_stops_the_start_on_sqlite() {
    let store = TestStore::create(On::Sqlite).await;
    for prefix in ["", "SK", "1a", "a", "abcdefghijklm", "a-b", "a b", "kwst"] {
        for command in ["serve", "dev"] {
            let output = keyward()
                .arg(command)
                .env("DATABASE_URL", store.database.url())
                .env("KEYWARD_JWT_SECRET", tokens::SECRET)
                .env("KEYWARD_KEY_PREFIX", prefix)
                .output()
                .unwrap();
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert_eq!(
                output.status.code(),
                Some(3),
                "{command} {prefix:?}: {stderr}"
            );
            assert!(
                stderr.contains("KEYWARD_KEY_PREFIX: "),
                "{command} {prefix:?}: {stderr}"
            );
            assert!(
                stderr.contains("lowercase"),
                "{command} {prefix:?}: {stderr}"
            );
        }
    }
}
