use async_trait::async_trait;

use crate::audit::deployment_event::DeploymentEvent;
use crate::audit::trail::{TrailHead, TrailLine};
use crate::ports::RepositoryError;

/// The deployment's trail for readers. It is only written together with a change.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait DeploymentEvents: Send + Sync {
    /// At most `limit` lines in order, starting after position `after`. Includes unreadable lines.
    async fn deployment_lines(
        &self,
        after: u64,
        limit: u32,
    ) -> Result<Vec<TrailLine<DeploymentEvent>>, RepositoryError>;

    /// The head of the trail.
    async fn deployment_head(&self) -> Result<TrailHead, RepositoryError>;
}
