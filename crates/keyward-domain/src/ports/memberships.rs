use async_trait::async_trait;

use crate::caller::claimed_roles::ClaimedRoles;
use crate::caller::workspace::{Role, UserId, WorkspaceId};
use crate::ports::RepositoryError;

/// The members of workspaces, asked at every request. How soon a demotion takes effect is a promise of
/// the adapter.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Memberships: Send + Sync {
    /// The user's role. `None` when the user is not a member or the workspace is unknown to Keyward.
    /// `claimed` has the roles in the user's token.
    ///
    /// MUST return an error when the role can't be found out, never another role.
    async fn role(
        &self,
        workspace_id: &WorkspaceId,
        user_id: &UserId,
        claimed: &ClaimedRoles,
    ) -> Result<Option<Role>, RepositoryError>;
}
