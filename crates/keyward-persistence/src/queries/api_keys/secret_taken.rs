use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{RepositoryError, SecretTaken};
use keyward_domain::{SecretHash, WorkspaceId};

use crate::backend::query;
use crate::error::CorruptRow;
use crate::rows::{ColumnRef, KeyIdColumns};
use crate::schema::api_keys;
use crate::sql_types::{Id, Micros, Stored};
use crate::store::Store;

/// Workspace, prefix, mode, UUID and deletion of a key.
pub(super) type HolderRow = (String, String, String, Stored<Id>, Option<Micros>);

/// The key that has the secret with this hash now, deleted or not. A macro, because the connection's
/// type depends on the database.
macro_rules! holder {
    ($conn:ident, $hash:expr) => {{
        let holder: Option<$crate::queries::api_keys::secret_taken::HolderRow> = api_keys::table
            .filter(api_keys::secret_hash.eq($hash))
            .select((
                api_keys::workspace_id,
                api_keys::prefix,
                api_keys::mode,
                api_keys::id,
                api_keys::deleted_at,
            ))
            .get_result($conn)
            .await
            .optional()?;
        holder
    }};
}

/// Whether the secret with this hash is the previous one of a key, valid or not.
macro_rules! is_previous_secret {
    ($conn:ident, $hash:expr) => {{
        let previous = api_keys::table.filter(api_keys::previous_secret_hash.eq($hash));
        let count: i64 = previous.count().get_result($conn).await?;
        count > 0
    }};
}

pub(super) use {holder, is_previous_secret};

/// What a client of the workspace is told about the key that has a secret.
pub(super) fn taken_by(holder: HolderRow, workspace_id: &str) -> Result<SecretTaken, CorruptRow> {
    let (workspace, prefix, mode, id, deleted_at) = holder;
    if workspace != workspace_id || deleted_at.is_some() {
        return Ok(SecretTaken { key: None });
    }
    let column = ColumnRef {
        table: "api_keys",
        id: &workspace,
    };
    let id = column.read("id", id.0)?;
    let id = column.key_id(KeyIdColumns::OF_KEYS, &prefix, &mode, id)?;
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
        if let Some(holder) = holder!(conn, &hash) {
            return Ok(Some(taken_by(holder, &workspace_id)?));
        }
        let is_previous = is_previous_secret!(conn, &hash);
        Ok(is_previous.then_some(SecretTaken { key: None }))
    })
}
