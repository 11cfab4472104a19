use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::RepeatableOperation;
use keyward_domain::ports::{Inserted, NewApiKey, RepositoryError, SecretTaken};

use crate::backend::transact;
use crate::queries::api_keys::secret_taken::{had_by, holder, taken_by};
use crate::queries::idempotency::claim_idempotency_key;
use crate::queries::trail::{NewEvent, Recorded, record_event};
use crate::rows::{NewApiKeyRow, NewIdempotencyRow};
use crate::schema::{api_keys, ended_secrets, workspaces};
use crate::store::Store;
use crate::tx::TxOutcome;

/// One transaction: idempotency record, key count, event and key, all or none.
///
/// The record comes first, so that a replay is reported before a reached limit.
pub(super) async fn run(store: &Store, new: NewApiKey) -> Result<Inserted, RepositoryError> {
    let workspace_id = new.key.fields().workspace_id.as_str().to_owned();
    let key_count_max = i64::from(new.key_count_max);
    let events_max = new.events_per_minute_max.map(i64::from);
    let record = new.idempotency.map(|idempotency| {
        let row = NewIdempotencyRow::new(RepeatableOperation::Create, &idempotency, &new.event);
        (row, idempotency.fingerprint)
    });
    let secret = &new.key.fields().secret;
    let (hash, is_imported) = (secret.hash.as_bytes().to_vec(), secret.hint.is_imported());
    let key = NewApiKeyRow::from(new.key);
    let event = NewEvent::from(new.event);
    transact!(store, |conn| {
        if let Some(record) = &record
            && let Some(before) =
                claim_idempotency_key!(conn, record, Inserted::Replayed, Inserted::KeyReused)
        {
            return Ok(TxOutcome::Rollback(before));
        }
        let room = workspaces::table
            .find(&workspace_id)
            .filter(workspaces::key_count.lt(key_count_max));
        match record_event!(conn, room, 1, &event, events_max) {
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
            .values(&key)
            .on_conflict(api_keys::secret_hash)
            .do_nothing()
            .execute(conn)
            .await?;
        let taken = if inserted == 0 {
            match holder!(conn, secret_hash, &hash) {
                Some(holder) => Some(taken_by(holder, &workspace_id)?),
                // It was purged in the meantime.
                None => Some(SecretTaken { key: None }),
            }
        } else if is_imported {
            // A rotation that was committed before the insertion is visible here, and a later one
            // can't have this secret.
            had_by!(conn, &workspace_id, &hash)
        } else {
            None
        };
        Ok(match taken {
            Some(taken) => TxOutcome::Rollback(Inserted::SecretTaken(taken)),
            None => TxOutcome::Commit(Inserted::Created),
        })
    })
}
