use async_trait::async_trait;

use crate::caller::workspace::{Role, UserId, WorkspaceId};
use crate::ports::RepositoryError;

/// The members of workspaces, read at every request so that a demotion takes effect at once.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Memberships: Send + Sync {
    /// The user's role. `None` when the user is not a member or the workspace is unknown; one
    /// look-up takes the same time in both cases.
    async fn role(
        &self,
        workspace_id: &WorkspaceId,
        user_id: &UserId,
    ) -> Result<Option<Role>, RepositoryError>;
}
