use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use keyward_domain::Timestamp;
use keyward_domain::ports::RepositoryError;

use super::{Turn, purge, turn};
use crate::backend::transact;
use crate::sql_types::{Instant, Micros};
use crate::store::Store;
use crate::tx::TxOutcome;

/// Nothing records a use of a deleted key, so the rows can't change in the meantime.
const PURGE: &str = "
    DELETE FROM scope_uses
    WHERE (api_key_id, scope) IN (
        SELECT api_key_id, scope FROM scope_uses
        WHERE api_key_id IN (SELECT id FROM api_keys WHERE deleted_at <= $1)
        LIMIT $2
    )";

/// Removes at most `limit` last uses of scopes of keys that were deleted by this time, as
/// [`Housekeeping::purge_uses`](keyward_domain::ports::Housekeeping::purge_uses) returns it.
pub(super) async fn purge_scope_uses(
    store: &Store,
    deleted_by: Timestamp,
    limit: u32,
) -> Result<Option<u64>, RepositoryError> {
    purge!(store, |conn| {
        diesel::sql_query(PURGE)
            .bind::<Instant, _>(Micros::from(deleted_by))
            .bind::<BigInt, _>(i64::from(limit))
            .execute(conn)
            .await?
    })
}
