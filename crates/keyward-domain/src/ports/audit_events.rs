use async_trait::async_trait;

use crate::audit::trail::{EventPlace, RecordedEvent, TrailHead, TrailLine};
use crate::caller::workspace::WorkspaceId;
use crate::key::id::ApiKeyId;
use crate::listing::page::{Page, Pagination};
use crate::ports::RepositoryError;
use crate::timestamp::Timestamp;

/// When the trail last says that a secret of a key was reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastReport {
    /// The key.
    pub api_key_id: ApiKeyId,
    /// When the key was changed because of it.
    pub at: Timestamp,
}

/// The audit trail for readers. It is only written together with a change.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait AuditEvents: Send + Sync {
    /// One page of the events of a workspace's key, newest first, also after the key's deletion.
    /// Empty when the key never existed.
    async fn of_key(
        &self,
        workspace_id: &WorkspaceId,
        api_key_id: ApiKeyId,
        page: Pagination,
    ) -> Result<Page<RecordedEvent>, RepositoryError>;

    /// When the current secret of each of these keys of a workspace was last reported, as
    /// [`AuditEvent::reports_current_secret`](crate::AuditEvent::reports_current_secret) says of an event.
    /// Keys without any report are missing. In no particular order.
    async fn last_reports(
        &self,
        workspace_id: &WorkspaceId,
        api_key_ids: &[ApiKeyId],
    ) -> Result<Vec<LastReport>, RepositoryError>;

    /// At most `limit` events since `since`, of one workspace or of all, starting after the event
    /// at `after`. They are ordered by their places; events of one workspace are in the order of
    /// its trail. The cost of a page does not depend on the number of earlier events.
    async fn since(
        &self,
        workspace_id: Option<WorkspaceId>,
        since: Timestamp,
        after: Option<EventPlace>,
        limit: u32,
    ) -> Result<Vec<RecordedEvent>, RepositoryError>;

    /// At most `limit` workspaces that have events, in the order of their ids, starting after
    /// `after`. Includes removed workspaces.
    async fn workspaces_with_events(
        &self,
        after: Option<WorkspaceId>,
        limit: u32,
    ) -> Result<Vec<WorkspaceId>, RepositoryError>;

    /// At most `limit` lines of a workspace's trail in order, starting after position `after`.
    /// Includes unreadable lines.
    async fn lines(
        &self,
        workspace_id: &WorkspaceId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<TrailLine>, RepositoryError>;

    /// The head of a workspace's trail; `None` when there is no such workspace.
    async fn head(&self, workspace_id: &WorkspaceId) -> Result<Option<TrailHead>, RepositoryError>;
}
