use std::array::TryFromSliceError;
use std::net::IpAddr;

use diesel::{Insertable, Queryable, Selectable};
use keyward_domain::{
    Actor, AuditAction, AuditEvent, AuditedKey, AuditedOverlap, ClientAddress, EventHash, Expiry,
    IpAllowlist, IpRule, KeyName, Origin, Portal, Principal, RecordedEvent, RequestId, Scope,
    ScopeSet, SecretHint, Timestamp, TrailLine, UserId, WorkspaceId,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Place;
use crate::error::{Cause, CorruptRow};
use crate::schema::audit_events;
use crate::sql_types::{Id, Ip, Json, Micros, Stored};

const USER: &str = "USER";
const OPERATOR: &str = "OPERATOR";

/// An event as it is written; its place in the trail stands beside it.
#[derive(Insertable)]
#[diesel(table_name = audit_events, treat_none_as_default_value = false)]
pub(crate) struct NewAuditEventRow {
    workspace_id: String,
    api_key_id: Id,
    api_key_mode: &'static str,
    action: &'static str,
    actor_kind: &'static str,
    actor_user_id: Option<String>,
    portal: Option<String>,
    address: Option<Ip>,
    request_id: String,
    occurred_at: Micros,
    before: Option<Json>,
    after: Option<Json>,
}

impl NewAuditEventRow {
    pub(crate) fn workspace_id(&self) -> &str {
        &self.workspace_id
    }

    pub(crate) fn occurred_at(&self) -> Micros {
        self.occurred_at
    }
}

/// An event as it is read, however spoilt it is.
#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_events)]
pub(crate) struct AuditEventRow {
    workspace_id: String,
    position: i64,
    hash: Vec<u8>,
    api_key_id: Stored<Id>,
    api_key_mode: String,
    action: String,
    actor_kind: String,
    actor_user_id: Option<String>,
    portal: Option<String>,
    address: Option<Stored<IpAddr>>,
    request_id: String,
    occurred_at: Micros,
    before: Option<Stored<Value>>,
    after: Option<Stored<Value>>,
}

/// A key at one moment, in the contract's words. A member that this version doesn't know is an
/// error: a trail that leaves things out would be none.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AuditedKeyJson {
    name: String,
    scopes: Vec<String>,
    ip_whitelist: Vec<String>,
    expires_at: Option<String>,
    is_disabled: bool,
    is_deleted: bool,
    secret_hint: String,
    overlap: Option<AuditedOverlapJson>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AuditedOverlapJson {
    secret_hint: String,
    ends_at: String,
}

impl From<AuditEvent> for NewAuditEventRow {
    fn from(event: AuditEvent) -> Self {
        let actor_kind = match event.actor {
            Actor::User(_) => USER,
            Actor::Operator => OPERATOR,
        };
        Self {
            workspace_id: event.workspace_id.as_str().to_owned(),
            api_key_id: Id(event.api_key_id.uuid()),
            api_key_mode: event.api_key_id.mode().as_str(),
            action: event.action.as_str(),
            actor_kind,
            actor_user_id: event.actor.user_id().map(|id| id.as_str().to_owned()),
            portal: event.actor.portal().map(|p| p.as_str().to_owned()),
            address: event.origin.address.map(|address| Ip(address.ip())),
            request_id: event.origin.request_id.as_str().to_owned(),
            occurred_at: event.occurred_at.into(),
            before: event.before.as_ref().map(to_json),
            after: event.after.as_ref().map(to_json),
        }
    }
}

fn to_json(key: &AuditedKey) -> Json {
    let scopes: Vec<&str> = key.scopes.as_slice().iter().map(Scope::as_str).collect();
    let rules: Vec<String> = key
        .ip_allowlist
        .as_slice()
        .iter()
        .map(IpRule::to_string)
        .collect();
    Json(json!({
        "name": key.name.as_str(),
        "scopes": scopes,
        "ipWhitelist": rules,
        "expiresAt": key.expires_at.map(|expiry| expiry.to_string()),
        "isDisabled": key.is_disabled,
        "isDeleted": key.is_deleted,
        "secretHint": key.secret_hint.as_str(),
        "overlap": key.overlap.map(|overlap| json!({
            "secretHint": overlap.secret_hint.as_str(),
            "endsAt": overlap.ends_at.to_string(),
        })),
    }))
}

fn from_json(value: Value) -> Result<AuditedKey, Cause> {
    let key: AuditedKeyJson = serde_json::from_value(value)?;
    let scopes: Result<ScopeSet, _> = key.scopes.iter().map(|code| Scope::parse(code)).collect();
    let rules: Result<IpAllowlist, _> = key
        .ip_whitelist
        .iter()
        .map(|rule| IpRule::parse(rule))
        .collect();
    let expires_at = key.expires_at.as_deref().map(Timestamp::parse_rfc3339);
    let overlap = key.overlap.map(|overlap| {
        Ok::<_, Cause>(AuditedOverlap {
            secret_hint: SecretHint::parse(&overlap.secret_hint)?,
            ends_at: Timestamp::parse_rfc3339(&overlap.ends_at)?,
        })
    });
    Ok(AuditedKey {
        name: KeyName::parse(&key.name)?,
        scopes: scopes?,
        ip_allowlist: rules?,
        expires_at: expires_at.transpose()?.map(Expiry::from_timestamp),
        is_disabled: key.is_disabled,
        is_deleted: key.is_deleted,
        secret_hint: SecretHint::parse(&key.secret_hint)?,
        overlap: overlap.transpose()?,
    })
}

impl TryFrom<AuditEventRow> for RecordedEvent {
    type Error = CorruptRow;

    fn try_from(row: AuditEventRow) -> Result<Self, CorruptRow> {
        let id = row.id();
        let place = Place {
            table: "audit_events",
            id: &id,
        };
        Ok(Self {
            position: place.read("position", row.position.try_into())?,
            hash: place.read("hash", event_hash(&row.hash))?,
            event: row.try_into()?,
        })
    }
}

/// What can't be read is a fault of the trail, not of the reader.
impl From<AuditEventRow> for TrailLine {
    fn from(row: AuditEventRow) -> Self {
        Self {
            // Positions are above 0: the table checks it.
            position: row.position.try_into().unwrap_or(0),
            hash: event_hash(&row.hash).ok(),
            event: row.try_into().ok(),
        }
    }
}

pub(crate) fn event_hash(bytes: &[u8]) -> Result<EventHash, TryFromSliceError> {
    bytes.try_into().map(EventHash::from_bytes)
}

impl AuditEventRow {
    fn id(&self) -> String {
        format!("{} {}", self.workspace_id, self.position)
    }
}

impl TryFrom<AuditEventRow> for AuditEvent {
    type Error = CorruptRow;

    fn try_from(row: AuditEventRow) -> Result<Self, CorruptRow> {
        let id = row.id();
        let place = Place {
            table: "audit_events",
            id: &id,
        };
        let actor = match (row.actor_kind.as_str(), row.actor_user_id, row.portal) {
            (USER, Some(user_id), Some(portal)) => Actor::User(Principal {
                user_id: place.read("actor_user_id", UserId::parse(&user_id))?,
                portal: place.word("portal", Portal::parse(&portal))?,
            }),
            (OPERATOR, None, None) => Actor::Operator,
            (_, _, _) => return Err(place.corrupt("actor_kind", "no actor is like that")),
        };
        let address = row
            .address
            .map(|address| place.read("address", address.0))
            .transpose()?;
        let key_at = |column, value: Option<Stored<Value>>| {
            let value = value.map(|value| value.0.and_then(from_json)).transpose();
            place.read(column, value)
        };
        Ok(Self {
            workspace_id: place.read("workspace_id", WorkspaceId::parse(&row.workspace_id))?,
            api_key_id: place.key_id(
                "api_key_mode",
                &row.api_key_mode,
                "api_key_id",
                place.read("api_key_id", row.api_key_id.0)?,
            )?,
            action: place.word("action", AuditAction::parse(&row.action))?,
            actor,
            origin: Origin {
                address: address.map(ClientAddress::vouched_for),
                request_id: place.read("request_id", RequestId::parse(&row.request_id))?,
            },
            occurred_at: place.instant("occurred_at", row.occurred_at)?,
            before: key_at("before", row.before)?,
            after: key_at("after", row.after)?,
        })
    }
}
