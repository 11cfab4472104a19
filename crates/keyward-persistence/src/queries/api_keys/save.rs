use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{ChangedApiKey, RepositoryError, Saved};
use keyward_domain::{AuditAction, RepeatableOperation};

use crate::backend::transact;
use crate::queries::idempotency::claim_idempotency_key;
use crate::queries::trail::{NewEvent, Recorded, record_event};
use crate::rows::{ChangingRow, NewIdempotencyRow};
use crate::schema::{api_keys, secret_uses, workspaces};
use crate::sql_types::{Id, Ip, Micros};
use crate::store::Store;
use crate::tx::TxOutcome;

/// One transaction: idempotency record, key, key count and event, all or none.
///
/// The record comes first, so that a replay is reported before the version is compared. Then comes
/// the event, so that reaching its limit costs little. The update of the key waits for a concurrent
/// one and then sees its version. Uses are locked before their key, in the same order as where they
/// are recorded.
pub(super) async fn run(store: &Store, changed: ChangedApiKey) -> Result<Saved, RepositoryError> {
    let fields = changed.key.fields();
    let (id, prefix) = (Id(fields.id.uuid()), fields.id.prefix());
    let mode = fields.id.mode().as_str();
    let workspace_id = fields.workspace_id.as_str().to_owned();
    let made_from = i64::from(fields.version) - 1;
    let events_max = changed.events_per_minute_max.map(i64::from);
    let more_keys = if fields.deleted_at.is_some() { -1 } else { 0 };
    let action = changed.event.action;
    let is_rotated = action == AuditAction::Rotated;
    let may_end_a_secret = is_rotated || action == AuditAction::OverlapEnded;
    let previous = fields.previous_secret.as_ref();
    let kept = std::iter::once(&fields.secret).chain(previous.map(|previous| &previous.secret));
    let kept: Vec<Vec<u8>> = kept.map(|kept| kept.hash.as_bytes().to_vec()).collect();
    let record = changed.idempotency.map(|idempotency| {
        let row = NewIdempotencyRow::new(RepeatableOperation::Rotate, &idempotency, &changed.event);
        (row, idempotency.fingerprint)
    });
    let changing = ChangingRow::from(changed.key);
    let event = NewEvent::from(changed.event);
    transact!(store, changing id.0, |conn| {
        if let Some(record) = &record
            && let Some(before) = claim_idempotency_key!(conn, record, Saved::Replayed, Saved::KeyReused)
        {
            return Ok(TxOutcome::Rollback(before));
        }
        // A workspace without keys has none to delete: a concurrent change came first.
        let workspace = workspaces::table
            .find(&workspace_id)
            .filter(workspaces::key_count.ge(-more_keys));
        match record_event!(conn, workspace, more_keys, &event, events_max) {
            Recorded::Done => {}
            Recorded::NoWorkspace => return Ok(TxOutcome::Rollback(Saved::Superseded)),
            Recorded::TooMany {
                retry_after_seconds,
            } => {
                return Ok(TxOutcome::Rollback(Saved::TooManyEvents {
                    retry_after_seconds,
                }));
            }
        }
        let last_use_by_ended: Option<Micros> = if may_end_a_secret {
            let of_key = secret_uses::table.filter(secret_uses::api_key_id.eq(id));
            let ended = diesel::delete(of_key.filter(secret_uses::secret_hash.ne_all(&kept)));
            let ended: Vec<Micros> = ended
                .returning(secret_uses::last_used_at)
                .get_results(conn)
                .await?;
            ended.into_iter().max_by_key(|at| at.0)
        } else {
            None
        };
        let current = api_keys::table
            .find(id)
            .filter(api_keys::prefix.eq(prefix.as_str()))
            .filter(api_keys::mode.eq(mode))
            .filter(api_keys::workspace_id.eq(&workspace_id))
            .filter(api_keys::deleted_at.is_null())
            .filter(api_keys::version.eq(made_from));
        let saved = if is_rotated {
            // For nodes of the previous release, which read last uses from these columns.
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
            return Ok(TxOutcome::Rollback(Saved::Superseded));
        }
        if let Some(at) = last_use_by_ended {
            let is_first = api_keys::last_used_at.is_null();
            let is_last = is_first.or(api_keys::last_used_at.lt(at).assume_not_null());
            diesel::update(api_keys::table.find(id).filter(is_last))
                .set(api_keys::last_used_at.eq(at))
                .execute(conn)
                .await?;
        }
        Ok(TxOutcome::Commit(Saved::Done))
    })
}
