use crate::api_key_id::ApiKeyId;
use crate::expiry::Expiry;
use crate::ip_rule::IpAllowlist;
use crate::key_name::KeyName;
use crate::origin::Origin;
use crate::scope::ScopeSet;
use crate::secret::SecretHint;
use crate::status::Status;
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
    /// What its owner chose was chosen anew.
    Updated,
    /// It was switched off.
    Disabled,
    /// It was switched on again.
    Enabled,
    /// It was given a new secret.
    Rotated,
    /// Its old secret was ended before its time.
    OverlapEnded,
    /// It was deleted.
    Deleted,
}

impl AuditAction {
    /// Every action.
    pub const ALL: [Self; 7] = [
        Self::Created,
        Self::Updated,
        Self::Disabled,
        Self::Enabled,
        Self::Rotated,
        Self::OverlapEnded,
        Self::Deleted,
    ];

    /// `CREATED`, `UPDATED`, `DISABLED`, `ENABLED`, `ROTATED`, `OVERLAP_ENDED` or `DELETED`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "CREATED",
            Self::Updated => "UPDATED",
            Self::Disabled => "DISABLED",
            Self::Enabled => "ENABLED",
            Self::Rotated => "ROTATED",
            Self::OverlapEnded => "OVERLAP_ENDED",
            Self::Deleted => "DELETED",
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
    /// Whether it was deleted.
    pub is_deleted: bool,
    /// The end of the secret that it had.
    pub secret_hint: SecretHint,
    /// The old secret that lived on, if one did.
    pub overlap: Option<AuditedOverlap>,
}

/// What the trail keeps of an old secret that lives on after a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditedOverlap {
    /// The end of that secret.
    pub secret_hint: SecretHint,
    /// From this instant on it is dead.
    pub ends_at: Timestamp,
}

impl AuditedKey {
    /// Whether the key could be used at `now`.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> Status {
        if self.is_deleted {
            Status::Deleted
        } else if self.is_disabled {
            Status::Disabled
        } else if self.expires_at.is_some_and(|expiry| expiry.is_past(now)) {
            Status::Expired
        } else {
            Status::Active
        }
    }
}
