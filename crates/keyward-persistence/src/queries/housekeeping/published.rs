use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::Timestamp;
use keyward_domain::ports::RepositoryError;

use super::{Turn, purge, turn};
use crate::backend::transact;
use crate::schema::published_events;
use crate::sql_types::Micros;
use crate::store::Store;
use crate::tx::TxOutcome;

/// Removes published events, as
/// [`EventLog::purge_published`](keyward_domain::ports::EventLog::purge_published) says.
///
/// An event is never removed before one with a smaller position, whatever the clocks of the nodes that
/// published them, so that those that are left have no gaps.
pub(in crate::queries) async fn purge_published(
    store: &Store,
    published_by: Timestamp,
    limit: u32,
) -> Result<Option<u64>, RepositoryError> {
    let published_by = Micros::from(published_by);
    purge!(store, |conn| {
        let oldest: Vec<(i64, Micros)> = published_events::table
            .order(published_events::position)
            .limit(limit.into())
            .select((published_events::position, published_events::published_at))
            .load(conn)
            .await?;
        let old = oldest.iter().take_while(|(_, at)| at.0 <= published_by.0);
        let Some((last, _)) = old.last() else {
            return Ok(TxOutcome::Rollback(Some(0)));
        };
        let old = published_events::table.filter(published_events::position.le(*last));
        diesel::delete(old).execute(conn).await?
    })
}
