use async_trait::async_trait;

use crate::audit::deployment_event::Authorship;
use crate::caller::workspace::{Member, Role, UserId, Workspace, WorkspaceId};
use crate::key::leak_policy::LeakPolicy;
use crate::key::lifetime_policy::LifetimePolicy;
use crate::ports::RepositoryError;

/// The result of a change to the members of a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberChange {
    /// It was made.
    Done,
    /// There is no such workspace.
    UnknownWorkspace,
    /// There is no such member; or, when adding, the user is already a member.
    Refused,
}

/// The result of putting a member into a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberPut {
    /// The user is a new member.
    Added,
    /// The member has another role than before.
    Changed,
    /// The user was already a member with this role. Nothing was changed.
    Unchanged,
    /// There is no such workspace.
    UnknownWorkspace,
}

/// The result of setting a policy of a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingChange {
    /// The workspace has another policy than before.
    Done,
    /// The workspace already had this policy. Nothing was changed.
    Unchanged,
    /// There is no such workspace.
    UnknownWorkspace,
}

/// The result of removing a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkspaceRemoval {
    /// It was removed together with its members.
    Done,
    /// There is no such workspace.
    Unknown,
    /// It was not removed: it has keys, or audit events.
    HasKeys,
}

/// Workspaces and members as operators and services manage them. Each change is recorded as a deployment event
/// in the same transaction.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait WorkspaceDirectory: Send + Sync {
    /// Adds a workspace; `false` when it already exists. Then nothing changes.
    async fn add_workspace(
        &self,
        workspace_id: &WorkspaceId,
        by: Authorship,
    ) -> Result<bool, RepositoryError>;

    /// The workspace with this id.
    async fn workspace(
        &self,
        workspace_id: &WorkspaceId,
    ) -> Result<Option<Workspace>, RepositoryError>;

    /// At most `limit` workspaces sorted by id, starting after `after`.
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

    /// Sets the workspace's own policy for the lifetime of its keys; `None` removes it, so that the
    /// deployment's counts. Records an event only for a difference. Verification and all other
    /// readers of keys use the policy from then on, on every node as soon as a change of a key.
    async fn set_key_lifetime(
        &self,
        workspace_id: &WorkspaceId,
        policy: Option<LifetimePolicy>,
        by: Authorship,
    ) -> Result<SettingChange, RepositoryError>;

    /// Sets what happens to the workspace's keys when their secrets leak; `None` removes the policy,
    /// so that the default counts. Records an event only for a difference.
    async fn set_leak_policy(
        &self,
        workspace_id: &WorkspaceId,
        policy: Option<LeakPolicy>,
        by: Authorship,
    ) -> Result<SettingChange, RepositoryError>;

    /// At most `limit` members of a workspace sorted by user id, starting after `after`. `None`
    /// when there is no such workspace.
    async fn members(
        &self,
        workspace_id: &WorkspaceId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Option<Vec<Member>>, RepositoryError>;

    /// Adds a member; [`MemberChange::Refused`] when the user is already a member.
    async fn add_member(
        &self,
        workspace_id: &WorkspaceId,
        user_id: &UserId,
        role: Role,
        by: Authorship,
    ) -> Result<MemberChange, RepositoryError>;

    /// Sets the role of a member, even to the current one; [`MemberChange::Refused`] when the user
    /// is not a member.
    async fn set_role(
        &self,
        workspace_id: &WorkspaceId,
        user_id: &UserId,
        role: Role,
        by: Authorship,
    ) -> Result<MemberChange, RepositoryError>;

    /// Makes the user a member with this role, whatever the user was before. Records an event only
    /// for a difference.
    async fn put_member(
        &self,
        workspace_id: &WorkspaceId,
        user_id: &UserId,
        role: Role,
        by: Authorship,
    ) -> Result<MemberPut, RepositoryError>;

    /// Removes a member; [`MemberChange::Refused`] when the user is not a member.
    async fn remove_member(
        &self,
        workspace_id: &WorkspaceId,
        user_id: &UserId,
        by: Authorship,
    ) -> Result<MemberChange, RepositoryError>;
}
