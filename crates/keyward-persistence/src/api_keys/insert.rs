use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::IDEMPOTENCY_SECONDS;
use keyward_domain::ports::{Inserted, NewApiKey, RepositoryError};

use crate::backend::{Change, transact};
use crate::prepared::Prepared;
use crate::rows::{CREATE, IdempotencyRow, NewApiKeyRow, NewAuditEventRow, NewIdempotencyRow};
use crate::schema::{api_keys, audit_events, idempotency_records as records, workspaces};
use crate::store::Store;

/// One transaction: idempotency record, count, key and event, all or none.
///
/// The record comes first. Of two requests with one idempotency key, the second waits there for the
/// first to end, and then finds its record; so a replay is told before the limit is.
pub(super) async fn run(store: &Store, new: NewApiKey) -> Result<Inserted, RepositoryError> {
    let workspace_id = new.key.fields().workspace_id.as_str().to_owned();
    let key_count_max = i64::from(new.key_count_max);
    let record = new.idempotency.map(|idempotency| {
        let row = NewIdempotencyRow::of_create(&idempotency, &new.event);
        (row, idempotency.fingerprint)
    });
    let key = NewApiKeyRow::from(new.key);
    let event = NewAuditEventRow::from(new.event);
    transact!(store, |conn| {
        if let Some((row, fingerprint)) = &record {
            let named = records::table.find((&row.workspace_id, CREATE, &row.key));
            let forgotten = row.created_at.minus_seconds(IDEMPOTENCY_SECONDS);
            diesel::delete(named.filter(records::created_at.le(forgotten)))
                .execute(conn)
                .await?;
            let record = diesel::insert_into(records::table)
                .values(row)
                .on_conflict_do_nothing();
            let written = Prepared(record).execute(conn).await?;
            if written == 0 {
                let earlier = named.select(IdempotencyRow::as_select());
                let made = earlier.get_result(conn).await?.made_by(fingerprint)?;
                return Ok(Change::Undo(
                    made.map_or(Inserted::KeyReused, Inserted::Replayed),
                ));
            }
        }
        let room = workspaces::table
            .find(&workspace_id)
            .filter(workspaces::key_count.lt(key_count_max));
        let one_more = workspaces::key_count.eq(workspaces::key_count + 1);
        let counted = Prepared(diesel::update(room).set(one_more))
            .execute(conn)
            .await?;
        if counted == 0 {
            return Ok(Change::Undo(Inserted::LimitReached));
        }
        diesel::insert_into(api_keys::table)
            .values(&key)
            .execute(conn)
            .await?;
        diesel::insert_into(audit_events::table)
            .values(&event)
            .execute(conn)
            .await?;
        Ok(Change::Keep(Inserted::Created))
    })
}
