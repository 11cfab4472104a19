use std::time::{Duration, Instant};

use crate::error::Cause;
use crate::postgres::connect::Connector;
use crate::postgres::session::Session;

/// "keyward" in ASCII.
const KEY: i64 = 0x006b_6579_7761_7264;

/// The pause between two attempts to take the lock.
const PAUSE: Duration = Duration::from_millis(100);

/// The migration lock. It belongs to a transaction on a dedicated connection that does nothing
/// else. Behind a pooler, the transaction keeps its server session, so the lock ends with it. The
/// transaction holds no snapshot, because `CREATE INDEX CONCURRENTLY` would wait for it. For the
/// same reason, no statement waits for the lock.
pub(super) struct MigrationLock {
    session: Session,
}

/// The transaction may be idle for as long as the migrations take. `transaction_timeout` exists
/// since PostgreSQL 17.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY; \
     SET LOCAL idle_in_transaction_session_timeout = 0; \
     SELECT set_config(name, '0', true) FROM pg_settings WHERE name = 'transaction_timeout'";

impl MigrationLock {
    /// Tries to take the lock, for at most `wait`. Each answer of the server may take until
    /// `deadline`.
    pub(super) async fn take(
        connector: &Connector,
        deadline: Duration,
        wait: Duration,
    ) -> Result<Self, Cause> {
        let session = Session::open(connector, deadline, |_payload| {}).await?;
        let lock = Self { session };
        let until = Instant::now() + wait;
        loop {
            lock.query(BEGIN).await?;
            let try_lock = format!("SELECT pg_try_advisory_xact_lock({KEY})");
            if lock.query(&try_lock).await?.as_deref() == Some("t") {
                return Ok(lock);
            }
            let holder = lock.holder().await?;
            lock.query("ROLLBACK").await?;
            if Instant::now() >= until {
                return Err(format!("another process holds the migration lock: {holder}").into());
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Fails when the connection that holds the lock is gone.
    pub(super) async fn check(&self) -> Result<(), Cause> {
        match self.query("SELECT 1").await {
            Ok(_one) => Ok(()),
            Err(error) => Err(format!("the migration lock was lost: {error}").into()),
        }
    }

    /// Releases the lock. Otherwise it ends with the connection.
    pub(super) async fn release(self) {
        if let Err(error) = self.query("ROLLBACK").await {
            tracing::debug!(
                %error,
                "migration_lock.lost"
            );
        }
    }

    /// The holder of the lock, and how to end it.
    async fn holder(&self) -> Result<String, Cause> {
        let question = format!(
            "SELECT format('process %s of the server (user %s, application %s, client %s, %s since %s); \
               to end it: SELECT pg_terminate_backend(%s)', l.pid, coalesce(a.usename, '?'), \
               coalesce(nullif(a.application_name, ''), '?'), coalesce(host(a.client_addr), 'local'), \
               coalesce(a.state, '?'), coalesce(a.state_change::text, '?'), l.pid) \
             FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid) \
             WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 \
               AND l.classid::bigint = {KEY}::bigint >> 32 \
               AND l.objid::bigint = {KEY}::bigint & 4294967295 \
               AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        );
        let holder = self.query(&question).await?;
        Ok(holder.unwrap_or_else(|| "it has just been released".to_owned()))
    }

    /// The first value of the answer.
    async fn query(&self, sql: &str) -> Result<Option<String>, Cause> {
        let row = self.session.first_row(sql).await?;
        Ok(row.and_then(|row| row.get(0).map(ToOwned::to_owned)))
    }
}
