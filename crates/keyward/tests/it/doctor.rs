//! `keyward doctor`: what it finds, and its exit codes.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Output, Stdio};

use serde_json::Value;

use crate::http::Request;
use crate::server::{On, TestServer, TestStore, empty_database, keyward, on_both_stores};
use crate::tokens;

/// Free ports, so that tests don't disturb each other.
const LISTENERS: [(&str, &str); 2] = [
    ("KEYWARD_PUBLIC_ADDR", "127.0.0.1:0"),
    ("KEYWARD_INTERNAL_ADDR", "127.0.0.1:0"),
];

pub(crate) struct Diagnosis {
    pub(crate) code: Option<i32>,
    findings: Vec<Value>,
    told: String,
}

pub(crate) fn diagnose(url: &str, variables: &[(&str, &str)]) -> Diagnosis {
    let output: Output = keyward()
        .args(["doctor", "-o", "json"])
        .env("DATABASE_URL", url)
        .env("KEYWARD_JWT_SECRET", tokens::SECRET)
        .envs(LISTENERS)
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let told = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(!told.contains(tokens::SECRET), "{told}");
    Diagnosis {
        code: output.status.code(),
        findings: serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{told}")),
        told,
    }
}

impl Diagnosis {
    /// Asserts the result of a check, and that one of its findings contains a text.
    pub(crate) fn assert(&self, check: &str, result: &str, part: &str) {
        let found = self.findings.iter().any(|finding| {
            let text = finding["found"].as_str().unwrap();
            finding["check"] == check && finding["result"] == result && text.contains(part)
        });
        assert!(found, "{check} {result} {part}: {}", self.told);
        for finding in &self.findings {
            let has_advice = finding["advice"].is_string();
            assert_eq!(
                has_advice,
                finding["result"] != "OK",
                "what to do: {finding}"
            );
        }
    }
}

on_both_stores! {
    async fn a_healthy_deployment_passes(on: On) {
        let store = TestStore::create(on).await;
        let found = diagnose(store.database.url(), &[]);
        assert_eq!(found.code, Some(0), "{}", found.told);
        found.assert("configuration", "OK", "");
        found.assert("schema", "OK", "current");
        found.assert("change feed", "OK", "");
        found.assert("token keys", "OK", "");
        found.assert("internal listener", "OK", "only this machine");
        match on {
            On::Sqlite => found.assert("database", "OK", "SQLite"),
            On::Postgres => {
                found.assert("database", "OK", "PostgreSQL");
                found.assert("connections", "OK", "19");
                found.assert("clocks", "OK", "");
                // The tests' role is a superuser.
                found.assert("rights", "WARNING", "may change the audit trail");
            }
        }
    }

    async fn a_schema_that_is_behind_is_exit_code_5(on: On) {
        let database = empty_database(on).await;
        drop(keyward().args(["workspaces", "list"]).env("DATABASE_URL", database.url()).output().unwrap());
        let found = diagnose(database.url(), &[]);
        assert_eq!(found.code, Some(5), "{}", found.told);
        found.assert("schema", "FAILED", "keyward migrate");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_rights_are_named() {
    let store = TestStore::create(On::Postgres).await;
    let (base, database) = store.database.url().rsplit_once('/').unwrap();
    let role = format!("doctor_{database}");
    let sql = format!(
        "CREATE ROLE {role} LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role};
         GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
         REVOKE UPDATE, DELETE ON audit_events FROM {role}; REVOKE INSERT ON api_keys FROM {role}"
    );
    store.database.tamper(&sql).await;
    let server = base.rsplit_once('@').unwrap().1;
    let found = diagnose(&format!("postgres://{role}@{server}/{database}"), &[]);
    assert_eq!(found.code, Some(1), "{}", found.told);
    found.assert("rights", "FAILED", "lacks INSERT on api_keys");
    assert!(
        !found.told.contains("may change the audit trail"),
        "{}",
        found.told
    );
    let sql = format!("DROP OWNED BY {role}; DROP ROLE {role}");
    store.database.tamper(&sql).await;
}

#[test]
fn a_database_out_of_reach_is_exit_code_4() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = closed.local_addr().unwrap().port();
    drop(closed);
    let url = format!("postgres://keyward:canary@127.0.0.1:{port}/keyward");
    let found = diagnose(&url, &[]);
    assert_eq!(found.code, Some(4), "{}", found.told);
    found.assert("database", "FAILED", "keyward:***@");
    assert!(!found.told.contains("canary"), "{}", found.told);

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("none.db");
    let found = diagnose(&format!("sqlite:{}", file.display()), &[]);
    assert_eq!(found.code, Some(4), "{}", found.told);
    assert!(!file.exists(), "a check creates nothing");
}

#[test]
fn a_wrong_configuration_is_exit_code_3() {
    let found = diagnose("sqlite:/nonexistent/k.db", &[("KEYWARD_PAGE", "yes")]);
    assert_eq!(found.code, Some(3), "{}", found.told);
    found.assert("configuration", "FAILED", "KEYWARD_PAGE");
    let found = diagnose("sqlite:/nonexistent/k.db", &[("KEYWARD_PAGES", "on")]);
    found.assert("variables", "WARNING", "did you mean KEYWARD_PAGE");
}

#[tokio::test(flavor = "multi_thread")]
async fn exposure_and_file_rights_are_warned_of() {
    let store = TestStore::create(On::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, "an-internal-token-of-32-characters").unwrap();
    std::fs::set_permissions(&token, std::fs::Permissions::from_mode(0o644)).unwrap();
    let found = diagnose(
        store.database.url(),
        &[
            ("KEYWARD_INTERNAL_TOKEN_FILE", token.to_str().unwrap()),
            ("KEYWARD_INTERNAL_ADDR", "0.0.0.0:0"),
        ],
    );
    assert_eq!(found.code, Some(0), "{}", found.told);
    found.assert("file rights", "WARNING", "KEYWARD_INTERNAL_TOKEN_FILE");
    found.assert("file rights", "OK", "the store");
    found.assert("exposure", "WARNING", "every network");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_node_is_found_ready() {
    let store = TestStore::create(On::Sqlite).await;
    let node = TestServer::start(&store.database);
    let addr = node.internal.to_string();
    let found = diagnose(store.database.url(), &[("KEYWARD_INTERNAL_ADDR", &addr)]);
    assert_eq!(found.code, Some(0), "{}", found.told);
    found.assert(
        "internal listener",
        "OK",
        "a node serves there and is ready",
    );
}

#[test]
fn key_sets_that_can_not_be_fetched_are_exit_code_4() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("k.db").display());
    let migrated = keyward()
        .arg("migrate")
        .env("DATABASE_URL", &url)
        .output()
        .unwrap();
    assert!(migrated.status.success());
    let output = keyward()
        .arg("doctor")
        .env("DATABASE_URL", &url)
        .env("KEYWARD_JWT_ISSUER", "http://127.0.0.1:1")
        .envs(LISTENERS)
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(4), "{told}");
    assert!(told.contains("FAILED   token keys"), "{told}");
    assert!(
        told.contains("WARNING  tokens"),
        "the audience is not set: {told}"
    );
}

#[test]
fn what_a_gateway_sends_is_shown_without_secrets() {
    let mut process = keyward()
        .args(["doctor", "gateway", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = BufReader::new(process.stderr.take().unwrap()).lines();
    let first = told.next().unwrap().unwrap();
    let addr = first.strip_prefix("listening on ").unwrap();
    let addr = addr.split(';').next().unwrap().parse().unwrap();
    let secret = keyward_domain::testing::secret(7).expose().to_owned();
    let response = Request::new(
        addr,
        "GET",
        "/internal/v1/authorize/nginx?scope=payment:read",
    )
    .also("X-Real-IP", "203.0.113.9")
    .also("X-Api-Key", &secret)
    .send();
    assert_eq!(response.status, 401, "no call is allowed");
    let shown = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut text = String::new();
    for line in shown.map_while(Result::ok) {
        text.push_str(&line);
        text.push('\n');
        if line.contains("X-Keyward-Internal-Token") {
            break;
        }
    }
    process.kill().unwrap();
    process.wait().unwrap();
    assert!(!text.contains(&secret), "{text}");
    for part in [
        "GET /internal/v1/authorize/nginx?scope=payment:read",
        "x-real-ip: 203.0.113.9",
        "x-api-key: (hidden",
        "ok      asked at /internal/v1/authorize/nginx",
        "ok      the client is 203.0.113.9, by X-Real-IP",
        "ok      the client's key has the form of a secret",
        "WARNING no X-Keyward-Internal-Token",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}
