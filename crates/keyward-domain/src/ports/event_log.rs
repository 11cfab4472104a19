use async_trait::async_trait;

use crate::caller::workspace::WorkspaceId;
use crate::events::notice::Notice;
use crate::events::published_event::PublishedEvent;
use crate::ports::RepositoryError;
use crate::timestamp::Timestamp;

/// What a round of publishing has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// How many events were published.
    pub count: u64,
    /// The position of the last published event; 0 when there is none.
    pub head: u64,
}

/// Published events: those of all trails, and notices, in one order.
///
/// Each change writes its event into the outbox in its own transaction. Publishing moves events from
/// the outbox to the log.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait EventLog: Send + Sync {
    /// Publishes at most `limit` events of the outbox, in the order of their trails, at `now`. Each
    /// event is published once, whichever node publishes and wherever it ends.
    async fn publish(&self, limit: u32, now: Timestamp) -> Result<Published, RepositoryError>;

    /// Puts notices into the outbox, except those that are there or were published. Returns how many
    /// were put. Notices of a removed workspace are dropped.
    async fn notice(&self, notices: Vec<Notice>) -> Result<u64, RepositoryError>;

    /// At most `limit` published events with a position above `after`, in order. Unreadable events end
    /// the call with [`RepositoryError::Corrupt`].
    async fn published(
        &self,
        after: u64,
        limit: u32,
    ) -> Result<Vec<PublishedEvent>, RepositoryError>;

    /// At most `limit` published events about keys of a workspace with a sequence above `after`, in order.
    async fn published_of_workspace(
        &self,
        workspace_id: &WorkspaceId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<PublishedEvent>, RepositoryError>;

    /// Removes about `limit` events that were published by `published_by`, the oldest first, in one
    /// short transaction. Returns how many. `None` means that another purge is running and nothing was
    /// done.
    async fn purge_published(
        &self,
        published_by: Timestamp,
        limit: u32,
    ) -> Result<Option<u64>, RepositoryError>;
}
