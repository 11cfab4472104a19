//! Contract §13: whoever has a secret can end it.

use serde_json::{Value, json};

use crate::cli::Cli;
use crate::http::{Request, Response};
use crate::nodes::{decision, until};
use crate::server::{On, TestServer, TestStore, on_both_stores};

fn report(server: &TestServer, secrets: &[&str]) -> Response {
    Request::new(server.public, "POST", "/public/v1/revocations")
        .also("Content-Type", "application/json")
        .body(json!({ "secrets": secrets }).to_string())
        .send()
}

fn history(server: &TestServer, id: &str) -> Value {
    let events = server.owner("GET", &format!("/{id}/events")).send();
    events.json()["data"]["items"].clone()
}

on_both_stores! {
    async fn a_reported_secret_is_ended_and_its_owner_learns_it(on: On) {
        let store = TestStore::create(on).await;
        let cli = Cli { url: store.database.url() };
        let server = TestServer::start(&store.database);
        let (id, secret) = server.created();
        let (other, _secret) = server.created();
        let response = report(&server, &["no secret", &format!("{secret}\n")]);
        response.assert("report", 202, "2000");
        assert_eq!(response.json()["data"], json!({ "received": 2 }));
        until(|| decision(&server, &secret) == "DISABLED", "disabled");
        let event = history(&server, &id)[0].clone();
        assert_eq!(event["action"], "DISABLED");
        assert_eq!(event["actor"], json!({ "kind": "SERVICE", "name": "secret-holder" }));
        assert_eq!(event["address"], "127.0.0.1");
        assert_eq!(history(&server, &other).as_array().unwrap().len(), 1, "no other key");
        let events = || {
            let target = "/web/v1/workspaces/ws_1/events";
            server.owner("GET", "").target(target).send().json()["data"]["items"].clone()
        };
        let exposed = |events: &Value| {
            let events = events.as_array().unwrap().iter();
            events.filter(|event| event["type"] == "api_key.exposed").cloned().collect::<Vec<_>>()
        };
        until(|| !exposed(&events()).is_empty(), "published");
        let notice = exposed(&events())[0].clone();
        assert_eq!(notice["apiKeyId"], json!(id));
        assert_eq!(notice["data"]["reaction"], "DISABLED");
        assert_eq!(notice["data"]["secretHint"], json!(format!("sk_live_…{}", &secret[secret.len() - 4..])));
        report(&server, &[&secret]).assert("again", 202, "2000");
        until(|| exposed(&events()).len() == 2, "the secret is no longer valid");
        assert_eq!(exposed(&events())[1]["data"]["reaction"], "NONE");

        assert_eq!(server.owner("POST", &format!("/{id}/enable")).send().status, 200);
        until(|| decision(&server, &secret) == "NO_SCOPES", "the owner has the last word");
        cli.ok("audit verify");
        cli.fails("service-tokens create --name secret-holder --can keys:read", 2, "reserved");
        assert!(!server.logs().contains("no secret"), "{}", server.logs());
        assert!(!server.logs().contains(&secret));
    }

    async fn only_the_old_secret_of_a_rotation_is_ended(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let (id, old) = server.created();
        let rotated = server.owner("POST", &format!("/{id}/rotate"))
            .body(r#"{"overlapSeconds":3600}"#)
            .send();
        rotated.assert("rotate", 201, "2000");
        let new = rotated.json()["data"]["secret"].as_str().unwrap().to_owned();
        report(&server, &[&old]).assert("report", 202, "2000");
        until(|| decision(&server, &old) == "UNKNOWN", "ended");
        assert_eq!(decision(&server, &new), "NO_SCOPES", "still valid");
        assert_eq!(history(&server, &id)[0]["action"], "OVERLAP_ENDED");
    }
}
