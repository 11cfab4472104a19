//! A store that a newer keyward has migrated is served, unless this binary is too old for it.

use crate::cli::Cli;
use crate::http::Request;
use crate::server::{On, TestServer, TestStore, keyward, on_both_stores};
use crate::tokens;

const EXPANDED: &str = "INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000001')";
const CONTRACTED: &str =
    "UPDATE schema_compatibility SET oldest_migration = '99990101000001', oldest_release = '9.9.9'";

on_both_stores! {
    async fn a_newer_schema_that_allows_this_binary_is_a_warning(on: On) {
        let store = TestStore::create(on).await;
        let already_serving = TestServer::start(&store.database);
        store.database.tamper(EXPANDED).await;
        let warning = "may still serve it";
        for server in [already_serving, TestServer::start(&store.database)] {
            let ready = Request::new(server.internal, "GET", "/readyz").send();
            assert_eq!(ready.status, 200, "{}", ready.text());
            server.create().send().assert("create", 201, "2000");
            assert!(server.comes_to_log(warning), "{}", server.logs());
        }
        let cli = Cli { url: store.database.url() };
        for command in ["keys list --workspace ws_1", "migrate"] {
            let done = cli.run(command);
            let stderr = String::from_utf8_lossy(&done.stderr);
            assert_eq!(done.status.code(), Some(0), "{command}: {stderr}");
            assert!(stderr.contains(warning), "{command}: {stderr}");
        }
        let status = cli.ok("migrate status");
        assert!(status.contains("contains migration 20261125000003"), "{status}");
        assert!(status.contains(warning), "{status}");
    }

    async fn a_newer_schema_that_this_binary_is_too_old_for_is_refused_by_name(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        store.database.tamper(&format!("{EXPANDED}; {CONTRACTED}")).await;
        let needs = "needs keyward 9.9.9 or later";
        let ready = Request::new(server.internal, "GET", "/readyz").send();
        assert_eq!(ready.status, 503, "{}", ready.text());
        assert!(ready.text().contains(needs), "{}", ready.text());
        let cli = Cli { url: store.database.url() };
        for command in ["keys list --workspace ws_1", "migrate", "migrate status"] {
            cli.fails(command, 5, needs);
        }
        let refused = keyward()
            .args(["serve"])
            .env("DATABASE_URL", store.database.url())
            .env("KEYWARD_JWT_SECRET", tokens::SECRET)
            .output()
            .unwrap();
        assert_eq!(refused.status.code(), Some(5));
        let stderr = String::from_utf8_lossy(&refused.stderr);
        assert!(stderr.contains(needs), "{stderr}");
    }
}
