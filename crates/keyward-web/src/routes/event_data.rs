use keyward_domain::{
    Actor, AuditEvent, AuditedKey, AuditedOverlap, Mode, RecordedEvent, Scope, Timestamp,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::hint;
use crate::openapi::{actions, statuses};

/// One line of a key's history (contract §3), member by member in the contract's order.
#[derive(Serialize, ToSchema)]
#[schema(as = Event)]
#[serde(rename_all = "camelCase")]
pub(super) struct EventData<'a> {
    position: u64,
    #[schema(schema_with = actions)]
    action: &'static str,
    actor: ActorData<'a>,
    #[schema(required)]
    address: Option<String>,
    request_id: &'a str,
    #[schema(format = DateTime, example = "2026-03-21T00:00:00Z")]
    occurred_at: String,
    #[schema(required)]
    before: Option<MomentData<'a>>,
    #[schema(required)]
    after: Option<MomentData<'a>>,
}

/// Who made the change.
#[derive(Serialize, ToSchema)]
#[schema(as = Actor)]
#[serde(tag = "kind", rename_all = "UPPERCASE")]
enum ActorData<'a> {
    #[serde(rename_all = "camelCase")]
    User {
        user_id: &'a str,
        portal: &'static str,
    },
    Operator,
}

/// What the key was at the moment of the change.
#[derive(Serialize, ToSchema)]
#[schema(as = Moment)]
#[serde(rename_all = "camelCase")]
struct MomentData<'a> {
    name: &'a str,
    #[schema(schema_with = statuses)]
    status: &'static str,
    scopes: Vec<&'a str>,
    #[serde(rename = "ipWhitelist")]
    ip_allowlist: Vec<String>,
    #[schema(required, format = DateTime)]
    expires_at: Option<String>,
    #[schema(
        pattern = "^sk_(live|test)_…[0-9A-Za-z]{4}$",
        example = "sk_live_…a1b2"
    )]
    secret_hint: String,
    #[schema(required)]
    overlap: Option<OverlapData>,
}

/// The old secret that lived on at that moment.
#[derive(Serialize, ToSchema)]
#[schema(as = Overlap)]
#[serde(rename_all = "camelCase")]
struct OverlapData {
    #[schema(
        pattern = "^sk_(live|test)_…[0-9A-Za-z]{4}$",
        example = "sk_live_…a1b2"
    )]
    secret_hint: String,
    #[schema(format = DateTime, example = "2026-03-21T00:00:00Z")]
    ends_at: String,
}

impl<'a> EventData<'a> {
    /// The line as it was recorded.
    pub(super) fn of(recorded: &'a RecordedEvent) -> Self {
        let AuditEvent {
            workspace_id: _,
            api_key_id,
            action,
            actor,
            origin,
            occurred_at,
            before,
            after,
        } = &recorded.event;
        let moment = |key| MomentData::of(key, api_key_id.mode(), *occurred_at);
        Self {
            position: recorded.position,
            action: action.as_str(),
            actor: ActorData::of(actor),
            address: origin.address.map(|address| address.ip().to_string()),
            request_id: origin.request_id.as_str(),
            occurred_at: occurred_at.to_string(),
            before: before.as_ref().map(moment),
            after: after.as_ref().map(moment),
        }
    }
}

impl<'a> ActorData<'a> {
    fn of(actor: &'a Actor) -> Self {
        match actor {
            Actor::User(principal) => Self::User {
                user_id: principal.user_id.as_str(),
                portal: principal.portal.as_str(),
            },
            Actor::Operator => Self::Operator,
        }
    }
}

impl<'a> MomentData<'a> {
    fn of(key: &'a AuditedKey, mode: Mode, at: Timestamp) -> Self {
        Self {
            name: key.name.as_str(),
            status: key.status(at).as_str(),
            scopes: key.scopes.as_slice().iter().map(Scope::as_str).collect(),
            ip_allowlist: key
                .ip_allowlist
                .as_slice()
                .iter()
                .map(ToString::to_string)
                .collect(),
            expires_at: key.expires_at.map(|expiry| expiry.timestamp().to_string()),
            secret_hint: hint::shown(mode, key.secret_hint),
            overlap: key.overlap.map(|overlap| OverlapData::of(overlap, mode)),
        }
    }
}

impl OverlapData {
    fn of(overlap: AuditedOverlap, mode: Mode) -> Self {
        Self {
            secret_hint: hint::shown(mode, overlap.secret_hint),
            ends_at: overlap.ends_at.to_string(),
        }
    }
}
