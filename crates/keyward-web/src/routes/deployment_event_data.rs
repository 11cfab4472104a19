use std::collections::BTreeMap;

use keyward_domain::{
    DeploymentChange, DisabledReason, EventType, Language, LeakPolicy, LifetimePolicy, PlanLimits,
    PlanName, ResourceNames, Role, UserId, WebhookSettings,
};
use serde::Serialize;

use super::key_lifetime_data::KeyLifetimeData;
use super::leak_policy_data::LeakPolicyData;
use super::limit_data::LimitData;

/// The state of a member, a scope, a resource, a workspace or a plan.
#[derive(Serialize)]
#[serde(untagged)]
pub enum DeploymentStateData<'a> {
    /// The role of a member.
    Role(&'static str),
    /// The descriptions of a scope, by language.
    Descriptions(BTreeMap<&'static str, &'a str>),
    /// The names of a resource, by language.
    Names(BTreeMap<&'static str, &'a str>),
    /// The policy of a workspace.
    #[serde(rename_all = "camelCase")]
    Workspace {
        /// The policy; null when the deployment's counts.
        key_lifetime: Option<KeyLifetimeData>,
    },
    /// The policy of a workspace for leaked secrets.
    #[serde(rename_all = "camelCase")]
    LeakPolicy {
        /// The policy; null when the default counts.
        leak_policy: Option<LeakPolicyData>,
    },
    /// The plan of a workspace.
    WorkspacePlan {
        /// The name of the plan; null when it has none.
        plan: Option<&'a str>,
    },
    /// The limits of a plan.
    #[serde(rename_all = "camelCase")]
    Plan {
        /// Those of each key.
        key_limits: Vec<LimitData<'a>>,
        /// Those of the whole workspace.
        workspace_limits: Vec<LimitData<'a>>,
    },
    /// The settings of a webhook.
    #[serde(rename_all = "camelCase")]
    Webhook {
        /// Where events are sent, without the query.
        url: &'a str,
        /// The types of events; empty for all.
        event_types: Vec<&'static str>,
        /// The form of the messages.
        encoding: &'static str,
        /// Why it is disabled; null when it is not.
        disabled_reason: Option<&'static str>,
        /// How often its keys were replaced.
        secret_generation: u32,
    },
}

/// What a change is about, with the states before and after it.
#[derive(Default)]
pub struct DeploymentChangeData<'a> {
    /// The user, if it is about a member.
    pub user_id: Option<&'a UserId>,
    /// The scope, if it is about one.
    pub scope: Option<&'a str>,
    /// The plan, if it is about one.
    pub plan: Option<&'a str>,
    /// The webhook, if it is about one.
    pub webhook_id: Option<String>,
    /// The resource, if it is about one.
    pub resource: Option<&'a str>,
    /// The state before; `None` when there was none.
    pub before: Option<DeploymentStateData<'a>>,
    /// The state after; `None` when there is none.
    pub after: Option<DeploymentStateData<'a>>,
}

impl<'a> DeploymentChangeData<'a> {
    /// The parts of a change.
    #[must_use]
    pub fn of(change: &'a DeploymentChange) -> Self {
        match change {
            DeploymentChange::WorkspaceAdded(_) | DeploymentChange::WorkspaceRemoved(_) => {
                Self::default()
            }
            DeploymentChange::KeyLifetime {
                workspace_id: _,
                before,
                after,
            } => Self {
                before: Some(DeploymentStateData::of_workspace(before.as_ref())),
                after: Some(DeploymentStateData::of_workspace(after.as_ref())),
                ..Self::default()
            },
            DeploymentChange::LeakPolicy {
                workspace_id: _,
                before,
                after,
            } => Self {
                before: Some(DeploymentStateData::of_leak_policy(before.as_ref())),
                after: Some(DeploymentStateData::of_leak_policy(after.as_ref())),
                ..Self::default()
            },
            DeploymentChange::WorkspacePlan {
                workspace_id: _,
                before,
                after,
            } => Self {
                before: Some(DeploymentStateData::of_workspace_plan(before.as_ref())),
                after: Some(DeploymentStateData::of_workspace_plan(after.as_ref())),
                ..Self::default()
            },
            DeploymentChange::Plan {
                name,
                before,
                after,
            } => Self {
                plan: Some(name.as_str()),
                before: before.as_ref().map(DeploymentStateData::of_plan),
                after: after.as_ref().map(DeploymentStateData::of_plan),
                ..Self::default()
            },
            DeploymentChange::Member {
                workspace_id: _,
                user_id,
                before,
                after,
            } => {
                let role = |role: Role| DeploymentStateData::Role(role.as_str());
                Self {
                    user_id: Some(user_id),
                    before: before.map(role),
                    after: after.map(role),
                    ..Self::default()
                }
            }
            DeploymentChange::Scope {
                scope,
                before,
                after,
            } => Self {
                scope: Some(scope.as_str()),
                before: before.as_ref().map(DeploymentStateData::of_scope),
                after: after.as_ref().map(DeploymentStateData::of_scope),
                ..Self::default()
            },
            DeploymentChange::Resource {
                resource,
                before,
                after,
            } => Self {
                resource: Some(resource.as_str()),
                before: Some(DeploymentStateData::of_resource(before)),
                after: Some(DeploymentStateData::of_resource(after)),
                ..Self::default()
            },
            DeploymentChange::Webhook {
                webhook_id,
                workspace_id: _,
                before,
                after,
            } => Self {
                webhook_id: Some(webhook_id.to_string()),
                before: before.as_ref().map(DeploymentStateData::of_webhook),
                after: after.as_ref().map(DeploymentStateData::of_webhook),
                ..Self::default()
            },
        }
    }
}

impl<'a> DeploymentStateData<'a> {
    fn of_workspace(policy: Option<&LifetimePolicy>) -> Self {
        let key_lifetime = policy.map(KeyLifetimeData::of);
        Self::Workspace { key_lifetime }
    }

    fn of_leak_policy(policy: Option<&LeakPolicy>) -> Self {
        let leak_policy = policy.map(LeakPolicyData::of);
        Self::LeakPolicy { leak_policy }
    }

    fn of_workspace_plan(plan: Option<&'a PlanName>) -> Self {
        let plan = plan.map(PlanName::as_str);
        Self::WorkspacePlan { plan }
    }

    fn of_plan(limits: &'a PlanLimits) -> Self {
        Self::Plan {
            key_limits: LimitData::all(&limits.of_key),
            workspace_limits: LimitData::all(&limits.of_workspace),
        }
    }

    fn of_webhook(settings: &'a WebhookSettings) -> Self {
        Self::Webhook {
            url: settings.url.without_query(),
            event_types: settings.event_types.iter().map(EventType::as_str).collect(),
            encoding: settings.encoding.as_str(),
            disabled_reason: settings.disabled.map(DisabledReason::as_str),
            secret_generation: settings.secret_generation,
        }
    }

    fn of_resource(names: &'a ResourceNames) -> Self {
        let names = names.iter();
        Self::Names(
            names
                .map(|(language, name)| (language.tag(), name))
                .collect(),
        )
    }

    fn of_scope(descriptions: &'a BTreeMap<Language, String>) -> Self {
        let words = descriptions.iter();
        Self::Descriptions(
            words
                .map(|(one, text)| (one.tag(), text.as_str()))
                .collect(),
        )
    }
}
