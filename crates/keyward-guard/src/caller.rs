use std::collections::BTreeMap;

use keyward_domain::{ApiKeyId, Scope, VerificationKey, WorkspaceId};

/// The key of an allowed call. The middleware puts it into the extensions of the request. Handlers
/// take it as an argument: `Caller` in actix-web, `Extension<Caller>` in axum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The key id, which includes the mode.
    pub api_key_id: ApiKeyId,
    /// The workspace that owns the key.
    pub workspace_id: WorkspaceId,
    /// All scopes of the key.
    pub scopes: Vec<Scope>,
    /// The key's name.
    pub name: String,
    /// What the platform calls the holder of the key; `None` when the key has no external id.
    pub external_id: Option<String>,
    /// What the platform keeps about the key.
    pub metadata: BTreeMap<String, String>,
}

impl From<&VerificationKey> for Caller {
    fn from(key: &VerificationKey) -> Self {
        let metadata = key.metadata().iter();
        Self {
            api_key_id: key.id,
            workspace_id: WorkspaceId::clone(&key.workspace_id),
            scopes: key.scopes.as_slice().to_vec(),
            name: key.name.as_str().to_owned(),
            external_id: key.external_id().map(ToString::to_string),
            metadata: metadata
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        }
    }
}
