//! PostgreSQL: pooled connections in lanes, and transactions that know whether their commit was
//! sent.

mod acknowledged;
mod at_once;
mod commit;
mod connect;
mod failovers;
mod lane;
mod lease;
mod listen;
mod migrate;
mod notify;
mod servers;
mod session;
mod tls;

use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::QueryableByName;
use diesel::result::DatabaseErrorKind;
use diesel_async::{
    AnsiTransactionManager as Transactions, AsyncPgConnection, RunQueryDsl, TransactionManager as _,
};
use keyward_domain::ports::RepositoryError;

pub(crate) use self::acknowledged::{AcknowledgedChange, AcknowledgedChanges};
use self::commit::Commit;
use self::connect::Connector;
pub(crate) use self::failovers::Failovers;
use self::lane::PooledLane;
pub(crate) use self::listen::Listening;
pub(crate) use self::migrate::LOCK_WAIT;
pub(crate) use self::notify::{Notifier, Sent};
use crate::cache::invalidations::{Changing, Invalidations};
use crate::calls::Calls;
use crate::clock::{ClockSample, DatabaseClock};
use crate::config::StoreConfig;
use crate::database_url::PostgresUrl;
use crate::error::{Cause, QueryError, outcome_unknown, unavailable};
use crate::tx::{Body, Lane, TxOutcome};

/// The maximum number of concurrent calls in the control lane: probes and migrations.
const CONTROL_CALLS_MAX: u32 = 16;

/// A look-up reads a few rows by their unique indexes. It is planned once for each connection, perhaps
/// while the tables are nearly empty, and must still be right when they are large. So the planner
/// gets no other choice. A plan for each batch would cost more than its execution.
const LOOKUP_PLANNER: [&str; 6] = [
    "plan_cache_mode = force_generic_plan",
    "enable_seqscan = off",
    "enable_bitmapscan = off",
    "enable_hashjoin = off",
    "enable_mergejoin = off",
    "enable_material = off",
];

#[derive(Clone)]
pub(crate) struct Postgres {
    general: PooledLane,
    lookups: PooledLane,
    control: PooledLane,
    connector: Arc<Connector>,
    /// Connects directly to the server, where `connector` uses a pooler.
    listener: Arc<Connector>,
    invalidations: Arc<Invalidations>,
    failovers: Arc<Failovers>,
    acknowledged: Arc<AcknowledgedChanges>,
}

impl Postgres {
    /// Builds the lanes and opens one connection as a check.
    ///
    /// Half of the allowed connections are for look-ups and half for all other calls, at least one
    /// each. The control lane has one more.
    pub(crate) async fn open(
        url: &PostgresUrl,
        config: &StoreConfig,
        calls: Calls,
        invalidations: Arc<Invalidations>,
        clock: &DatabaseClock,
    ) -> Result<Self, Cause> {
        let is_pooled = config.listen_url.is_some();
        let connector = Arc::new(Connector::new(url, calls.deadline(), is_pooled)?);
        let listener = match &config.listen_url {
            Some(url) => Arc::new(Connector::new(url, calls.deadline(), false)?),
            None => Arc::clone(&connector),
        };
        let failovers = Arc::new(Failovers::default());
        let lane = |connections_max: u32, calls: Calls, planner: &[&str]| {
            let connector = Arc::clone(&connector);
            PooledLane::new(connector, connections_max, calls, &failovers, planner)
        };
        let lookups_max = config.lookups_max();
        // Two places more than for keys, which wait for a connection: for service tokens, and for the
        // question whether any secret was imported.
        let lookup_calls = calls.bounded_by(lookups_max.saturating_add(2), config.lookup_deadline);
        let control_calls = calls.bounded_by(CONTROL_CALLS_MAX, calls.deadline());
        let general_max = config.connections_max.saturating_sub(lookups_max).max(1);
        let postgres = Self {
            general: lane(general_max, calls, &[])?,
            lookups: lane(lookups_max, lookup_calls, &LOOKUP_PLANNER)?,
            control: lane(1, control_calls, &[])?,
            connector,
            listener,
            invalidations,
            failovers: Arc::clone(&failovers),
            acknowledged: Arc::default(),
        };
        let mut lease = postgres.control.lease().await?;
        clock.take(read_clock(lease.connection()?).await?);
        lease.give_back();
        Ok(postgres)
    }

    fn lane(&self, lane: Lane) -> &PooledLane {
        match lane {
            Lane::General => &self.general,
            Lane::Lookups => &self.lookups,
            Lane::Control => &self.control,
        }
    }

    pub(crate) async fn query<T, F>(&self, lane: Lane, body: F) -> Result<T, RepositoryError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut AsyncPgConnection) -> Body<'c, T> + Send + 'static,
    {
        if self.connector.is_pooled() {
            // Behind a pooler, only a transaction has its own `statement_timeout`.
            return self.snapshot(lane, body).await;
        }
        let lane = self.lane(lane).clone();
        let work_lane = lane.clone();
        lane.run(Commit::default(), async move {
            let mut lease = work_lane.lease().await.map_err(unavailable)?;
            let answer = body(lease.connection()?).await;
            lease.give_back_after(&answer);
            Ok(answer?)
        })
        .await
    }

    pub(crate) async fn snapshot<T, F>(&self, lane: Lane, body: F) -> Result<T, RepositoryError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut AsyncPgConnection) -> Body<'c, T> + Send + 'static,
    {
        let lane = self.lane(lane).clone();
        let work_lane = lane.clone();
        let is_pooled = self.connector.is_pooled();
        lane.run(Commit::default(), async move {
            let begin = work_lane.begin(if is_pooled {
                // The pooler may have switched to a standby, which refuses `READ WRITE`.
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE"
            } else {
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
            });
            let mut lease = work_lane.lease().await.map_err(unavailable)?;
            let connection = lease.connection()?;
            Transactions::begin_transaction_sql(connection, &begin)
                .await
                .map_err(unavailable)?;
            let answer = body(connection).await;
            // Nothing was written, so the result is valid however the transaction ends.
            if Transactions::rollback_transaction(connection).await.is_ok() {
                lease.give_back_after(&answer);
            }
            Ok(answer?)
        })
        .await
    }

    /// `changing` has the keys that the transaction changes, if any.
    pub(crate) async fn transact<T, F>(
        &self,
        changing: Option<Changing>,
        body: F,
    ) -> Result<T, RepositoryError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut AsyncPgConnection) -> Body<'c, TxOutcome<T>> + Send + 'static,
    {
        let lane = self.general.clone();
        let invalidations = Arc::clone(&self.invalidations);
        let commit = Commit::default();
        self.general
            .run(commit.clone(), async move {
                // Explicit, whatever the server's default: guards must see what others have
                // committed.
                let begin = lane.begin("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
                let mut lease = lane.lease().await.map_err(unavailable)?;
                let failover = lease.failover();
                let connection = lease.connection()?;
                Transactions::begin_transaction_sql(connection, &begin)
                    .await
                    .map_err(unavailable)?;
                let answer = match body(connection).await {
                    Ok(TxOutcome::Commit(value)) => {
                        commit.mark_sent();
                        let _until_the_outcome_is_known =
                            changing.map(|keys| invalidations.committing(keys));
                        failover
                            .outcome(async {
                                Transactions::commit_transaction(connection)
                                    .await
                                    .map_err(commit_failure)
                            })
                            .await?;
                        lease.give_back();
                        return Ok(value);
                    }
                    Ok(TxOutcome::Rollback(value)) => Ok(value),
                    Err(error) => Err(error),
                };
                // When the rollback fails, the connection is closed and the server rolls back.
                if Transactions::rollback_transaction(connection).await.is_ok() {
                    lease.give_back_after(&answer);
                }
                Ok(answer?)
            })
            .await
    }

    /// The deadline of a call in the general lane.
    fn deadline(&self) -> Duration {
        self.general.calls().deadline()
    }

    /// The failovers that this process has seen.
    pub(crate) fn failovers(&self) -> &Failovers {
        &self.failovers
    }

    /// The last changes of keys that were committed here.
    pub(crate) fn acknowledged(&self) -> &AcknowledgedChanges {
        &self.acknowledged
    }

    fn lanes(&self) -> [&PooledLane; 3] {
        [&self.general, &self.lookups, &self.control]
    }

    /// How many connections are open, and how many of them are idle.
    pub(crate) fn connections(&self) -> (usize, usize) {
        let counts = self.lanes().map(PooledLane::connections);
        let open = counts.iter().map(|(open, _idle)| open).sum();
        let idle = counts.iter().map(|(_open, idle)| idle).sum();
        (open, idle)
    }

    pub(crate) async fn close(&self) {
        for lane in self.lanes() {
            lane.calls().close().await;
            lane.close();
        }
    }
}

#[derive(QueryableByName)]
struct DatabaseTime {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    micros: i64,
}

async fn read_clock(connection: &mut AsyncPgConnection) -> Result<ClockSample, Cause> {
    let asked = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS micros";
    let sent_at = Instant::now();
    let time: DatabaseTime = diesel::sql_query(asked).get_result(connection).await?;
    Ok(ClockSample {
        followed_micros: time.micros,
        sent_at,
        received_at: Instant::now(),
    })
}

/// Only an error with which the server refuses the commit proves that nothing was committed.
fn commit_failure(error: diesel::result::Error) -> RepositoryError {
    if is_refusal(&error) {
        unavailable(error)
    } else {
        outcome_unknown(error)
    }
}

/// Whether the server refused the statement because of its content, and the connection is intact.
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

/// Whether the connection can be reused. Any other error may come from the connection itself (a
/// demoted primary, a stale prepared statement), so it is replaced.
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
