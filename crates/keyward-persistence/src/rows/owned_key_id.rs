use keyward_domain::{ApiKeyId, WorkspaceId};

use super::{ColumnRef, KeyIdColumns};
use crate::error::CorruptRow;
use crate::sql_types::{Id, Stored};

/// Workspace, prefix, mode and UUID of a key.
pub(crate) type OwnedKeyIdRow = (String, String, String, Stored<Id>);

/// A key's workspace and id.
pub(crate) fn owned_key_id(row: OwnedKeyIdRow) -> Result<(WorkspaceId, ApiKeyId), CorruptRow> {
    let (workspace_id, prefix, mode, id) = row;
    let column = ColumnRef {
        table: "api_keys",
        id: &workspace_id,
    };
    let id = column.read("id", id.0)?;
    let id = column.key_id(KeyIdColumns::OF_KEYS, &prefix, &mode, id)?;
    let workspace_id = column.read("workspace_id", WorkspaceId::parse(&workspace_id))?;
    Ok((workspace_id, id))
}
