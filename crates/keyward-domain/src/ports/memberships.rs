use async_trait::async_trait;

use crate::caller::workspace::{Role, UserId, WorkspaceId};
use crate::ports::RepositoryError;

/// Who belongs to a workspace, read at every request, so that a demotion counts at once.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Memberships: Send + Sync {
    /// The user's role; `None` for a stranger and for an unknown workspace alike, by one look-up
    /// that takes the same time for both.
    async fn role(
        &self,
        workspace_id: &WorkspaceId,
        user_id: &UserId,
    ) -> Result<Option<Role>, RepositoryError>;
}
