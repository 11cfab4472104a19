//! PostgreSQL: a pool, and transactions that know whether their commit was sent.

mod connect;
mod lease;
mod listen;
mod migrate;
mod tls;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::Timeouts;
use diesel::result::DatabaseErrorKind;
use diesel_async::pooled_connection::deadpool::{Hook, HookError, Pool};
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, PoolError, RecyclingMethod,
};
use diesel_async::{
    AnsiTransactionManager as Transactions, AsyncPgConnection, SimpleAsyncConnection as _,
    TransactionManager as _,
};
use futures_util::FutureExt as _;
use keyward_domain::ports::RepositoryError;

use self::connect::Connector;
use self::lease::Lease;
pub(crate) use self::listen::Listening;
pub(crate) use self::migrate::LOCK_WAIT;
use crate::backend::{Body, Change};
use crate::calls::Calls;
use crate::database_url::PostgresUrl;
use crate::error::{Cause, NotDone, QueryError, outcome_unknown, unavailable};

/// A connection that was not used for so long is asked whether it still lives.
const IDLE_UNCHECKED_MAX: Duration = Duration::from_secs(10);
/// And has so long to answer.
const CHECK_MAX: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub(crate) struct Postgres {
    pool: Pool<AsyncPgConnection>,
    connector: Arc<Connector>,
    calls: Calls,
}

/// Whether the commit of a transaction was sent: from then on only its answer tells the outcome.
#[derive(Clone, Default)]
struct CommitSent(Arc<AtomicBool>);

impl CommitSent {
    fn mark(&self) {
        self.0.store(true, Ordering::Release);
    }

    fn failure(&self, cause: impl Into<Cause>) -> RepositoryError {
        if self.0.load(Ordering::Acquire) {
            outcome_unknown(cause)
        } else {
            unavailable(cause)
        }
    }
}

impl Postgres {
    /// Builds the pool, and makes one connection to see that it can.
    pub(crate) async fn open(
        url: &PostgresUrl,
        connections_max: u32,
        calls: Calls,
    ) -> Result<Self, Cause> {
        let connector = Arc::new(Connector::new(url, calls.deadline())?);
        let mut config = ManagerConfig::default();
        // Whether it is closed or in the middle of a transaction; the hook does the rest.
        config.recycling_method = RecyclingMethod::Fast;
        let connect = Arc::clone(&connector);
        config.custom_setup = Box::new(move |_url| {
            let connector = Arc::clone(&connect);
            async move { connector.connect().await }.boxed()
        });
        // The connector knows the URL; here it would only be one more place for a password.
        let manager = AsyncDieselConnectionManager::new_with_config("", config);
        let pool = Pool::builder(manager)
            .max_size(usize::try_from(connections_max.max(1)).unwrap_or(usize::MAX))
            .runtime(Runtime::Tokio1)
            .pre_recycle(check_when_idle())
            .build()?;
        let postgres = Self {
            pool,
            connector,
            calls,
        };
        postgres.lease().await?.give_back();
        Ok(postgres)
    }

    pub(crate) async fn query<T, F>(&self, body: F) -> Result<T, RepositoryError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut AsyncPgConnection) -> Body<'c, T> + Send + 'static,
    {
        let this = self.clone();
        self.run(CommitSent::default(), async move {
            let mut lease = this.lease().await.map_err(unavailable)?;
            let answer = body(lease.connection()?).await;
            lease.give_back_after(&answer);
            Ok(answer?)
        })
        .await
    }

    pub(crate) async fn snapshot<T, F>(&self, body: F) -> Result<T, RepositoryError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut AsyncPgConnection) -> Body<'c, T> + Send + 'static,
    {
        let this = self.clone();
        self.run(CommitSent::default(), async move {
            let mut lease = this.lease().await.map_err(unavailable)?;
            let connection = lease.connection()?;
            let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
            Transactions::begin_transaction_sql(connection, begin)
                .await
                .map_err(unavailable)?;
            let answer = body(connection).await;
            // Nothing was written: whatever the end comes to, what was read stands.
            if Transactions::rollback_transaction(connection).await.is_ok() {
                lease.give_back_after(&answer);
            }
            Ok(answer?)
        })
        .await
    }

    pub(crate) async fn transact<T, F>(&self, body: F) -> Result<T, RepositoryError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut AsyncPgConnection) -> Body<'c, Change<T>> + Send + 'static,
    {
        let this = self.clone();
        let commit = CommitSent::default();
        self.run(commit.clone(), async move {
            let mut lease = this.lease().await.map_err(unavailable)?;
            let connection = lease.connection()?;
            // Whatever the server's default is: guards rely on seeing what others committed.
            let begin = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
            Transactions::begin_transaction_sql(connection, begin)
                .await
                .map_err(unavailable)?;
            let answer = match body(connection).await {
                Ok(Change::Keep(value)) => {
                    commit.mark();
                    Transactions::commit_transaction(connection)
                        .await
                        .map_err(commit_failure)?;
                    lease.give_back();
                    return Ok(value);
                }
                Ok(Change::Undo(value)) => Ok(value),
                Err(error) => Err(error),
            };
            // When the rollback fails, the connection goes, and the server rolls back by itself.
            if Transactions::rollback_transaction(connection).await.is_ok() {
                lease.give_back_after(&answer);
            }
            Ok(answer?)
        })
        .await
    }

    /// On the store's own runtime, so that a caller who goes away cancels nothing half-way.
    async fn run<T: Send + 'static>(
        &self,
        commit: CommitSent,
        work: impl Future<Output = Result<T, RepositoryError>> + Send + 'static,
    ) -> Result<T, RepositoryError> {
        let place = self.calls.begin()?;
        let deadline = self.calls.deadline();
        let task = self.calls.runtime().spawn(async move {
            let answer = tokio::time::timeout(deadline, work).await;
            drop(place);
            answer
        });
        match task.await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_elapsed)) => Err(commit.failure(NotDone::OutOfTime)),
            Err(ended) => Err(commit.failure(ended)),
        }
    }

    async fn lease(&self) -> Result<Lease, Cause> {
        let deadline = Some(self.calls.deadline());
        let timeouts = Timeouts {
            wait: deadline,
            create: deadline,
            recycle: deadline,
        };
        let connection = self.pool.timeout_get(&timeouts).await?;
        Ok(Lease::new(connection))
    }

    /// How many connections are open, and how many of them nobody uses.
    pub(crate) fn connections(&self) -> (usize, usize) {
        let status = self.pool.status();
        (status.size, status.available)
    }

    pub(crate) fn close(&self) {
        self.pool.close();
    }
}

/// A connection that a firewall or a failover has silently cut must not cost a call its deadline.
fn check_when_idle() -> Hook<AsyncPgConnection> {
    Hook::async_fn(|connection: &mut AsyncPgConnection, metrics| {
        let idle = metrics.last_used();
        Box::pin(async move {
            if idle < IDLE_UNCHECKED_MAX {
                return Ok(());
            }
            match tokio::time::timeout(CHECK_MAX, connection.batch_execute("SELECT 1")).await {
                Ok(answer) => answer.map_err(|e| HookError::Backend(PoolError::QueryError(e))),
                Err(_elapsed) => Err(HookError::message("an idle connection doesn't answer")),
            }
        })
    })
}

/// Only an error by which the server refuses the commit says that there was none.
fn commit_failure(error: diesel::result::Error) -> RepositoryError {
    if is_refusal(&error) {
        unavailable(error)
    } else {
        outcome_unknown(error)
    }
}

/// Whether the server has refused a statement for what it says, and is well itself.
fn is_refusal(error: &diesel::result::Error) -> bool {
    matches!(
        error,
        diesel::result::Error::DatabaseError(
            DatabaseErrorKind::UniqueViolation
                | DatabaseErrorKind::ForeignKeyViolation
                | DatabaseErrorKind::RestrictViolation
                | DatabaseErrorKind::ExclusionViolation
                | DatabaseErrorKind::NotNullViolation
                | DatabaseErrorKind::CheckViolation
                | DatabaseErrorKind::SerializationFailure,
            _
        )
    )
}

/// Whether the connection is as good as before: an error of any other kind may stem from it
/// (a demoted primary, a stale prepared statement), and a new one cures that.
fn leaves_connection_well(error: &QueryError) -> bool {
    match error {
        QueryError::Corrupt(_) => true,
        QueryError::Database(error) => {
            is_refusal(error)
                || matches!(
                    error,
                    diesel::result::Error::NotFound
                        | diesel::result::Error::DeserializationError(_)
                        | diesel::result::Error::SerializationError(_)
                )
        }
    }
}
