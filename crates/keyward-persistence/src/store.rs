use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use diesel::{IntoSql as _, QueryableByName};
use diesel_async::RunQueryDsl;
use keyward_domain::LifetimePolicy;
use keyward_domain::ports::{Clock, Purgeable, RepositoryError};
use tokio::runtime::Handle;

use crate::backend::{Backend, query};
use crate::cache::invalidations::Invalidations;
use crate::cache::key_cache::{KeyCache, KeyCacheConfig, LookupBounds};
use crate::cache::service_token_cache::ServiceTokenCache;
use crate::calls::Calls;
use crate::clock::{DatabaseClock, StoreClock};
use crate::config::StoreConfig;
use crate::database_url::DatabaseUrl;
use crate::error::{BackupError, Cause, StoreError};
use crate::migrations::{self, OldestBinary, SchemaState};
use crate::postgres::{self, AcknowledgedChange, Postgres};
use crate::purged::PurgedCounts;
use crate::sqlite::Sqlite;
use crate::tx::Lane;

/// The maximum number of questions that wait for a look-up: less than a second's work.
const LOOKUPS_WAITING_MAX: usize = 16 * 1024;

/// All data of Keyward, in PostgreSQL or SQLite. Clones share one store.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

/// The load of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreStats {
    /// Calls in progress.
    pub calls_in_flight: usize,
    /// Open connections to PostgreSQL; 0 for SQLite.
    pub connections: usize,
    /// Idle connections to PostgreSQL.
    pub connections_idle: usize,
    /// How often another PostgreSQL server has taken over.
    pub failovers: u64,
    /// Changes of keys that were acknowledged here, and that a failover has lost.
    pub changes_lost: u64,
    /// What it has purged since it was opened.
    pub purged: Purgeable,
}

#[derive(QueryableByName)]
struct Standby {
    #[diesel(sql_type = diesel::sql_types::Bool)]
    is_standby: bool,
}

struct Inner {
    backend: Backend,
    calls: Calls,
    invalidations: Arc<Invalidations>,
    clock: Arc<DatabaseClock>,
    lookups: LookupBounds,
    database: String,
    purged: PurgedCounts,
    key_lifetime: LifetimePolicy,
}

impl Store {
    /// Opens the store and checks that it is reachable. SQLite creates the file if it does not
    /// exist. The schema is not changed: see [`migrate`](Self::migrate).
    ///
    /// Calls run on the current runtime, whichever thread or runtime they come from. That runtime
    /// must outlive them.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`] when the database does not exist, refuses the connection, or
    /// does not answer within the deadline of a call; [`StoreError::RootCertificates`].
    pub async fn open(config: StoreConfig) -> Result<Self, StoreError> {
        let runtime = Handle::try_current().map_err(StoreError::NoRuntime)?;
        let calls = Calls::new(config.calls_in_flight_max, config.call_deadline, runtime);
        let database = config.url.to_string();
        let lookups = LookupBounds {
            lookups_max: usize::try_from(config.lookups_max()).unwrap_or(usize::MAX),
            waiting_max: LOOKUPS_WAITING_MAX,
            deadline: config.lookup_deadline,
        };
        let invalidations = Arc::new(Invalidations::default());
        let clock = Arc::new(DatabaseClock::begin(Instant::now()));
        let opened = match &config.url {
            DatabaseUrl::Postgres(url) => {
                let invalidations = Arc::clone(&invalidations);
                let postgres = Postgres::open(url, &config, calls.clone(), invalidations, &clock);
                postgres.await.map(Backend::Postgres)
            }
            DatabaseUrl::Sqlite(path) => {
                let invalidations = Arc::clone(&invalidations);
                let sqlite = Sqlite::open(path, &config, calls.clone(), invalidations);
                sqlite.await.map(Backend::Sqlite)
            }
        };
        match opened {
            Ok(backend) => Ok(Self {
                inner: Arc::new(Inner {
                    backend,
                    calls,
                    invalidations,
                    clock,
                    lookups,
                    database,
                    purged: PurgedCounts::default(),
                    key_lifetime: config.key_lifetime,
                }),
            }),
            Err(source) => Err(match source.downcast::<StoreError>() {
                Ok(known) => *known,
                Err(source) => StoreError::Unreachable { database, source },
            }),
        }
    }

    /// Migrates the schema and returns the names of the applied migrations; empty when it was
    /// current. Any number of nodes may call it at the same time: one migrates, the others wait for
    /// up to a minute.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`], or [`StoreError::Migration`], which includes a timeout while
    /// others migrate.
    pub async fn migrate(&self) -> Result<Vec<String>, StoreError> {
        match self.backend() {
            Backend::Postgres(postgres) => {
                let connected = postgres.connect_to_migrate().await;
                let connection = connected.map_err(|source| self.unreachable(source))?;
                postgres
                    .migrate(connection, migrations::POSTGRES, postgres::LOCK_WAIT)
                    .await
            }
            Backend::Sqlite(sqlite) => sqlite.migrate(migrations::SQLITE).await,
        }
        .map_err(StoreError::Migration)
    }

    /// Compares the schema with this binary.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`], or [`StoreError::Schema`].
    pub async fn schema(&self) -> Result<SchemaState, StoreError> {
        self.schema_state()
            .await
            .map_err(|error| self.unanswered(error))
    }

    /// The oldest binary that may serve this database; `None` before the first migrations have set
    /// it.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`], or [`StoreError::Schema`].
    pub async fn oldest_binary(&self) -> Result<Option<OldestBinary>, StoreError> {
        self.oldest_that_may_serve()
            .await
            .map_err(|error| self.unanswered(error))
    }

    /// One cheap round trip to the database.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`].
    pub async fn ping(&self) -> Result<(), StoreError> {
        let answer: Result<i32, RepositoryError> = query!(self, Lane::Control, |conn| {
            let one = diesel::select(1.into_sql::<diesel::sql_types::Integer>());
            Ok(one.get_result(conn).await?)
        });
        answer.map_err(|error| self.unanswered(error)).map(drop)
    }

    /// Whether the database is a standby, which only replays the changes of a primary.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`].
    pub async fn is_standby(&self) -> Result<bool, StoreError> {
        let Backend::Postgres(_) = self.backend() else {
            return Ok(false);
        };
        let standby: Result<Standby, RepositoryError> = query!(self, Lane::Control, |conn| {
            let asked = diesel::sql_query("SELECT pg_is_in_recovery() AS is_standby");
            Ok(asked.get_result(conn).await?)
        });
        match standby {
            Ok(standby) => Ok(standby.is_standby),
            Err(error) => Err(self.unanswered(error)),
        }
    }

    /// Writes a consistent copy of a SQLite store to a new file that only its owner can read, while
    /// others read and write. The file appears when the copy is complete, checked and on the disk.
    ///
    /// # Errors
    /// [`BackupError`]; then there is no file.
    pub async fn back_up(&self, to: &Path) -> Result<(), BackupError> {
        let Backend::Sqlite(sqlite) = self.backend() else {
            return Err(BackupError::Postgres);
        };
        let copied = sqlite.copy_to(to.to_owned()).await;
        copied.map_err(|source| BackupError::Failed {
            file: to.display().to_string(),
            source,
        })
    }

    /// Refuses new calls, waits for the calls in progress and the queued writes, and closes all
    /// connections.
    pub async fn close(&self) {
        self.inner.calls.close().await;
        match self.backend() {
            Backend::Postgres(postgres) => postgres.close().await,
            Backend::Sqlite(sqlite) => sqlite.close().await,
        }
    }

    /// A cache in front of this store's keys.
    #[must_use]
    pub fn key_cache(&self, config: KeyCacheConfig) -> KeyCache {
        let runtime = self.inner.calls.runtime().clone();
        let lookup = Arc::new(self.clone());
        KeyCache::new(
            lookup,
            self.invalidations(),
            config,
            self.inner.lookups,
            runtime,
        )
    }

    /// A cache in front of this store's service tokens.
    #[must_use]
    pub fn service_token_cache(&self) -> ServiceTokenCache {
        let runtime = self.inner.calls.runtime().clone();
        ServiceTokenCache::new(Arc::new(self.clone()), runtime)
    }

    /// The current load.
    #[must_use]
    pub fn stats(&self) -> StoreStats {
        let (connections, connections_idle) = match self.backend() {
            Backend::Postgres(postgres) => postgres.connections(),
            Backend::Sqlite(_) => (0, 0),
        };
        let (failovers, changes_lost) = match self.backend() {
            Backend::Postgres(postgres) => postgres.failovers().counts(),
            Backend::Sqlite(_) => (0, 0),
        };
        StoreStats {
            calls_in_flight: self.inner.calls.in_flight(),
            connections,
            connections_idle,
            failovers,
            changes_lost,
            purged: self.inner.purged.get(),
        }
    }

    /// Remembers a change whose commit was seen, until a failover asks for it. A SQLite store has none.
    pub(crate) fn acknowledge(&self, change: AcknowledgedChange) {
        if let Backend::Postgres(postgres) = self.backend() {
            postgres.acknowledged().add(change);
        }
    }

    /// The cache invalidations of this store's keys.
    pub(crate) fn invalidations(&self) -> Arc<Invalidations> {
        Arc::clone(&self.inner.invalidations)
    }

    /// The clock that all users of this store share; `machine` is this machine's clock.
    #[must_use]
    pub fn clock(&self, machine: Arc<dyn Clock>) -> StoreClock {
        StoreClock::new(self.database_clock(), machine)
    }

    pub(crate) fn database_clock(&self) -> Arc<DatabaseClock> {
        Arc::clone(&self.inner.clock)
    }

    pub(crate) fn purged(&self) -> &PurgedCounts {
        &self.inner.purged
    }

    /// The deployment's policy for the lifetime of keys.
    pub(crate) fn key_lifetime(&self) -> LifetimePolicy {
        self.inner.key_lifetime
    }

    pub(crate) fn calls(&self) -> &Calls {
        &self.inner.calls
    }

    pub(crate) fn backend(&self) -> &Backend {
        &self.inner.backend
    }

    fn unreachable(&self, source: Cause) -> StoreError {
        StoreError::Unreachable {
            database: self.inner.database.clone(),
            source,
        }
    }

    pub(crate) fn unanswered(&self, error: RepositoryError) -> StoreError {
        match error {
            RepositoryError::Unavailable(source) | RepositoryError::OutcomeUnknown(source) => {
                self.unreachable(source)
            }
            RepositoryError::Corrupt(source) => StoreError::Schema(source),
        }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Store").field(&self.inner.database).finish()
    }
}
