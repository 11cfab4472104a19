//! The outbox, and the log of published events.

mod notices;
mod postgres;
mod publish;
mod read;
mod sqlite;

use async_trait::async_trait;
use keyward_domain::ports::{EventLog, Published, RepositoryError};
use keyward_domain::{Notice, PublishedEvent, Timestamp, WorkspaceId};

pub(crate) use self::notices::{NewNotices, PutNotices};
pub(crate) use self::read::{Row, published};
use crate::queries::housekeeping::purge_published;
use crate::store::Store;

#[async_trait]
impl EventLog for Store {
    async fn publish(&self, limit: u32, now: Timestamp) -> Result<Published, RepositoryError> {
        publish::run(self, limit, now).await
    }

    async fn notice(&self, notices: Vec<Notice>) -> Result<u64, RepositoryError> {
        notices::put(self, notices).await
    }

    async fn published(
        &self,
        after: u64,
        limit: u32,
    ) -> Result<Vec<PublishedEvent>, RepositoryError> {
        read::of_all(self, after, limit).await
    }

    async fn published_of_workspace(
        &self,
        workspace_id: &WorkspaceId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<PublishedEvent>, RepositoryError> {
        read::of_workspace(self, workspace_id, after, limit).await
    }

    async fn purge_published(
        &self,
        published_by: Timestamp,
        limit: u32,
    ) -> Result<Option<u64>, RepositoryError> {
        purge_published(self, published_by, limit).await
    }
}
