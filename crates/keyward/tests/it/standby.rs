//! A node never serves from a hot standby, and follows a failover to one.

use keyward_persistence::testing::{PostgresServer, TestDatabase};

use crate::doctor::diagnose;
use crate::http::Request;
use crate::nodes::{created, decision, until};
use crate::server::{TestServer, TestStore, WORKSPACE, keyward};
use crate::tokens;

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_is_refused_by_name_and_passed_over_in_a_list() {
    let primary = PostgresServer::start();
    let database = TestDatabase::postgres_on(&primary.url("postgres")).await;
    let store = TestStore::over(database).await;
    let standby = primary.standby();
    let (base, name) = store.database.url().rsplit_once('/').unwrap();
    let standby_url = standby.url(name);
    until(
        || standby.execute(name, "SELECT count(*) FROM workspaces") == "1\n",
        "replicated",
    );

    for options in ["", "?target_session_attrs=any"] {
        let refused = keyward()
            .arg("serve")
            .env("DATABASE_URL", format!("{standby_url}{options}"))
            .env("KEYWARD_JWT_SECRET", tokens::SECRET)
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&refused.stderr);
        assert_eq!(refused.status.code(), Some(4), "{stderr}");
        assert!(stderr.contains("standby"), "{stderr}");
    }

    let found = diagnose(&standby_url, &[]);
    assert_eq!(found.code, Some(4));
    found.assert("database", "FAILED", "standby");
    let found = diagnose(store.database.url(), &[]);
    found.assert("replication", "OK", "streaming");

    let hosts = format!("127.0.0.1:{},127.0.0.1:{}", standby.port(), primary.port());
    let url = base.replace(&format!("127.0.0.1:{}", primary.port()), &hosts);
    let url = format!("{url}/{name}");
    let variables = [
        ("KEYWARD_JWT_SECRET", tokens::SECRET),
        ("DATABASE_URL", &url),
    ];
    let node = TestServer::start_with(&store.database, &variables);
    let (_id, secret) = created(&node);
    assert_eq!(decision(&node, &secret), "VALID");
    let readyz = || Request::new(node.internal, "GET", "/readyz").send();
    assert_eq!(readyz().status, 200);

    primary.become_standby();
    until(|| readyz().status == 503, "no primary, not ready");
    // The whole cause is reported.
    assert!(node.comes_to_log("standby"), "{}", node.logs());
}

/// A primary with a standby, and a store that lists the primary first.
struct Pair {
    primary: PostgresServer,
    standby: PostgresServer,
    database: String,
    store: TestStore,
    url: String,
}

impl Pair {
    async fn start() -> Self {
        let primary = PostgresServer::start();
        let database = TestDatabase::postgres_on(&primary.url("postgres")).await;
        let store = TestStore::over(database).await;
        let standby = primary.standby();
        let (base, name) = store.database.url().rsplit_once('/').unwrap();
        let hosts = format!("127.0.0.1:{},127.0.0.1:{}", primary.port(), standby.port());
        let base = base.replace(&format!("127.0.0.1:{}", primary.port()), &hosts);
        Self {
            url: format!("{base}/{name}"),
            database: name.to_owned(),
            primary,
            standby,
            store,
        }
    }

    fn node(&self, more: &[(&str, &str)]) -> TestServer {
        let mut variables = vec![
            ("KEYWARD_JWT_SECRET", tokens::SECRET),
            ("DATABASE_URL", self.url.as_str()),
        ];
        variables.extend(more);
        TestServer::start_with(&self.store.database, &variables)
    }

    fn has_replayed(&self, keys: u32) -> bool {
        let counted = self
            .standby
            .execute(&self.database, "SELECT count(*) FROM api_keys");
        counted == format!("{keys}\n")
    }
}

/// Makes a change and returns the whole `X-Keyward-Propagation`.
fn propagation(node: &TestServer, path: &str) -> String {
    let response = node.owner("POST", path).send();
    assert!(response.status < 300, "{path}: {}", response.text());
    response.header("x-keyward-propagation").unwrap().to_owned()
}

fn answer(node: &TestServer, secret: &str) -> Option<serde_json::Value> {
    let response = Request::new(node.internal, "POST", "/internal/v1/api-keys/verify")
        .header("Content-Type", "application/json")
        .body(format!(r#"{{"secret":"{secret}"}}"#))
        .send();
    (response.status == 200).then(|| response.json()["data"].clone())
}

fn metric(node: &TestServer, name: &str) -> String {
    let metrics = Request::new(node.internal, "GET", "/metrics").send().text();
    let mut lines = metrics.lines().filter_map(|line| line.strip_prefix(name));
    lines.next().unwrap_or_default().trim().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_says_whether_it_survives_a_failover() {
    let pair = Pair::start().await;
    let node = pair.node(&[]);
    let (id, _secret) = created(&node);
    let mut toggles = ["disable", "enable"].into_iter().cycle();
    let mut told = || propagation(&node, &format!("/{id}/{}", toggles.next().unwrap()));
    until(|| told() == "complete; durable=local", "asynchronous");
    assert_eq!(metric(&node, "keyward_store_commits_survive_failover"), "0");
    for (names, wanted) in [("*", "complete"), ("", "complete; durable=local")] {
        let set = format!("ALTER SYSTEM SET synchronous_standby_names = '{names}'");
        pair.primary
            .execute("postgres", &format!("{set}; SELECT pg_reload_conf()"));
        until(|| told() == wanted, wanted);
    }
    assert!(
        node.comes_to_log("store.commits_wait_for_a_standby"),
        "{}",
        node.logs()
    );
    assert!(
        node.comes_to_log("store.commits_wait_for_no_standby"),
        "{}",
        node.logs()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_leaves_a_frozen_primary_and_names_the_changes_that_were_lost() {
    let pair = Pair::start().await;
    let node = pair.node(&[("KEYWARD_CACHE_STALENESS_SECONDS", "60")]);
    let (lost, lost_secret) = created(&node);
    let (_kept, kept_secret) = created(&node);
    let told = answer(&node, &kept_secret).unwrap();
    assert_eq!(
        (&told["decision"], told.get("stale")),
        (&"VALID".into(), None)
    );
    until(|| pair.has_replayed(2), "replicated");

    // From now on the standby receives nothing.
    pair.standby.execute(
        "postgres",
        "ALTER SYSTEM SET primary_conninfo = ''; SELECT pg_reload_conf()",
    );
    until(
        || {
            pair.standby
                .execute("postgres", "SELECT count(*) FROM pg_stat_wal_receiver")
                == "0\n"
        },
        "cut off",
    );
    let told = propagation(&node, &format!("/{lost}/disable"));
    assert!(told.ends_with("; durable=local"), "{told}");
    assert_eq!(decision(&node, &lost_secret), "DISABLED");

    pair.primary.freeze();
    let is_stale = || answer(&node, &kept_secret).is_some_and(|told| told["stale"] == true);
    until(is_stale, "an answer without news");
    let gateway = Request::new(node.internal, "GET", "/internal/v1/authorize/nginx")
        .header("X-Api-Key", &kept_secret)
        .send();
    assert_eq!(
        (gateway.status, gateway.header("x-auth-stale")),
        (200, Some("true"))
    );
    pair.standby.promote();
    let body = r#"{"name":"After the failover","scopes":[]}"#;
    until(
        || node.create().body(body).send().status == 201,
        "creates again",
    );
    until(
        || answer(&node, &kept_secret).is_some_and(|told| told.get("stale").is_none()),
        "news again",
    );

    assert!(node.comes_to_log("store.failover"), "{}", node.logs());
    assert!(node.comes_to_log("store.change_lost"), "{}", node.logs());
    let repeat = format!("keyward keys disable --workspace {WORKSPACE} {lost}");
    assert!(node.comes_to_log(&repeat), "{}", node.logs());
    assert_eq!(decision(&node, &lost_secret), "VALID");
    assert_eq!(metric(&node, "keyward_store_failovers_total"), "1");
    assert_eq!(metric(&node, "keyward_store_changes_lost_total"), "1");
    assert_ne!(metric(&node, "keyward_verifications_stale_total"), "0");

    let mut arguments = repeat.split(' ');
    assert_eq!(arguments.next(), Some("keyward"));
    let repeated = keyward()
        .args(arguments)
        .env("DATABASE_URL", &pair.url)
        .output()
        .unwrap();
    assert!(
        repeated.status.success(),
        "{}",
        String::from_utf8_lossy(&repeated.stderr)
    );
    until(
        || decision(&node, &lost_secret) == "DISABLED",
        "disabled again",
    );
}
