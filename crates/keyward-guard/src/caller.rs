use std::collections::BTreeMap;

use keyward_domain::{ApiKeyFields, ApiKeyId, Scope, WorkspaceId};

/// Whose key a call was made with. Handlers behind a middleware take it as an argument: in actix-web
/// as it is, in axum as `Extension<Caller>`. It is in the extensions of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Which key, and of which mode.
    pub api_key_id: ApiKeyId,
    /// Whose key it is.
    pub workspace_id: WorkspaceId,
    /// All that it may do.
    pub scopes: Vec<Scope>,
    /// What its owner calls it.
    pub name: String,
    /// What the platform calls the holder of the key; `None` when the key has no external id.
    pub external_id: Option<String>,
    /// What the platform keeps about the key.
    pub metadata: BTreeMap<String, String>,
}

impl From<&ApiKeyFields> for Caller {
    fn from(key: &ApiKeyFields) -> Self {
        let metadata = key.annotations.metadata.iter();
        Self {
            api_key_id: key.id,
            workspace_id: key.workspace_id.clone(),
            scopes: key.scopes.as_slice().to_vec(),
            name: key.name.as_str().to_owned(),
            external_id: key
                .annotations
                .external_id
                .as_ref()
                .map(ToString::to_string),
            metadata: metadata
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        }
    }
}
