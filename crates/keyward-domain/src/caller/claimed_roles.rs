use std::collections::BTreeMap;

use crate::caller::workspace::{Role, WorkspaceId};

/// The roles that a signed token gives its user, by workspace. Empty when no claim is configured for
/// them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimedRoles(BTreeMap<WorkspaceId, Role>);

impl ClaimedRoles {
    /// The role in this workspace, if the token has one.
    #[must_use]
    pub fn role(&self, workspace_id: &WorkspaceId) -> Option<Role> {
        self.0.get(workspace_id).copied()
    }
}

impl FromIterator<(WorkspaceId, Role)> for ClaimedRoles {
    fn from_iter<I: IntoIterator<Item = (WorkspaceId, Role)>>(roles: I) -> Self {
        Self(roles.into_iter().collect())
    }
}
