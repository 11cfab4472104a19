use std::collections::BTreeSet;

use async_trait::async_trait;

use crate::audit::event::AuditEvent;
use crate::caller::workspace::WorkspaceId;
use crate::events::notice::Notice;
use crate::key::api_key::ApiKey;
use crate::key::id::ApiKeyId;
use crate::key::lifetime_policy::LifetimePolicy;
use crate::key::scope::Scope;
use crate::key::secret_hash::SecretHash;
use crate::limits::set::Limits;
use crate::listing::api_key_listing::{ApiKeyFilter, ApiKeyListing};
use crate::listing::page::{Page, Pagination};
use crate::ports::RepositoryError;
use crate::request::idempotency::{Idempotency, RepeatableOperation};
use crate::timestamp::Timestamp;

/// A new key, and everything that is stored together with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApiKey {
    /// The key.
    pub key: ApiKey,
    /// The event that records its creation.
    pub event: AuditEvent,
    /// The idempotency key and the fingerprint of the request, if the client sent a key.
    pub idempotency: Option<Idempotency>,
    /// How many keys the workspace may have, this one included.
    pub key_count_max: u32,
    /// How many events the workspace's trail may have per minute, this one included; `None` means
    /// no limit.
    pub events_per_minute_max: Option<u32>,
}

/// The result of inserting a [`NewApiKey`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inserted {
    /// The key, its event and its idempotency record are durable.
    Created,
    /// The same request was already carried out, and created this key.
    Replayed(ApiKeyId),
    /// The idempotency key was used for a different request.
    KeyReused,
    /// A key has this secret, or had it.
    SecretTaken(SecretTaken),
    /// The workspace has reached its limit of keys.
    LimitReached,
    /// The workspace's trail has reached its limit of events for the last minute.
    TooManyEvents {
        /// After this time there is room again.
        retry_after_seconds: u32,
    },
}

/// A key has a secret, or had it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretTaken {
    /// The key, if the secret is its current or previous one, and it belongs to the same workspace and
    /// is not deleted.
    pub key: Option<ApiKeyId>,
}

/// A changed key, and everything that is stored together with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedApiKey {
    /// The key after the change. Its version is one higher than the version that it was based on.
    pub key: ApiKey,
    /// The event that records the change.
    pub event: AuditEvent,
    /// The idempotency key and the fingerprint of the request, if the client sent a key.
    pub idempotency: Option<Idempotency>,
    /// How many events the workspace's trail may have per minute, this one included; `None` means
    /// no limit.
    pub events_per_minute_max: Option<u32>,
    /// What is put into the outbox beside the event, as by
    /// [`EventLog::notice`](crate::ports::EventLog::notice).
    pub notices: Vec<Notice>,
}

/// The result of saving a [`ChangedApiKey`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved {
    /// The change, its event and its idempotency record are durable.
    Done,
    /// A concurrent change came first: the key is at another version, or no longer exists.
    Superseded,
    /// The same request was already carried out on this key.
    Replayed(ApiKeyId),
    /// The idempotency key was used for a different request.
    KeyReused,
    /// The workspace's trail has reached its limit of events for the last minute.
    TooManyEvents {
        /// After this time there is room again.
        retry_after_seconds: u32,
    },
}

/// The request that was already carried out under an idempotency key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CarriedOut {
    /// The same request; it created or changed this key.
    SameRequest(ApiKeyId),
    /// A different request.
    OtherRequest,
}

/// What the fields of a workspace's keys are checked against.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldRules {
    /// The scopes that exist, of those that were asked for.
    pub existing_scopes: BTreeSet<Scope>,
    /// The policy that counts for the workspace, as in
    /// [`KeyLifetimes::policy`](crate::ports::KeyLifetimes::policy).
    pub lifetime_policy: LifetimePolicy,
    /// The limits that the plan of the workspace gives to each key.
    pub plan: Limits,
}

/// The keys of all workspaces.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait ApiKeys: Send + Sync {
    /// Stores the key, its audit event, its idempotency record and the workspace's key count
    /// durably, all or none, and then returns [`Inserted::Created`].
    ///
    /// MUST change nothing when it returns anything else, except for the error
    /// [`RepositoryError::OutcomeUnknown`]. A replay is reported before a reached limit. Of two
    /// concurrent requests with the same idempotency key, exactly one creates the key. An
    /// idempotency record expires
    /// [`IDEMPOTENCY_SECONDS`](crate::request::idempotency::IDEMPOTENCY_SECONDS) after the event.
    /// A secret that any key has or had is never stored again: the look-up by its hash would not be
    /// unique. For a workspace that does not exist (any more), the answer is [`Inserted::LimitReached`].
    async fn insert(&self, new: NewApiKey) -> Result<Inserted, RepositoryError>;

    /// The idempotency record of this operation, as [`insert`](Self::insert) or
    /// [`save`](Self::save) stored it. `None` when there is none, or it has expired at `now`.
    ///
    /// MUST see every record whose request was answered before the call. Later changes to the key,
    /// even its deletion, make no difference.
    async fn carried_out(
        &self,
        workspace_id: &WorkspaceId,
        operation: RepeatableOperation,
        idempotency: &Idempotency,
        now: Timestamp,
    ) -> Result<Option<CarriedOut>, RepositoryError>;

    /// What the fields of a new or changed key are checked against, in one look. Tells which of
    /// `scopes` exist.
    async fn field_rules(
        &self,
        workspace_id: &WorkspaceId,
        scopes: &BTreeSet<Scope>,
    ) -> Result<FieldRules, RepositoryError>;

    /// Whether a key has the secret with this hash, or had it. `workspace_id` is the workspace of the
    /// new key.
    async fn secret_taken(
        &self,
        workspace_id: &WorkspaceId,
        secret_hash: &SecretHash,
    ) -> Result<Option<SecretTaken>, RepositoryError>;

    /// The workspace's key with this id, mode included. `None` when the workspace has no such key,
    /// or has deleted it.
    async fn get(
        &self,
        workspace_id: &WorkspaceId,
        api_key_id: ApiKeyId,
    ) -> Result<Option<ApiKey>, RepositoryError>;

    /// One page of the workspace's keys, and how many keys match the filter, from one snapshot.
    /// Empty for an unknown workspace. Deleted keys are never listed.
    async fn list(
        &self,
        workspace_id: &WorkspaceId,
        listing: &ApiKeyListing,
    ) -> Result<Page<ApiKey>, RepositoryError>;

    /// How many of the workspace's keys match each of these filters, in their order, from one
    /// snapshot. Statuses and expiries are judged at `now`. Deleted keys are never counted.
    async fn count(
        &self,
        workspace_id: &WorkspaceId,
        filters: &[ApiKeyFilter],
        now: Timestamp,
    ) -> Result<Vec<u64>, RepositoryError>;

    /// The keys of all workspaces that expire after `after` and not after `until`, in the order of
    /// their expiry. Without deleted keys.
    async fn expiring(
        &self,
        after: Timestamp,
        until: Timestamp,
        page: Pagination,
    ) -> Result<Page<ApiKey>, RepositoryError>;

    /// Stores the changed key, its audit event, its notices, its idempotency record and the
    /// workspace's key count durably, all or none, and then returns [`Saved::Done`].
    ///
    /// MUST change nothing when it returns anything else, except for the error
    /// [`RepositoryError::OutcomeUnknown`]. A replay is reported before the version is compared.
    /// The last uses in `key` are ignored: they are stored with their secrets and stay with them. So
    /// is the maximum lifetime, which belongs to the workspace.
    async fn save(&self, changed: ChangedApiKey) -> Result<Saved, RepositoryError>;
}
