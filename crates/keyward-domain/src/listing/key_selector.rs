use crate::caller::workspace::{UserId, WorkspaceId};
use crate::key::external_id::ExternalId;

/// Which keys a service selects, in one workspace or in all. A key must match every part that is
/// given, and at least one part is given: nothing selects all keys of all workspaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySelector {
    workspace_id: Option<WorkspaceId>,
    created_by: Option<UserId>,
    external_id: Option<ExternalId>,
}

impl KeySelector {
    /// The keys of a workspace, those that a user created, and those with an external id; `None`
    /// without any part.
    #[must_use]
    pub fn new(
        workspace_id: Option<WorkspaceId>,
        created_by: Option<UserId>,
        external_id: Option<ExternalId>,
    ) -> Option<Self> {
        let is_given = workspace_id.is_some() || created_by.is_some() || external_id.is_some();
        is_given.then_some(Self {
            workspace_id,
            created_by,
            external_id,
        })
    }

    /// Only keys of this workspace.
    #[must_use]
    pub fn workspace_id(&self) -> Option<&WorkspaceId> {
        self.workspace_id.as_ref()
    }

    /// Only keys that this user created.
    #[must_use]
    pub fn created_by(&self) -> Option<&UserId> {
        self.created_by.as_ref()
    }

    /// Only keys with this external id.
    #[must_use]
    pub fn external_id(&self) -> Option<&ExternalId> {
        self.external_id.as_ref()
    }
}
