//! Denials of a key, as its operator sees them.

use serde_json::{Value, json};

use crate::cli::Cli;
use crate::http::Request;
use crate::metrics::value;
use crate::nodes::until;
use crate::server::{On, TestServer, TestStore, on_both_stores};
use crate::tokens;

const VERIFY: &str = "/internal/v1/api-keys/verify";

fn server(store: &TestStore, every: &str) -> TestServer {
    let variables = [
        ("KEYWARD_JWT_SECRET", tokens::SECRET),
        ("KEYWARD_LAST_USE_SECONDS", every),
    ];
    TestServer::start_with(&store.database, &variables)
}

fn created(server: &TestServer, body: &Value) -> (String, String) {
    let response = server.create().body(body.to_string()).send();
    response.assert("create", 201, "2000");
    let data = &response.json()["data"];
    let text = |name: &str| data[name].as_str().unwrap().to_owned();
    (text("apiKeyId"), text("secret"))
}

fn ask(server: &TestServer, path: &str, question: &Value) -> Value {
    let response = Request::new(server.internal, "POST", path)
        .also("Content-Type", "application/json")
        .body(question.to_string())
        .send();
    response.assert(&question.to_string(), 200, "2000");
    response.json()["data"].clone()
}

/// The number of denials by reason over all hours, and the address of the last one.
fn counted(cli: &Cli<'_>, id: &str) -> Vec<(String, u64, Value)> {
    let rows = cli.json(&format!("keys denials --workspace ws_1 -o json {id}"));
    let mut counted: Vec<(String, u64, Value)> = Vec::new();
    // The newest hour is first, because a test may begin in the previous hour.
    for row in rows.as_array().unwrap() {
        let (hour, last) = (
            row["hour"].as_str().unwrap(),
            row["lastDeniedAt"].as_str().unwrap(),
        );
        assert!(
            hour.ends_with(":00:00Z") && hour[..13] == last[..13],
            "{row}"
        );
        let decision = row["decision"].as_str().unwrap();
        let count = row["denialCount"].as_u64().unwrap();
        match counted.iter_mut().find(|counted| counted.0 == decision) {
            Some(counted) => counted.1 += count,
            None => counted.push((decision.to_owned(), count, row["lastDeniedAddress"].clone())),
        }
    }
    counted.sort_by(|a, b| a.0.cmp(&b.0));
    counted
}

on_both_stores! {
    async fn a_key_that_is_denied_is_counted_by_hour_and_decision(on: On) {
        let store = TestStore::create(on).await;
        let server = server(&store, "1");
        let cli = Cli { url: store.database.url() };
        let key = json!({ "name": "K", "scopes": ["payment:read"], "ipWhitelist": ["203.0.113.0/28"] });
        let (id, secret) = created(&server, &key);
        let (quiet, _secret) = created(&server, &key);
        let (inside, outside) = ("203.0.113.9", "198.51.100.7");

        // Through gateways, which send no address; with one question; and with a batch.
        for gateway in ["nginx", "forwarded", "envoy"] {
            let target = format!("/internal/v1/authorize/{gateway}");
            let asked = Request::new(server.internal, "GET", &target)
                .also("X-Api-Key", &secret)
                .send();
            assert_eq!(asked.status, 403, "{gateway}: {}", asked.text());
        }
        let asking = |more: Value| {
            let mut question = json!({ "secret": secret, "ip": inside });
            question.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            question
        };
        assert_eq!(ask(&server, VERIFY, &asking(json!({})))["decision"], "VALID");
        let elsewhere = asking(json!({ "ip": outside }));
        assert_eq!(ask(&server, VERIFY, &elsewhere)["decision"], "IP_NOT_ALLOWED");
        assert_eq!(ask(&server, VERIFY, &asking(json!({ "mode": "TEST" })))["decision"], "WRONG_MODE");
        let writing = asking(json!({ "scopes": ["payment:write"] }));
        let questions = json!({ "questions": [writing, asking(json!({})), writing, elsewhere] });
        ask(&server, &format!("{VERIFY}/batch"), &questions);
        // Unknown secrets and questions with `explain` are not counted.
        ask(&server, VERIFY, &json!({ "secret": "none" }));
        ask(&server, &format!("{VERIFY}?explain=true"), &elsewhere);
        assert_eq!(server.owner("POST", &format!("/{id}/disable")).send().status, 200);
        until(|| ask(&server, VERIFY, &asking(json!({})))["decision"] == "DISABLED", "disabled");

        let is_disabled = |counted: &(String, u64, Value)| counted.0 == "DISABLED";
        until(|| counted(&cli, &id).iter().any(is_disabled), "counted");
        let of = |word: &str, count, from: Value| (word.to_owned(), count, from);
        assert_eq!(counted(&cli, &id), [
            of("DISABLED", 1, json!(inside)),
            of("INSUFFICIENT_SCOPE", 2, json!(inside)),
            of("IP_NOT_ALLOWED", 5, json!(outside)),
            of("WRONG_MODE", 1, json!(inside)),
        ]);

        let denials = |more: &str| cli.ok(&format!("keys denials --workspace ws_1 {more}"));
        assert_eq!(denials(&format!("{quiet} -o json")).trim(), "[]");
        assert!(denials(&id).starts_with("HOUR "), "a table for people");
        assert!(denials(&id).contains(outside));
        assert_eq!(denials(&format!("{id} --since 2999-01-01T00:00:00Z")).lines().count(), 1);
        assert!(denials(&format!("{id} --since 2026-01-01T00:00:00Z")).lines().count() > 4);
        cli.fails(&format!("keys denials --workspace ws_1 {id} --since yesterday"), 2, "RFC 3339");

        let usage = || server.owner("GET", &format!("/{id}/usage")).send().json()["data"].clone();
        until(|| usage()["total"]["allowed"].as_u64() >= Some(2), "uses are counted");
        let total = usage()["total"].clone();
        assert_eq!((&total["denied"], &total["addresses"]), (&json!(9), &json!(1)));
        assert_eq!(total["deniedByDecision"], json!({
            "DISABLED": 1, "INSUFFICIENT_SCOPE": 2, "IP_NOT_ALLOWED": 5, "WRONG_MODE": 1,
        }));
        let alarms = usage()["alarms"].clone();
        let alarm = |at: usize| (alarms[at]["alarm"].clone(), alarms[at]["denied"].clone());
        assert_eq!(alarm(0), (json!("WRONG_ADDRESS"), json!(5)));
        assert_eq!(alarm(1), (json!("STILL_CALLED"), json!(1)));
        let hours = cli.json(&format!("keys usage --workspace ws_1 --by hour -o json {id}"));
        let sum = |member: &str| -> u64 {
            hours.as_array().unwrap().iter().map(|hour| hour[member].as_u64().unwrap()).sum()
        };
        assert_eq!((&json!(sum("allowed")), sum("denied")), (&total["allowed"], 9));
        let table = cli.ok(&format!("keys usage --workspace ws_1 {id}"));
        assert!(table.starts_with("START "), "{table}");
        cli.fails(&format!("keys usage --workspace ws_1 {id} --by week"), 2, "must be hour or day");
        let late = format!("keys usage --workspace ws_1 {id} --from 2999-01-01T00:00:00Z");
        cli.fails(&late, 1, "must end after it begins");
        let found = |query: &str| {
            let listed = server.owner("GET", query).send().json();
            let items = listed["data"]["items"].as_array().unwrap().clone();
            items.iter().map(|item| item["apiKeyId"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(found("?neverUsed=true"), std::slice::from_ref(&quiet));
        assert_eq!(found("?deniedDays=1"), std::slice::from_ref(&id));
        assert!(cli.ok("keys list --workspace ws_1 --denied-within 1d").contains(&id));

        let metrics = Request::new(server.internal, "GET", "/metrics").send().text();
        assert_eq!(value(&metrics, "keyward_denials_dropped_total "), 0);
        assert_eq!(value(&metrics, "keyward_scope_uses_dropped_total "), 0);
        assert!(!metrics.contains(&id), "{metrics}");
    }

    async fn denials_are_written_when_the_server_ends(on: On) {
        let store = TestStore::create(on).await;
        let mut server = server(&store, "3600");
        let cli = Cli { url: store.database.url() };
        let (id, secret) = created(&server, &json!({ "name": "Key" }));
        for _ in 0..41 {
            let decided = ask(&server, VERIFY, &json!({ "secret": secret, "ip": "203.0.113.9" }));
            assert_eq!(decided["decision"], "NO_SCOPES");
        }
        assert_eq!(counted(&cli, &id), []);
        server.signal("INT");
        assert_eq!(server.wait(), Some(0));
        assert_eq!(counted(&cli, &id), [("NO_SCOPES".to_owned(), 41, json!("203.0.113.9"))]);
    }
}
