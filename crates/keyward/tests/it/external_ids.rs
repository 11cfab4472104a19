//! A key carries the platform's words: from its creation to the gateway's header.

use serde_json::{Value, json};

use crate::http::{Request, Response};
use crate::server::{On, TestServer, TestStore, on_both_stores};

const FORWARDED: &str = "/internal/v1/authorize/forwarded?scope=payment:read";

fn verified(server: &TestServer, secret: &str) -> Value {
    let response = Request::new(server.internal, "POST", "/internal/v1/api-keys/verify")
        .also("Content-Type", "application/json")
        .body(json!({ "secret": secret }).to_string())
        .send();
    response.assert("verify", 200, "2000");
    response.json()["data"].clone()
}

fn authorized(server: &TestServer, secret: &str) -> Response {
    let response = Request::new(server.internal, "GET", FORWARDED)
        .also("X-Api-Key", secret)
        .also("X-Auth-External-Id", "forged")
        .send();
    assert_eq!(response.status, 200, "{}", response.text());
    response
}

/// The ids of the keys in a list.
fn listed(server: &TestServer, query: &str) -> Vec<String> {
    let response = server.owner("GET", query).send();
    response.assert(query, 200, "2000");
    let data = response.json()["data"].clone();
    let items = data["items"].as_array().unwrap().clone();
    assert_eq!(data["total"], items.len());
    let ids = items
        .iter()
        .map(|item| item["apiKeyId"].as_str().unwrap().to_owned());
    ids.collect()
}

on_both_stores! {
    async fn an_external_id_goes_from_the_creation_to_the_gateway(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let body = json!({
            "name": "Key", "scopes": ["payment:read"], "description": "For the report",
            "externalId": "customer-4711", "metadata": { "plan": "gold", "Team": "支" },
        });
        let response = server.create().body(body.to_string()).send();
        response.assert("create", 201, "2000");
        let data = response.json()["data"].clone();
        let (id, secret) = (data["apiKeyId"].as_str().unwrap(), data["secret"].as_str().unwrap());
        for member in ["description", "externalId", "metadata"] {
            assert_eq!(data[member], body[member], "{member}");
        }
        let bare = json!({ "name": "Bare", "scopes": ["payment:read"] });
        let bare = server.create().body(bare.to_string()).send().json()["data"].clone();
        let bare_secret = bare["secret"].as_str().unwrap();

        assert_eq!(listed(&server, "?externalId=customer-4711"), [id]);
        assert_eq!(listed(&server, "?externalId=CUSTOMER-4711"), [""; 0]);
        assert_eq!(listed(&server, "").len(), 2);

        let told = verified(&server, secret);
        assert_eq!((&told["externalId"], &told["metadata"]), (&body["externalId"], &body["metadata"]));
        assert!(told.get("description").is_none(), "{told}");
        let told = verified(&server, bare_secret);
        assert!(told.get("externalId").is_none() && told.get("metadata").is_none(), "{told}");

        let header = |secret| authorized(&server, secret).header("x-auth-external-id").map(str::to_owned);
        assert_eq!(header(secret).as_deref(), Some("customer-4711"));
        assert_eq!(header(bare_secret).as_deref(), Some(""));
    }

    async fn a_change_of_the_external_id_counts_at_once_and_is_recorded(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let body = json!({ "name": "Key", "scopes": ["payment:read"], "metadata": { "a": "1" } });
        let created = server.create().body(body.to_string()).send().json()["data"].clone();
        let (id, secret) = (created["apiKeyId"].as_str().unwrap(), created["secret"].as_str().unwrap());
        assert_eq!(authorized(&server, secret).header("x-auth-external-id"), Some(""));
        let change = |body: Value| {
            let request = server.owner("PATCH", &format!("/{id}"));
            let response = request.body(body.to_string()).send();
            response.assert(&body.to_string(), 200, "2000");
            response.json()["data"].clone()
        };
        let data = change(json!({ "externalId": "customer-1" }));
        assert_eq!((&data["externalId"], &data["metadata"]), (&json!("customer-1"), &json!({ "a": "1" })));
        assert_eq!(authorized(&server, secret).header("x-auth-external-id"), Some("customer-1"));
        assert_eq!(listed(&server, "?externalId=customer-1"), [id]);
        let data = change(json!({ "externalId": null, "metadata": null }));
        assert!(data.get("externalId").is_none() && data.get("metadata").is_none(), "{data}");
        assert_eq!(authorized(&server, secret).header("x-auth-external-id"), Some(""));
        assert_eq!(listed(&server, "?externalId=customer-1"), [""; 0]);

        let events = server.owner("GET", &format!("/{id}/events")).send().json()["data"]["items"].clone();
        assert_eq!(events[0]["before"], json!({ "externalId": "customer-1", "metadata": { "a": "1" } }));
        assert_eq!(events[0]["after"], json!({ "externalId": null, "metadata": {} }));
        assert_eq!(events[1]["before"], json!({ "externalId": null }));
        assert_eq!(events[2]["after"]["metadata"], json!({ "a": "1" }));
        assert!(events[2]["after"].get("externalId").is_none(), "{events}");
    }
}
