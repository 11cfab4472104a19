use crate::caller::caller_name::CallerName;
use crate::caller::origin::Origin;
use crate::caller::workspace::{Actor, WorkspaceId};
use crate::events::found_at::FoundPlaces;
use crate::key::annotations::Annotations;
use crate::key::description::Description;
use crate::key::expiry::Expiry;
use crate::key::external_id::ExternalId;
use crate::key::id::ApiKeyId;
use crate::key::ip_rule::IpAllowlist;
use crate::key::metadata::Metadata;
use crate::key::name::KeyName;
use crate::key::scope::ScopeSet;
use crate::key::secret_hint::SecretHint;
use crate::key::status::Status;
use crate::limits::set::Limits;
use crate::timestamp::Timestamp;

/// One immutable entry in a key's history, written in the transaction of the change that it
/// records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// The workspace of the key.
    pub workspace_id: WorkspaceId,
    /// The key.
    pub api_key_id: ApiKeyId,
    /// The action.
    pub action: AuditAction,
    /// Who did it.
    pub actor: Actor,
    /// The address and the request id.
    pub origin: Origin,
    /// The time of the change.
    pub occurred_at: Timestamp,
    /// The changed fields before the change; `None` when the key was created.
    pub before: Option<AuditedFields>,
    /// The changed fields after the change. The first event has all fields, but only those
    /// annotations that the key was given.
    pub after: Option<AuditedFields>,
    /// Where the secret was found whose report has caused the change.
    pub found_at: FoundPlaces,
}

/// What was done to a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AuditAction {
    /// It was created.
    Created,
    /// Its owner changed its fields.
    Updated,
    /// It was disabled.
    Disabled,
    /// It was enabled again.
    Enabled,
    /// It got a new secret.
    Rotated,
    /// Its old secret was ended before the overlap was over.
    OverlapEnded,
    /// It was deleted.
    Deleted,
}

impl AuditEvent {
    /// Whether the event is the reaction to a report that someone else knows the current secret of the key.
    #[must_use]
    pub fn reports_current_secret(&self) -> bool {
        let service = self.actor.service();
        let is_reporter = service.is_some_and(|name| CallerName::reporters().contains(name));
        let is_report = is_reporter || !self.found_at.as_slice().is_empty();
        is_report && AuditAction::REACTIONS.contains(&self.action)
    }
}

impl AuditAction {
    /// What a report of the current secret of a key causes.
    pub const REACTIONS: [Self; 2] = [Self::Disabled, Self::Updated];

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

/// A key at one moment, as the audit trail records it: what its owner chose, never a secret or a
/// hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditedKey {
    /// The display name.
    pub name: KeyName,
    /// What it may do.
    pub scopes: ScopeSet,
    /// The addresses from which it may be used.
    pub ip_allowlist: IpAllowlist,
    /// The fields that its status is derived from.
    pub state: AuditedState,
    /// The hint of its current secret.
    pub secret_hint: SecretHint,
    /// The old secret that is still valid, if any.
    pub overlap: Option<AuditedOverlap>,
    /// Description, external id and metadata.
    pub annotations: Annotations,
    /// Its own limits.
    pub limits: Limits,
}

/// The fields of a key that an event records; `None` for all others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditedFields {
    /// The display name.
    pub name: Option<KeyName>,
    /// What the key may do.
    pub scopes: Option<ScopeSet>,
    /// The addresses from which it may be used.
    pub ip_allowlist: Option<IpAllowlist>,
    /// The fields that its status is derived from.
    pub state: Option<AuditedState>,
    /// The hint of its secret.
    pub secret_hint: Option<SecretHint>,
    /// The old secret that is still valid; `Some(None)` records that there is none.
    pub overlap: Option<Option<AuditedOverlap>>,
    /// The description; `Some(None)` records that there is none.
    pub description: Option<Option<Description>>,
    /// The external id; `Some(None)` records that there is none.
    pub external_id: Option<Option<ExternalId>>,
    /// All metadata; without members, the event records that there are none.
    pub metadata: Option<Metadata>,
    /// All own limits; without any, the event records that there are none.
    pub limits: Option<Limits>,
}

/// The status of a key is derived from these fields and the current time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuditedState {
    /// When the key expires, if ever.
    pub expires_at: Option<Expiry>,
    /// Whether its owner has disabled it.
    pub is_disabled: bool,
    /// Whether it was deleted.
    pub is_deleted: bool,
}

/// What the trail records of an old secret that stays valid after a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditedOverlap {
    /// The hint of that secret.
    pub secret_hint: SecretHint,
    /// The secret is invalid from this instant on.
    pub ends_at: Timestamp,
}

impl AuditedKey {
    /// The fields that differ between this key and a later state of it: their values before and
    /// after.
    #[must_use]
    pub fn difference(self, then: Self) -> (AuditedFields, AuditedFields) {
        let (name, name_then) = differing(self.name, then.name);
        let (scopes, scopes_then) = differing(self.scopes, then.scopes);
        let (ip_allowlist, ip_allowlist_then) = differing(self.ip_allowlist, then.ip_allowlist);
        let (state, state_then) = differing(self.state, then.state);
        let (secret_hint, secret_hint_then) = differing(self.secret_hint, then.secret_hint);
        let (overlap, overlap_then) = differing(self.overlap, then.overlap);
        let (was, is) = (self.annotations, then.annotations);
        let (description, description_then) = differing(was.description, is.description);
        let (external_id, external_id_then) = differing(was.external_id, is.external_id);
        let (metadata, metadata_then) = differing(was.metadata, is.metadata);
        let (limits, limits_then) = differing(self.limits, then.limits);
        let before = AuditedFields {
            name,
            scopes,
            ip_allowlist,
            state,
            secret_hint,
            overlap,
            description,
            external_id,
            metadata,
            limits,
        };
        let after = AuditedFields {
            name: name_then,
            scopes: scopes_then,
            ip_allowlist: ip_allowlist_then,
            state: state_then,
            secret_hint: secret_hint_then,
            overlap: overlap_then,
            description: description_then,
            external_id: external_id_then,
            metadata: metadata_then,
            limits: limits_then,
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

/// All fields, but only those annotations and limits that the key has. So an event of a key without
/// any is the same as in releases that did not know them.
impl From<AuditedKey> for AuditedFields {
    fn from(key: AuditedKey) -> Self {
        Self {
            name: Some(key.name),
            scopes: Some(key.scopes),
            ip_allowlist: Some(key.ip_allowlist),
            state: Some(key.state),
            secret_hint: Some(key.secret_hint),
            overlap: Some(key.overlap),
            description: key.annotations.description.map(Some),
            external_id: key.annotations.external_id.map(Some),
            metadata: Some(key.annotations.metadata).filter(|metadata| !metadata.is_empty()),
            limits: Some(key.limits).filter(|limits| !limits.is_empty()),
        }
    }
}

impl AuditedFields {
    /// Records that there are no annotations and no limits, where nothing is recorded of them: a key
    /// has none until an event gives it one.
    #[must_use]
    pub fn or_none_given(self) -> Self {
        Self {
            description: self.description.or(Some(None)),
            external_id: self.external_id.or(Some(None)),
            metadata: self.metadata.or(Some(Metadata::default())),
            limits: self.limits.or(Some(Limits::default())),
            ..self
        }
    }

    /// Whether every field that both record has the same value in both.
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
            && agree(self.description.as_ref(), other.description.as_ref())
            && agree(self.external_id.as_ref(), other.external_id.as_ref())
            && agree(self.metadata.as_ref(), other.metadata.as_ref())
            && agree(self.limits.as_ref(), other.limits.as_ref())
    }

    /// Drops the old secret when its overlap has ended by `now`.
    pub fn forget_overlap_ended_by(&mut self, now: Timestamp) {
        let overlap = self.overlap.flatten();
        if overlap.is_some_and(|overlap| overlap.ends_at <= now) {
            self.overlap = Some(None);
        }
    }

    /// Applies the fields of a later event.
    pub fn update(&mut self, later: Self) {
        let Self {
            name,
            scopes,
            ip_allowlist,
            state,
            secret_hint,
            overlap,
            description,
            external_id,
            metadata,
            limits,
        } = later;
        self.name = name.or(self.name.take());
        self.scopes = scopes.or(self.scopes.take());
        self.ip_allowlist = ip_allowlist.or(self.ip_allowlist.take());
        self.state = state.or(self.state);
        self.secret_hint = secret_hint.or(self.secret_hint);
        self.overlap = overlap.or(self.overlap);
        self.description = description.or(self.description.take());
        self.external_id = external_id.or(self.external_id.take());
        self.metadata = metadata.or(self.metadata.take());
        self.limits = limits.or(self.limits.take());
    }
}

impl AuditedState {
    /// The status of the key at `now`.
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
