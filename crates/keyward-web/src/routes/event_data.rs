use std::collections::BTreeMap;

use keyward_domain::{
    Actor, ApiKeyId, AuditEvent, AuditedFields, AuditedOverlap, Description, ExternalId, FoundAt,
    IpRule, KeyName, Portal, RecordedEvent, Scope, Timestamp,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::limit_data::LimitData;
use crate::schemas::{actions, named_texts, statuses};

/// One entry of a key's history (contract §3), with the contract's members in its order.
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
    before: Option<AuditedKeyData<'a>>,
    #[schema(required)]
    after: Option<AuditedKeyData<'a>>,
    /// Where the secret was found whose report has caused the change: at most 10 places.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    found_at: Vec<&'a str>,
}

/// The author of the change.
#[derive(Serialize, ToSchema)]
#[schema(as = Actor)]
#[serde(tag = "kind", rename_all = "UPPERCASE")]
pub(super) enum ActorData<'a> {
    #[serde(rename_all = "camelCase")]
    User {
        user_id: &'a str,
        #[schema(required)]
        portal: Option<&'static str>,
    },
    Operator,
    Service {
        name: &'a str,
    },
}

/// The key before or after the change: all members when it was created, but only those annotations
/// and limits that it was given; later only the changed ones. `status` and `expiresAt` always occur together.
#[expect(clippy::option_option, reason = "null differs from a missing member")]
#[derive(Serialize, ToSchema)]
#[schema(as = Moment)]
#[serde(rename_all = "camelCase")]
pub struct AuditedKeyData<'a> {
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[schema(schema_with = statuses)]
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    scopes: Option<Vec<&'a str>>,
    #[schema(nullable = false)]
    #[serde(rename = "ipWhitelist", skip_serializing_if = "Option::is_none")]
    ip_allowlist: Option<Vec<String>>,
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Option<String>>,
    #[schema(
        nullable = false,
        pattern = "^([a-z][a-z0-9]{1,11}_(live|test)_|imported)…[0-9A-Za-z]{4}$",
        example = "sk_live_…a1b2"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_hint: Option<String>,
    #[schema(value_type = Option<OverlapData>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    overlap: Option<Option<OverlapData>>,
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Option<&'a str>>,
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<Option<&'a str>>,
    #[schema(schema_with = named_texts)]
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<BTreeMap<&'a str, &'a str>>,
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    limits: Option<Vec<LimitData<'a>>>,
}

/// The old secret that was valid at that moment.
#[derive(Serialize, ToSchema)]
#[schema(as = Overlap)]
#[serde(rename_all = "camelCase")]
struct OverlapData {
    #[schema(
        pattern = "^([a-z][a-z0-9]{1,11}_(live|test)_|imported)…[0-9A-Za-z]{4}$",
        example = "sk_live_…a1b2"
    )]
    secret_hint: String,
    #[schema(format = DateTime, example = "2026-03-21T00:00:00Z")]
    ends_at: String,
}

impl<'a> EventData<'a> {
    /// The entry as it was recorded.
    pub(super) fn of(recorded: &'a RecordedEvent) -> Self {
        Self::at(recorded.position, &recorded.event)
    }

    /// The entry at this position of its trail.
    pub(super) fn at(position: u64, event: &'a AuditEvent) -> Self {
        let AuditEvent {
            workspace_id: _,
            api_key_id,
            action,
            actor,
            origin,
            occurred_at,
            before,
            after,
            found_at,
        } = event;
        let moment = |fields| AuditedKeyData::of(fields, *api_key_id, *occurred_at);
        Self {
            position,
            action: action.as_str(),
            actor: ActorData::of(actor),
            address: origin.address.map(|address| address.ip().to_string()),
            request_id: origin.request_id.as_str(),
            occurred_at: occurred_at.to_string(),
            before: before.as_ref().map(moment),
            after: after.as_ref().map(moment),
            found_at: found_at.as_slice().iter().map(FoundAt::as_str).collect(),
        }
    }
}

impl<'a> ActorData<'a> {
    pub(super) fn of(actor: &'a Actor) -> Self {
        match actor {
            Actor::User(principal) => Self::User {
                user_id: principal.user_id.as_str(),
                portal: principal.portal.map(Portal::as_str),
            },
            Actor::Operator => Self::Operator,
            Actor::Service { name } => Self::Service {
                name: name.as_str(),
            },
        }
    }
}

impl<'a> AuditedKeyData<'a> {
    /// The fields of an event at `at`, of the key with this id.
    #[must_use]
    pub fn of(fields: &'a AuditedFields, id: ApiKeyId, at: Timestamp) -> Self {
        let scopes = fields.scopes.as_ref();
        let rules = fields.ip_allowlist.as_ref();
        let state = fields.state;
        let (description, external_id) = (fields.description.as_ref(), fields.external_id.as_ref());
        let metadata = fields.metadata.as_ref();
        Self {
            name: fields.name.as_ref().map(KeyName::as_str),
            status: state.map(|state| state.status(at).as_str()),
            scopes: scopes.map(|scopes| scopes.as_slice().iter().map(Scope::as_str).collect()),
            ip_allowlist: rules
                .map(|rules| rules.as_slice().iter().map(IpRule::to_string).collect()),
            expires_at: state.map(|state| state.expires_at.map(|expiry| expiry.to_string())),
            secret_hint: fields.secret_hint.map(|hint| hint.masked(id)),
            overlap: fields
                .overlap
                .map(|overlap| overlap.map(|overlap| OverlapData::of(overlap, id))),
            description: description.map(|text| text.as_ref().map(Description::as_str)),
            external_id: external_id.map(|external| external.as_ref().map(ExternalId::as_str)),
            metadata: metadata.map(|metadata| metadata.iter().collect()),
            limits: fields.limits.as_ref().map(LimitData::all),
        }
    }
}

impl OverlapData {
    fn of(overlap: AuditedOverlap, id: ApiKeyId) -> Self {
        Self {
            secret_hint: overlap.secret_hint.masked(id),
            ends_at: overlap.ends_at.to_string(),
        }
    }
}
