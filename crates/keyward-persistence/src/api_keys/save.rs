use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{ChangedApiKey, RepositoryError, Saved};
use keyward_domain::{AuditAction, RepeatableOperation};

use crate::backend::{Change, transact};
use crate::once::came_before;
use crate::rows::{ChangingRow, NewIdempotencyRow};
use crate::schema::{api_keys, audit_events, idempotency_records as records, workspaces};
use crate::sql_types::{Id, Ip, Micros};
use crate::store::Store;
use crate::trail::{NewEvent, record_event};

/// One transaction: idempotency record, key, count and event, all or none.
///
/// The record comes first, so that a replay is told before the version is compared. The update of
/// the key waits for one that is under way, and then sees its version.
pub(super) async fn run(store: &Store, changed: ChangedApiKey) -> Result<Saved, RepositoryError> {
    let fields = changed.key.fields();
    let (id, mode) = (Id(fields.id.uuid()), fields.id.mode().as_str());
    let workspace_id = fields.workspace_id.as_str().to_owned();
    let made_from = i64::from(fields.version) - 1;
    let more_keys = if fields.deleted_at.is_some() { -1 } else { 0 };
    let is_rotated = changed.event.action == AuditAction::Rotated;
    let record = changed.idempotency.map(|idempotency| {
        let row = NewIdempotencyRow::new(RepeatableOperation::Rotate, &idempotency, &changed.event);
        (row, idempotency.fingerprint)
    });
    let changing = ChangingRow::from(changed.key);
    let event = NewEvent::from(changed.event);
    transact!(store, changing id.0, |conn| {
        if let Some(record) = &record
            && let Some(before) = came_before!(conn, record, Saved::Replayed, Saved::KeyReused)
        {
            return Ok(Change::Undo(before));
        }
        let current = api_keys::table
            .find(id)
            .filter(api_keys::mode.eq(mode))
            .filter(api_keys::workspace_id.eq(&workspace_id))
            .filter(api_keys::deleted_at.is_null())
            .filter(api_keys::version.eq(made_from));
        let saved = if is_rotated {
            // A last use goes with its secret, the newest one too: it is taken from the row itself.
            let moved = (
                api_keys::previous_secret_last_used_at.eq(api_keys::secret_last_used_at),
                api_keys::previous_secret_last_used_address.eq(api_keys::secret_last_used_address),
                api_keys::previous_secret_use_count.eq(api_keys::secret_use_count),
                api_keys::secret_last_used_at.eq(None::<Micros>),
                api_keys::secret_last_used_address.eq(None::<Ip>),
                api_keys::secret_use_count.eq(0_i64),
            );
            let update = diesel::update(current).set((&changing, moved));
            update.execute(conn).await?
        } else {
            diesel::update(current).set(&changing).execute(conn).await?
        };
        if saved == 0 {
            return Ok(Change::Undo(Saved::Superseded));
        }
        let workspace = workspaces::table.find(&workspace_id);
        if !record_event!(conn, workspace, more_keys, &event) {
            return Ok(Change::Undo(Saved::Superseded));
        }
        Ok(Change::Keep(Saved::Done))
    })
}
