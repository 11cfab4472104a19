use async_trait::async_trait;

use crate::audit::trail::{EventPlace, RecordedEvent, TrailHead, TrailLine};
use crate::caller::workspace::WorkspaceId;
use crate::key::id::ApiKeyId;
use crate::listing::page::{Page, Pagination};
use crate::ports::RepositoryError;
use crate::timestamp::Timestamp;

/// The trail of all changes, for reading: it is written only together with a change.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait AuditEvents: Send + Sync {
    /// A part of the events of one key of one workspace, newest first, deleted keys included;
    /// empty when there never was such a key.
    async fn of_key(
        &self,
        workspace_id: &WorkspaceId,
        api_key_id: ApiKeyId,
        page: Pagination,
    ) -> Result<Page<RecordedEvent>, RepositoryError>;

    /// At most `limit` events since `since`, of one workspace or of all: those after the event at
    /// `after`. All come in the order of their places, those of one workspace in the order of its
    /// trail. What a page costs doesn't depend on how many events come before it.
    async fn since(
        &self,
        workspace_id: Option<WorkspaceId>,
        since: Timestamp,
        after: Option<EventPlace>,
        limit: u32,
    ) -> Result<Vec<RecordedEvent>, RepositoryError>;

    /// At most `limit` of the workspaces that have events, those after `after`, in the order of their
    /// ids; also those that are gone.
    async fn workspaces_with_events(
        &self,
        after: Option<WorkspaceId>,
        limit: u32,
    ) -> Result<Vec<WorkspaceId>, RepositoryError>;

    /// At most `limit` lines of a workspace's trail, those after position `after`, in order;
    /// readable or not.
    async fn lines(
        &self,
        workspace_id: &WorkspaceId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<TrailLine>, RepositoryError>;

    /// Where a workspace's trail ends; `None` when there is no such workspace.
    async fn head(&self, workspace_id: &WorkspaceId) -> Result<Option<TrailHead>, RepositoryError>;
}
