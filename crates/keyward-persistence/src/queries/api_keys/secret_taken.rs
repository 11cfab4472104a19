use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{RepositoryError, SecretTaken};
use keyward_domain::{SecretHash, WorkspaceId};

use crate::backend::query;
use crate::error::CorruptRow;
use crate::rows::{OwnedKeyIdRow, owned_key_id};
use crate::schema::{api_keys, ended_secrets};
use crate::sql_types::Micros;
use crate::store::Store;

/// A key and its deletion.
pub(super) type HolderRow = (OwnedKeyIdRow, Option<Micros>);

/// The key that has a hash in one of its two columns, deleted or not. A macro, because the connection's
/// type depends on the database.
macro_rules! holder {
    ($conn:ident, $column:ident, $hash:expr) => {{
        let holder: Option<$crate::queries::api_keys::secret_taken::HolderRow> = api_keys::table
            .filter(api_keys::$column.eq($hash))
            .select((
                (
                    api_keys::workspace_id,
                    api_keys::prefix,
                    api_keys::mode,
                    api_keys::id,
                ),
                api_keys::deleted_at,
            ))
            .get_result($conn)
            .await
            .optional()?;
        holder
    }};
}

/// Whether a secret was one of the earlier secrets of a key: the previous one, or one that has ended.
/// In this order: a concurrent rotation only moves a secret from the first to the second.
macro_rules! had_by {
    ($conn:ident, $workspace_id:expr, $hash:expr) => {{
        if let Some(holder) = holder!($conn, previous_secret_hash, $hash) {
            Some(taken_by(holder, $workspace_id)?)
        } else {
            let ended: i64 = ended_secrets::table
                .find($hash)
                .count()
                .get_result($conn)
                .await?;
            (ended > 0).then_some(SecretTaken { key: None })
        }
    }};
}

pub(super) use {had_by, holder};

/// What a client of the workspace is told about the key that has a secret.
pub(super) fn taken_by(holder: HolderRow, workspace_id: &str) -> Result<SecretTaken, CorruptRow> {
    let (key, deleted_at) = holder;
    if key.0 != workspace_id || deleted_at.is_some() {
        return Ok(SecretTaken { key: None });
    }
    let (_workspace_id, id) = owned_key_id(key)?;
    Ok(SecretTaken { key: Some(id) })
}

pub(super) async fn run(
    store: &Store,
    workspace_id: &WorkspaceId,
    secret_hash: &SecretHash,
) -> Result<Option<SecretTaken>, RepositoryError> {
    let workspace_id = workspace_id.as_str().to_owned();
    let hash = secret_hash.as_bytes().to_vec();
    query!(store, |conn| {
        if let Some(holder) = holder!(conn, secret_hash, &hash) {
            return Ok(Some(taken_by(holder, &workspace_id)?));
        }
        Ok(had_by!(conn, &workspace_id, &hash))
    })
}
