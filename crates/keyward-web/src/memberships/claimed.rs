use std::sync::Arc;

use async_trait::async_trait;
use keyward_domain::ports::{Memberships, RepositoryError, WorkspaceDirectory};
use keyward_domain::{KnownRoles, Role, UserId, WorkspaceId};

/// The roles in the user's token. A demotion takes effect when the token expires or its session ends.
pub struct ClaimedMemberships {
    /// The workspaces that exist.
    pub directory: Arc<dyn WorkspaceDirectory>,
}

#[async_trait]
impl Memberships for ClaimedMemberships {
    async fn role(
        &self,
        workspace_id: &WorkspaceId,
        _user_id: &UserId,
        known: &KnownRoles,
    ) -> Result<Option<Role>, RepositoryError> {
        let Some(role) = known.claimed.role(workspace_id) else {
            return Ok(None);
        };
        let workspace = self.directory.workspace(workspace_id).await?;
        Ok(workspace.map(|_exists| role))
    }
}

#[cfg(test)]
mod tests {
    use keyward_domain::ports::MockWorkspaceDirectory;
    use keyward_domain::testing::{at, user_id, workspace_id};
    use keyward_domain::{ClaimedRoles, Role, Workspace};

    use super::*;

    fn role(exists: bool, asked: &str) -> Option<Role> {
        let mut directory = MockWorkspaceDirectory::new();
        directory.expect_workspace().returning(move |id| {
            Ok(exists.then(|| Workspace {
                id: id.clone(),
                created_at: at(0),
                key_count: 0,
                key_lifetime: None,
                leak_policy: None,
                plan: None,
            }))
        });
        let memberships = ClaimedMemberships {
            directory: Arc::new(directory),
        };
        let claimed = ClaimedRoles::from_iter([(workspace_id("ws_1"), Role::Owner)]).into();
        let (asked, user) = (workspace_id(asked), user_id("user_1"));
        pollster::block_on(memberships.role(&asked, &user, &claimed)).unwrap()
    }

    #[test]
    fn a_claimed_role_counts_in_its_workspace_if_that_exists() {
        assert_eq!(role(true, "ws_1"), Some(Role::Owner));
        assert_eq!(role(true, "ws_2"), None);
        assert_eq!(role(false, "ws_1"), None);
    }

    #[test]
    fn an_outage_is_an_error() {
        let mut directory = MockWorkspaceDirectory::new();
        directory
            .expect_workspace()
            .returning(|_| Err(RepositoryError::Unavailable("gone".into())));
        let memberships = ClaimedMemberships {
            directory: Arc::new(directory),
        };
        let claimed = ClaimedRoles::from_iter([(workspace_id("ws_1"), Role::Owner)]).into();
        let (asked, user) = (workspace_id("ws_1"), user_id("user_1"));
        assert!(pollster::block_on(memberships.role(&asked, &user, &claimed)).is_err());
    }
}
