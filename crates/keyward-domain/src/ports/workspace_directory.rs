use async_trait::async_trait;

use crate::audit::deployment_event::Authorship;
use crate::caller::workspace::{Member, Role, UserId, Workspace, WorkspaceId};
use crate::ports::RepositoryError;

/// What became of a change to the members of a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberChange {
    /// It was made.
    Done,
    /// There is no such workspace.
    UnknownWorkspace,
    /// There is no such member (or there is one already, when adding).
    Refused,
}

/// What became of the removal of a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkspaceRemoval {
    /// It is gone, with its members.
    Done,
    /// There is no such workspace.
    Unknown,
    /// It has keys, or a trail of keys that it had, and stays.
    HasKeys,
}

/// Workspaces and members as operators manage them. Each change that is made is recorded as an event of
/// the deployment, in the same transaction.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait WorkspaceDirectory: Send + Sync {
    /// Adds a workspace; `false` when there is one of that id, which stays as it is.
    async fn add_workspace(
        &self,
        workspace_id: &WorkspaceId,
        by: Authorship,
    ) -> Result<bool, RepositoryError>;

    /// The workspace of that id.
    async fn workspace(
        &self,
        workspace_id: &WorkspaceId,
    ) -> Result<Option<Workspace>, RepositoryError>;

    /// At most `limit` workspaces, those after the one of the id `after`, sorted by id.
    async fn workspaces(
        &self,
        after: Option<WorkspaceId>,
        limit: u32,
    ) -> Result<Vec<Workspace>, RepositoryError>;

    /// Removes a workspace and its members. MUST change nothing when it has keys or audit events.
    async fn remove_workspace(
        &self,
        workspace_id: &WorkspaceId,
        by: Authorship,
    ) -> Result<WorkspaceRemoval, RepositoryError>;

    /// At most `limit` members of a workspace, those after the user `after`, sorted by user id;
    /// `None` when there is no such workspace.
    async fn members(
        &self,
        workspace_id: &WorkspaceId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Option<Vec<Member>>, RepositoryError>;

    /// Adds a member; [`MemberChange::Refused`] when the user is one already.
    async fn add_member(
        &self,
        workspace_id: &WorkspaceId,
        user_id: &UserId,
        role: Role,
        by: Authorship,
    ) -> Result<MemberChange, RepositoryError>;

    /// Gives a member a role, also the one that they have; [`MemberChange::Refused`] when the user is no
    /// member.
    async fn set_role(
        &self,
        workspace_id: &WorkspaceId,
        user_id: &UserId,
        role: Role,
        by: Authorship,
    ) -> Result<MemberChange, RepositoryError>;

    /// Removes a member; [`MemberChange::Refused`] when the user is none.
    async fn remove_member(
        &self,
        workspace_id: &WorkspaceId,
        user_id: &UserId,
        by: Authorship,
    ) -> Result<MemberChange, RepositoryError>;
}
