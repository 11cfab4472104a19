mod postgres;

use std::sync::Arc;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{ChangedApiKey, RepositoryError, Saved};
use keyward_domain::{AuditAction, RepeatableOperation, RequestFingerprint};

use crate::backend::{Backend, transact};
use crate::queries::event_log::{NewNotices, PutNotices as _};
use crate::queries::idempotency::claim_idempotency_key;
use crate::queries::prepared::Prepared;
use crate::queries::trail::{NewEvent, Recorded, record_event};
use crate::rows::{ChangingRow, NewIdempotencyRow};
use crate::schema::{api_keys, secret_uses, workspaces};
use crate::sql_types::{Id, Micros};
use crate::store::Store;
use crate::tx::TxOutcome;

/// The rows of a changed key, and what they were changed from.
struct ChangedRows {
    id: Id,
    prefix: String,
    mode: &'static str,
    workspace_id: String,
    made_from: i64,
    changing: ChangingRow,
    event: NewEvent,
    notices: NewNotices,
    record: Option<(NewIdempotencyRow, RequestFingerprint)>,
    more_keys: i64,
    events_max: Option<i64>,
    may_end_a_secret: bool,
    /// The hashes of the secrets that the key has afterwards.
    kept: Vec<Vec<u8>>,
}

impl From<ChangedApiKey> for ChangedRows {
    fn from(changed: ChangedApiKey) -> Self {
        let fields = changed.key.fields();
        let action = changed.event.action;
        let previous = fields.previous_secret.as_ref();
        let kept = std::iter::once(&fields.secret).chain(previous.map(|previous| &previous.secret));
        let kept = kept.map(|kept| kept.hash.as_bytes().to_vec()).collect();
        let record = changed.idempotency.map(|idempotency| {
            let operation = RepeatableOperation::Rotate;
            let row = NewIdempotencyRow::new(operation, &idempotency, &changed.event);
            (row, idempotency.fingerprint)
        });
        Self {
            id: Id(fields.id.uuid()),
            prefix: fields.id.prefix().to_string(),
            mode: fields.id.mode().as_str(),
            workspace_id: fields.workspace_id.as_str().to_owned(),
            made_from: i64::from(fields.version) - 1,
            more_keys: if fields.deleted_at.is_some() { -1 } else { 0 },
            changing: changed.key.into(),
            event: changed.event.into(),
            notices: changed.notices.into(),
            record,
            events_max: changed.events_per_minute_max.map(i64::from),
            may_end_a_secret: matches!(action, AuditAction::Rotated | AuditAction::OverlapEnded),
            kept,
        }
    }
}

/// The key at the version that the change was made from. A macro, because the type of a query has no
/// short name.
macro_rules! key_before {
    ($changed:expr) => {
        api_keys::table
            .find($changed.id)
            .filter(api_keys::prefix.eq(&$changed.prefix))
            .filter(api_keys::mode.eq($changed.mode))
            .filter(api_keys::workspace_id.eq(&$changed.workspace_id))
            .filter(api_keys::deleted_at.is_null())
            .filter(api_keys::version.eq($changed.made_from))
    };
}

use key_before;

/// One transaction: idempotency record, key, key count, event and notices, all or none.
///
/// The record comes first, so that a replay is reported before the version is compared. Then comes
/// the event, so that reaching its limit costs little. The update of the key waits for a concurrent
/// one and then sees its version. Uses are locked before their key, in the same order as where they
/// are recorded. On PostgreSQL, one statement tries to do everything first. The transaction that
/// follows if it did nothing finds out the reason.
pub(super) async fn run(store: &Store, changed: ChangedApiKey) -> Result<Saved, RepositoryError> {
    let changed = Arc::new(ChangedRows::from(changed));
    if let Backend::Postgres(postgres) = store.backend()
        && postgres::run(postgres, &changed).await?
    {
        return Ok(Saved::Done);
    }
    transact!(store, changing changed.id.0, |conn| {
        if let Some(record) = &changed.record
            && let Some(before) = claim_idempotency_key!(conn, record, Saved::Replayed, Saved::KeyReused)
        {
            return Ok(TxOutcome::Rollback(before));
        }
        // A workspace without keys has none to delete: a concurrent change came first.
        let workspace = workspaces::table
            .find(&changed.workspace_id)
            .filter(workspaces::key_count.ge(-changed.more_keys));
        match record_event!(conn, workspace, changed.more_keys, &changed.event, changed.events_max) {
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
        let last_use_by_ended: Option<Micros> = if changed.may_end_a_secret {
            let of_key = secret_uses::table.filter(secret_uses::api_key_id.eq(changed.id));
            let ended = diesel::delete(of_key.filter(secret_uses::secret_hash.ne_all(&changed.kept)));
            let ended: Vec<Micros> = ended
                .returning(secret_uses::last_used_at)
                .get_results(conn)
                .await?;
            ended.into_iter().max_by_key(|at| at.0)
        } else {
            None
        };
        let current = key_before!(changed);
        let update = diesel::update(current).set(&changed.changing);
        let saved = Prepared(update).execute(conn).await?;
        if saved == 0 {
            return Ok(TxOutcome::Rollback(Saved::Superseded));
        }
        if let Some(at) = last_use_by_ended {
            let is_first = api_keys::last_used_at.is_null();
            let is_last = is_first.or(api_keys::last_used_at.lt(at).assume_not_null());
            let update = diesel::update(api_keys::table.find(changed.id).filter(is_last));
            Prepared(update.set(api_keys::last_used_at.eq(at)))
                .execute(conn)
                .await?;
        }
        if !changed.notices.is_empty() {
            conn.put(&changed.notices).await?;
        }
        Ok(TxOutcome::Commit(Saved::Done))
    })
}
