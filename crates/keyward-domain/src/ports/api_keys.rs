use async_trait::async_trait;

use crate::audit::event::AuditEvent;
use crate::caller::workspace::WorkspaceId;
use crate::key::api_key::ApiKey;
use crate::key::id::ApiKeyId;
use crate::listing::api_key_listing::ApiKeyListing;
use crate::listing::page::{Page, Pagination};
use crate::ports::RepositoryError;
use crate::request::idempotency::{Idempotency, RepeatableOperation};
use crate::timestamp::Timestamp;

/// A key that is to be, with all that must become true together with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApiKey {
    /// The key.
    pub key: ApiKey,
    /// The line that tells of it.
    pub event: AuditEvent,
    /// How to tell that the request came before, when its client said so.
    pub idempotency: Option<Idempotency>,
    /// How many keys the workspace may have, this one included.
    pub key_count_max: u32,
    /// How many events the workspace's trail may have in any minute, this one included; `None` for
    /// any number.
    pub events_per_minute_max: Option<u32>,
}

/// What became of a [`NewApiKey`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inserted {
    /// The key, its event and its idempotency record are durable.
    Created,
    /// The same request was carried out before, and made this key.
    Replayed(ApiKeyId),
    /// Another request was carried out under this idempotency key.
    KeyReused,
    /// The workspace has as many keys as it may have.
    LimitReached,
    /// The workspace's trail has had as many events in the last minute as it may have.
    TooManyEvents {
        /// When there is room again.
        retry_after_seconds: u32,
    },
}

/// A key after a change, with all that must become true together with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedApiKey {
    /// The key; its version is one above the one that it was made from.
    pub key: ApiKey,
    /// The line that tells of it.
    pub event: AuditEvent,
    /// How to tell that the request came before, when its client said so.
    pub idempotency: Option<Idempotency>,
    /// How many events the workspace's trail may have in any minute, this one included; `None` for
    /// any number.
    pub events_per_minute_max: Option<u32>,
}

/// What became of a [`ChangedApiKey`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved {
    /// The change, its event and its idempotency record are durable.
    Done,
    /// The key is not at the version that the change was made from, or there is no such key any
    /// more: somebody else was faster.
    Superseded,
    /// The same request was carried out before, on this key.
    Replayed(ApiKeyId),
    /// Another request was carried out under this idempotency key.
    KeyReused,
    /// The workspace's trail has had as many events in the last minute as it may have.
    TooManyEvents {
        /// When there is room again.
        retry_after_seconds: u32,
    },
}

/// What was carried out before under an idempotency key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CarriedOut {
    /// The same request; it made or changed this key.
    SameRequest(ApiKeyId),
    /// Another request.
    OtherRequest,
}

/// The keys of all workspaces.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait ApiKeys: Send + Sync {
    /// Makes the key, its audit event, its idempotency record and its count in the workspace
    /// durable before it answers [`Inserted::Created`]: all or none.
    ///
    /// MUST change nothing on any other answer, nor on an error other than
    /// [`RepositoryError::OutcomeUnknown`]. A replay is told before the limit is. Of two requests
    /// with one idempotency key at once, exactly one creates. An idempotency record is forgotten
    /// [`IDEMPOTENCY_SECONDS`](crate::request::idempotency::IDEMPOTENCY_SECONDS) after the event's instant.
    /// A workspace that doesn't exist (any more) is [`Inserted::LimitReached`]: it may have none.
    async fn insert(&self, new: NewApiKey) -> Result<Inserted, RepositoryError>;

    /// What the idempotency record says that [`insert`](Self::insert) or [`save`](Self::save) has
    /// made durable for this operation, or `None` when there is none, or it is forgotten at `now`.
    ///
    /// MUST see every record whose request was answered before the call. What has become of the
    /// key since, its deletion too, makes no difference.
    async fn carried_out(
        &self,
        workspace_id: &WorkspaceId,
        operation: RepeatableOperation,
        idempotency: &Idempotency,
        now: Timestamp,
    ) -> Result<Option<CarriedOut>, RepositoryError>;

    /// The workspace's key of that id, mode included; `None` when it has no such key, or has deleted
    /// it, or another workspace has it.
    async fn get(
        &self,
        workspace_id: &WorkspaceId,
        api_key_id: ApiKeyId,
    ) -> Result<Option<ApiKey>, RepositoryError>;

    /// A part of a workspace's keys, and how many fit the filter, both of one moment; empty for an
    /// unknown workspace. Deleted keys are in no listing.
    async fn list(
        &self,
        workspace_id: &WorkspaceId,
        listing: &ApiKeyListing,
    ) -> Result<Page<ApiKey>, RepositoryError>;

    /// The keys of all workspaces that end after `after` and not after `until`, the next to end
    /// first. Deleted keys are not among them.
    async fn expiring(
        &self,
        after: Timestamp,
        until: Timestamp,
        page: Pagination,
    ) -> Result<Page<ApiKey>, RepositoryError>;

    /// Makes the key as it is after a change, its audit event, its idempotency record and the
    /// workspace's count durable before it answers [`Saved::Done`]: all or none.
    ///
    /// MUST change nothing on any other answer, nor on an error other than
    /// [`RepositoryError::OutcomeUnknown`]. A replay is told before the version is compared. Last
    /// uses in `key` are ignored: they are kept with their secrets, wherever these go.
    async fn save(&self, changed: ChangedApiKey) -> Result<Saved, RepositoryError>;
}
