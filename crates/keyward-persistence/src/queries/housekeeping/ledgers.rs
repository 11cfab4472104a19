use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use keyward_domain::Timestamp;
use keyward_domain::ports::RepositoryError;

use super::{Turn, purge, turn};
use crate::backend::transact;
use crate::queries::database_time::{self, DatabaseTime};
use crate::sql_types::{Instant, Micros};
use crate::store::Store;
use crate::tx::TxOutcome;

/// A ledger that has not changed for so long says nothing any more: no unit is spent for more than 31
/// days and a part of them.
const DAYS_UNCHANGED: i64 = 32;

/// The day is compared again, because a node may have changed the row in the meantime.
const PURGE: &str = "
    DELETE FROM limit_ledgers
    WHERE (workspace_id, subject, name) IN (
        SELECT workspace_id, subject, name FROM limit_ledgers
        WHERE updated_on < $1 ORDER BY updated_on LIMIT $2
    ) AND updated_on < $1";

/// Ledgers whose last change was on a day before this one are purged.
pub(super) fn unchanged_since(now: Timestamp) -> Micros {
    let day = now.truncated_to_days();
    day.plus_seconds(-DAYS_UNCHANGED * 24 * 60 * 60).into()
}

/// How many ledgers a purge would remove. `$clock` is the statement that reads the database's clock.
macro_rules! purgeable_ledgers {
    ($conn:ident, $clock:expr) => {{
        use $crate::queries::database_time::DatabaseTime;
        use $crate::schema::limit_ledgers;
        let time: DatabaseTime = diesel::sql_query($clock).get_result($conn).await?;
        let since = $crate::queries::housekeeping::ledgers::unchanged_since(time.read()?);
        let ledgers: i64 = limit_ledgers::table
            .filter(limit_ledgers::updated_on.lt(since))
            .count()
            .get_result($conn)
            .await?;
        ledgers
    }};
}

pub(super) use purgeable_ledgers;

/// Removes at most `limit` ledgers that have not changed for long, as
/// [`Housekeeping::purge_uses`](keyward_domain::ports::Housekeeping::purge_uses) returns it.
pub(super) async fn purge_ledgers(
    store: &Store,
    limit: u32,
) -> Result<Option<u64>, RepositoryError> {
    let clock = database_time::asked(store.backend());
    purge!(store, |conn| {
        let time: DatabaseTime = diesel::sql_query(clock).get_result(conn).await?;
        diesel::sql_query(PURGE)
            .bind::<Instant, _>(unchanged_since(time.read()?))
            .bind::<BigInt, _>(i64::from(limit))
            .execute(conn)
            .await?
    })
}
