use std::collections::BTreeMap;

use keyward_domain::{
    CallerName, DeploymentChange, DeploymentEvent, Language, LifetimePolicy, PlanLimits, PlanName,
    Portal, Role, TrailLine, UserId, WorkspaceId,
};
use keyward_web::{KeyLifetimeData, LimitData};
use serde::Serialize;

use super::json_cell;
use crate::failure::Failure;

pub(super) const COLUMNS: [&str; 16] = [
    "position",
    "action",
    "workspaceId",
    "userId",
    "scope",
    "actorKind",
    "actorUserId",
    "portal",
    "address",
    "requestId",
    "occurredAt",
    "before",
    "after",
    "hash",
    "actorService",
    "plan",
];

/// An exported event of the deployment.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DeploymentRow<'a> {
    position: u64,
    action: &'static str,
    workspace_id: Option<&'a str>,
    user_id: Option<&'a str>,
    scope: Option<&'a str>,
    actor_kind: &'static str,
    actor_user_id: Option<&'a str>,
    portal: Option<&'static str>,
    address: Option<String>,
    request_id: &'a str,
    occurred_at: String,
    before: Option<State<'a>>,
    after: Option<State<'a>>,
    hash: String,
    actor_service: Option<&'a str>,
    plan: Option<&'a str>,
}

/// The state of a member, a scope, a workspace or a plan.
#[derive(Serialize)]
#[serde(untagged)]
enum State<'a> {
    Role(&'static str),
    Descriptions(BTreeMap<&'static str, &'a str>),
    #[serde(rename_all = "camelCase")]
    Workspace {
        key_lifetime: Option<KeyLifetimeData>,
    },
    WorkspacePlan {
        plan: Option<&'a str>,
    },
    #[serde(rename_all = "camelCase")]
    Plan {
        key_limits: Vec<LimitData<'a>>,
        workspace_limits: Vec<LimitData<'a>>,
    },
}

/// What a change is about, with the states before and after it.
#[derive(Default)]
struct Changed<'a> {
    user_id: Option<&'a UserId>,
    scope: Option<&'a str>,
    plan: Option<&'a str>,
    before: Option<State<'a>>,
    after: Option<State<'a>>,
}

impl<'a> DeploymentRow<'a> {
    /// The event of a line; an unreadable line is an error.
    pub(super) fn of(line: &'a TrailLine<DeploymentEvent>) -> Result<Self, Failure> {
        let (Some(DeploymentEvent { change, by }), Some(hash)) = (&line.event, line.hash) else {
            return Err(Failure::Refused(format!(
                "event {} of the deployment can't be read; see: keyward audit verify",
                line.position
            )));
        };
        let Changed {
            user_id,
            scope,
            plan,
            before,
            after,
        } = Changed::of(change);
        Ok(Self {
            position: line.position,
            action: change.action(),
            workspace_id: change.workspace_id().map(WorkspaceId::as_str),
            user_id: user_id.map(UserId::as_str),
            scope,
            actor_kind: by.actor.kind(),
            actor_user_id: by.actor.user_id().map(UserId::as_str),
            portal: by.actor.portal().map(Portal::as_str),
            address: by.origin.address.map(|address| address.ip().to_string()),
            request_id: by.origin.request_id.as_str(),
            occurred_at: by.occurred_at.to_string(),
            before,
            after,
            hash: hash.to_string(),
            actor_service: by.actor.service().map(CallerName::as_str),
            plan,
        })
    }

    /// The cells of [`COLUMNS`]. The state before and after the change is JSON.
    pub(super) fn cells(&self) -> Result<[String; COLUMNS.len()], Failure> {
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        Ok([
            self.position.to_string(),
            self.action.to_owned(),
            text(self.workspace_id),
            text(self.user_id),
            text(self.scope),
            self.actor_kind.to_owned(),
            text(self.actor_user_id),
            text(self.portal),
            text(self.address.as_deref()),
            self.request_id.to_owned(),
            self.occurred_at.clone(),
            json_cell(self.before.as_ref())?,
            json_cell(self.after.as_ref())?,
            self.hash.clone(),
            text(self.actor_service),
            text(self.plan),
        ])
    }
}

impl<'a> Changed<'a> {
    fn of(change: &'a DeploymentChange) -> Self {
        match change {
            DeploymentChange::WorkspaceAdded(_) | DeploymentChange::WorkspaceRemoved(_) => {
                Self::default()
            }
            DeploymentChange::KeyLifetime {
                workspace_id: _,
                before,
                after,
            } => Self {
                before: Some(State::of_workspace(before.as_ref())),
                after: Some(State::of_workspace(after.as_ref())),
                ..Self::default()
            },
            DeploymentChange::WorkspacePlan {
                workspace_id: _,
                before,
                after,
            } => Self {
                before: Some(State::of_workspace_plan(before.as_ref())),
                after: Some(State::of_workspace_plan(after.as_ref())),
                ..Self::default()
            },
            DeploymentChange::Plan {
                name,
                before,
                after,
            } => Self {
                plan: Some(name.as_str()),
                before: before.as_ref().map(State::of_plan),
                after: after.as_ref().map(State::of_plan),
                ..Self::default()
            },
            DeploymentChange::Member {
                workspace_id: _,
                user_id,
                before,
                after,
            } => {
                let role = |role: Role| State::Role(role.as_str());
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
                before: before.as_ref().map(State::of_scope),
                after: after.as_ref().map(State::of_scope),
                ..Self::default()
            },
        }
    }
}

impl<'a> State<'a> {
    fn of_workspace(policy: Option<&LifetimePolicy>) -> Self {
        let key_lifetime = policy.map(KeyLifetimeData::of);
        Self::Workspace { key_lifetime }
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

    fn of_scope(descriptions: &'a BTreeMap<Language, String>) -> Self {
        let words = descriptions.iter();
        Self::Descriptions(
            words
                .map(|(one, text)| (one.tag(), text.as_str()))
                .collect(),
        )
    }
}
