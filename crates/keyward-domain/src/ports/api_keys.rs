use async_trait::async_trait;

use crate::api_key::ApiKey;
use crate::api_key_id::ApiKeyId;
use crate::audit_event::AuditEvent;
use crate::idempotency::Idempotency;
use crate::page::{Page, PageRequest};
use crate::ports::RepositoryError;
use crate::workspace::WorkspaceId;

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
    /// [`IDEMPOTENCY_SECONDS`](crate::idempotency::IDEMPOTENCY_SECONDS) after the event's instant.
    /// A workspace that doesn't exist (any more) is [`Inserted::LimitReached`]: it may have none.
    async fn insert(&self, new: NewApiKey) -> Result<Inserted, RepositoryError>;

    /// One page of a workspace's keys, newest first; empty for an unknown workspace.
    async fn list(
        &self,
        workspace_id: &WorkspaceId,
        page: PageRequest,
    ) -> Result<Page<ApiKey>, RepositoryError>;
}
