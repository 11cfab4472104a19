use async_trait::async_trait;

use crate::audit::deployment_event::DeploymentEvent;
use crate::audit::trail::{TrailHead, TrailLine};
use crate::ports::RepositoryError;

/// The deployment's trail, for reading: it is written only together with a change.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait DeploymentEvents: Send + Sync {
    /// At most `limit` lines, those after position `after`, in order; readable or not.
    async fn deployment_lines(
        &self,
        after: u64,
        limit: u32,
    ) -> Result<Vec<TrailLine<DeploymentEvent>>, RepositoryError>;

    /// Where the trail ends.
    async fn deployment_head(&self) -> Result<TrailHead, RepositoryError>;
}
