use async_trait::async_trait;

use crate::caller::known_roles::KnownRoles;
use crate::caller::workspace::{Role, UserId, WorkspaceId};
use crate::ports::RepositoryError;

/// The members of workspaces, asked at every request. How soon a demotion takes effect is a promise of
/// the adapter.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Memberships: Send + Sync {
    /// The user's role. `None` when the user is not a member or the workspace is unknown to Keyward.
    /// `known` has the roles in the user's token, and what the store said earlier during the same
    /// request.
    ///
    /// MUST return an error when the role can't be found out, never another role.
    async fn role(
        &self,
        workspace_id: &WorkspaceId,
        user_id: &UserId,
        known: &KnownRoles,
    ) -> Result<Option<Role>, RepositoryError>;
}
