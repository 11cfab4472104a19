use std::sync::Arc;

use crate::caller::workspace::WorkspaceId;
use crate::key::annotations::Annotations;
use crate::key::api_key::ApiKey;
use crate::key::expiry::Expiry;
use crate::key::external_id::ExternalId;
use crate::key::id::ApiKeyId;
use crate::key::ip_rule::IpAllowlist;
use crate::key::metadata::Metadata;
use crate::key::mode::Mode;
use crate::key::name::KeyName;
use crate::key::scope::ScopeSet;
use crate::key::secret_hash::SecretHash;
use crate::limits::key_limits::KeyLimits;
use crate::timestamp::Timestamp;

static NO_METADATA: Metadata = Metadata::EMPTY;

/// The part of a key that a decision needs, and that an allowed caller may learn. It is small, so
/// that a cache holds many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerificationKey {
    /// The key id, which includes the mode.
    pub id: ApiKeyId,
    /// Whether its owner has disabled it.
    pub is_disabled: bool,
    /// Whether it was deleted. A store never finds such a key.
    pub is_deleted: bool,
    /// The workspace that it belongs to. Keys of one workspace may share it.
    pub workspace_id: Arc<WorkspaceId>,
    /// The display name.
    pub name: KeyName,
    /// The scopes that it has. Keys with the same scopes may share them.
    pub scopes: Arc<ScopeSet>,
    /// The addresses from which it may be used.
    pub ip_allowlist: IpAllowlist,
    /// When it expires: at its own expiry, or before it by the policy of its workspace.
    pub ends_at: Option<Expiry>,
    /// The hash of the current secret.
    pub secret_hash: SecretHash,
    /// The previous secret after a rotation with an overlap.
    pub previous_secret: Option<Box<PreviousSecretHash>>,
    /// The external id and the metadata, never the description. `None` when there are none.
    pub annotations: Option<Box<Annotations>>,
    /// The limits that count for it. `None` when there are none.
    pub limits: Option<Arc<KeyLimits>>,
}

/// The hash of the old secret after a rotation. The overlap may have ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviousSecretHash {
    /// The hash.
    pub hash: SecretHash,
    /// The secret is invalid from this instant on, by the overlap or by the policy of the workspace.
    pub ends_at: Timestamp,
}

impl VerificationKey {
    /// LIVE or TEST.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.id.mode()
    }

    /// What the platform calls the holder.
    #[must_use]
    pub fn external_id(&self) -> Option<&ExternalId> {
        self.annotations.as_ref()?.external_id.as_ref()
    }

    /// What the platform keeps about the key.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        let annotations = self.annotations.as_ref();
        annotations.map_or(&NO_METADATA, |annotations| &annotations.metadata)
    }

    /// Whether a secret with this hash is valid for the key at `now`. The comparison takes constant
    /// time. The look-up by hash before it reveals nothing useful.
    #[must_use]
    pub fn has_live_secret(&self, hash: &SecretHash, now: Timestamp) -> bool {
        let is_current = self.secret_hash == *hash;
        let previous = self.previous_secret.as_ref();
        let previous = previous.filter(|previous| now < previous.ends_at);
        let is_previous = previous.is_some_and(|previous| previous.hash == *hash);
        !self.is_deleted && (is_current || is_previous)
    }

    /// The annotations of a key without its description; `None` when nothing is left.
    #[must_use]
    pub fn annotations_of(
        external_id: Option<ExternalId>,
        metadata: Metadata,
    ) -> Option<Box<Annotations>> {
        let has_any = external_id.is_some() || !metadata.is_empty();
        has_any.then(|| {
            Box::new(Annotations {
                description: None,
                external_id,
                metadata,
            })
        })
    }
}

/// Without the limits of a plan.
impl From<&ApiKey> for VerificationKey {
    fn from(key: &ApiKey) -> Self {
        let fields = key.fields();
        let previous = fields.previous_secret.as_ref();
        let annotations = fields.annotations.clone();
        Self {
            id: fields.id,
            is_disabled: fields.is_disabled,
            is_deleted: fields.deleted_at.is_some(),
            workspace_id: Arc::new(fields.workspace_id.clone()),
            name: fields.name.clone(),
            scopes: Arc::new(fields.scopes.clone()),
            ip_allowlist: fields.ip_allowlist.clone(),
            ends_at: fields.ends_at(),
            secret_hash: fields.secret.hash,
            previous_secret: previous.map(|previous| {
                Box::new(PreviousSecretHash {
                    hash: previous.secret.hash,
                    ends_at: fields.previous_ends_at(previous),
                })
            }),
            annotations: Self::annotations_of(annotations.external_id, annotations.metadata),
            limits: KeyLimits::of(fields.limits.as_slice().into(), Arc::new([])),
        }
    }
}
