use crate::api_key::ApiKeyFields;
use crate::api_key_id::ApiKeyId;
use crate::expiry::Expiry;
use crate::ip_rule::IpAllowlist;
use crate::key_name::KeyName;
use crate::origin::Origin;
use crate::scope::ScopeSet;
use crate::timestamp::Timestamp;
use crate::workspace::{Actor, WorkspaceId};

/// One immutable line of a key's history, written in the transaction of the change it tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// Whose key.
    pub workspace_id: WorkspaceId,
    /// Which key.
    pub api_key_id: ApiKeyId,
    /// What was done.
    pub action: AuditAction,
    /// Who did it.
    pub actor: Actor,
    /// From where.
    pub origin: Origin,
    /// When.
    pub occurred_at: Timestamp,
    /// What the key was before; `None` when it was not.
    pub before: Option<AuditedKey>,
    /// What it was then.
    pub after: Option<AuditedKey>,
}

/// What was done to a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AuditAction {
    /// It was created.
    Created,
}

impl AuditAction {
    /// Every action.
    pub const ALL: [Self; 1] = [Self::Created];

    /// `CREATED`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "CREATED",
        }
    }

    /// Reads what [`as_str`](Self::as_str) writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == text)
    }
}

/// What the trail keeps of a key at one moment: what its owner chose, never a secret or a hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditedKey {
    /// The display name.
    pub name: KeyName,
    /// What it may do.
    pub scopes: ScopeSet,
    /// From where it may be used.
    pub ip_allowlist: IpAllowlist,
    /// When it ends, if it does.
    pub expires_at: Option<Expiry>,
    /// Whether its owner has switched it off.
    pub is_disabled: bool,
}

impl From<ApiKeyFields> for AuditedKey {
    fn from(fields: ApiKeyFields) -> Self {
        Self {
            name: fields.name,
            scopes: fields.scopes,
            ip_allowlist: fields.ip_allowlist,
            expires_at: fields.expires_at,
            is_disabled: fields.is_disabled,
        }
    }
}
