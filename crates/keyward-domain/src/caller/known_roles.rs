use crate::caller::claimed_roles::ClaimedRoles;
use crate::caller::workspace::{Role, UserId, WorkspaceId};

/// What is known about a user's roles before [`Memberships`](crate::ports::Memberships) is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownRoles {
    /// The roles in the user's token.
    pub claimed: ClaimedRoles,
    /// What the store said about one role during the same request.
    pub stored: Option<StoredRole>,
}

/// What the store says about the role of a user in a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRole {
    workspace_id: WorkspaceId,
    user_id: UserId,
    role: Option<Role>,
}

impl StoredRole {
    /// For the store alone. `role` is `None` when the user is not a member.
    #[must_use]
    pub fn new(workspace_id: WorkspaceId, user_id: UserId, role: Option<Role>) -> Self {
        Self {
            workspace_id,
            user_id,
            role,
        }
    }

    /// The user's role in the workspace, `None` without one; the outer `None` when it is about another
    /// user or another workspace.
    #[must_use]
    pub fn of(&self, workspace_id: &WorkspaceId, user_id: &UserId) -> Option<Option<Role>> {
        let is_meant = self.workspace_id == *workspace_id && self.user_id == *user_id;
        is_meant.then_some(self.role)
    }
}

impl From<ClaimedRoles> for KnownRoles {
    fn from(claimed: ClaimedRoles) -> Self {
        Self {
            claimed,
            stored: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{user_id, workspace_id};

    #[test]
    fn a_stored_role_is_about_one_user_in_one_workspace() {
        let stored = StoredRole::new(workspace_id("ws_1"), user_id("user_1"), Some(Role::Owner));
        let of = |workspace, user| stored.of(&workspace_id(workspace), &user_id(user));
        assert_eq!(of("ws_1", "user_1"), Some(Some(Role::Owner)));
        assert_eq!(of("ws_2", "user_1"), None);
        assert_eq!(of("ws_1", "user_2"), None);
    }
}
