use futures_util::future::join_all;
use keyward_domain::ports::ScopeCatalogue as _;
use keyward_persistence::testing::TestDatabase;
use keyward_persistence::{OldestBinary, SchemaState, Store};

use crate::subject::{Subject, on_both_stores};

async fn unmigrated(subject: &Subject) -> (TestDatabase, Store) {
    let database = if subject.is_sqlite() {
        TestDatabase::sqlite()
    } else {
        TestDatabase::postgres().await
    };
    let store = Store::open(database.config()).await.unwrap();
    (database, store)
}

/// The names of all migrations, in order.
fn migrations(subject: &Subject) -> Vec<String> {
    let folder = if subject.is_sqlite() {
        "sqlite"
    } else {
        "postgres"
    };
    let path = format!("{}/../../migrations/{folder}", env!("CARGO_MANIFEST_DIR"));
    let names = std::fs::read_dir(path).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

const OF_A_NEWER_BINARY: &str =
    "INSERT INTO __diesel_schema_migrations (version) VALUES ('99990000000000')";

on_both_stores! {
    async fn an_empty_database_is_behind_and_stays_untouched_by_the_question(subject: &Subject) {
        let (_database, store) = unmigrated(subject).await;
        for _ in 0..2 {
            let SchemaState::Behind { pending } = store.schema().await.unwrap() else {
                panic!("not behind");
            };
            assert_eq!(pending[0], "2026-11-23-000001_tables");
        }
        let pending = store.migrate().await.unwrap();
        assert_eq!(pending[0], "2026-11-23-000001_tables");
        assert_eq!(store.schema().await.unwrap(), SchemaState::Current);
    }

    async fn migrating_twice_does_nothing_the_second_time(subject: &Subject) {
        assert_eq!(subject.store.migrate().await.unwrap(), [""; 0]);
        assert_eq!(subject.store.schema().await.unwrap(), SchemaState::Current);
    }

    async fn two_nodes_that_migrate_at_once_do_no_harm(subject: &Subject) {
        let (database, first) = unmigrated(subject).await;
        let second = Store::open(database.config()).await.unwrap();
        let migrating = [first, second].map(|store| tokio::spawn(async move {
            let applied = store.migrate().await.unwrap();
            (applied, store.schema().await.unwrap())
        }));
        let mut applied = Vec::new();
        for outcome in join_all(migrating).await {
            let (names, state) = outcome.unwrap();
            applied.push(names.len());
            assert_eq!(state, SchemaState::Current);
        }
        applied.sort_unstable();
        assert_eq!(applied, [0, migrations(subject).len()], "one of them applied all migrations");
    }

    async fn a_missing_migration_is_pending(subject: &Subject) {
        subject.execute_on_both(
            "DELETE FROM __diesel_schema_migrations
             WHERE version = (SELECT max(version) FROM __diesel_schema_migrations)",
        ).await;
        let pending = vec![migrations(subject).pop().unwrap()];
        assert_eq!(subject.store.schema().await.unwrap(), SchemaState::Behind { pending });
    }

    async fn a_schema_of_a_newer_binary_may_be_served_unless_it_says_otherwise(subject: &Subject) {
        let unknown = || vec!["99990000000000".to_owned()];
        subject.execute_on_both(OF_A_NEWER_BINARY).await;
        let ahead = SchemaState::Ahead { unknown: unknown() };
        assert_eq!(subject.store.schema().await.unwrap(), ahead);
        assert_eq!(subject.store.migrate().await.unwrap(), [""; 0]);

        subject.execute_on_both(
            "UPDATE schema_compatibility \
             SET oldest_migration = '99990000000000', oldest_release = '9.9.9'",
        ).await;
        let oldest = Some(OldestBinary {
            migration: "99990000000000".to_owned(),
            release: "9.9.9".to_owned(),
        });
        assert_eq!(subject.store.oldest_binary().await.unwrap(), oldest);
        let too_new = SchemaState::TooNew { unknown: unknown(), oldest };
        assert_eq!(subject.store.schema().await.unwrap(), too_new);
    }

    async fn a_schema_of_a_newer_binary_that_says_nothing_may_not_be_served(subject: &Subject) {
        subject.execute_on_both(OF_A_NEWER_BINARY).await;
        subject.execute_on_both("DROP TABLE schema_compatibility").await;
        let too_new =
            SchemaState::TooNew { unknown: vec!["99990000000000".to_owned()], oldest: None };
        assert_eq!(subject.store.schema().await.unwrap(), too_new);
        assert_eq!(subject.store.oldest_binary().await.unwrap(), None);
    }

    async fn a_migration_that_fails_is_told_and_undone(subject: &Subject) {
        let (database, store) = unmigrated(subject).await;
        let blocked = Subject { store: store.clone(), database };
        blocked.execute_on_both("CREATE TABLE api_keys (id integer)").await;
        let error = store.migrate().await.unwrap_err();
        assert!(matches!(error, keyward_persistence::StoreError::Migration(_)), "{error:?}");
        blocked.execute_on_both("DROP TABLE api_keys").await;
        assert_eq!(store.migrate().await.unwrap(), migrations(subject));
        assert!(!store.list().await.unwrap().is_empty());
    }

    async fn down_undoes_up(subject: &Subject) {
        let folder = if subject.is_sqlite() { "sqlite" } else { "postgres" };
        let migrations = migrations(subject);
        for migration in migrations.iter().rev() {
            let folder = format!("{}/../../migrations/{folder}", env!("CARGO_MANIFEST_DIR"));
            let down = std::fs::read_to_string(format!("{folder}/{migration}/down.sql")).unwrap();
            subject.execute_on_both(&down).await;
        }
        subject.execute_on_both("DELETE FROM __diesel_schema_migrations").await;
        assert_eq!(subject.store.migrate().await.unwrap(), migrations);
    }
}
