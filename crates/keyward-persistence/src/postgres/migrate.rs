mod lock;

use std::time::Duration;

use diesel::Connection as _;
use diesel::connection::SimpleConnection as _;
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::AsyncPgConnection;
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_migrations::MigrationHarness as _;

use self::lock::MigrationLock;
use super::Postgres;
use crate::error::{Cause, NotDone};

/// How long to wait for another migration in progress, which may take a while.
pub(crate) const LOCK_WAIT: Duration = Duration::from_mins(1);

type Connection = AsyncConnectionWrapper<AsyncPgConnection>;

/// A migration may run as long as it needs. But it waits only briefly for a table, because later
/// users of that table queue behind it.
const IN_TRANSACTION: &str = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '2s'";

/// Nothing queues behind a concurrent statement. It waits for all transactions to end.
const OUTSIDE: &str = "SET statement_timeout = 0; SET lock_timeout = 0";

#[derive(QueryableByName)]
struct Index {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
}

impl Postgres {
    /// A dedicated connection outside the pool, so that its settings end with it.
    pub(crate) async fn connect_to_migrate(&self) -> Result<AsyncPgConnection, Cause> {
        let deadline = self.deadline();
        match tokio::time::timeout(deadline, self.connector.connect("")).await {
            Ok(connected) => Ok(connected?),
            Err(_elapsed) => Err(NotDone::OutOfTime.into()),
        }
    }

    /// Applies the pending migrations and returns their names. A lock keeps others from migrating
    /// at the same time; it waits for the lock for at most `lock_wait`.
    ///
    /// Runs on a blocking thread, because diesel's migrations are not async. The runtime drives the
    /// connections.
    pub(crate) async fn migrate(
        &self,
        connection: AsyncPgConnection,
        source: impl MigrationSource<Pg> + Send + 'static,
        lock_wait: Duration,
    ) -> Result<Vec<String>, Cause> {
        let lock = MigrationLock::take(&self.connector, self.deadline(), lock_wait).await?;
        let runtime = self.general.calls().runtime().clone();
        let migrate = move || {
            let mut connection = Connection::from(connection);
            let applied = apply(&mut connection, source, || runtime.block_on(lock.check()));
            runtime.block_on(lock.release());
            applied
        };
        self.general
            .calls()
            .runtime()
            .spawn_blocking(migrate)
            .await?
    }
}

fn apply(
    connection: &mut Connection,
    source: impl MigrationSource<Pg>,
    check_lock: impl Fn() -> Result<(), Cause>,
) -> Result<Vec<String>, Cause> {
    let pending = connection.pending_migrations(source)?;
    if !pending.is_empty() {
        drop_unfinished_indexes(connection)?;
    }
    for migration in &pending {
        check_lock()?;
        run(connection, migration)?;
    }
    Ok(pending
        .iter()
        .map(|migration| migration.name().to_string())
        .collect())
}

fn run(connection: &mut Connection, migration: &dyn Migration<Pg>) -> Result<(), Cause> {
    if migration.metadata().run_in_transaction() {
        return connection.transaction(|connection| {
            connection.batch_execute(IN_TRANSACTION)?;
            connection.run_migration(migration)?;
            Ok(())
        });
    }
    connection.batch_execute(OUTSIDE)?;
    let run = connection.run_migration(migration);
    // Behind a pooler, this session may be given to another client.
    connection.batch_execute("RESET statement_timeout; RESET lock_timeout")?;
    run?;
    Ok(())
}

/// A failed `CREATE INDEX CONCURRENTLY` leaves an invalid index that blocks the next attempt.
/// Indexes that are being created at the moment are not touched.
fn drop_unfinished_indexes(connection: &mut Connection) -> Result<(), Cause> {
    let unfinished: Vec<Index> = diesel::sql_query(
        "SELECT format('%I.%I', n.nspname, c.relname) AS name
         FROM pg_index i
         JOIN pg_class c ON c.oid = i.indexrelid
         JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE NOT i.indisvalid AND n.nspname = current_schema()
           AND pg_get_userbyid(c.relowner) = current_user
           AND c.relname !~ '_cc(new|old)[0-9]*$'
           AND NOT EXISTS (
             SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid)",
    )
    .load(connection)?;
    for Index { name } in unfinished {
        connection.batch_execute(OUTSIDE)?;
        connection.batch_execute(&format!("DROP INDEX CONCURRENTLY IF EXISTS {name}"))?;
        connection.batch_execute("RESET statement_timeout; RESET lock_timeout")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
