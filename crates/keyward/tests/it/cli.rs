//! The operators' commands: their output, and the exit codes that scripts rely on.

use std::process::Output;

use serde_json::Value;

use crate::server::{On, TestServer, TestStore, keyward, on_both_stores};

pub(crate) struct Cli<'a> {
    pub(crate) url: &'a str,
}

impl Cli<'_> {
    pub(crate) fn run(&self, line: &str) -> Output {
        let words: Vec<&str> = line.split(' ').collect();
        keyward()
            .args(words)
            .env("DATABASE_URL", self.url)
            .env("KEYWARD_WEBHOOK_KEY", crate::webhooks::KEY)
            .env("KEYWARD_WEBHOOK_OWNER_NETWORKS", "127.0.0.0/8")
            .output()
            .unwrap()
    }

    /// The output of a command that must succeed.
    pub(crate) fn ok(&self, line: &str) -> String {
        let output = self.run(line);
        assert_eq!(output.status.code(), Some(0), "{line}: {}", stderr(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.ok(line)).unwrap()
    }

    pub(crate) fn fails(&self, line: &str, code: i32, part: &str) {
        let output = self.run(line);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{line}: {}",
            stderr(&output)
        );
        assert!(
            stderr(&output).contains(part),
            "{line}: {}",
            stderr(&output)
        );
        assert!(
            output.stdout.is_empty(),
            "{line} prints data though it failed"
        );
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

on_both_stores! {
    async fn operators_manage_workspaces_and_members(on: On) {
        let store = TestStore::create(on).await;
        let url = store.database.url().to_owned();
        let cli = Cli { url: &url };
        cli.ok("workspaces add ws_9");
        cli.fails("workspaces add ws_9", 1, "already");
        cli.fails("workspaces add", 2, "WORKSPACE");
        cli.ok("members add --workspace ws_9 --role VIEWER user_9");
        cli.fails("members add --workspace ws_9 --role OWNER user_9", 1, "set-role");
        cli.fails("members add --workspace ws_9 --role BOSS user_8", 2, "OWNER, ADMIN");
        cli.fails("members add --workspace ws_8 --role OWNER user_9", 1, "workspaces add ws_8");
        cli.ok("members set-role --workspace ws_9 --role OWNER user_9");
        cli.fails("members set-role --workspace ws_9 --role OWNER user_8", 1, "members add");
        assert_eq!(
            cli.json("members list --workspace ws_9 -o json"),
            serde_json::json!([{ "userId": "user_9", "role": "OWNER" }])
        );
        assert!(cli.ok("members list --workspace ws_9").starts_with("USER ID"));
        cli.ok("members remove --workspace ws_9 user_9");
        cli.fails("members remove --workspace ws_9 user_9", 1, "no member");
        assert_eq!(cli.json("workspaces list -o json").as_array().unwrap().len(), 2);
        cli.ok("workspaces remove ws_9");
        cli.fails("workspaces remove ws_9", 1, "no workspace");
        cli.ok("keys create --workspace ws_1 --name Key");
        cli.fails("workspaces remove ws_1", 1, "has keys");
    }

    async fn operators_change_the_scope_catalogue(on: On) {
        let store = TestStore::create(on).await;
        let url = store.database.url().to_owned();
        let cli = Cli { url: &url };
        let codes = |listed: &Value| -> Vec<String> {
            let rows = listed.as_array().unwrap();
            rows.iter().map(|row| row["code"].as_str().unwrap().to_owned()).collect()
        };
        let seeded = cli.json("scopes list -o json");
        assert!(codes(&seeded).contains(&"payment:read".to_owned()));
        assert!(codes(&seeded).contains(&"payment:write".to_owned()));
        for row in seeded.as_array().unwrap() {
            let languages: Vec<&String> = row["descriptions"].as_object().unwrap().keys().collect();
            assert_eq!(languages, ["en", "ja", "vi", "zh", "zh-Hant"], "{row}");
            let languages: Vec<&String> = row["resourceNames"].as_object().unwrap().keys().collect();
            assert_eq!(languages, ["en", "ja", "vi", "zh", "zh-Hant"], "{row}");
        }
        cli.ok("scopes add ledger:read --description en=Ledger");
        assert!(codes(&cli.json("scopes list -o json")).contains(&"ledger:read".to_owned()));
        cli.fails("scopes add ledger:read --description ja=x", 1, "English");
        cli.fails("scopes add ledger:read --description klingon=x", 1, "zh-Hant");
        cli.fails("scopes add LEDGER --description en=x", 2, "lower-case");

        let server = TestServer::start(&store.database);
        let ledger = r#"{"name":"Key","scopes":["ledger:read"]}"#;
        server.create().body(ledger).send().assert("known", 201, "2000");
        cli.ok("scopes remove ledger:read");
        server.create().body(ledger).send().assert("removed", 400, "4000");
        cli.fails("scopes remove ledger:read", 1, "no scope");
    }

    async fn operators_name_the_resources_of_scopes(on: On) {
        let store = TestStore::create(on).await;
        let url = store.database.url().to_owned();
        let cli = Cli { url: &url };
        let told = |words: &str| String::from_utf8(cli.run(words).stderr).unwrap();
        let named = |code: &str| {
            let listed = cli.json("scopes list -o json");
            let row = listed.as_array().unwrap().iter().find(|row| row["code"] == code).cloned();
            row.unwrap()["resourceNames"].clone()
        };
        let both = "scopes set-resource-name ledger --name en=Ledger --name ja=台帳";
        let said = told(both);
        assert!(said.contains("changed the names of ledger"), "{said}");
        assert!(said.contains("the catalogue has no scope of ledger yet"), "{said}");
        cli.ok("scopes add ledger:read --description en=x");
        assert_eq!(named("ledger:read"), serde_json::json!({ "en": "Ledger", "ja": "台帳" }));
        assert!(cli.ok("scopes list -o table").contains("Ledger"));
        let said = told(both);
        assert!(said.contains("ledger already has these names"), "{said}");
        assert!(!said.contains("no scope"), "{said}");
        cli.ok("scopes set-resource-name ledger --name en=Books");
        assert_eq!(named("ledger:read"), serde_json::json!({ "en": "Books" }));
        cli.ok("scopes set-resource-name ledger --clear");
        assert_eq!(named("ledger:read"), serde_json::json!({}));
        assert!(told("scopes set-resource-name ledger --clear").contains("ledger has no names"));
        cli.fails("scopes set-resource-name ledger --name ja=x", 1, "English");
        cli.fails("scopes set-resource-name ledger --name klingon=x", 1, "zh-Hant");
        cli.fails("scopes set-resource-name ledger --name en=", 1, "visible");
        cli.fails("scopes set-resource-name ledger", 2, "--name");
        cli.fails("scopes set-resource-name ledger --clear --name en=x", 2, "--clear");
        cli.fails("scopes set-resource-name ledger:read --name en=x", 2, "lower-case");
        cli.ok("audit verify");
    }

    async fn operators_create_and_list_keys(on: On) {
        let store = TestStore::create(on).await;
        let url = store.database.url().to_owned();
        let cli = Cli { url: &url };
        let piped = cli.ok("keys create --workspace ws_1 --name Key --scopes payment:read,payment:write --ip-allowlist 10.0.0.0/8 --mode TEST --expires-at 2099-01-31T12:00:00Z");
        assert_eq!(piped.lines().count(), 1);
        assert!(piped.starts_with("sk_test_"), "the secret alone");
        let created = cli.json("keys create --workspace ws_1 --name Second -o json");
        assert!(created["secret"].as_str().unwrap().starts_with("sk_live_"));
        let listed = cli.json("keys list --workspace ws_1 -o json");
        let rows = listed.as_array().unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0]["name"], "Second", "newest first");
        assert_eq!(rows[1]["scopes"], serde_json::json!(["payment:read", "payment:write"]));
        assert_eq!(rows[1]["ipWhitelist"], serde_json::json!(["10.0.0.0/8"]));
        assert_eq!(rows[1]["expiresAt"], "2099-01-31T12:00:00Z");
        assert!(rows.iter().all(|row| row.get("secret").is_none()));
        let hint = format!("sk_test_…{}", &piped.trim()[piped.trim().len() - 4..]);
        assert_eq!(rows[1]["secretHint"], hint);
        assert!(cli.ok("keys list --workspace ws_1").contains("Second"));
        cli.fails("keys create --workspace ws_1 --name Key --ip-allowlist 1.2.3.4/24", 1, "1.2.3.0/24");
        cli.fails("keys create --workspace ws_8 --name Key", 1, "workspaces add ws_8");
        cli.fails("keys list --workspace ws_8", 1, "workspaces add ws_8");
    }

    async fn a_schema_that_is_behind_stops_the_start_and_names_the_command(on: On) {
        let database = crate::server::empty_database(on).await;
        let url = database.url().to_owned();
        let cli = Cli { url: &url };
        for line in ["workspaces list", "serve"] {
            let output = keyward()
                .args(line.split(' '))
                .env("DATABASE_URL", &url)
                .env("KEYWARD_JWT_SECRET", crate::tokens::SECRET)
                .output()
                .unwrap();
            assert_eq!(output.status.code(), Some(5), "{line}: {}", stderr(&output));
            assert!(stderr(&output).contains("keyward migrate"), "{line}: {}", stderr(&output));
        }
        let status = cli.run("migrate status");
        assert_eq!(status.status.code(), Some(5));
        assert!(String::from_utf8_lossy(&status.stdout).contains("pending"));
        assert!(cli.ok("migrate").contains("applied"));
        assert!(cli.ok("migrate").contains("current"));
        assert!(cli.ok("migrate status").contains("current"));
        cli.ok("workspaces list");
    }

    async fn two_nodes_that_migrate_at_once_do_no_harm(on: On) {
        let database = crate::server::empty_database(on).await;
        let url = database.url().to_owned();
        let nodes: Vec<_> = (0..4)
            .map(|_| {
                let url = url.clone();
                std::thread::spawn(move || Cli { url: &url }.ok("migrate"))
            })
            .collect();
        let printed: Vec<String> = nodes.into_iter().map(|node| node.join().unwrap()).collect();
        let applied = printed.iter().filter(|text| text.contains("applied")).count();
        assert_eq!(applied, 1, "{printed:?}");
        Cli { url: &url }.ok("migrate status");
    }
}

#[test]
fn exit_code_2_is_usage() {
    for line in [
        "",
        "nonsense",
        "serve --nonsense",
        "members list",
        "keys create --name Key",
    ] {
        let words = line.split(' ').filter(|word| !word.is_empty());
        assert_eq!(
            keyward().args(words).output().unwrap().status.code(),
            Some(2),
            "{line}"
        );
    }
}

#[test]
fn exit_code_3_is_configuration() {
    let cases: [(&[(&str, &str)], &str); 7] = [
        (&[], "DATABASE_URL"),
        (&[("DATABASE_URL", "mysql://localhost/db")], "postgres://"),
        (
            &[
                ("DATABASE_URL", "sqlite:x"),
                ("KEYWARD_JWT_SECRET", "short"),
            ],
            "32",
        ),
        (&[("DATABASE_URL", "sqlite:x")], "KEYWARD_JWT"),
        (
            &[
                ("DATABASE_URL", "sqlite:x"),
                ("KEYWARD_JWT_JWKS_FILE", "/nonexistent"),
            ],
            "KEYWARD_JWT_JWKS_FILE: can't read /nonexistent",
        ),
        (
            &[
                ("DATABASE_URL", "sqlite:x"),
                ("KEYWARD_ISSUERS_FILE", "/nonexistent"),
            ],
            "KEYWARD_ISSUERS_FILE: /nonexistent",
        ),
        (&[("KEYWARD_LOG", "=[")], "KEYWARD_LOG"),
    ];
    for (variables, part) in cases {
        let output = keyward()
            .arg("serve")
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        assert_eq!(
            output.status.code(),
            Some(3),
            "{variables:?}: {}",
            stderr(&output)
        );
        assert!(
            stderr(&output).contains(part),
            "{variables:?}: {}",
            stderr(&output)
        );
    }
}

#[test]
fn exit_code_4_is_a_dependency_out_of_reach() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = closed.local_addr().unwrap().port();
    drop(closed);
    let url = format!("postgres://keyward:canary@127.0.0.1:{port}/keyward");
    let output = Cli { url: &url }.run("workspaces list");
    assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
    assert!(!stderr(&output).contains("canary"), "{}", stderr(&output));
}

#[test]
fn version_says_which() {
    let output = keyward().arg("version").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text, format!("keyward {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn help_teaches_every_command() {
    let help = |line: &str| {
        let words = line.split(' ').filter(|word| !word.is_empty());
        let output = keyward().args(words).arg("--help").output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{line}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(help("").contains("Exit codes: 0 ok"));
    assert!(help("serve").contains("KEYWARD_JWT_JWKS_URL"));
    for line in [
        "dev",
        "migrate",
        "token",
        "workspaces add",
        "members set-role",
        "scopes add",
        "scopes set-resource-name",
        "keys create",
        "keys list",
        "keys get",
        "keys denials",
        "keys usage",
        "keys disable",
        "keys enable",
        "keys delete",
        "keys rotate",
        "keys end-overlap",
        "keys expiring",
        "keys never-expiring",
        "keys over-lifetime",
        "keys set-limits",
        "workspaces set-key-lifetime",
        "workspaces set-leak-policy",
        "workspaces set-plan",
        "plans set",
        "plans show",
        "audit verify",
        "audit export",
        "backup",
        "completions",
        "config show",
        "doctor",
        "doctor gateway",
        "man-pages",
        "openapi",
        "restore check",
        "purge",
    ] {
        assert!(help(line).contains("Usage: keyward"), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operators_key_is_recorded_as_an_operators() {
    let store = TestStore::create(On::Sqlite).await;
    let url = store.database.url().to_owned();
    Cli { url: &url }.ok("keys create --workspace ws_1 --name Key");
    let events = store.trail(store.keys().await[0].id()).await;
    assert_eq!(events[0].actor, keyward_domain::Actor::Operator);
    assert_eq!(events[0].origin.address, None);
}
