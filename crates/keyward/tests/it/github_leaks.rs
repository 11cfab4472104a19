//! Contract §13: GitHub reports leaked secrets, and the policy of a workspace says what happens.

use std::sync::atomic::Ordering;

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::cli::Cli;
use crate::http::{Request, Response};
use crate::key_sets::publish;
use crate::nodes::{decision, until};
use crate::server::{On, TestServer, TestStore, on_both_stores};
use crate::tokens;

const FOUND_AT: &str = "https://github.com/octocat/example/blob/main/.env";

/// GitHub, with one key.
struct GitHub(EcdsaKeyPair);

impl GitHub {
    fn generate() -> Self {
        Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap())
    }

    fn keys(&self) -> Value {
        let base64 = STANDARD.encode(self.0.public_key().as_der().unwrap().as_ref());
        let key = format!("-----BEGIN PUBLIC KEY-----\n{base64}\n-----END PUBLIC KEY-----\n");
        json!({ "public_keys": [{ "key_identifier": "key-1", "key": key, "is_current": true }] })
    }

    /// A report of one text.
    fn report(&self, server: &TestServer, token: &str) -> Response {
        let leak = json!({ "token": token, "type": "acme", "url": FOUND_AT, "source": "content" });
        let body = json!([leak]).to_string();
        let signature = self.0.sign(&SystemRandom::new(), body.as_bytes()).unwrap();
        Request::new(server.public, "POST", "/public/v1/leaks")
            .also("Content-Type", "application/json")
            .also("Github-Public-Key-Identifier", "key-1")
            .also(
                "Github-Public-Key-Signature",
                STANDARD.encode(signature.as_ref()),
            )
            .body(body)
            .send()
    }
}

fn last_change(server: &TestServer, id: &str) -> Value {
    let events = server.owner("GET", &format!("/{id}/events")).send();
    events.json()["data"]["items"][0].clone()
}

/// The first published event that this key is exposed.
fn exposed(server: &TestServer, id: &str) -> Option<Value> {
    let events = server
        .owner("GET", "")
        .target("/web/v1/workspaces/ws_1/events?size=100")
        .send()
        .json();
    let events = events["data"]["items"].as_array().unwrap();
    let is_it = |event: &&Value| event["type"] == "api_key.exposed" && event["apiKeyId"] == id;
    events.iter().find(is_it).map(|event| event["data"].clone())
}

fn label(response: &Response) -> Value {
    assert_eq!(response.status, 200, "{}", response.text());
    response.json()[0]["label"].clone()
}

on_both_stores! {
    async fn github_reports_a_secret_and_the_policy_decides(on: On) {
        let store = TestStore::create(on).await;
        let cli = Cli { url: store.database.url() };
        let github = GitHub::generate();
        let (url, asked) = publish(&github.keys());
        let server = TestServer::start_with(
            &store.database,
            &[("KEYWARD_JWT_SECRET", tokens::SECRET), ("KEYWARD_GITHUB_KEYS_URL", &url)],
        );

        let (id, secret) = server.created();
        for _ in 0..2 {
            assert_eq!(label(&github.report(&server, &format!(" {secret}\r\n"))), "true_positive");
        }
        assert_eq!(label(&github.report(&server, "canary")), "false_positive");
        assert_eq!(decision(&server, &secret), "DISABLED");
        let change = last_change(&server, &id);
        assert_eq!(change["action"], "DISABLED");
        assert_eq!(change["actor"], json!({ "kind": "SERVICE", "name": "github" }));
        assert_eq!(change["foundAt"], json!([FOUND_AT]));
        until(|| exposed(&server, &id).is_some(), "published");
        let data = exposed(&server, &id).unwrap();
        assert_eq!((&data["source"], &data["url"]), (&json!("GITHUB"), &json!(FOUND_AT)));
        assert_eq!(data["reaction"], "DISABLED");

        cli.ok("workspaces set-leak-policy ws_1 --reaction expire --grace-hours 24");
        let (id, secret) = server.created();
        for _ in 0..2 {
            assert_eq!(label(&github.report(&server, &secret)), "true_positive");
        }
        assert_eq!(decision(&server, &secret), "NO_SCOPES", "still active");
        let change = last_change(&server, &id);
        assert_eq!((&change["action"], &change["before"]["expiresAt"]), (&json!("UPDATED"), &json!(null)));
        until(|| exposed(&server, &id).is_some(), "published");
        let data = exposed(&server, &id).unwrap();
        assert_eq!(data["reaction"], "EXPIRING");
        assert_eq!(data["expiresAt"], change["after"]["expiresAt"]);
        assert!(data["expiresAt"].is_string(), "{data}");

        cli.ok("workspaces set-leak-policy ws_1 --reaction notify");
        let (id, secret) = server.created();
        assert_eq!(label(&github.report(&server, &secret)), "true_positive");
        assert_eq!(decision(&server, &secret), "NO_SCOPES");
        assert_eq!(last_change(&server, &id)["action"], "CREATED");
        until(|| exposed(&server, &id).is_some(), "published");
        assert_eq!(exposed(&server, &id).unwrap()["reaction"], "NOTIFIED");
        let given_back = Request::new(server.public, "POST", "/public/v1/revocations")
            .also("Content-Type", "application/json")
            .body(json!({ "secrets": [secret] }).to_string());
        given_back.send().assert("by the holder", 202, "2000");
        until(|| decision(&server, &secret) == "DISABLED", "whatever the policy is");

        let forged = GitHub::generate().report(&server, &secret);
        forged.assert("forged", 401, "4011");
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        cli.fails("service-tokens create --name github --can keys:read", 2, "reserved");
        cli.ok("audit verify");
        let logs = server.logs();
        assert!(!logs.contains("canary") && !logs.contains(&secret), "{logs}");
    }

    async fn operators_set_the_policy_and_it_is_recorded(on: On) {
        let store = TestStore::create(on).await;
        let cli = Cli { url: store.database.url() };
        let shown = || cli.json("workspaces list -o json")[0]["leakPolicy"].clone();
        assert_eq!(shown(), json!(null));
        cli.ok("workspaces set-leak-policy ws_1 --reaction expire --grace-hours 24");
        assert_eq!(shown(), json!({ "reaction": "EXPIRE", "graceHours": 24 }));
        assert!(cli.ok("workspaces list").contains("expire after 24h"));
        cli.ok("workspaces set-leak-policy ws_1 --reaction disable");
        assert_eq!(shown(), json!({ "reaction": "DISABLE", "graceHours": null }));
        cli.ok("workspaces set-leak-policy ws_1 --clear");
        assert_eq!(shown(), json!(null));
        cli.fails("workspaces set-leak-policy ws_8 --clear", 1, "workspaces add ws_8");
        cli.fails("workspaces set-leak-policy ws_1 --reaction expire", 1, "--grace-hours");
        cli.fails("workspaces set-leak-policy ws_1 --reaction notify --grace-hours 1", 1, "expire");
        cli.fails("workspaces set-leak-policy ws_1 --reaction expire --grace-hours 721", 2, "720");
        cli.fails("workspaces set-leak-policy ws_1 --reaction end", 2, "disable");
        cli.fails("workspaces set-leak-policy ws_1 --reaction notify --clear", 2, "--clear");
        cli.fails("workspaces set-leak-policy ws_1", 2, "--clear");
        let exported = cli.ok("audit export --since 2020-01-01T00:00:00Z --deployment");
        let change = r#""before":{"leakPolicy":null},"after":{"leakPolicy":{"reaction":"EXPIRE","graceHours":24}}"#;
        assert!(exported.contains(change), "{exported}");
        cli.ok("audit verify");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_url_of_githubs_keys_there_is_no_such_path() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    let response = GitHub::generate().report(&server, "a");
    response.assert("path", 404, "4041");
}
