use std::collections::BTreeMap;

use crate::caller::origin::Origin;
use crate::caller::workspace::{Actor, Role, UserId, WorkspaceId};
use crate::events::event_type::EventType;
use crate::key::leak_policy::LeakPolicy;
use crate::key::lifetime_policy::LifetimePolicy;
use crate::key::resource::Resource;
use crate::key::resource_names::ResourceNames;
use crate::key::scope::Scope;
use crate::language::Language;
use crate::limits::plan::{PlanLimits, PlanName};
use crate::timestamp::Timestamp;
use crate::webhooks::webhook::WebhookSettings;
use crate::webhooks::webhook_id::WebhookId;

/// Who makes a change, from where, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorship {
    /// The user, operator or service.
    pub actor: Actor,
    /// The address and the request id.
    pub origin: Origin,
    /// The time of the change.
    pub occurred_at: Timestamp,
}

/// One immutable entry in the deployment's history: a change to workspaces, members, plans, scopes,
/// resources or webhooks, written in the transaction of the change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeploymentEvent {
    /// What was changed.
    pub change: DeploymentChange,
    /// Who changed it, from where, and when.
    pub by: Authorship,
}

/// A change to the deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeploymentChange {
    /// A workspace was added.
    WorkspaceAdded(WorkspaceId),
    /// A workspace was removed together with its members.
    WorkspaceRemoved(WorkspaceId),
    /// A workspace got its own policy for the lifetime of its keys, got another one, or lost it.
    KeyLifetime {
        /// The workspace.
        workspace_id: WorkspaceId,
        /// The policy before; `None` when the deployment's counted.
        before: Option<LifetimePolicy>,
        /// The policy after; `None` when the deployment's counts.
        after: Option<LifetimePolicy>,
    },
    /// A workspace got a policy for leaked secrets, got another one, or lost it.
    LeakPolicy {
        /// The workspace.
        workspace_id: WorkspaceId,
        /// The policy before; `None` when the default counted.
        before: Option<LeakPolicy>,
        /// The policy after; `None` when the default counts.
        after: Option<LeakPolicy>,
    },
    /// A workspace got a plan, got another one, or lost it.
    WorkspacePlan {
        /// The workspace.
        workspace_id: WorkspaceId,
        /// The plan before.
        before: Option<PlanName>,
        /// The plan after.
        after: Option<PlanName>,
    },
    /// A plan was added, got other limits, or was removed.
    Plan {
        /// The plan.
        name: PlanName,
        /// The limits before; `None` when there was no such plan.
        before: Option<PlanLimits>,
        /// The limits after; `None` when the plan was removed.
        after: Option<PlanLimits>,
    },
    /// A user got a role in a workspace, changed it, or lost it.
    Member {
        /// The workspace.
        workspace_id: WorkspaceId,
        /// The user.
        user_id: UserId,
        /// The role before; `None` when the user was not a member.
        before: Option<Role>,
        /// The role after; `None` when the user is no longer a member.
        after: Option<Role>,
    },
    /// A scope was added to the catalogue, got new descriptions, or was removed.
    Scope {
        /// The scope.
        scope: Scope,
        /// The descriptions before; `None` when the scope was not in the catalogue.
        before: Option<BTreeMap<Language, String>>,
        /// The descriptions after; `None` when the scope was removed.
        after: Option<BTreeMap<Language, String>>,
    },
    /// A resource got names, got other ones, or lost them.
    Resource {
        /// The resource.
        resource: Resource,
        /// The names before.
        before: ResourceNames,
        /// The names after.
        after: ResourceNames,
    },
    /// A webhook was added, was disabled or enabled, got another secret, or was removed.
    Webhook {
        /// The webhook.
        webhook_id: WebhookId,
        /// The workspace that it belongs to; `None` for the deployment.
        workspace_id: Option<WorkspaceId>,
        /// What was chosen before; `None` when there was no such webhook.
        before: Option<WebhookSettings>,
        /// What is chosen after; `None` when the webhook was removed.
        after: Option<WebhookSettings>,
    },
}

impl DeploymentChange {
    /// `WORKSPACE_`, `PLAN_`, `MEMBER_`, `SCOPE_`, `RESOURCE_` or `WEBHOOK_`, followed by `ADDED`, `CHANGED` or
    /// `REMOVED`.
    #[must_use]
    pub fn action(&self) -> &'static str {
        match self {
            Self::WorkspaceAdded(_) => "WORKSPACE_ADDED",
            Self::WorkspaceRemoved(_) => "WORKSPACE_REMOVED",
            Self::KeyLifetime { .. } | Self::LeakPolicy { .. } | Self::WorkspacePlan { .. } => {
                "WORKSPACE_CHANGED"
            }
            Self::Plan { before: None, .. } => "PLAN_ADDED",
            Self::Plan { after: None, .. } => "PLAN_REMOVED",
            Self::Plan { .. } => "PLAN_CHANGED",
            Self::Member { before: None, .. } => "MEMBER_ADDED",
            Self::Member { after: None, .. } => "MEMBER_REMOVED",
            Self::Member { .. } => "MEMBER_CHANGED",
            Self::Scope { before: None, .. } => "SCOPE_ADDED",
            Self::Scope { after: None, .. } => "SCOPE_REMOVED",
            Self::Scope { .. } => "SCOPE_CHANGED",
            Self::Resource { .. } => "RESOURCE_CHANGED",
            Self::Webhook { before: None, .. } => "WEBHOOK_ADDED",
            Self::Webhook { after: None, .. } => "WEBHOOK_REMOVED",
            Self::Webhook { .. } => "WEBHOOK_CHANGED",
        }
    }

    /// The type of the published event.
    #[must_use]
    pub fn event_type(&self) -> EventType {
        match self {
            Self::WorkspaceAdded(_) => EventType::WorkspaceAdded,
            Self::WorkspaceRemoved(_) => EventType::WorkspaceRemoved,
            Self::KeyLifetime { .. } | Self::LeakPolicy { .. } | Self::WorkspacePlan { .. } => {
                EventType::WorkspaceChanged
            }
            Self::Plan { before: None, .. } => EventType::PlanAdded,
            Self::Plan { after: None, .. } => EventType::PlanRemoved,
            Self::Plan { .. } => EventType::PlanChanged,
            Self::Member { before: None, .. } => EventType::MemberAdded,
            Self::Member { after: None, .. } => EventType::MemberRemoved,
            Self::Member { .. } => EventType::MemberChanged,
            Self::Scope { before: None, .. } => EventType::ScopeAdded,
            Self::Scope { after: None, .. } => EventType::ScopeRemoved,
            Self::Scope { .. } => EventType::ScopeChanged,
            Self::Resource { .. } => EventType::ResourceChanged,
            Self::Webhook { before: None, .. } => EventType::WebhookAdded,
            Self::Webhook { after: None, .. } => EventType::WebhookRemoved,
            Self::Webhook { .. } => EventType::WebhookChanged,
        }
    }

    /// The workspace that was changed; `None` for a scope, a resource, a plan, and a
    /// webhook of the deployment.
    #[must_use]
    pub fn workspace_id(&self) -> Option<&WorkspaceId> {
        match self {
            Self::WorkspaceAdded(workspace_id)
            | Self::WorkspaceRemoved(workspace_id)
            | Self::KeyLifetime { workspace_id, .. }
            | Self::LeakPolicy { workspace_id, .. }
            | Self::WorkspacePlan { workspace_id, .. }
            | Self::Member { workspace_id, .. } => Some(workspace_id),
            Self::Webhook { workspace_id, .. } => workspace_id.as_ref(),
            Self::Scope { .. } | Self::Resource { .. } | Self::Plan { .. } => None,
        }
    }
}
