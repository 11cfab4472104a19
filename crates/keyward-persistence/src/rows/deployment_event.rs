use std::net::IpAddr;

use diesel::{Insertable, Queryable, Selectable};
use keyward_domain::{
    Authorship, CallerName, DeploymentChange, DeploymentEvent, LeakPolicy, LifetimePolicy,
    PlanName, Resource, ResourceNames, Role, Scope, TrailLine, UserId, WebhookId, WorkspaceId,
};
use serde_json::Value;

use super::author::{actor, actor_kind, origin};
use super::leak_policy::{is_leak_policy, leak_policy_from_json, leak_policy_to_json};
use super::lifetime_policy::{policy_from_json, policy_to_json};
use super::plan::{
    is_plan_of_workspace, plan_limits_from_json, plan_limits_to_json, plan_of_workspace_from_json,
    plan_of_workspace_to_json,
};
use super::webhook::{settings_from_json, settings_to_json};
use super::{
    ColumnRef, descriptions_from_json, descriptions_to_json, event_hash, names_from_json,
    names_to_json,
};
use crate::error::{Cause, CorruptRow};
use crate::schema::deployment_events;
use crate::sql_types::{Id, Ip, Json, Micros, Stored};

/// An event to insert, without its position and hash.
#[derive(Insertable)]
#[diesel(table_name = deployment_events, treat_none_as_default_value = false)]
pub(crate) struct NewDeploymentEventRow {
    action: &'static str,
    workspace_id: Option<String>,
    user_id: Option<String>,
    scope: Option<String>,
    plan: Option<String>,
    webhook_id: Option<Id>,
    resource: Option<String>,
    before: Option<Json>,
    after: Option<Json>,
    actor_kind: &'static str,
    actor_user_id: Option<String>,
    portal: Option<String>,
    actor_service: Option<String>,
    address: Option<Ip>,
    request_id: String,
    occurred_at: Micros,
}

/// An event as it is read, even when it is damaged.
#[derive(Queryable, Selectable)]
#[diesel(table_name = deployment_events)]
pub(crate) struct DeploymentEventRow {
    position: i64,
    hash: Vec<u8>,
    action: String,
    workspace_id: Option<String>,
    user_id: Option<String>,
    scope: Option<String>,
    plan: Option<String>,
    webhook_id: Option<Stored<Id>>,
    resource: Option<String>,
    before: Option<Stored<Value>>,
    after: Option<Stored<Value>>,
    actor_kind: String,
    actor_user_id: Option<String>,
    portal: Option<String>,
    actor_service: Option<String>,
    address: Option<Stored<IpAddr>>,
    request_id: String,
    occurred_at: Micros,
}

impl From<DeploymentEvent> for NewDeploymentEventRow {
    fn from(event: DeploymentEvent) -> Self {
        let DeploymentEvent { change, by } = event;
        let action = change.action();
        let workspace_id = change.workspace_id().map(WorkspaceId::to_string);
        let (mut user_id, mut scope, mut plan) = (None, None, None);
        let (mut webhook_id, mut resource) = (None, None);
        let (before, after) = match change {
            DeploymentChange::WorkspaceAdded(_) | DeploymentChange::WorkspaceRemoved(_) => {
                (None, None)
            }
            DeploymentChange::KeyLifetime {
                workspace_id: _,
                before,
                after,
            } => {
                let policy = |policy: Option<LifetimePolicy>| Json(policy_to_json(policy.as_ref()));
                (Some(policy(before)), Some(policy(after)))
            }
            DeploymentChange::LeakPolicy {
                workspace_id: _,
                before,
                after,
            } => {
                let policy = |policy: Option<LeakPolicy>| leak_policy_to_json(policy.as_ref());
                (Some(policy(before)), Some(policy(after)))
            }
            DeploymentChange::WorkspacePlan {
                workspace_id: _,
                before,
                after,
            } => {
                let plan = |plan: Option<PlanName>| plan_of_workspace_to_json(plan.as_ref());
                (Some(plan(before)), Some(plan(after)))
            }
            DeploymentChange::Plan {
                name,
                before,
                after,
            } => {
                plan = Some(name.to_string());
                let before = before.as_ref().map(plan_limits_to_json);
                (before, after.as_ref().map(plan_limits_to_json))
            }
            DeploymentChange::Member {
                workspace_id: _,
                user_id: user,
                before,
                after,
            } => {
                user_id = Some(user.to_string());
                let role = |role: Role| Json(Value::from(role.as_str()));
                (before.map(role), after.map(role))
            }
            DeploymentChange::Scope {
                scope: code,
                before,
                after,
            } => {
                scope = Some(code.to_string());
                let before = before.as_ref().map(descriptions_to_json);
                (before, after.as_ref().map(descriptions_to_json))
            }
            DeploymentChange::Resource {
                resource: code,
                before,
                after,
            } => {
                resource = Some(code.to_string());
                (Some(names_to_json(&before)), Some(names_to_json(&after)))
            }
            DeploymentChange::Webhook {
                webhook_id: id,
                workspace_id: _,
                before,
                after,
            } => {
                webhook_id = Some(Id(id.uuid()));
                let before = before.as_ref().map(settings_to_json);
                (before, after.as_ref().map(settings_to_json))
            }
        };
        Self {
            action,
            workspace_id,
            user_id,
            scope,
            plan,
            webhook_id,
            resource,
            before,
            after,
            actor_kind: actor_kind(&by.actor),
            actor_service: by.actor.service().map(CallerName::to_string),
            actor_user_id: by.actor.user_id().map(UserId::to_string),
            portal: by.actor.portal().map(|portal| portal.as_str().to_owned()),
            address: by.origin.address.map(|address| Ip(address.ip())),
            request_id: by.origin.request_id.to_string(),
            occurred_at: by.occurred_at.into(),
        }
    }
}

/// An unreadable value is a fault of the trail, not an error here.
impl From<DeploymentEventRow> for TrailLine<DeploymentEvent> {
    fn from(row: DeploymentEventRow) -> Self {
        Self {
            // The table checks that positions are above 0.
            position: row.position.try_into().unwrap_or(0),
            hash: event_hash(&row.hash).ok(),
            event: row.try_into().ok(),
        }
    }
}

impl TryFrom<DeploymentEventRow> for DeploymentEvent {
    type Error = CorruptRow;

    fn try_from(row: DeploymentEventRow) -> Result<Self, CorruptRow> {
        let position = row.position;
        let column = ColumnRef {
            table: "deployment_events",
            id: &position,
        };
        let by = Authorship {
            actor: actor(
                &column,
                &row.actor_kind,
                row.actor_user_id,
                row.portal,
                row.actor_service,
            )?,
            origin: origin(&column, row.address, &row.request_id)?,
            occurred_at: column.instant("occurred_at", row.occurred_at)?,
        };
        let workspace_id = row.workspace_id.as_deref().map(WorkspaceId::parse);
        let workspace_id = column.read("workspace_id", workspace_id.transpose())?;
        let user_id = row.user_id.as_deref().map(UserId::parse);
        let user_id = column.read("user_id", user_id.transpose())?;
        let scope = row.scope.as_deref().map(Scope::parse);
        let scope = column.read("scope", scope.transpose())?;
        let plan = column.plan(row.plan.as_deref())?;
        let (before, after) = (row.before, row.after);
        let webhook_id = row.webhook_id.map(|id| id.0);
        let webhook_id = column.read("webhook_id", webhook_id.transpose())?;
        let resource = row.resource.as_deref().map(Resource::parse);
        if let Some(resource) = column.read("resource", resource.transpose())? {
            let about_else = (workspace_id, user_id, scope, plan, webhook_id);
            let (None, None, None, None, None) = about_else else {
                return Err(column.corrupt("resource", "inconsistent columns"));
            };
            let change = named(&column, resource, before, after)?;
            return with_action(&column, &row.action, change, by);
        }
        if let (Some(id), None, None, None) = (webhook_id, &user_id, &scope, &plan) {
            let read = |settings: Stored<Value>| settings.0.and_then(settings_from_json);
            let change = DeploymentChange::Webhook {
                webhook_id: WebhookId::from_uuid(id.0),
                workspace_id,
                before: column.read("before", before.map(read).transpose())?,
                after: column.read("after", after.map(read).transpose())?,
            };
            return with_action(&column, &row.action, change, by);
        }
        let change = match (workspace_id, user_id, scope, plan) {
            (Some(id), None, None, None) if before.is_none() && after.is_none() => {
                if row.action == "WORKSPACE_ADDED" {
                    DeploymentChange::WorkspaceAdded(id)
                } else {
                    DeploymentChange::WorkspaceRemoved(id)
                }
            }
            (Some(workspace_id), None, None, None) if is(before.as_ref(), is_leak_policy) => {
                DeploymentChange::LeakPolicy {
                    workspace_id,
                    before: column.read("before", leak_policy(before))?,
                    after: column.read("after", leak_policy(after))?,
                }
            }
            (Some(workspace_id), None, None, None) if is(before.as_ref(), is_plan_of_workspace) => {
                DeploymentChange::WorkspacePlan {
                    workspace_id,
                    before: column.read("before", plan_of_workspace(before))?,
                    after: column.read("after", plan_of_workspace(after))?,
                }
            }
            (Some(workspace_id), None, None, None) => DeploymentChange::KeyLifetime {
                workspace_id,
                before: column.read("before", policy(before))?,
                after: column.read("after", policy(after))?,
            },
            (None, None, None, Some(name)) => {
                let read = |limits: Stored<Value>| limits.0.and_then(plan_limits_from_json);
                DeploymentChange::Plan {
                    name,
                    before: column.read("before", before.map(read).transpose())?,
                    after: column.read("after", after.map(read).transpose())?,
                }
            }
            (Some(workspace_id), Some(user_id), None, None) => DeploymentChange::Member {
                workspace_id,
                user_id,
                before: column.read("before", before.map(role).transpose())?,
                after: column.read("after", after.map(role).transpose())?,
            },
            (None, None, Some(scope), None) => {
                let read =
                    |descriptions: Stored<Value>| descriptions.0.and_then(descriptions_from_json);
                DeploymentChange::Scope {
                    scope,
                    before: column.read("before", before.map(read).transpose())?,
                    after: column.read("after", after.map(read).transpose())?,
                }
            }
            (_, _, _, _) => return Err(column.corrupt("action", "inconsistent columns")),
        };
        with_action(&column, &row.action, change, by)
    }
}

fn with_action(
    column: &ColumnRef<'_>,
    action: &str,
    change: DeploymentChange,
    by: Authorship,
) -> Result<DeploymentEvent, CorruptRow> {
    if change.action() == action {
        Ok(DeploymentEvent { change, by })
    } else {
        Err(column.corrupt("action", "the action does not match the change"))
    }
}

fn policy(stored: Option<Stored<Value>>) -> Result<Option<LifetimePolicy>, Cause> {
    policy_from_json(&stored.ok_or("no lifetime policy")?.0?)
}

fn leak_policy(stored: Option<Stored<Value>>) -> Result<Option<LeakPolicy>, Cause> {
    leak_policy_from_json(stored.ok_or("no leak policy")?.0?)
}

fn named(
    column: &ColumnRef<'_>,
    resource: Resource,
    before: Option<Stored<Value>>,
    after: Option<Stored<Value>>,
) -> Result<DeploymentChange, CorruptRow> {
    Ok(DeploymentChange::Resource {
        resource,
        before: column.read("before", names(before))?,
        after: column.read("after", names(after))?,
    })
}

fn names(stored: Option<Stored<Value>>) -> Result<ResourceNames, Cause> {
    names_from_json(stored.ok_or("no names")?.0?)
}

/// Whether the change of a workspace is one of this kind.
fn is(stored: Option<&Stored<Value>>, of_kind: fn(&Value) -> bool) -> bool {
    let value = stored.and_then(|stored| stored.0.as_ref().ok());
    value.is_some_and(of_kind)
}

fn plan_of_workspace(stored: Option<Stored<Value>>) -> Result<Option<PlanName>, Cause> {
    plan_of_workspace_from_json(stored.ok_or("no plan")?.0?)
}

fn role(stored: Stored<Value>) -> Result<Role, Cause> {
    let value = stored.0?;
    let role = value.as_str().and_then(Role::parse);
    role.ok_or_else(|| "an unknown role".into())
}
