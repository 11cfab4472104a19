//! Test databases. Each belongs to one test and is removed with it.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test without a database fails with a reason"
)]

mod pooler;
mod server;

use std::hash::{BuildHasher as _, RandomState};
use std::path::Path;
use std::process::Command;
use std::str::FromStr as _;

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, QueryResult, QueryableByName, RunQueryDsl as _, SqliteConnection};
use tempfile::TempDir;
use tokio_postgres::{Config, NoTls};

use crate::config::StoreConfig;
use crate::database_url::DatabaseUrl;
use crate::store::Store;

pub use self::pooler::Pooler;
pub use self::server::PostgresServer;

const SERVER: &str = "KEYWARD_TEST_POSTGRES_URL";

/// An empty database for one test. It is removed on drop, even with open connections.
#[derive(Debug)]
pub struct TestDatabase {
    url: String,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// Removed with the folder.
    Sqlite(TempDir),
    Postgres {
        server: Box<Config>,
        name: String,
    },
}

impl TestDatabase {
    /// A SQLite file in a temporary folder. The file is created on first use.
    ///
    /// # Panics
    /// When there is no temporary folder.
    #[must_use]
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self {
            url: format!("sqlite:{}", folder.path().join("keyward.db").display()),
            kind: Kind::Sqlite(folder),
        }
    }

    /// A database on the server of `KEYWARD_TEST_POSTGRES_URL`, which is a superuser's URL.
    ///
    /// # Panics
    /// When the variable is missing or the server can't be used: no test is ever skipped.
    pub async fn postgres() -> Self {
        let url = std::env::var(SERVER)
            .unwrap_or_else(|_missing| panic!("run ./scripts/test, or set {SERVER}"));
        Self::postgres_on(&url).await
    }

    /// A database on the server of this superuser's URL.
    ///
    /// # Panics
    /// When the server can't be used.
    pub async fn postgres_on(url: &str) -> Self {
        let server = Config::from_str(url).unwrap_or_else(|e| panic!("{SERVER}: {e}"));
        let random = RandomState::new().hash_one(std::process::id());
        let name = format!("keyward_test_{random:016x}");
        // template0 never has connections that could block this.
        execute(
            &server,
            &format!("CREATE DATABASE {name} TEMPLATE template0"),
        )
        .await
        .unwrap_or_else(|e| panic!("{SERVER}: {e}"));
        Self {
            url: with_database(url, &name),
            kind: Kind::Postgres {
                server: Box::new(server),
                name,
            },
        }
    }

    /// The URL for `DATABASE_URL`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The default configuration of a store with this database.
    ///
    /// # Panics
    /// Never: the URL is valid.
    #[must_use]
    pub fn config(&self) -> StoreConfig {
        StoreConfig::new(DatabaseUrl::parse(&self.url).expect("a URL of ours"))
    }

    /// The folder with the database's files; `None` for PostgreSQL.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        match &self.kind {
            Kind::Sqlite(folder) => Some(folder.path()),
            Kind::Postgres { .. } => None,
        }
    }

    /// The complete content of the database: its files, or the output of `pg_dump`.
    ///
    /// # Panics
    /// When it can't be read.
    #[must_use]
    pub fn dump(&self) -> Vec<u8> {
        match &self.kind {
            Kind::Sqlite(folder) => std::fs::read_dir(folder.path())
                .expect("the folder")
                .flat_map(|file| std::fs::read(file.expect("a file").path()).expect("its bytes"))
                .collect(),
            Kind::Postgres { .. } => {
                let dump = Command::new("pg_dump")
                    .arg(&self.url)
                    .output()
                    .expect("pg_dump");
                assert!(
                    dump.status.success(),
                    "{}",
                    String::from_utf8_lossy(&dump.stderr)
                );
                dump.stdout
            }
        }
    }

    /// Changes the trail as an attacker with full access to the database could.
    ///
    /// # Panics
    /// When the database refuses it.
    pub async fn tamper(&self, sql: &str) {
        match &self.kind {
            Kind::Sqlite(_) => {
                let path = self.url.trim_start_matches("sqlite:");
                let mut connection = SqliteConnection::establish(path).expect("the file opens");
                tamper_with(&mut connection, sql).expect("the SQL is valid");
            }
            Kind::Postgres { .. } => {
                let database = Config::from_str(&self.url).expect("a URL of ours");
                let sql = format!("SET session_replication_role = replica; {sql}");
                execute(&database, &sql).await.expect("the SQL is valid");
            }
        }
    }

    /// Closes every connection to the database and refuses new ones until
    /// [`restore`](Self::restore).
    ///
    /// # Panics
    /// On SQLite, which has no connections, and when the server fails.
    pub async fn cut_off(&self) {
        let Kind::Postgres { server, name } = &self.kind else {
            panic!("a SQLite file has no connections to cut off");
        };
        for statement in [
            format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"),
            format!(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            ),
        ] {
            execute(server, &statement)
                .await
                .expect("the statement runs");
        }
    }

    /// Allows connections again.
    ///
    /// # Panics
    /// As [`cut_off`](Self::cut_off).
    pub async fn restore(&self) {
        let Kind::Postgres { server, name } = &self.kind else {
            panic!("a SQLite file has no connections to allow again");
        };
        let statement = format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true");
        execute(server, &statement)
            .await
            .expect("the statement runs");
    }

    /// A store over this database, migrated.
    ///
    /// # Panics
    /// When it can't be opened or migrated.
    pub async fn open(&self) -> Store {
        let store = Store::open(self.config()).await.expect("the store opens");
        store.migrate().await.expect("the schema is migrated");
        store
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Kind::Postgres { server, name } = &self.kind else {
            return;
        };
        let (server, name) = (server.clone(), name.clone());
        // A separate runtime, because the test's runtime may be ending and can't be waited for
        // here.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            if let Ok(runtime) = runtime {
                let drop_database = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                // The server is removed after the tests, so a missing one needs no cleanup.
                let _gone = runtime.block_on(execute(&server, &drop_database));
            }
        });
        let _panicked = dropped.join();
    }
}

/// Removes the triggers that protect the trail, runs the statement, and restores them.
fn tamper_with(connection: &mut SqliteConnection, sql: &str) -> QueryResult<()> {
    // A server may be writing.
    connection.batch_execute("PRAGMA busy_timeout = 30000")?;
    let triggers = "SELECT name, sql FROM sqlite_schema \
         WHERE type = 'trigger' AND tbl_name IN ('audit_events', 'deployment_events')";
    let triggers: Vec<Trigger> = diesel::sql_query(triggers).load(connection)?;
    for trigger in &triggers {
        connection.batch_execute(&format!("DROP TRIGGER {}", trigger.name))?;
    }
    connection.batch_execute(sql)?;
    triggers
        .iter()
        .try_for_each(|trigger| connection.batch_execute(&trigger.sql))
}

#[derive(QueryableByName)]
struct Trigger {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    sql: String,
}

async fn execute(server: &Config, sql: &str) -> Result<(), tokio_postgres::Error> {
    let (client, connection) = server.connect(NoTls).await?;
    let driver = tokio::spawn(connection);
    let done = client.batch_execute(sql).await;
    drop(client);
    // The statement reports any failure of the connection.
    let _ended = driver.await;
    done
}

/// The same URL with another database.
fn with_database(url: &str, name: &str) -> String {
    let (base, options) = url.split_once('?').unwrap_or((url, ""));
    let authority = base.find("://").map_or(0, |at| at + 3);
    let end = base
        .char_indices()
        .find_map(|(at, character)| (character == '/' && at >= authority).then_some(at))
        .unwrap_or(base.len());
    let server = base.split_at(end).0;
    let separator = if options.is_empty() { "" } else { "?" };
    format!("{server}/{name}{separator}{options}")
}
