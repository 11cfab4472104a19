use diesel_migrations::FileBasedMigrations;
use keyward_domain::ports::{Memberships as _, WorkspaceDirectory as _};
use keyward_domain::testing::{at, by_operator, user_id, workspace_id};
use keyward_domain::{KnownRoles, Role};

use crate::backend::Backend;
use crate::error::Cause;
use crate::store::Store;
use crate::testing::TestDatabase;

async fn migrate(store: &Store, fixture: &str) -> Result<Vec<String>, Cause> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/migrations/sqlite");
    let source = FileBasedMigrations::from_path(format!("{folder}/{fixture}")).unwrap();
    let Backend::Sqlite(sqlite) = store.backend() else {
        panic!("not SQLite");
    };
    sqlite.migrate(source).await
}

/// A store with a member, and a check that the member is still there.
async fn with_member() -> (TestDatabase, Store, impl AsyncFn(&Store) -> bool) {
    let database = TestDatabase::sqlite();
    let store = database.open().await;
    let (workspace, user) = (workspace_id("ws_1"), user_id("user_1"));
    let by = by_operator(at(0));
    assert!(store.add_workspace(&workspace, by.clone()).await.unwrap());
    store
        .add_member(&workspace, &user, Role::Owner, by)
        .await
        .unwrap();
    let is_member = async move |store: &Store| {
        let role = store
            .role(&workspace, &user, &KnownRoles::default())
            .await
            .unwrap();
        role == Some(Role::Owner)
    };
    (database, store, is_member)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_made_anew_keeps_the_rows_that_refer_to_it_on_sqlite() {
    let (_database, store, is_member) = with_member().await;
    assert!(is_member(&store).await);
    let applied = migrate(&store, "rebuild").await.unwrap();
    assert_eq!(applied, ["9000-01-01-000001_workspaces"]);
    assert!(is_member(&store).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_that_leaves_references_to_nothing_is_undone_on_sqlite() {
    let (_database, store, is_member) = with_member().await;
    let error = migrate(&store, "orphans").await.unwrap_err();
    let told = "rows of members refer to missing rows of workspaces";
    assert_eq!(error.to_string(), told);
    assert!(is_member(&store).await);
    assert_eq!(migrate(&store, "rebuild").await.unwrap().len(), 1);
}
