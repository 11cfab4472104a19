//! Workspaces and their members, as operators manage them.

mod members;
mod workspaces;

use async_trait::async_trait;
use keyward_domain::ports::{
    MemberChange, MemberPut, RepositoryError, SettingChange, WorkspaceDirectory, WorkspaceRemoval,
};
use keyward_domain::{
    Authorship, LeakPolicy, LifetimePolicy, Member, Role, UserId, Workspace, WorkspaceId,
};

use crate::store::Store;

#[async_trait]
impl WorkspaceDirectory for Store {
    async fn add_workspace(
        &self,
        workspace_id: &WorkspaceId,
        by: Authorship,
    ) -> Result<bool, RepositoryError> {
        workspaces::add(self, workspace_id, by).await
    }

    async fn workspace(
        &self,
        workspace_id: &WorkspaceId,
    ) -> Result<Option<Workspace>, RepositoryError> {
        workspaces::get(self, workspace_id).await
    }

    async fn workspaces(
        &self,
        after: Option<WorkspaceId>,
        limit: u32,
    ) -> Result<Vec<Workspace>, RepositoryError> {
        workspaces::part(self, after, limit).await
    }

    async fn remove_workspace(
        &self,
        workspace_id: &WorkspaceId,
        by: Authorship,
    ) -> Result<WorkspaceRemoval, RepositoryError> {
        workspaces::remove(self, workspace_id, by).await
    }

    async fn set_key_lifetime(
        &self,
        workspace_id: &WorkspaceId,
        policy: Option<LifetimePolicy>,
        by: Authorship,
    ) -> Result<SettingChange, RepositoryError> {
        workspaces::set_key_lifetime(self, workspace_id, policy, by).await
    }

    async fn set_leak_policy(
        &self,
        workspace_id: &WorkspaceId,
        policy: Option<LeakPolicy>,
        by: Authorship,
    ) -> Result<SettingChange, RepositoryError> {
        workspaces::set_leak_policy(self, workspace_id, policy, by).await
    }

    async fn members(
        &self,
        workspace_id: &WorkspaceId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Option<Vec<Member>>, RepositoryError> {
        members::part(self, workspace_id, after, limit).await
    }

    async fn add_member(
        &self,
        workspace_id: &WorkspaceId,
        user_id: &UserId,
        role: Role,
        by: Authorship,
    ) -> Result<MemberChange, RepositoryError> {
        members::add(self, workspace_id, user_id, role, by).await
    }

    async fn set_role(
        &self,
        workspace_id: &WorkspaceId,
        user_id: &UserId,
        role: Role,
        by: Authorship,
    ) -> Result<MemberChange, RepositoryError> {
        members::set_role(self, workspace_id, user_id, role, by).await
    }

    async fn put_member(
        &self,
        workspace_id: &WorkspaceId,
        user_id: &UserId,
        role: Role,
        by: Authorship,
    ) -> Result<MemberPut, RepositoryError> {
        members::put(self, workspace_id, user_id, role, by).await
    }

    async fn remove_member(
        &self,
        workspace_id: &WorkspaceId,
        user_id: &UserId,
        by: Authorship,
    ) -> Result<MemberChange, RepositoryError> {
        members::remove(self, workspace_id, user_id, by).await
    }
}
