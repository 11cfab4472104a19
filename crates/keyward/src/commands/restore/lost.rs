use std::collections::BTreeMap;
use std::fmt;

use keyward_domain::WorkspaceId;
use keyward_domain::ports::{AuditEvents as _, DeploymentEvents as _};
use keyward_persistence::Store;
use serde::Serialize;

use super::event_count;
use super::exported::{ExportedEvent, ExportedEvents, Trail};
use crate::commands::audit::hash_at;
use crate::failure::Failure;

/// Exported events that are not in the store.
#[derive(Default)]
pub(super) struct LostEvents {
    pub(super) of_workspaces: BTreeMap<WorkspaceId, Trail>,
    pub(super) of_deployment: Vec<LostDeploymentEvent>,
    pub(super) gaps: Vec<Gap>,
}

/// Events that are neither in the store nor in the export, because it begins too late.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Gap {
    /// `None` for the deployment's trail.
    workspace_id: Option<String>,
    first_position: u64,
    last_position: u64,
}

/// An event about a workspace, a member, a plan, a scope or a webhook.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LostDeploymentEvent {
    position: u64,
    action: String,
    workspace_id: Option<String>,
    user_id: Option<String>,
    occurred_at: String,
}

impl LostEvents {
    /// A store that was restored and has served since then has other events at the same positions, so hashes count.
    pub(super) async fn among(exported: ExportedEvents, store: &Store) -> Result<Self, Failure> {
        let mut lost = Self::default();
        for (workspace, trail) in exported.of_workspaces {
            let trail = lost_of(trail, async |position| {
                let lines = store.lines(&workspace, position - 1, 1).await?;
                Ok(hash_at(&lines, position).map(|hash| hash.to_string()))
            })
            .await?;
            lost.note_gap(&trail, Some(&workspace), store).await?;
            if !trail.is_empty() {
                lost.of_workspaces.insert(workspace, trail);
            }
        }
        let trail = lost_of(exported.of_deployment, async |position| {
            let lines = store.deployment_lines(position - 1, 1).await?;
            Ok(hash_at(&lines, position).map(|hash| hash.to_string()))
        })
        .await?;
        lost.note_gap(&trail, None, store).await?;
        lost.of_deployment = trail.into_values().map(Into::into).collect();
        Ok(lost)
    }

    pub(super) fn count(&self) -> usize {
        let of_workspaces = self.of_workspaces.values().map(Trail::len);
        of_workspaces.sum::<usize>() + self.of_deployment.len()
    }

    async fn note_gap(
        &mut self,
        lost: &Trail,
        workspace: Option<&WorkspaceId>,
        store: &Store,
    ) -> Result<(), Failure> {
        let Some(first) = lost.keys().next() else {
            return Ok(());
        };
        let after = event_count(store, workspace).await?;
        if *first > after + 1 {
            self.gaps.push(Gap {
                workspace_id: workspace.map(ToString::to_string),
                first_position: after + 1,
                last_position: first - 1,
            });
        }
        Ok(())
    }
}

/// The events of a trail after the last one that is in the store. Each hash is over all earlier events, so these are in
/// the store too.
async fn lost_of(
    mut trail: Trail,
    hash_in_store: impl AsyncFn(u64) -> Result<Option<String>, Failure>,
) -> Result<Trail, Failure> {
    let mut lost = Trail::new();
    while let Some((position, event)) = trail.pop_last() {
        let is_in_store =
            position > 0 && hash_in_store(position).await?.as_ref() == Some(&event.hash);
        if is_in_store {
            break;
        }
        lost.insert(position, event);
    }
    Ok(lost)
}

impl From<ExportedEvent> for LostDeploymentEvent {
    fn from(event: ExportedEvent) -> Self {
        Self {
            position: event.position,
            action: event.action,
            workspace_id: event.workspace_id,
            user_id: event.user_id,
            occurred_at: event.occurred_at,
        }
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.workspace_id {
            Some(workspace) => write!(f, "workspace {workspace}")?,
            None => f.write_str("deployment")?,
        }
        write!(
            f,
            ": events {} to {} are lost, and the export does not have them",
            self.first_position, self.last_position
        )
    }
}

impl fmt::Display for LostDeploymentEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "deployment: lost {} at {}",
            self.action, self.occurred_at
        )?;
        if let Some(workspace) = &self.workspace_id {
            write!(f, ", workspace {workspace}")?;
        }
        match &self.user_id {
            Some(user) => write!(f, ", user {user}"),
            None => Ok(()),
        }
    }
}
