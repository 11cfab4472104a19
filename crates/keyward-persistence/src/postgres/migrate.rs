use std::time::Duration;

use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection as _};

use super::Postgres;
use crate::error::{Cause, NotDone};
use crate::migrations;

/// Waits for whoever migrates already, and holds the others off. "keyward" in ASCII; one minute,
/// because a migration may take its time; statements have all the time they need.
const LOCK: &str = "SET statement_timeout = 0; SET lock_timeout = '60s'; \
     SELECT pg_advisory_lock(x'6b657977617264'::bigint)";

/// A little longer than the server waits, for a server that has stopped answering.
const LOCK_MAX: Duration = Duration::from_secs(65);

impl Postgres {
    /// A connection of its own, outside of the pool: its lock and settings end with it.
    pub(crate) async fn connect_to_migrate(&self) -> Result<AsyncPgConnection, Cause> {
        let deadline = self.deadline();
        match tokio::time::timeout(deadline, self.connector.connect("")).await {
            Ok(connected) => Ok(connected?),
            Err(_elapsed) => Err(NotDone::OutOfTime.into()),
        }
    }

    /// On a blocking thread, because diesel's migrations are not async; the connection itself is
    /// driven by the runtime, of whichever kind.
    pub(crate) async fn migrate(
        &self,
        mut connection: AsyncPgConnection,
    ) -> Result<Vec<String>, Cause> {
        match tokio::time::timeout(LOCK_MAX, connection.batch_execute(LOCK)).await {
            Ok(locked) => locked?,
            Err(_elapsed) => return Err(NotDone::OutOfTime.into()),
        }
        let migrate = move || {
            let mut connection = AsyncConnectionWrapper::<AsyncPgConnection>::from(connection);
            migrations::apply(&mut connection, migrations::POSTGRES)
        };
        self.general
            .calls()
            .runtime()
            .spawn_blocking(migrate)
            .await?
    }
}
