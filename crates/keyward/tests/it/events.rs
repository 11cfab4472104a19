//! Contract §12: published events, as owners, services and operators read them.

use std::time::Instant;

use serde_json::{Value, json};

use crate::cli::Cli;
use crate::http::Request;
use crate::nodes::until;
use crate::server::{On, TestServer, TestStore, on_both_stores};
use crate::tokens;

/// The events of `ws_1` for its owner.
fn owner(server: &TestServer, query: &str) -> Request {
    let target = format!("/web/v1/workspaces/ws_1/events{query}");
    server.owner("GET", "").target(&target)
}

fn read(request: &Request) -> Value {
    let response = request.send();
    response.assert("events", 200, "2000");
    response.json()["data"].clone()
}

fn types(events: &Value) -> Vec<&str> {
    let items = events["items"].as_array().unwrap().iter();
    items.map(|event| event["type"].as_str().unwrap()).collect()
}

/// All events of the deployment, for a service.
fn service(server: &TestServer, token: &str, query: &str) -> Request {
    Request::new(
        server.internal,
        "GET",
        &format!("/internal/v1/admin/events{query}"),
    )
    .also("Authorization", format!("Bearer {token}"))
}

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

on_both_stores! {
    async fn changes_are_read_in_order_each_once_with_their_place_in_the_trail(on: On) {
        let store = TestStore::create(on).await;
        let cli = Cli { url: store.database.url() };
        let server = TestServer::start(&store.database);
        let (id, _secret) = server.created();
        for (method, path) in [("POST", "/disable"), ("POST", "/enable"), ("DELETE", "")] {
            let changed = server.owner(method, &format!("/{id}{path}")).send();
            assert!(changed.status < 300, "{}", changed.text());
        }
        until(|| types(&read(&owner(&server, ""))).len() == 4, "published");
        let events = read(&owner(&server, ""));
        let want = ["api_key.created", "api_key.disabled", "api_key.enabled", "api_key.deleted"];
        assert_eq!(types(&events), want);
        for (at, event) in (1..).zip(events["items"].as_array().unwrap()) {
            assert_eq!((&event["sequence"], &event["trail"]["position"]), (&json!(at), &json!(at)));
            assert_eq!((&event["apiKeyId"], &event["workspaceId"]), (&json!(id), &json!("ws_1")));
            assert_eq!(event["position"], Value::Null, "the number of all events is for operators");
        }
        let heads = cli.json("audit heads");
        let head = heads["heads"].as_array().unwrap().iter()
            .find(|head| head["workspaceId"] == "ws_1").unwrap();
        assert_eq!(events["items"][3]["trail"]["hash"], head["hash"]);
        let page = read(&owner(&server, "?after=1&size=2"));
        assert_eq!((types(&page), &page["next"]), (want[1..3].to_vec(), &json!(3)));
        let none = read(&owner(&server, "?after=4"));
        assert_eq!(none, json!({ "items": [], "next": 4 }));

        let printed = cli.ok("service-tokens create --name reader --can events:read");
        let token = printed.trim_end();
        let all = read(&service(&server, token, "?size=100"));
        let mut of_deployment = types(&all);
        of_deployment.retain(|one| one.starts_with("api_key."));
        assert_eq!(of_deployment, want);
        assert!(types(&all).contains(&"workspace.added"), "{all}");
        let positions: Vec<u64> = all["items"].as_array().unwrap().iter()
            .map(|event| event["position"].as_u64().unwrap()).collect();
        assert!(positions.is_sorted_by(|one, next| one < next), "{positions:?}");
        let other = cli.ok("service-tokens create --name other --can keys:read");
        let refused = service(&server, other.trim_end(), "").send();
        refused.assert("without the permission", 403, "4032");

        let tailed = lines(&cli.ok("events tail"));
        assert_eq!(&Value::from(tailed), &all["items"]);
        let tailed = lines(&cli.ok("events tail --workspace ws_1 --after 3"));
        assert_eq!(tailed.len(), 1);
        assert_eq!(tailed[0]["type"], "api_key.deleted");
    }

    async fn a_reader_that_waits_gets_the_next_event_from_any_node(on: On) {
        let store = TestStore::create(on).await;
        let reading = TestServer::start(&store.database);
        let changing = match on {
            On::Sqlite => None,
            On::Postgres => Some(TestServer::start(&store.database)),
        };
        let changing = changing.as_ref().unwrap_or(&reading);
        let waiting = owner(&reading, "?wait=30");
        let begun = Instant::now();
        let waiting = std::thread::spawn(move || read(&waiting));
        let (id, _secret) = changing.created();
        let events = waiting.join().unwrap();
        assert_eq!(events["items"][0]["apiKeyId"], json!(id));
        assert!(begun.elapsed().as_secs() < 20, "it was woken");
    }

    async fn a_server_that_ends_answers_those_who_wait(on: On) {
        let store = TestStore::create(on).await;
        let mut server = TestServer::start(&store.database);
        let mut waiting = owner(&server, "?wait=30").connect();
        std::io::Write::write_all(&mut waiting, &owner(&server, "?wait=30").bytes()).unwrap();
        // The connection's request is being served when another one was answered after it.
        read(&owner(&server, ""));
        let begun = Instant::now();
        server.signal("INT");
        let response = crate::http::read_response(&mut waiting).unwrap();
        response.assert("the end", 200, "2000");
        assert_eq!(server.wait(), Some(0));
        assert!(begun.elapsed().as_secs() < 20, "nobody waited for the reader");
    }

    async fn notices_are_published_once_whoever_notices(on: On) {
        let store = TestStore::create(on).await;
        let variables = [
            ("KEYWARD_JWT_SECRET", tokens::SECRET),
            ("KEYWARD_LAST_USE_SECONDS", "3600"),
        ];
        let mut server = TestServer::start_with(&store.database, &variables);
        let now = owner(&server, "").send().json()["timestamp"].as_i64().unwrap() / 1_000;
        let soon = keyward_domain::Timestamp::from_unix_seconds(now + 7 * 86_400 - 60).unwrap();
        let body = json!({ "name": "K", "ipWhitelist": ["203.0.113.9"], "expiresAt": soon.to_string() });
        let response = server.create().body(body.to_string()).send();
        response.assert("create", 201, "2000");
        let secret = response.json()["data"]["secret"].as_str().unwrap().to_owned();
        let denied = Request::new(server.internal, "POST", "/internal/v1/api-keys/verify")
            .also("Content-Type", "application/json")
            .body(json!({ "secret": secret, "ip": "198.51.100.7" }).to_string())
            .send();
        assert_eq!(denied.json()["data"]["decision"], "IP_NOT_ALLOWED");
        // It writes the denial. Each server looks for notices when it starts.
        server.signal("INT");
        assert_eq!(server.wait(), Some(0));
        for _start in 0..2 {
            let server = TestServer::start_with(&store.database, &variables);
            until(|| types(&read(&owner(&server, ""))).len() >= 3, "noted");
            let events = read(&owner(&server, ""));
            // The first server notes the expiry when its first look comes after the creation.
            let of_type = |wanted: &str| {
                let mut of_type = events["items"].as_array().unwrap().iter()
                    .filter(|event| event["type"] == wanted);
                let event = of_type.next().unwrap();
                assert_eq!(of_type.next(), None, "{wanted} once");
                event
            };
            assert_eq!(types(&events).len(), 3, "{events}");
            let created = of_type("api_key.created");
            let expiring = of_type("api_key.expiring");
            assert_eq!(expiring["data"], json!({ "expiresAt": soon.to_string(), "withinDays": 7 }));
            assert_eq!(expiring["trail"], created["trail"], "the last event before it");
            let denied = of_type("api_key.denied_use");
            let want = json!({ "alarm": "WRONG_ADDRESS", "denied": 1, "address": "198.51.100.7" });
            assert_eq!(denied["data"], want);
            let sequences: Vec<u64> = events["items"].as_array().unwrap().iter()
                .map(|event| event["sequence"].as_u64().unwrap()).collect();
            assert_eq!(sequences, [1, 2, 3]);
        }
    }
}
