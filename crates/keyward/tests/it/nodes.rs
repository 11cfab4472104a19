//! Contract §4's promises on several nodes, and background writes.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::http::Request;
use crate::server::{On, TestServer, TestStore, WORKSPACE, keyward, on_both_stores};
use crate::tokens;

/// Much longer than anything here takes, even on a slow machine.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) fn decision(server: &TestServer, secret: &str) -> String {
    let response = Request::new(server.internal, "POST", "/internal/v1/api-keys/verify")
        .also("Content-Type", "application/json")
        .body(json!({ "secret": secret }).to_string())
        .send();
    response.assert("verify", 200, "2000");
    let data = &response.json()["data"];
    data["decision"].as_str().unwrap().to_owned()
}

pub(crate) fn created(server: &TestServer) -> (String, String) {
    let body = json!({ "name": "Key", "scopes": ["payment:read"] });
    let response = server.create().body(body.to_string()).send();
    response.assert("create", 201, "2000");
    let data = &response.json()["data"];
    let text = |name: &str| data[name].as_str().unwrap().to_owned();
    (text("apiKeyId"), text("secret"))
}

/// Makes a change and returns the propagation in its response, without `durable`.
pub(crate) fn change(server: &TestServer, method: &str, path: &str) -> String {
    let response = server.owner(method, path).send();
    assert!(response.status < 300, "{path}: {}", response.text());
    let propagation = response.header("x-keyward-propagation");
    let propagation = propagation.expect("how far it is known");
    let reach = propagation.strip_suffix("; durable=local");
    reach.unwrap_or(propagation).to_owned()
}

pub(crate) fn until(mut is_so: impl FnMut() -> bool, what: &str) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "never: {what}");
    }
}

on_both_stores! {
    async fn a_change_says_how_far_it_is_known(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let (id, secret) = created(&server);
        assert_eq!(decision(&server, &secret), "VALID");
        let mut toggles = ["disable", "enable"].into_iter().cycle();
        until(|| {
            let toggle = toggles.next().unwrap();
            match change(&server, "POST", &format!("/{id}/{toggle}")).as_str() {
                "complete" => true,
                "pending; within=1s" => false,
                other => panic!("{other}"),
            }
        }, "known on every node");
        assert_eq!(change(&server, "DELETE", &format!("/{id}")), "complete");
        assert_eq!(decision(&server, &secret), "UNKNOWN");
    }

    async fn what_an_operator_does_reaches_a_running_server(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let (id, secret) = created(&server);
        until(|| decision(&server, &secret) == "VALID", "allowed");
        let disabled = keyward()
            .args(["keys", "disable", "--workspace", WORKSPACE, &id])
            .env("DATABASE_URL", store.database.url())
            .output()
            .unwrap();
        assert!(disabled.status.success(), "{disabled:?}");
        until(|| decision(&server, &secret) == "DISABLED", "denied");
    }

    async fn last_uses_are_written_when_the_server_ends(on: On) {
        let store = TestStore::create(on).await;
        let mut server = TestServer::start_with(&store.database, &[
            ("KEYWARD_JWT_SECRET", tokens::SECRET),
            ("KEYWARD_LAST_USE_SECONDS", "3600"),
        ]);
        let (id, secret) = created(&server);
        let (other, _unused) = created(&server);
        for _ in 0..3 {
            assert_eq!(decision(&server, &secret), "VALID");
        }
        server.signal("INT");
        assert_eq!(server.wait(), Some(0));
        for key in store.keys().await {
            let fields = key.fields();
            let count = fields.secret.last_use.map(|last_use| last_use.count);
            if key.id().to_string() == id {
                assert_eq!(count, Some(3));
                assert!(fields.last_used_at.is_some());
            } else {
                assert_eq!((key.id().to_string(), count), (other.clone(), None));
            }
        }
    }

    async fn verification_goes_on_when_nothing_can_be_written(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start_with(&store.database, &[
            ("KEYWARD_JWT_SECRET", tokens::SECRET),
            ("KEYWARD_LAST_USE_SECONDS", "1"),
        ]);
        let (_, secret) = created(&server);
        store.database.tamper(match on {
            On::Sqlite => "CREATE TRIGGER read_only BEFORE INSERT ON secret_uses \
                           BEGIN SELECT RAISE(ABORT, 'read-only'); END",
            On::Postgres => "CREATE TRIGGER read_only BEFORE INSERT ON secret_uses \
                             FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        }).await;
        until(|| {
            assert_eq!(decision(&server, &secret), "VALID");
            server.logs().contains("last_use.unwritten")
        }, "a use that can't be written");
        assert_eq!(decision(&server, &secret), "VALID");
    }

    async fn last_uses_are_shown_while_the_server_runs(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start_with(&store.database, &[
            ("KEYWARD_JWT_SECRET", tokens::SECRET),
            ("KEYWARD_LAST_USE_SECONDS", "1"),
        ]);
        let (id, secret) = created(&server);
        assert_eq!(decision(&server, &secret), "VALID");
        let shown = || server.owner("GET", &format!("/{id}")).send().json()["data"].clone();
        until(|| shown()["lastUsedAt"] != Value::Null, "shown");
        assert_eq!(shown()["secrets"][0]["lastUsedAt"], shown()["lastUsedAt"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_complete_every_node_uses_the_change() {
    let store = TestStore::create(On::Postgres).await;
    let nodes = [(); 2].map(|()| TestServer::start(&store.database));
    let (id, secret) = created(&nodes[0]);
    let mut complete = 0;
    for round in 0..20 {
        let (toggle, want) = if round % 2 == 0 {
            ("disable", "DISABLED")
        } else {
            ("enable", "VALID")
        };
        let [here, there] = [round % 2, (round + 1) % 2].map(|at: usize| &nodes[at]);
        let propagation = change(here, "POST", &format!("/{id}/{toggle}"));
        assert_eq!(decision(here, &secret), want, "{round}");
        if propagation == "complete" {
            complete += 1;
            assert_eq!(decision(there, &secret), want, "{round}");
        } else {
            until(
                || decision(there, &secret) == want,
                "known on the other node",
            );
        }
    }
    assert!(complete > 0, "no change was ever known in time");
}
