//! Verifies the deployment's trail, and compares it with the members.

use std::collections::{BTreeMap, BTreeSet};

use super::verify_trail::TrailReport;
use crate::audit::deployment_event::DeploymentChange;
use crate::audit::trail::{TrailCheck, TrailFault, TrailHead};
use crate::caller::workspace::{Role, UserId, WorkspaceId};
use crate::ports::{DeploymentEvents, RepositoryError, WorkspaceDirectory};

/// How many lines, workspaces or members are read at a time.
const BATCH: u32 = 1_000;

/// The roles of all members of all workspaces.
#[derive(Debug, Default)]
struct Roles(BTreeMap<WorkspaceId, BTreeMap<UserId, Role>>);

/// Checks all events of the deployment. If they are intact, compares them with all members, or with
/// those of the workspace `only`. Calls `progress` with the number of events in each batch.
/// Concurrent changes are safe.
///
/// # Errors
/// [`RepositoryError`] when the store failed.
pub async fn verify_deployment(
    deployment_events: &dyn DeploymentEvents,
    directory: &dyn WorkspaceDirectory,
    only: Option<&WorkspaceId>,
    mut progress: impl FnMut(u64) + Send,
) -> Result<TrailReport, RepositoryError> {
    let head = deployment_events.deployment_head().await?;
    let mut check = TrailCheck::begin();
    let mut told = Roles::default();
    let mut after = 0;
    while after < head.event_count {
        let lines = deployment_events.deployment_lines(after, BATCH).await?;
        let Some(last) = lines.last() else { break };
        after = last.position;
        progress(u64::try_from(lines.len()).unwrap_or(u64::MAX));
        for line in lines {
            if line.position <= head.event_count {
                check.line(&line);
                if let Some(event) = line.event {
                    told.take(event.change);
                }
            }
        }
    }
    let mut faults = check.finish(head);
    // A damaged trail proves nothing about members.
    if faults.is_empty() {
        let mut found = Roles::default();
        match only {
            Some(only) => {
                found.read(directory, only, &mut faults).await?;
                told.0.retain(|workspace_id, _roles| workspace_id == only);
            }
            None => found.read_all(directory, &mut faults).await?,
        }
        let (changed, surplus) = changed_since(deployment_events, head).await?;
        faults.extend(surplus);
        faults.extend(told.differences(&found, &changed));
    }
    Ok(TrailReport { head, faults })
}

/// Changes after the check began: one member of a workspace, or all of them.
#[derive(Debug, Default)]
struct Changed(BTreeSet<(WorkspaceId, Option<UserId>)>);

/// The changes after `head`, and the first event there that was never recorded.
async fn changed_since(
    deployment_events: &dyn DeploymentEvents,
    head: TrailHead,
) -> Result<(Changed, Option<TrailFault>), RepositoryError> {
    let mut changed = Changed::default();
    let mut after = head.event_count;
    loop {
        let lines = deployment_events.deployment_lines(after, BATCH).await?;
        let Some(last) = lines.last().map(|line| line.position) else {
            return Ok((changed, None));
        };
        // Read after the lines, so that it includes concurrent events.
        let recorded = deployment_events.deployment_head().await?.event_count;
        if last > recorded {
            let position = recorded + 1;
            return Ok((changed, Some(TrailFault::Surplus { position })));
        }
        after = last;
        let events = lines.into_iter().filter_map(|line| line.event);
        changed
            .0
            .extend(events.filter_map(|event| match event.change {
                DeploymentChange::WorkspaceAdded(workspace_id)
                | DeploymentChange::WorkspaceRemoved(workspace_id) => Some((workspace_id, None)),
                DeploymentChange::Member {
                    workspace_id,
                    user_id,
                    ..
                } => Some((workspace_id, Some(user_id))),
                DeploymentChange::KeyLifetime { .. }
                | DeploymentChange::LeakPolicy { .. }
                | DeploymentChange::WorkspacePlan { .. }
                | DeploymentChange::Plan { .. }
                | DeploymentChange::Scope { .. }
                | DeploymentChange::Resource { .. }
                | DeploymentChange::Webhook { .. } => None,
            }));
    }
}

impl Changed {
    fn has(&self, workspace_id: &WorkspaceId, user_id: &UserId) -> bool {
        let whole = (workspace_id.clone(), None);
        let one = (workspace_id.clone(), Some(user_id.clone()));
        self.0.contains(&whole) || self.0.contains(&one)
    }
}

impl Roles {
    /// Reads the current roles of all members.
    async fn read_all(
        &mut self,
        directory: &dyn WorkspaceDirectory,
        faults: &mut Vec<TrailFault>,
    ) -> Result<(), RepositoryError> {
        let mut after = None;
        loop {
            let workspaces = directory.workspaces(after, BATCH).await?;
            after = workspaces.last().map(|workspace| workspace.id.clone());
            if after.is_none() {
                return Ok(());
            }
            for workspace in workspaces {
                self.read(directory, &workspace.id, faults).await?;
            }
        }
    }

    /// Reads the members of one workspace; an unreadable member is a fault.
    async fn read(
        &mut self,
        directory: &dyn WorkspaceDirectory,
        workspace_id: &WorkspaceId,
        faults: &mut Vec<TrailFault>,
    ) -> Result<(), RepositoryError> {
        let roles = self.0.entry(workspace_id.clone()).or_default();
        let mut after = None;
        loop {
            let members = match directory.members(workspace_id, after, BATCH).await {
                Ok(members) => members.unwrap_or_default(),
                Err(RepositoryError::Corrupt(_)) => {
                    let workspace_id = workspace_id.clone();
                    faults.push(TrailFault::MembersUnreadable { workspace_id });
                    return Ok(());
                }
                Err(error) => return Err(error),
            };
            after = members.last().map(|member| member.user_id.clone());
            if after.is_none() {
                return Ok(());
            }
            roles.extend(members.into_iter().map(|one| (one.user_id, one.role)));
        }
    }

    fn take(&mut self, change: DeploymentChange) {
        match change {
            DeploymentChange::WorkspaceAdded(workspace_id) => {
                self.0.insert(workspace_id, BTreeMap::new());
            }
            DeploymentChange::WorkspaceRemoved(workspace_id) => {
                self.0.remove(&workspace_id);
            }
            DeploymentChange::Member {
                workspace_id,
                user_id,
                before: _,
                after,
            } => {
                let roles = self.0.entry(workspace_id).or_default();
                match after {
                    Some(role) => roles.insert(user_id, role),
                    None => roles.remove(&user_id),
                };
            }
            DeploymentChange::KeyLifetime { .. }
            | DeploymentChange::LeakPolicy { .. }
            | DeploymentChange::WorkspacePlan { .. }
            | DeploymentChange::Plan { .. }
            | DeploymentChange::Scope { .. }
            | DeploymentChange::Resource { .. }
            | DeploymentChange::Webhook { .. } => {}
        }
    }

    /// The members whose roles differ from the events, except those in `changed`.
    fn differences(&self, found: &Self, changed: &Changed) -> Vec<TrailFault> {
        let none = BTreeMap::new();
        let ids: BTreeSet<&WorkspaceId> = self.0.keys().chain(found.0.keys()).collect();
        let mut faults = Vec::new();
        for id in ids {
            let (told, found) = (
                self.0.get(id).unwrap_or(&none),
                found.0.get(id).unwrap_or(&none),
            );
            let users: BTreeSet<&UserId> = told.keys().chain(found.keys()).collect();
            for user in users {
                let (told, found) = (told.get(user).copied(), found.get(user).copied());
                if told != found && !changed.has(id, user) {
                    faults.push(TrailFault::MemberDiffers {
                        workspace_id: id.clone(),
                        user_id: user.clone(),
                        found,
                        told,
                    });
                }
            }
        }
        faults
    }
}
