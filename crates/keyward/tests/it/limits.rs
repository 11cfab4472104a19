//! Contract §11: limits of keys, on one node, on several, and in guards.

use std::time::{Duration, Instant};

use keyward_domain::Question;
use keyward_guard::{LocalVerifier, LocalVerifierConfig, Verdict, Verifier as _};
use serde_json::{Value, json};

use crate::http::{Request, Response};
use crate::nodes::until;
use crate::server::{On, TestServer, TestStore, on_both_stores};

fn asked(server: &TestServer, question: &Value) -> Response {
    Request::new(server.internal, "POST", "/internal/v1/api-keys/verify")
        .also("Content-Type", "application/json")
        .body(question.to_string())
        .send()
}

/// The data of an answer, whatever the decision is.
fn answer(server: &TestServer, question: &Value) -> Value {
    let response = asked(server, question);
    response.assert(&question.to_string(), 200, "2000");
    response.json()["data"].clone()
}

fn decision(server: &TestServer, secret: &str) -> String {
    let data = answer(server, &json!({ "secret": secret }));
    data["decision"].as_str().unwrap().to_owned()
}

/// How many of so many calls are allowed.
fn allowed(server: &TestServer, secret: &str, calls: usize) -> usize {
    (0..calls)
        .filter(|_call| decision(server, secret) == "VALID")
        .count()
}

/// The id and the secret of a new key with these limits.
fn limited(server: &TestServer, limits: &Value) -> (String, String) {
    let body = json!({ "name": "Limited", "scopes": ["payment:read"], "limits": limits });
    let response = server.create().body(body.to_string()).send();
    response.assert("create", 201, "2000");
    let data = &response.json()["data"];
    assert_eq!(data["limits"][0]["name"], limits[0]["name"]);
    let text = |name: &str| data[name].as_str().unwrap().to_owned();
    (text("apiKeyId"), text("secret"))
}

/// One limit.
fn requests(max: u32, window: &str) -> Value {
    json!([{ "name": "requests", "max": max, "window": window }])
}

fn patch(server: &TestServer, id: &str, limits: &Value) {
    let body = json!({ "limits": limits });
    let response = server
        .owner("PATCH", &format!("/{id}"))
        .body(body.to_string())
        .send();
    response.assert("patch", 200, "2000");
    let propagation = response.header("x-keyward-propagation").unwrap();
    if !propagation.starts_with("complete") {
        std::thread::sleep(Duration::from_millis(1_100));
    }
}

on_both_stores! {
    async fn a_limit_counts_every_allowed_call_and_no_other(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let (id, secret) = limited(&server, &requests(5, "1h"));
        let denied = json!({ "secret": secret, "scopes": ["payment:write"] });
        assert_eq!(answer(&server, &denied)["decision"], "INSUFFICIENT_SCOPE");
        let first = answer(&server, &json!({ "secret": secret }));
        let limit = &first["limits"][0];
        assert_eq!((&limit["name"], &limit["limit"], &limit["window"]), (&json!("requests"), &json!(5), &json!("1h")));
        assert_eq!(limit["remaining"], 4);
        assert_eq!(allowed(&server, &secret, 10), 4);
        let last = answer(&server, &json!({ "secret": secret }));
        assert_eq!(last["decision"], "RATE_LIMITED");
        assert_eq!(last["valid"], false);
        assert_eq!(last["limits"][0]["remaining"], 0);
        let reset = last["limits"][0]["reset"].as_u64().unwrap();
        assert!((3_500..=3_600).contains(&reset), "{reset}");
        // A call that only asks is allowed, and shows that nothing remains.
        let peek = answer(&server, &json!({ "secret": secret, "cost": { "requests": 0 } }));
        assert_eq!((&peek["decision"], &peek["limits"][0]["remaining"]), (&json!("VALID"), &json!(0)));
        // A raised limit has room for what was added, a lowered one for nothing.
        patch(&server, &id, &requests(8, "1h"));
        assert_eq!(allowed(&server, &secret, 10), 3);
        patch(&server, &id, &requests(2, "1h"));
        assert_eq!(allowed(&server, &secret, 3), 0);
        patch(&server, &id, &Value::Null);
        assert_eq!(allowed(&server, &secret, 10), 10);
    }

    async fn all_limits_are_paid_or_none_and_a_quota_has_its_own_decision(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let limits = json!([
            { "name": "requests", "max": 100, "window": "1h" },
            { "name": "tokens", "max": 1_000, "window": "month" },
        ]);
        let (_, secret) = limited(&server, &limits);
        let cost = |tokens: u32| json!({ "secret": secret, "cost": { "tokens": tokens } });
        let remaining = |data: &Value| {
            let remaining = |at: usize| data["limits"][at]["remaining"].as_u64().unwrap();
            (remaining(0), remaining(1))
        };
        assert_eq!(remaining(&answer(&server, &cost(990))), (99, 10));
        let reached = answer(&server, &cost(11));
        assert_eq!(reached["decision"], "QUOTA_EXCEEDED");
        assert_eq!(reached["limits"].as_array().unwrap().len(), 1);
        assert_eq!((&reached["limits"][0]["name"], &reached["limits"][0]["remaining"]), (&json!("tokens"), &json!(10)));
        assert_eq!(remaining(&answer(&server, &cost(10))), (98, 0));
        let above = answer(&server, &cost(1_001));
        assert_eq!(above["decision"], "COST_ABOVE_LIMIT");
        let gateway = Request::new(server.internal, "GET", "/internal/v1/authorize/forwarded")
            .also("X-Api-Key", &secret)
            .send();
        assert_eq!(gateway.status, 429);
        assert_eq!(gateway.header("x-auth-decision"), Some("QUOTA_EXCEEDED"));
        assert!(gateway.header("retry-after").unwrap().parse::<u64>().unwrap() > 0);
        assert!(gateway.header("ratelimit").unwrap().starts_with("\"tokens\";r=0;t="));
        assert_eq!(gateway.header("ratelimit-policy"), Some("\"tokens\";q=1000;w=2678400"));
    }

    async fn the_sum_of_two_nodes_and_two_guards_never_exceeds_the_limit(on: On) {
        let store = TestStore::create(on).await;
        let nodes = [TestServer::start(&store.database), TestServer::start(&store.database)];
        let guards = nodes.each_ref().map(|node| {
            let config = LocalVerifierConfig::at(&format!("http://{}", node.internal));
            LocalVerifier::start(config).unwrap()
        });
        let (_, secret) = limited(&nodes[0], &requests(200, "1h"));
        let begun = Instant::now();
        let mut sum = 0;
        let mut last_allowed = begun;
        // Until nobody has allowed anything for longer than leases are kept.
        while last_allowed.elapsed() < Duration::from_secs(8) {
            assert!(begun.elapsed() < Duration::from_mins(1), "{sum}");
            let before = sum;
            for node in &nodes {
                sum += allowed(node, &secret, 3);
            }
            for guard in &guards {
                for _call in 0..3 {
                    let verdict = guard.verify(&secret, &Question::default()).await;
                    sum += usize::from(matches!(verdict, Ok(Verdict::Allowed(_))));
                }
            }
            if sum > before {
                last_allowed = Instant::now();
            }
        }
        assert_eq!(sum, 200);
        for guard in guards {
            guard.close().await;
        }
    }

    async fn a_node_that_is_killed_costs_its_units_and_one_that_ends_does_not(on: On) {
        let store = TestStore::create(on).await;
        let mut ending = TestServer::start(&store.database);
        let (_, secret) = limited(&ending, &requests(100, "1h"));
        assert_eq!(allowed(&ending, &secret, 10), 10);
        ending.signal("INT");
        assert_eq!(ending.wait(), Some(0));
        let mut killed = TestServer::start(&store.database);
        let data = answer(&killed, &json!({ "secret": secret, "cost": { "requests": 0 } }));
        assert_eq!(data["limits"][0]["remaining"], 90);
        assert_eq!(allowed(&killed, &secret, 10), 10);
        killed.signal("KILL");
        killed.wait();
        let next = TestServer::start(&store.database);
        let rest = allowed(&next, &secret, 100);
        assert!((1..=80).contains(&rest), "{rest}");
    }

    async fn a_limit_that_can_not_be_judged_denies_or_does_not_count(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let (_, strict) = limited(&server, &requests(100, "1h"));
        let lenient = json!([{ "name": "requests", "max": 1, "window": "1h", "onUnavailable": "allow" }]);
        let (_, lenient) = limited(&server, &lenient);
        // The keys are cached before the ledgers are gone.
        assert_eq!(decision(&server, &strict), "VALID");
        assert_eq!(decision(&server, &lenient), "VALID");
        assert_eq!(decision(&server, &lenient), "RATE_LIMITED");
        store.database.tamper("ALTER TABLE limit_ledgers RENAME TO gone").await;
        until(|| asked(&server, &json!({ "secret": strict })).status == 503, "undecided");
        until(|| decision(&server, &lenient) == "VALID", "not counted");
        store.database.tamper("ALTER TABLE gone RENAME TO limit_ledgers").await;
        until(|| decision(&server, &lenient) == "RATE_LIMITED", "counted again");
        until(|| asked(&server, &json!({ "secret": strict })).status == 200, "decided again");
    }
}
