//! A node never serves from a hot standby.

use keyward_persistence::testing::{PostgresServer, TestDatabase};

use crate::doctor::diagnose;
use crate::http::Request;
use crate::nodes::{created, decision, until};
use crate::server::{TestServer, TestStore, keyward};
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
