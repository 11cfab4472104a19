mod ledgers;
mod published;
mod scope_uses;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::Timestamp;
use keyward_domain::ports::{Housekeeping, Purgeable, RepositoryError};

use self::ledgers::{purge_ledgers, purgeable_ledgers};
pub(super) use self::published::purge_published;
use self::scope_uses::purge_scope_uses;
use crate::backend::{Backend, snapshot, transact};
use crate::queries::database_time;
use crate::schema::{
    api_keys, ended_sessions as sessions, idempotency_records as records, key_denials, key_uses,
    scope_uses as uses_of_scopes,
};
use crate::sql_types::{Id, Micros};
use crate::store::Store;
use crate::tx::TxOutcome;

/// Runs a purge in one transaction and returns the number of removed rows. `None` means that
/// another purge is running and nothing was done.
macro_rules! purge {
    ($store:expr, |$conn:ident| $body:expr) => {{
        let turn = turn($store);
        transact!($store, |$conn| {
            let turn: Turn = diesel::sql_query(turn).get_result($conn).await?;
            if !turn.is_ours {
                return Ok(TxOutcome::Rollback(None));
            }
            let purged: usize = $body;
            let purged = u64::try_from(purged).unwrap_or(u64::MAX);
            Ok(TxOutcome::Commit(Some(purged)))
        })
    }};
}

use purge;

/// Removes counters of a table with one or more rows per key and hour, as
/// [`Housekeeping::purge_denials`] says.
macro_rules! purge_counts {
    ($store:expr, $table:ident, $counted_by:expr, $deleted_by:expr, $limit:expr) => {{
        let [counted_by, deleted_by] = [$counted_by, $deleted_by].map(Micros::from);
        purge!($store, |conn| {
            let oldest: Vec<(Id, Micros)> = $table::table
                .filter($table::hour.le(counted_by))
                .order($table::hour)
                .limit($limit.into())
                .select(($table::api_key_id, $table::hour))
                .load(conn)
                .await?;
            if let Some((_id, last)) = oldest.last().copied() {
                // All of these rows, and other rows of the same keys up to the same hour.
                let ids: Vec<Id> = oldest.into_iter().map(|(id, _hour)| id).collect();
                let counts = $table::table
                    .filter($table::hour.le(last))
                    .filter($table::api_key_id.eq_any(ids));
                diesel::delete(counts).execute(conn).await?
            } else {
                let first: Vec<(Id, Micros)> = $table::table
                    .filter($table::api_key_id.eq_any(deleted(deleted_by)))
                    .order(($table::api_key_id, $table::hour))
                    .limit($limit.into())
                    .select(($table::api_key_id, $table::hour))
                    .load(conn)
                    .await?;
                let Some((last_id, last)) = first.last().copied() else {
                    return Ok(TxOutcome::Rollback(Some(0)));
                };
                // These include all counters of the keys before the last one.
                let ids: Vec<Id> = first.into_iter().map(|(id, _hour)| id).collect();
                let is_whole = $table::api_key_id.ne(last_id);
                let counts = $table::table
                    .filter($table::api_key_id.eq_any(ids))
                    .filter(is_whole.or($table::hour.le(last)));
                diesel::delete(counts).execute(conn).await?
            }
        })
    }};
}

/// How many of these counters a purge would remove.
macro_rules! purgeable_counts {
    ($conn:expr, $table:ident, $counted_by:expr, $deleted_by:expr) => {{
        let counts: i64 = $table::table
            .filter(
                $table::hour
                    .le($counted_by)
                    .or($table::api_key_id.eq_any(deleted($deleted_by))),
            )
            .count()
            .get_result($conn)
            .await?;
        counts
    }};
}

#[async_trait]
impl Housekeeping for Store {
    async fn purgeable(
        &self,
        deleted_by: Timestamp,
        recorded_by: Timestamp,
        counted_by: Timestamp,
        ended_by: Timestamp,
    ) -> Result<Purgeable, RepositoryError> {
        let [deleted_by, recorded_by, counted_by, ended_by] =
            [deleted_by, recorded_by, counted_by, ended_by].map(Micros::from);
        let clock = database_time::asked(self.backend());
        snapshot!(self, |conn| {
            let api_keys: i64 = api_keys::table
                .filter(api_keys::deleted_at.le(deleted_by))
                .count()
                .get_result(conn)
                .await?;
            let idempotency_records: i64 = records::table
                .filter(records::created_at.le(recorded_by))
                .count()
                .get_result(conn)
                .await?;
            let denial_counts = purgeable_counts!(conn, key_denials, counted_by, deleted_by);
            let scope_uses: i64 = uses_of_scopes::table
                .filter(uses_of_scopes::api_key_id.eq_any(deleted(deleted_by)))
                .count()
                .get_result(conn)
                .await?;
            let use_counts = purgeable_counts!(conn, key_uses, counted_by, deleted_by)
                + purgeable_ledgers!(conn, clock)
                + scope_uses;
            let ended_sessions: i64 = sessions::table
                .filter(sessions::ends_at.le(ended_by))
                .count()
                .get_result(conn)
                .await?;
            Ok(Purgeable {
                // Counts are never negative.
                api_keys: u64::try_from(api_keys).unwrap_or(0),
                idempotency_records: u64::try_from(idempotency_records).unwrap_or(0),
                denial_counts: u64::try_from(denial_counts).unwrap_or(0),
                use_counts: u64::try_from(use_counts).unwrap_or(0),
                ended_sessions: u64::try_from(ended_sessions).unwrap_or(0),
            })
        })
    }

    async fn purge_api_keys(
        &self,
        deleted_by: Timestamp,
        limit: u32,
    ) -> Result<Option<u64>, RepositoryError> {
        let deleted_by = Micros::from(deleted_by);
        let purged = purge!(self, |conn| {
            let oldest: Vec<Id> = api_keys::table
                .filter(api_keys::deleted_at.le(deleted_by))
                .order(api_keys::deleted_at)
                .limit(limit.into())
                .select(api_keys::id)
                .load(conn)
                .await?;
            diesel::delete(api_keys::table.filter(api_keys::id.eq_any(oldest)))
                .execute(conn)
                .await?
        })?;
        self.purged().add_api_keys(purged);
        Ok(purged)
    }

    async fn purge_idempotency_records(
        &self,
        recorded_by: Timestamp,
        limit: u32,
    ) -> Result<Option<u64>, RepositoryError> {
        let recorded_by = Micros::from(recorded_by);
        let purged = purge!(self, |conn| {
            // The time of the last record of this batch. Other records may have the same time.
            let last: Option<Micros> = records::table
                .filter(records::created_at.le(recorded_by))
                .order(records::created_at)
                .limit(limit.into())
                .select(records::created_at)
                .load(conn)
                .await?
                .pop();
            let Some(last) = last else {
                return Ok(TxOutcome::Rollback(Some(0)));
            };
            diesel::delete(records::table.filter(records::created_at.le(last)))
                .execute(conn)
                .await?
        })?;
        self.purged().add_idempotency_records(purged);
        Ok(purged)
    }

    async fn purge_denials(
        &self,
        counted_by: Timestamp,
        deleted_by: Timestamp,
        limit: u32,
    ) -> Result<Option<u64>, RepositoryError> {
        let purged = purge_counts!(self, key_denials, counted_by, deleted_by, limit)?;
        self.purged().add_denial_counts(purged);
        Ok(purged)
    }

    async fn purge_uses(
        &self,
        counted_by: Timestamp,
        deleted_by: Timestamp,
        limit: u32,
    ) -> Result<Option<u64>, RepositoryError> {
        let purged = purge_counts!(self, key_uses, counted_by, deleted_by, limit)?;
        let purged = match purged {
            // The ledgers of limits count uses as well.
            Some(0) => purge_ledgers(self, limit).await?,
            Some(_) | None => purged,
        };
        let purged = match purged {
            Some(0) => purge_scope_uses(self, deleted_by, limit).await?,
            Some(_) | None => purged,
        };
        self.purged().add_use_counts(purged);
        Ok(purged)
    }

    async fn purge_ended_sessions(
        &self,
        ended_by: Timestamp,
        limit: u32,
    ) -> Result<Option<u64>, RepositoryError> {
        let ended_by = Micros::from(ended_by);
        let purged = purge!(self, |conn| {
            let oldest: Vec<Vec<u8>> = sessions::table
                .filter(sessions::ends_at.le(ended_by))
                .order(sessions::ends_at)
                .limit(limit.into())
                .select(sessions::session_id)
                .load(conn)
                .await?;
            diesel::delete(sessions::table.filter(sessions::session_id.eq_any(oldest)))
                .execute(conn)
                .await?
        })?;
        self.purged().add_ended_sessions(purged);
        Ok(purged)
    }
}

/// Whether no other purge is running.
#[derive(QueryableByName)]
struct Turn {
    #[diesel(sql_type = diesel::sql_types::Bool)]
    is_ours: bool,
}

/// Takes the purge lock for this transaction, if it is free. The number is "keywardp" in ASCII. A
/// transaction's lock works behind any pooler. SQLite has only one writer anyway.
fn turn(store: &Store) -> &'static str {
    match store.backend() {
        Backend::Postgres(_) => {
            "SELECT pg_try_advisory_xact_lock(x'6b65797761726470'::bigint) AS is_ours"
        }
        Backend::Sqlite(_) => "SELECT TRUE AS is_ours",
    }
}

/// The keys that were deleted by this time.
#[diesel::dsl::auto_type(no_type_alias)]
fn deleted(by: Micros) -> _ {
    api_keys::table
        .filter(api_keys::deleted_at.le(by))
        .select(api_keys::id)
}
