use keyward_domain::{AuditedFields, CallerName, FoundAt, Portal, RecordedEvent, UserId};
use keyward_web::AuditedKeyData;
use serde::Serialize;

use super::json_cell;
use crate::failure::Failure;

pub(super) const COLUMNS: [&str; 15] = [
    "workspaceId",
    "position",
    "apiKeyId",
    "action",
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
    "foundAt",
];

/// An exported event of a key, with the contract's members.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct KeyEventRow<'a> {
    workspace_id: &'a str,
    position: u64,
    api_key_id: String,
    action: &'static str,
    actor_kind: &'static str,
    actor_user_id: Option<&'a str>,
    portal: Option<&'static str>,
    address: Option<String>,
    request_id: &'a str,
    occurred_at: String,
    before: Option<AuditedKeyData<'a>>,
    after: Option<AuditedKeyData<'a>>,
    hash: String,
    actor_service: Option<&'a str>,
    found_at: Vec<&'a str>,
}

impl<'a> KeyEventRow<'a> {
    pub(super) fn of(recorded: &'a RecordedEvent) -> Self {
        let event = &recorded.event;
        let id = event.api_key_id;
        let key = |fields: &'a AuditedFields| AuditedKeyData::of(fields, id, event.occurred_at);
        Self {
            workspace_id: event.workspace_id.as_str(),
            position: recorded.position,
            api_key_id: event.api_key_id.to_string(),
            action: event.action.as_str(),
            actor_kind: event.actor.kind(),
            actor_user_id: event.actor.user_id().map(UserId::as_str),
            portal: event.actor.portal().map(Portal::as_str),
            address: event.origin.address.map(|address| address.ip().to_string()),
            request_id: event.origin.request_id.as_str(),
            occurred_at: event.occurred_at.to_string(),
            before: event.before.as_ref().map(key),
            after: event.after.as_ref().map(key),
            hash: recorded.hash.to_string(),
            actor_service: event.actor.service().map(CallerName::as_str),
            found_at: event
                .found_at
                .as_slice()
                .iter()
                .map(FoundAt::as_str)
                .collect(),
        }
    }

    /// The cells of [`COLUMNS`]. The key before and after the change is JSON; spaces separate places.
    pub(super) fn cells(&self) -> Result<[String; COLUMNS.len()], Failure> {
        Ok([
            self.workspace_id.to_owned(),
            self.position.to_string(),
            self.api_key_id.clone(),
            self.action.to_owned(),
            self.actor_kind.to_owned(),
            self.actor_user_id.unwrap_or_default().to_owned(),
            self.portal.unwrap_or_default().to_owned(),
            self.address.clone().unwrap_or_default(),
            self.request_id.to_owned(),
            self.occurred_at.clone(),
            json_cell(self.before.as_ref())?,
            json_cell(self.after.as_ref())?,
            self.hash.clone(),
            self.actor_service.unwrap_or_default().to_owned(),
            self.found_at.join(" "),
        ])
    }
}
