//! `/metrics`, and the dashboard of the docs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use crate::http::Request;
use crate::server::{On, TestServer, TestStore, on_both_stores};

pub(crate) fn metrics(server: &TestServer) -> String {
    let bearer = format!("Bearer {TOKEN}");
    let request = Request::new(server.internal, "GET", "/metrics").also("Authorization", bearer);
    let response = request.send();
    assert_eq!(response.status, 200);
    response.text()
}

const TOKEN: &str = "an-internal-token-of-32-characters";

/// The value of a sample, by its name and labels.
pub(crate) fn value(text: &str, sample: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(sample));
    let value = line.unwrap_or_else(|| panic!("no {sample} in {text}"));
    value.trim().parse().unwrap()
}

/// The names of all samples.
fn names(text: &str) -> BTreeSet<String> {
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    samples
        .map(|line| line.split(['{', ' ']).next().unwrap().to_owned())
        .collect()
}

on_both_stores! {
    async fn metrics_show_activity_but_no_ids(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let (id, secret) = server.created();
        for presented in [secret.as_str(), secret.as_str(), "none"] {
            let response = Request::new(server.internal, "POST", "/internal/v1/api-keys/verify")
                .also("Content-Type", "application/json")
                .body(format!(r#"{{"secret":"{presented}"}}"#))
                .send();
            assert_eq!(response.status, 200);
        }
        assert_eq!(server.owner("POST", &format!("/{id}/disable")).send().status, 200);
        let forged = server.create_as("a.b.c", crate::server::WORKSPACE);
        forged.send().assert("forged", 401, "4010");
        let text = metrics(&server);
        for line in [
            "keyward_verifications_total{decision=\"NO_SCOPES\"} 2",
            "keyward_verifications_total{decision=\"MALFORMED\"} 1",
            "keyward_verification_seconds_count 3",
            "keyward_keys_created_total 1",
            "keyward_propagation_seconds_count 1",
            "keyward_store_lookups_in_flight 0",
            "keyward_http_requests_total{listener=\"internal\",method=\"POST\",route=\"/internal/v1/api-keys/verify\",status=\"200\"} 3",
            "keyward_http_request_seconds_count{listener=\"internal\",method=\"POST\",route=\"/internal/v1/api-keys/verify\"} 3",
            "keyward_http_requests_total{listener=\"public\",method=\"POST\",route=\"/web/v1/workspaces/{workspaceId}/api-keys\",status=\"201\"} 1",
            "keyward_token_refusals_total{reason=\"",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        for private in [id.as_str(), secret.as_str(), "ws_1", "user_owner", "Production"] {
            assert!(!text.contains(private), "{private}\n{text}");
        }
        assert!(text.contains(concat!("version=\"", env!("CARGO_PKG_VERSION"), "\"")), "{text}");
    }
}

/// What `promtool check metrics` checks.
#[tokio::test]
async fn metrics_follow_prometheus_conventions() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    server.created();
    let text = metrics(&server);
    let described = |word: &str| -> BTreeMap<String, String> {
        let prefix = format!("# {word} ");
        let lines = text.lines().filter_map(|line| line.strip_prefix(&prefix));
        let pairs = lines.map(|line| line.split_once(' ').unwrap());
        pairs
            .map(|(name, rest)| (name.to_owned(), rest.to_owned()))
            .collect()
    };
    let (types, help) = (described("TYPE"), described("HELP"));
    assert!(types.len() > 20, "{text}");
    for (name, kind) in &types {
        assert!(!help[name].trim().is_empty(), "{name}");
        assert_eq!(name.ends_with("_total"), kind == "counter", "{name} {kind}");
        let words: Vec<&str> = name.split('_').collect();
        for unit in [
            "ms",
            "milliseconds",
            "minutes",
            "hours",
            "days",
            "kilobytes",
            "mebibytes",
            "percent",
        ] {
            assert!(!words.contains(&unit), "{name}");
        }
        for reserved in [
            "_count",
            "_sum",
            "_bucket",
            "_counter",
            "_gauge",
            "_histogram",
        ] {
            assert!(!name.ends_with(reserved), "{name}");
        }
    }
    for name in names(&text) {
        let family = ["_bucket", "_count", "_sum"]
            .iter()
            .find_map(|end| name.strip_suffix(end));
        let family = family
            .filter(|family| types.contains_key(*family))
            .unwrap_or(&name);
        assert!(types.contains_key(family), "{name} is described");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dashboard_shows_metrics_that_there_are() {
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start_with(
        &store.database,
        &[
            ("KEYWARD_JWT_SECRET", crate::tokens::SECRET),
            ("KEYWARD_INTERNAL_TOKEN", TOKEN),
            ("KEYWARD_WEBHOOK_KEY", crate::webhooks::KEY),
        ],
    );
    let (id, secret) = server.created();
    let question = Request::new(server.internal, "POST", "/internal/v1/api-keys/verify")
        .also("Content-Type", "application/json")
        .body(format!(r#"{{"secret":"{secret}"}}"#));
    assert_eq!(question.send().status, 401);
    let question = question.also("Authorization", format!("Bearer {TOKEN}"));
    assert_eq!(question.send().status, 200);
    assert_eq!(server.owner("DELETE", &format!("/{id}")).send().status, 204);
    let forged = server.create_as("a.b.c", crate::server::WORKSPACE);
    forged.send().assert("forged", 401, "4010");
    let there_are = names(&metrics(&server));
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/grafana-dashboard.json");
    let dashboard: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let mut shown = BTreeSet::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().unwrap() {
            let expression = target["expr"].as_str().unwrap();
            let words = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            shown.extend(
                words
                    .filter(|word| word.starts_with("keyward_") || word.starts_with("process_"))
                    .map(str::to_owned),
            );
        }
    }
    for name in &shown {
        assert!(
            there_are.contains(name),
            "{name} is shown, and there is no such metric"
        );
    }
    for name in &there_are {
        let base = name.trim_end_matches("_sum").trim_end_matches("_count");
        let is_shown = shown.contains(name) || shown.contains(&format!("{base}_bucket"));
        assert!(is_shown, "{name} is not shown");
    }
}
