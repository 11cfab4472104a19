use keyward_domain::{CallerName, DeploymentEvent, Portal, TrailLine, UserId, WorkspaceId};
use keyward_web::{DeploymentChangeData, DeploymentStateData};
use serde::Serialize;

use super::json_cell;
use crate::failure::Failure;

pub(super) const COLUMNS: [&str; 18] = [
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
    "webhookId",
    "resource",
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
    before: Option<DeploymentStateData<'a>>,
    after: Option<DeploymentStateData<'a>>,
    hash: String,
    actor_service: Option<&'a str>,
    plan: Option<&'a str>,
    webhook_id: Option<String>,
    resource: Option<&'a str>,
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
        let DeploymentChangeData {
            user_id,
            scope,
            plan,
            webhook_id,
            resource,
            before,
            after,
        } = DeploymentChangeData::of(change);
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
            webhook_id,
            resource,
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
            text(self.webhook_id.as_deref()),
            text(self.resource),
        ])
    }
}
