mod postgres;

use std::sync::Arc;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{Inserted, NewApiKey, RepositoryError, SecretTaken};
use keyward_domain::{RepeatableOperation, RequestFingerprint};

use crate::backend::{Backend, transact};
use crate::queries::api_keys::secret_taken::{had_by, holder, taken_by};
use crate::queries::idempotency::claim_idempotency_key;
use crate::queries::trail::{NewEvent, Recorded, record_event};
use crate::rows::{NewApiKeyRow, NewIdempotencyRow};
use crate::schema::{api_keys, ended_secrets, workspaces};
use crate::store::Store;
use crate::tx::TxOutcome;

/// The rows of a new key, and the limits of its workspace.
struct NewRows {
    workspace_id: String,
    key: NewApiKeyRow,
    event: NewEvent,
    record: Option<(NewIdempotencyRow, RequestFingerprint)>,
    hash: Vec<u8>,
    is_imported: bool,
    key_count_max: i64,
    events_max: Option<i64>,
}

impl From<NewApiKey> for NewRows {
    fn from(new: NewApiKey) -> Self {
        let secret = &new.key.fields().secret;
        let (hash, is_imported) = (secret.hash.as_bytes().to_vec(), secret.hint.is_imported());
        let record = new.idempotency.map(|idempotency| {
            let operation = RepeatableOperation::Create;
            let row = NewIdempotencyRow::new(operation, &idempotency, &new.event);
            (row, idempotency.fingerprint)
        });
        Self {
            workspace_id: new.key.fields().workspace_id.as_str().to_owned(),
            key: new.key.into(),
            event: new.event.into(),
            record,
            hash,
            is_imported,
            key_count_max: i64::from(new.key_count_max),
            events_max: new.events_per_minute_max.map(i64::from),
        }
    }
}

/// One transaction: idempotency record, key count, event and key, all or none.
///
/// The record comes first, so that a replay is reported before a reached limit. On PostgreSQL, one
/// statement tries to do everything first. The transaction that follows if it did nothing finds out
/// the reason.
pub(super) async fn run(store: &Store, new: NewApiKey) -> Result<Inserted, RepositoryError> {
    let new = Arc::new(NewRows::from(new));
    if let Backend::Postgres(postgres) = store.backend()
        && postgres::run(postgres, &new).await?
    {
        return Ok(Inserted::Created);
    }
    transact!(store, |conn| {
        if let Some(record) = &new.record
            && let Some(before) =
                claim_idempotency_key!(conn, record, Inserted::Replayed, Inserted::KeyReused)
        {
            return Ok(TxOutcome::Rollback(before));
        }
        let room = workspaces::table
            .find(&new.workspace_id)
            .filter(workspaces::key_count.lt(new.key_count_max));
        match record_event!(conn, room, 1, &new.event, new.events_max) {
            Recorded::Done => {}
            Recorded::NoWorkspace => return Ok(TxOutcome::Rollback(Inserted::LimitReached)),
            Recorded::TooMany {
                retry_after_seconds,
            } => {
                return Ok(TxOutcome::Rollback(Inserted::TooManyEvents {
                    retry_after_seconds,
                }));
            }
        }
        let inserted = diesel::insert_into(api_keys::table)
            .values(&new.key)
            .on_conflict(api_keys::secret_hash)
            .do_nothing()
            .execute(conn)
            .await?;
        let taken = if inserted == 0 {
            match holder!(conn, secret_hash, &new.hash) {
                Some(holder) => Some(taken_by(holder, &new.workspace_id)?),
                // It was purged in the meantime.
                None => Some(SecretTaken { key: None }),
            }
        } else if new.is_imported {
            // A rotation that was committed before the insertion is visible here, and a later one
            // can't have this secret.
            had_by!(conn, &new.workspace_id, &new.hash)
        } else {
            None
        };
        Ok(match taken {
            Some(taken) => TxOutcome::Rollback(Inserted::SecretTaken(taken)),
            None => TxOutcome::Commit(Inserted::Created),
        })
    })
}
