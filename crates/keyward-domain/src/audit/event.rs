use crate::caller::origin::Origin;
use crate::caller::workspace::{Actor, WorkspaceId};
use crate::key::expiry::Expiry;
use crate::key::id::ApiKeyId;
use crate::key::ip_rule::IpAllowlist;
use crate::key::name::KeyName;
use crate::key::scope::ScopeSet;
use crate::key::secret::SecretHint;
use crate::key::status::Status;
use crate::timestamp::Timestamp;

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
    /// What the fields that changed were before; `None` when the key was not.
    pub before: Option<AuditedFields>,
    /// What they were then: all of them in the first event, later those that changed.
    pub after: Option<AuditedFields>,
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

/// What the trail knows of a key at one moment: what its owner chose, never a secret or a hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditedKey {
    /// The display name.
    pub name: KeyName,
    /// What it may do.
    pub scopes: ScopeSet,
    /// From where it may be used.
    pub ip_allowlist: IpAllowlist,
    /// What its status follows from.
    pub state: AuditedState,
    /// The end of the secret that it had.
    pub secret_hint: SecretHint,
    /// The old secret that lived on, if one did.
    pub overlap: Option<AuditedOverlap>,
}

/// The fields of a key that an event tells of; `None` for the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditedFields {
    /// The display name.
    pub name: Option<KeyName>,
    /// What the key may do.
    pub scopes: Option<ScopeSet>,
    /// From where it may be used.
    pub ip_allowlist: Option<IpAllowlist>,
    /// What its status follows from.
    pub state: Option<AuditedState>,
    /// The end of its secret.
    pub secret_hint: Option<SecretHint>,
    /// The old secret that lives on; `Some(None)` tells that none does.
    pub overlap: Option<Option<AuditedOverlap>>,
}

/// What the status of a key follows from, together with the time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuditedState {
    /// When the key ends, if it does.
    pub expires_at: Option<Expiry>,
    /// Whether its owner has switched it off.
    pub is_disabled: bool,
    /// Whether it was deleted.
    pub is_deleted: bool,
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
    /// The fields that differ between this moment and a later one: what they were, and what they are
    /// then.
    #[must_use]
    pub fn difference(self, then: Self) -> (AuditedFields, AuditedFields) {
        let (name, name_then) = differing(self.name, then.name);
        let (scopes, scopes_then) = differing(self.scopes, then.scopes);
        let (ip_allowlist, ip_allowlist_then) = differing(self.ip_allowlist, then.ip_allowlist);
        let (state, state_then) = differing(self.state, then.state);
        let (secret_hint, secret_hint_then) = differing(self.secret_hint, then.secret_hint);
        let (overlap, overlap_then) = differing(self.overlap, then.overlap);
        let before = AuditedFields {
            name,
            scopes,
            ip_allowlist,
            state,
            secret_hint,
            overlap,
        };
        let after = AuditedFields {
            name: name_then,
            scopes: scopes_then,
            ip_allowlist: ip_allowlist_then,
            state: state_then,
            secret_hint: secret_hint_then,
            overlap: overlap_then,
        };
        (before, after)
    }
}

fn differing<T: PartialEq>(before: T, after: T) -> (Option<T>, Option<T>) {
    if before == after {
        (None, None)
    } else {
        (Some(before), Some(after))
    }
}

/// All fields.
impl From<AuditedKey> for AuditedFields {
    fn from(key: AuditedKey) -> Self {
        Self {
            name: Some(key.name),
            scopes: Some(key.scopes),
            ip_allowlist: Some(key.ip_allowlist),
            state: Some(key.state),
            secret_hint: Some(key.secret_hint),
            overlap: Some(key.overlap),
        }
    }
}

impl AuditedFields {
    /// Whether each field that both tell is the same in both.
    #[must_use]
    pub fn agrees_with(&self, other: &Self) -> bool {
        fn agree<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> bool {
            one.zip(other).is_none_or(|(one, other)| one == other)
        }
        agree(self.name.as_ref(), other.name.as_ref())
            && agree(self.scopes.as_ref(), other.scopes.as_ref())
            && agree(self.ip_allowlist.as_ref(), other.ip_allowlist.as_ref())
            && agree(self.state.as_ref(), other.state.as_ref())
            && agree(self.secret_hint.as_ref(), other.secret_hint.as_ref())
            && agree(self.overlap.as_ref(), other.overlap.as_ref())
    }

    /// Tells of no old secret any more when it was dead by `now`.
    pub fn forget_overlap_ended_by(&mut self, now: Timestamp) {
        let overlap = self.overlap.flatten();
        if overlap.is_some_and(|overlap| overlap.ends_at <= now) {
            self.overlap = Some(None);
        }
    }

    /// Takes over what a later event tells.
    pub fn update(&mut self, later: Self) {
        let Self {
            name,
            scopes,
            ip_allowlist,
            state,
            secret_hint,
            overlap,
        } = later;
        self.name = name.or(self.name.take());
        self.scopes = scopes.or(self.scopes.take());
        self.ip_allowlist = ip_allowlist.or(self.ip_allowlist.take());
        self.state = state.or(self.state);
        self.secret_hint = secret_hint.or(self.secret_hint);
        self.overlap = overlap.or(self.overlap);
    }
}

impl AuditedState {
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
