//! Contract §14: events arrive at webhooks, signed, in the order of each key, whatever fails.

use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::cli::Cli;
use crate::http::Request;
use crate::nodes::until;
use crate::receiver::{Delivered, Receiver};
use crate::server::{On, TestServer, TestStore, keyward, on_both_stores};
use crate::tokens;

pub(crate) const KEY: &str = "canary-key-of-webhooks-with-32-bytes";

/// Variables of a server with webhooks to this machine.
pub(crate) const VARIABLES: [(&str, &str); 3] = [
    ("KEYWARD_JWT_SECRET", tokens::SECRET),
    ("KEYWARD_WEBHOOK_KEY", KEY),
    ("KEYWARD_WEBHOOK_OWNER_NETWORKS", "127.0.0.0/8"),
];

fn start(store: &TestStore) -> TestServer {
    TestServer::start_with(&store.database, &VARIABLES)
}

/// A request of the owner about the webhooks of `ws_1`.
pub(crate) fn webhooks(server: &TestServer, method: &str, rest: &str) -> Request {
    let target = format!("/web/v1/workspaces/ws_1/webhooks{rest}");
    server.owner(method, "").target(&target)
}

/// Adds a webhook of `ws_1`, and returns its data.
pub(crate) fn add(server: &TestServer, body: &Value) -> Value {
    let response = webhooks(server, "POST", "")
        .header("Content-Type", "application/json")
        .body(body.to_string())
        .send();
    response.assert("add", 201, "2000");
    response.json()["data"].clone()
}

fn get(server: &TestServer, rest: &str) -> Value {
    let response = webhooks(server, "GET", rest).send();
    response.assert(rest, 200, "2000");
    response.json()["data"].clone()
}

fn disable(server: &TestServer, id: &str) {
    let response = server.owner("POST", &format!("/{id}/disable")).send();
    response.assert("disable", 200, "2000");
}

fn bytes(text: &str) -> Vec<u8> {
    STANDARD.decode(text).unwrap()
}

/// Whether one of the signatures of a delivery is right.
fn is_signed(delivered: &Delivered, secret: &str) -> bool {
    let headers = &delivered.headers;
    let signed = format!(
        "{}.{}.{}",
        delivered.id(),
        headers["webhook-timestamp"],
        delivered.body
    );
    let key = hmac::Key::new(
        hmac::HMAC_SHA256,
        &bytes(secret.strip_prefix("whsec_").unwrap()),
    );
    headers["webhook-signature"].split(' ').any(|signature| {
        let Some(signature) = signature.strip_prefix("v1,") else {
            return false;
        };
        hmac::verify(&key, signed.as_bytes(), &bytes(signature)).is_ok()
    })
}

/// Checks that the first arrival of each event comes after those of all earlier events of its key.
pub(crate) fn assert_in_order(requests: &[Delivered]) {
    let mut last: BTreeMap<String, u64> = BTreeMap::new();
    let mut ids = BTreeSet::new();
    for event in requests.iter().map(Delivered::json) {
        if !ids.insert(event["id"].to_string()) {
            continue;
        }
        let (key, sequence) = (
            event["apiKeyId"].to_string(),
            event["sequence"].as_u64().unwrap(),
        );
        let before = last.insert(key, sequence);
        assert!(
            before.is_none_or(|before| before < sequence),
            "{sequence} after {before:?}"
        );
    }
}

pub(crate) fn distinct(requests: &[Delivered]) -> BTreeSet<String> {
    requests.iter().map(|one| one.id().to_owned()).collect()
}

on_both_stores! {
    async fn an_owner_gets_the_events_of_the_workspace_signed(on: On) {
        let store = TestStore::create(on).await;
        let server = start(&store);
        let receiver = Receiver::willing();
        let webhook = add(&server, &json!({ "url": receiver.url }));
        let secret = webhook["secret"].as_str().unwrap();
        let (id, _secret) = server.created();
        disable(&server, &id);
        until(|| receiver.requests().len() >= 2, "delivered");
        let requests = receiver.requests();
        let types: Vec<String> = requests.iter().map(Delivered::event_type).collect();
        assert_eq!(types, ["api_key.created", "api_key.disabled"]);
        for request in &requests {
            assert!(is_signed(request, secret), "{request:?}");
            assert_eq!(request.headers["content-type"], "application/json");
            assert_eq!(request.json()["apiKeyId"], id.as_str());
            assert_eq!(request.id(), request.json()["id"]);
            assert_eq!(request.json()["position"], Value::Null);
        }
        let rest = format!("/{}", webhook["id"].as_str().unwrap());
        until(|| get(&server, &format!("{rest}/deliveries"))["items"][0]["status"] == "DELIVERED", "recorded");
        let items = get(&server, &format!("{rest}/deliveries"))["items"].clone();
        assert_eq!((&items[0]["eventId"], &items[0]["sequence"]), (&requests[1].json()["id"], &json!(2)));
        assert_eq!((&items[1]["attempts"], &items[1]["lastAttempt"]["answerStatus"]), (&json!(1), &json!(204)));

        // While keys are replaced, messages are signed with both.
        let response = webhooks(&server, "POST", &format!("{rest}/rotate")).send();
        let rotated = response.json()["data"]["secret"].as_str().unwrap().to_owned();
        let tested = webhooks(&server, "POST", &format!("{rest}/test")).send();
        assert_eq!(tested.json()["data"]["answerStatus"], 204);
        let test = receiver.requests().last().unwrap().clone();
        assert_eq!(test.event_type(), "webhook.test");
        assert!(rotated != secret && is_signed(&test, &rotated) && is_signed(&test, secret));

        let replayed = webhooks(&server, "POST", &format!("{rest}/replay?after=1")).send();
        assert_eq!(replayed.json()["data"]["events"], 1);
        until(|| receiver.requests().len() >= 4, "sent again");
        assert_eq!(receiver.requests()[3].id(), requests[1].id());
        let removed = webhooks(&server, "DELETE", &rest).send();
        assert_eq!(removed.status, 204);
        webhooks(&server, "GET", &rest).send().assert("removed", 404, "4046");

        for text in [KEY, secret, &rotated, secret.strip_prefix("whsec_").unwrap()] {
            assert!(!server.logs().contains(text), "a secret is in the logs");
        }
    }

    async fn an_operator_manages_the_webhooks_of_the_deployment(on: On) {
        let store = TestStore::create(on).await;
        let server = start(&store);
        let receiver = Receiver::willing();
        let cli = Cli { url: store.database.url() };
        let secret = cli.ok(&format!("webhooks add {} --type member.added --type api_key.created", receiver.url));
        let listed = cli.json("webhooks list -o json");
        let id = listed[0]["id"].as_str().unwrap().to_owned();
        assert_eq!(listed[0]["eventTypes"], json!(["api_key.created", "member.added"]));
        assert!(cli.ok(&format!("webhooks test {id}")).starts_with("204 after "));
        server.created();
        cli.ok("members add --workspace ws_1 --role VIEWER user_2");
        until(|| receiver.requests().len() >= 3, "delivered");
        let requests = receiver.requests();
        let types: BTreeSet<String> = requests.iter().map(Delivered::event_type).collect();
        let want = ["api_key.created", "member.added", "webhook.test"];
        assert_eq!(types, want.map(str::to_owned).into());
        assert!(requests.iter().all(|one| is_signed(one, secret.trim_end())));
        until(|| cli.json(&format!("webhooks deliveries {id} -o json"))[0]["status"] == "DELIVERED", "recorded");
        let refused = cli.json("webhooks list --workspace ws_1 -o json");
        assert_eq!(refused, json!([]));
        cli.fails(&format!("webhooks test {id} --workspace ws_1"), 1, "there is no webhook");
        let rotated = cli.ok(&format!("webhooks rotate {id}"));
        assert!(rotated != secret && rotated.starts_with("whsec_"));
        cli.ok(&format!("webhooks replay {id} --after 0"));
        until(|| receiver.requests().len() >= 5, "sent again");
        cli.ok(&format!("webhooks remove {id}"));
        assert_eq!(cli.json("webhooks list -o json"), json!([]));
        until(|| cli.ok("events tail").contains("webhook.removed"), "published");
        let events = cli.ok("events tail");
        for kind in ["webhook.added", "webhook.changed", "webhook.removed"] {
            assert!(events.contains(kind), "{kind}: {events}");
        }
        assert!(!events.contains("whsec_"));
    }

    async fn a_failed_event_is_tried_again_and_then_the_next_one_of_its_key_arrives(on: On) {
        let store = TestStore::create(on).await;
        let server = start(&store);
        let receiver = Receiver::start(|number| if number == 0 { 500 } else { 200 });
        let webhook = add(&server, &json!({ "url": receiver.url }));
        let (id, _secret) = server.created();
        disable(&server, &id);
        until(|| receiver.requests().len() >= 3, "delivered");
        let requests = receiver.requests();
        let types: Vec<String> = requests.iter().map(Delivered::event_type).collect();
        assert_eq!(types, ["api_key.created", "api_key.created", "api_key.disabled"]);
        assert_eq!(requests[0].id(), requests[1].id());
        let rest = format!("/{}/deliveries", webhook["id"].as_str().unwrap());
        until(|| get(&server, &rest)["items"][1]["attempts"] == 2, "recorded");
    }

    async fn a_receiver_that_is_gone_gets_nothing_more_until_it_is_enabled(on: On) {
        let store = TestStore::create(on).await;
        let server = start(&store);
        let receiver = Receiver::start(|number| if number == 0 { 410 } else { 200 });
        let webhook = add(&server, &json!({ "url": receiver.url }));
        let rest = format!("/{}", webhook["id"].as_str().unwrap());
        server.created();
        until(|| get(&server, &rest)["status"] == "DISABLED", "disabled");
        assert_eq!(get(&server, &rest)["disabledReason"], "GONE");
        assert!(server.comes_to_log("webhook.disabled"));
        server.created();
        let events = server.owner("GET", "").target("/web/v1/workspaces/ws_1/events");
        until(|| events.send().json()["data"]["next"] == 2, "published while it is disabled");
        let enabled = webhooks(&server, "POST", &format!("{rest}/enable")).send();
        assert_eq!(enabled.json()["data"]["status"], "ENABLED");
        until(|| receiver.requests().len() >= 2, "the pending event arrives");
        let replayed = webhooks(&server, "POST", &format!("{rest}/replay?after=1")).send();
        assert_eq!(replayed.json()["data"]["events"], 1);
        until(|| receiver.requests().len() >= 3, "what was missed arrives");
    }

    async fn a_change_of_a_key_is_sent_as_a_security_event_token(on: On) {
        let store = TestStore::create(on).await;
        let server = start(&store);
        let receiver = Receiver::willing();
        let webhook = add(&server, &json!({ "url": receiver.url, "encoding": "CAEP" }));
        let (id, _secret) = server.created();
        until(|| receiver.requests().len() == 1, "delivered");
        let request = receiver.requests()[0].clone();
        assert_eq!(request.headers["content-type"], "application/secevent+jwt");
        let (signed, signature) = request.body.rsplit_once('.').unwrap();
        let public = bytes(webhook["publicKey"].as_str().unwrap().strip_prefix("whpk_").unwrap());
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        UnparsedPublicKey::new(&ED25519, public).verify(signed.as_bytes(), &signature).unwrap();
        let claims = URL_SAFE_NO_PAD.decode(signed.split_once('.').unwrap().1).unwrap();
        let claims: Value = serde_json::from_slice(&claims).unwrap();
        assert_eq!((&claims["sub_id"]["id"], &claims["aud"]), (&json!(id), &json!(receiver.url)));
        let page = server.owner("GET", "").target("/web/v1/workspaces/ws_1/events?encoding=CAEP").send();
        assert_eq!(page.json()["data"]["items"][0]["jti"], claims["jti"]);
        assert_eq!(page.json()["data"]["next"], 1);
    }

    async fn after_kills_every_event_arrives_and_in_order(on: On) {
        const KILLS: usize = 12;
        let store = TestStore::create(on).await;
        let receiver = Receiver::willing();
        let mut server = start(&store);
        add(&server, &json!({ "url": receiver.url }));
        let mut keys = Vec::new();
        for _kill in 0..KILLS {
            for _key in 0..5 {
                keys.push(server.created().0);
            }
            for id in &keys[keys.len() - 5..] {
                disable(&server, id);
            }
            let seen = receiver.requests().len();
            // In the middle of the deliveries, if there are any before the leases of the killed nodes end.
            let begun = std::time::Instant::now();
            while receiver.requests().len() == seen && begun.elapsed().as_millis() < 500 {
                std::thread::yield_now();
            }
            server.signal("KILL");
            server.wait();
            server = start(&store);
        }
        let wanted = 2 * keys.len();
        let begun = std::time::Instant::now();
        while distinct(&receiver.requests()).len() < wanted {
            assert!(begun.elapsed().as_secs() < 100, "{} of {wanted}", distinct(&receiver.requests()).len());
            std::thread::yield_now();
        }
        let requests = receiver.requests();
        assert_in_order(&requests);
        let mut attempts: BTreeMap<&str, usize> = BTreeMap::new();
        for request in &requests {
            *attempts.entry(request.id()).or_default() += 1;
        }
        let doubled = attempts.values().filter(|count| **count > 1).count();
        assert!(doubled <= KILLS * 8, "{doubled} events were doubled");
    }

    async fn two_nodes_share_the_work_and_double_nothing(on: On) {
        let store = TestStore::create(on).await;
        let first = start(&store);
        // A file has one server.
        let second = match on {
            On::Sqlite => None,
            On::Postgres => Some(start(&store)),
        };
        let receiver = Receiver::willing();
        add(&first, &json!({ "url": receiver.url }));
        for _key in 0..40 {
            let (id, _secret) = second.as_ref().unwrap_or(&first).created();
            disable(&first, &id);
        }
        until(|| distinct(&receiver.requests()).len() == 80, "delivered");
        assert_eq!(receiver.requests().len(), 80);
        assert_in_order(&receiver.requests());
    }
}

/// Without a key there are no webhooks.
#[tokio::test(flavor = "multi_thread")]
async fn webhooks_need_a_key_sqlite() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    let response = webhooks(&server, "GET", "").send();
    response.assert("no webhooks", 404, "4041");
    let output = keyward()
        .args(["webhooks", "list"])
        .env("DATABASE_URL", store.database.url())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("KEYWARD_WEBHOOK_KEY is not set"), "{said}");
}
