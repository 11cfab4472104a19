use std::time::Duration;

use diesel::connection::SimpleConnection as _;
use keyward_domain::Mode;
use keyward_domain::ports::{ApiKeys as _, WorkspaceDirectory as _};
use keyward_domain::testing::{altered, at, workspace_id};
use keyward_persistence::testing::TestDatabase;
use keyward_persistence::{DatabaseUrl, Store, StoreConfig, StoreError};

use crate::subject::{Subject, assert_unavailable, new_key, new_secret, newest_first};

fn path(database: &TestDatabase) -> String {
    database.url().trim_start_matches("sqlite:").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn reopening_sees_what_was_committed() {
    let subject = Subject::sqlite().await;
    let workspace = subject.workspace("ws_1").await;
    let new = new_key(&workspace, at(0));
    let key = new.key.clone();
    subject.insert(new).await;
    subject.store.close().await;
    let again = Store::open(subject.database.config()).await.unwrap();
    let listing = newest_first(0, 20);
    let listed = again
        .list(workspace.workspace_id(), &listing)
        .await
        .unwrap();
    assert_eq!(listed.items, [key]);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_the_file_nor_beside_it() {
    let subject = Subject::sqlite().await;
    let workspace = subject.workspace("ws_1").await;
    let mut new = new_key(&workspace, at(0));
    let secret = new_secret(Mode::Live);
    new.key = altered(new.key, |fields| {
        fields.secret = keyward_domain::StoredSecret::of(&secret, at(0));
    });
    subject.insert(new).await;

    let body = &secret.expose().as_bytes()[8..40];
    let folder = std::path::PathBuf::from(path(&subject.database));
    let mut seen = Vec::new();
    for file in std::fs::read_dir(folder.parent().unwrap()).unwrap() {
        seen.extend(std::fs::read(file.unwrap().path()).unwrap());
    }
    let holds = |part: &[u8]| seen.windows(part.len()).any(|window| window == part);
    assert!(!holds(body));
    assert!(
        holds(secret.hash().as_bytes()),
        "the files are the right ones"
    );
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let subject = Subject::sqlite().await;
    subject.workspace("ws_1").await;
    for suffix in ["", "-wal", "-shm"] {
        let file = format!("{}{suffix}", path(&subject.database));
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_opened_is_unreachable() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("text"), "no database ".repeat(100)).unwrap();
    for name in ["missing/keyward.db", "", "text"] {
        let url = DatabaseUrl::Sqlite(folder.path().join(name));
        let error = Store::open(StoreConfig::new(url)).await.unwrap_err();
        assert!(
            matches!(error, StoreError::Unreachable { .. }),
            "{name}: {error:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_unavailable_until_there_is_room() {
    let subject = Subject::sqlite().await;
    let workspace = subject.workspace("ws_1").await;
    // Like this trigger, a full disk makes SQLite roll back the whole transaction, including
    // savepoints.
    let full = "CREATE TRIGGER full BEFORE INSERT ON audit_events
         BEGIN SELECT RAISE(ROLLBACK, 'database or disk is full'); END";
    subject.raw_sqlite().batch_execute(full).unwrap();
    // No caller whose write was in the transaction may get a success.
    let [first, second] = [at(0), at(1)].map(|now| subject.store.insert(new_key(&workspace, now)));
    let (first, second) = tokio::join!(first, second);
    assert_unavailable(&first);
    assert_unavailable(&second);
    assert_eq!(subject.key_count("ws_1").await, 0);
    subject
        .raw_sqlite()
        .batch_execute("DROP TRIGGER full")
        .unwrap();
    subject.insert(new_key(&workspace, at(2))).await;
    assert_eq!(subject.key_count("ws_1").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_go_on_while_writers_wait() {
    let subject = Subject::sqlite().await;
    subject.workspace("ws_1").await;
    let lock = subject.lock_out_writers().await;
    let config = StoreConfig {
        call_deadline: Duration::from_secs(5),
        ..subject.database.config()
    };
    let store = Store::open(config).await.unwrap();
    assert!(
        store
            .workspace(&workspace_id("ws_1"))
            .await
            .unwrap()
            .is_some()
    );
    lock.release().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_open_a_new_file_at_once_can() {
    for _ in 0..20 {
        let database = TestDatabase::sqlite();
        let opening = (0..8).map(|_| tokio::spawn(Store::open(database.config())));
        for opened in futures_util::future::join_all(opening).await {
            opened.unwrap().unwrap();
        }
    }
}
