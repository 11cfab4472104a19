use std::collections::BTreeMap;

use crate::caller::origin::Origin;
use crate::caller::workspace::{Actor, Role, UserId, WorkspaceId};
use crate::key::scope::Scope;
use crate::language::Language;
use crate::timestamp::Timestamp;

/// Who makes a change, from where, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorship {
    /// Who.
    pub actor: Actor,
    /// From where, and in which request.
    pub origin: Origin,
    /// When.
    pub occurred_at: Timestamp,
}

/// One immutable line of the deployment's history: a change to workspaces, members or scopes, written
/// in the transaction of the change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeploymentEvent {
    /// What was changed.
    pub change: DeploymentChange,
    /// Who changed it.
    pub by: Authorship,
}

/// What an operator changes of the deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeploymentChange {
    /// A workspace was added.
    WorkspaceAdded(WorkspaceId),
    /// A workspace was removed, with its members.
    WorkspaceRemoved(WorkspaceId),
    /// A user was given a role in a workspace, or lost it.
    Member {
        /// In which workspace.
        workspace_id: WorkspaceId,
        /// Who.
        user_id: UserId,
        /// The role before; `None` when the user was no member.
        before: Option<Role>,
        /// The role then; `None` when the user is a member no more.
        after: Option<Role>,
    },
    /// A scope was put into the catalogue, described anew, or taken out.
    Scope {
        /// Which.
        scope: Scope,
        /// What it was said to allow; `None` when it was not in the catalogue.
        before: Option<BTreeMap<Language, String>>,
        /// What it is said to allow; `None` when it was taken out.
        after: Option<BTreeMap<Language, String>>,
    },
}

impl DeploymentChange {
    /// `WORKSPACE_` or `MEMBER_` or `SCOPE_`, and `ADDED`, `CHANGED` or `REMOVED`.
    #[must_use]
    pub fn action(&self) -> &'static str {
        match self {
            Self::WorkspaceAdded(_) => "WORKSPACE_ADDED",
            Self::WorkspaceRemoved(_) => "WORKSPACE_REMOVED",
            Self::Member { before: None, .. } => "MEMBER_ADDED",
            Self::Member { after: None, .. } => "MEMBER_REMOVED",
            Self::Member { .. } => "MEMBER_CHANGED",
            Self::Scope { before: None, .. } => "SCOPE_ADDED",
            Self::Scope { after: None, .. } => "SCOPE_REMOVED",
            Self::Scope { .. } => "SCOPE_CHANGED",
        }
    }

    /// The workspace that it is about, if it is about one.
    #[must_use]
    pub fn workspace_id(&self) -> Option<&WorkspaceId> {
        match self {
            Self::WorkspaceAdded(workspace_id)
            | Self::WorkspaceRemoved(workspace_id)
            | Self::Member { workspace_id, .. } => Some(workspace_id),
            Self::Scope { .. } => None,
        }
    }
}
