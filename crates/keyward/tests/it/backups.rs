//! Backups have all that was acknowledged, and a restored older store tells what it has lost.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use keyward_persistence::testing::TestDatabase;
use serde_json::Value;

use crate::cli::Cli;
use crate::packaging::ok;
use crate::server::{On, TestServer, TestStore, on_both_stores};

const SINCE: &str = "2026-01-01T00:00:00Z";

fn created(cli: &Cli<'_>, name: &str) -> String {
    let created = cli.json(&format!(
        "keys create --workspace ws_1 --name {name} -o json"
    ));
    created["apiKeyId"].as_str().unwrap().to_owned()
}

/// The statuses of all keys by name.
fn statuses(cli: &Cli<'_>) -> BTreeMap<String, String> {
    let listed = cli.json("keys list --workspace ws_1 -o json");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let rows = listed.as_array().unwrap().iter();
    rows.map(|row| (text(&row["name"]), text(&row["status"])))
        .collect()
}

/// A copy of a store in its present state, and what must outlive it.
enum Restored {
    Sqlite {
        url: String,
        _folder: tempfile::TempDir,
    },
    Postgres(TestDatabase),
}

impl Restored {
    /// As docs/operations.md describes it for each store.
    async fn from(store: &TestStore, on: On) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = store.database.url();
        match on {
            On::Sqlite => {
                let file = folder.path().join("backup.db");
                Cli { url }.ok(&format!("backup {}", file.display()));
                Self::Sqlite {
                    url: format!("sqlite:{}", file.display()),
                    _folder: folder,
                }
            }
            On::Postgres => {
                let file = folder.path().join("backup.dump");
                let dumped = ["--format=custom", "--no-owner", "--file"];
                ok(Command::new("pg_dump").args(dumped).args([&file]).arg(url));
                let empty = TestDatabase::postgres().await;
                ok(Command::new("pg_restore")
                    .args(["--exit-on-error", "--no-owner", "--dbname", empty.url()])
                    .arg(&file));
                Self::Postgres(empty)
            }
        }
    }

    fn url(&self) -> &str {
        match self {
            Self::Sqlite { url, _folder } => url,
            Self::Postgres(database) => database.url(),
        }
    }
}

on_both_stores! {
    async fn a_restore_does_not_quietly_bring_a_revoked_key_back(on: On) {
        let store = TestStore::create(on).await;
        let now = Cli { url: store.database.url() };
        let names = ["Kept", "Disabled", "Deleted", "Rotated", "Overlap", "Enabled"];
        let ids: Vec<String> = names.iter().map(|name| created(&now, name)).collect();
        let [_, disabled, deleted, rotated, overlap, enabled] = ids.as_slice() else { unreachable!() };
        let backup = Restored::from(&store, on).await;
        let restored = Cli { url: backup.url() };

        now.ok(&format!("keys disable --workspace ws_1 {disabled}"));
        now.ok(&format!("keys delete --workspace ws_1 --yes {deleted}"));
        now.ok(&format!("keys rotate --workspace ws_1 --overlap 0s {rotated}"));
        now.ok(&format!("keys rotate --workspace ws_1 --overlap 1d {overlap}"));
        now.ok(&format!("keys disable --workspace ws_1 {enabled}"));
        now.ok(&format!("keys enable --workspace ws_1 {enabled}"));
        created(&now, "Created");
        now.ok("members add --workspace ws_1 --role VIEWER user_9");
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, content: String| {
            let path = folder.path().join(name);
            std::fs::write(&path, content).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let events = file("events.jsonl", now.ok(&format!("audit export --since {SINCE}")));
        let more = file("deployment.jsonl", now.ok(&format!("audit export --deployment --since {SINCE}")));
        let heads = file("heads.json", now.ok("audit heads"));

        // Nothing is lost in the present store.
        let check = format!("restore check --events {events} --events {more} --heads {heads}");
        now.ok(&check);

        let found = restored.run(&format!("{check} -o json"));
        assert_eq!(found.status.code(), Some(1));
        let told = String::from_utf8_lossy(&found.stderr);
        assert!(told.contains("3 revoked keys are accepted again"), "{told}");
        let losses: Value = serde_json::from_slice(&found.stdout).unwrap();
        assert_eq!(losses["lostEvents"], 8, "{losses:#}");
        assert_eq!(losses["gaps"], serde_json::json!([]));
        assert_eq!(losses["heads"].as_array().unwrap().len(), 2, "{losses:#}");
        assert_eq!(losses["deploymentEvents"][0]["userId"], "user_9");
        let lost: BTreeMap<&str, &str> = losses["keys"]
            .as_array()
            .unwrap()
            .iter()
            .map(|key| (key["apiKeyId"].as_str().unwrap(), key["lost"].as_str().unwrap()))
            .collect();
        for (id, want) in [
            (disabled, "DISABLED"),
            (deleted, "DELETED"),
            (rotated, "SECRET_ENDED"),
            (overlap, "ROTATED"),
            (enabled, "CHANGED"),
        ] {
            assert_eq!(lost[id.as_str()], want);
        }
        assert_eq!(lost.len(), 6, "and the created one");

        let table = restored.run(&check);
        let table = String::from_utf8_lossy(&table.stdout);
        assert_eq!(table.matches("ACTIVE: accepted again").count(), 3, "{table}");
        assert!(table.contains("workspace ws_1: 7 events are lost"), "{table}");

        restored.ok(&format!("restore check --events {events} --disable --yes"));
        let after = statuses(&restored);
        for (name, want) in [
            ("Kept", "ACTIVE"),
            ("Disabled", "DISABLED"),
            ("Deleted", "DISABLED"),
            ("Rotated", "DISABLED"),
            ("Overlap", "ACTIVE"),
            ("Enabled", "ACTIVE"),
        ] {
            assert_eq!(after[name], want, "{name}");
        }
        restored.ok("audit verify");
        // The same positions now have other events, which are not taken for the lost ones.
        let again = restored.run(&check);
        assert_eq!(again.status.code(), Some(1));
        let told = String::from_utf8_lossy(&again.stderr);
        assert!(told.contains("0 revoked keys are accepted again"), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_begins_too_late_is_named_on_sqlite() {
    let store = TestStore::create(On::Sqlite).await;
    let now = Cli {
        url: store.database.url(),
    };
    let backup = Restored::from(&store, On::Sqlite).await;
    let restored = Cli { url: backup.url() };
    for name in ["A", "B", "C"] {
        created(&now, name);
    }
    let folder = tempfile::tempdir().unwrap();
    let events = folder.path().join("events.jsonl");
    let all = now.ok(&format!("audit export --since {SINCE}"));
    let last = all.lines().last().unwrap();
    std::fs::write(&events, format!("{last}\n")).unwrap();
    let check = format!("restore check --events {}", events.display());
    let found = restored.run(&check);
    assert_eq!(found.status.code(), Some(1));
    let told = String::from_utf8_lossy(&found.stdout);
    assert!(
        told.contains("workspace ws_1: events 1 to 2 are lost, and the export"),
        "{told}"
    );
    let disabling = restored.run(&format!("{check} --disable --yes"));
    assert_eq!(disabling.status.code(), Some(1));
    let told = String::from_utf8_lossy(&disabling.stderr);
    assert!(told.contains("more events are lost"), "{told}");
    std::fs::write(&events, "{\"position\":1}\n").unwrap();
    restored.fails(&check, 1, "line 1 is not one of keyward audit export");
    std::fs::write(&events, last.replace("sk_live_", "")).unwrap();
    restored.fails(&check, 1, "line 1 is not one of keyward audit export");
}

/// A copy of the file alone lost acknowledged keys, because they were in the -wal file.
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_has_every_acknowledged_key_on_sqlite() {
    const KEYS: usize = 60;
    let store = TestStore::create(On::Sqlite).await;
    let server = TestServer::start(&store.database);
    let cli = Cli {
        url: store.database.url(),
    };
    let folder = tempfile::tempdir().unwrap();
    let stop = std::sync::atomic::AtomicBool::new(false);
    let (acknowledged, file) = std::thread::scope(|scope| {
        let load = scope.spawn(|| {
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                server.created();
            }
        });
        let acknowledged: Vec<String> = (0..KEYS).map(|_| server.created().0).collect();
        let file = folder.path().join("backup.db");
        cli.ok(&format!("backup {}", file.display()));
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        load.join().unwrap();
        (acknowledged, file)
    });
    assert_eq!(mode(&file), 0o600, "only its owner can read it");
    let url = format!("sqlite:{}", file.display());
    let restored = Cli { url: &url };
    let kept = restored.ok("keys list --workspace ws_1 -o json");
    for id in acknowledged {
        assert!(kept.contains(&id), "{id}");
    }
    restored.ok("audit verify");
    let files: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(
        !files
            .iter()
            .any(|name| name.to_string_lossy().contains("partial")),
        "{files:?}"
    );
}

fn mode(file: &Path) -> u32 {
    std::fs::metadata(file).unwrap().permissions().mode() & 0o777
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_replaces_no_file_on_sqlite() {
    let store = TestStore::create(On::Sqlite).await;
    let cli = Cli {
        url: store.database.url(),
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.db");
    std::fs::write(&file, "precious").unwrap();
    cli.fails(
        &format!("backup {}", file.display()),
        1,
        "exists; choose another name",
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "precious");
    cli.fails("backup /nonexistent/backup.db", 1, "/nonexistent/backup.db");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_store_gives_no_backup_on_sqlite() {
    let store = TestStore::create(On::Sqlite).await;
    let cli = Cli {
        url: store.database.url(),
    };
    for at in 0..30 {
        created(&cli, &format!("Key{at}"));
    }
    let folder = tempfile::tempdir().unwrap();
    let damaged = folder.path().join("damaged.db");
    cli.ok(&format!("backup {}", damaged.display()));
    let bytes = std::fs::read(&damaged).unwrap();
    let pages = bytes.len() / 4096;
    let mut cut = bytes.clone();
    cut[(pages / 2) * 4096..(pages / 2 + 4) * 4096].fill(0xAA);
    std::fs::write(&damaged, cut).unwrap();
    let url = format!("sqlite:{}", damaged.display());
    let file = folder.path().join("backup.db");
    let failed = Cli { url: &url }.run(&format!("backup {}", file.display()));
    assert_ne!(failed.status.code(), Some(0));
    assert!(!file.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_postgres_names_its_tools() {
    let store = TestStore::create(On::Postgres).await;
    let cli = Cli {
        url: store.database.url(),
    };
    cli.fails("backup /tmp/keyward-backup.db", 1, "pg_dump");
}
