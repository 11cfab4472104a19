use std::array::TryFromSliceError;
use std::net::IpAddr;

use diesel::{Insertable, Queryable, Selectable};
use keyward_domain::{
    AuditAction, AuditEvent, AuditedFields, AuditedOverlap, AuditedState, CallerName, Description,
    EventHash, Expiry, ExternalId, FOUND_PLACES_MAX, FoundAt, FoundPlaces, IpAllowlist, IpRule,
    KeyName, RecordedEvent, Scope, ScopeSet, SecretHint, Timestamp, TrailLine, WorkspaceId,
};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};

use super::author::{actor, actor_kind, origin};
use super::limits::{limits_from_json, limits_to_json};
use super::metadata::{metadata_from_json, metadata_to_json};
use super::{ColumnRef, KeyIdColumns};
use crate::error::{Cause, CorruptRow};
use crate::schema::audit_events;
use crate::sql_types::{Id, Ip, Json, Micros, Stored};

/// An event to insert, without its position and hash.
#[derive(Insertable)]
#[diesel(table_name = audit_events, treat_none_as_default_value = false)]
pub(crate) struct NewAuditEventRow {
    workspace_id: String,
    api_key_id: Id,
    api_key_prefix: String,
    api_key_mode: &'static str,
    action: &'static str,
    actor_kind: &'static str,
    actor_user_id: Option<String>,
    portal: Option<String>,
    actor_service: Option<String>,
    address: Option<Ip>,
    request_id: String,
    occurred_at: Micros,
    before: Option<Json>,
    after: Option<Json>,
    found_at: Option<Json>,
}

impl NewAuditEventRow {
    pub(crate) fn workspace_id(&self) -> &str {
        &self.workspace_id
    }

    pub(crate) fn occurred_at(&self) -> Micros {
        self.occurred_at
    }
}

/// An event as it is read, even when it is damaged.
#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_events)]
pub(crate) struct AuditEventRow {
    workspace_id: String,
    position: i64,
    hash: Vec<u8>,
    api_key_id: Stored<Id>,
    api_key_prefix: String,
    api_key_mode: String,
    action: String,
    actor_kind: String,
    actor_user_id: Option<String>,
    portal: Option<String>,
    actor_service: Option<String>,
    address: Option<Stored<IpAddr>>,
    request_id: String,
    occurred_at: Micros,
    before: Option<Stored<Value>>,
    after: Option<Stored<Value>>,
    found_at: Option<Stored<Value>>,
}

/// The recorded fields of a key, with the contract's names. An unknown member is an error, because
/// a trail must not lose anything.
#[expect(clippy::option_option, reason = "null differs from a missing member")]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AuditedFieldsJson {
    name: Option<String>,
    scopes: Option<Vec<String>>,
    ip_whitelist: Option<Vec<String>>,
    #[serde(default, deserialize_with = "told")]
    expires_at: Option<Option<String>>,
    is_disabled: Option<bool>,
    is_deleted: Option<bool>,
    secret_hint: Option<String>,
    #[serde(default, deserialize_with = "told")]
    overlap: Option<Option<AuditedOverlapJson>>,
    #[serde(default, deserialize_with = "told")]
    description: Option<Option<String>>,
    #[serde(default, deserialize_with = "told")]
    external_id: Option<Option<String>>,
    metadata: Option<Value>,
    limits: Option<Value>,
}

/// Distinguishes `null` from a missing member.
fn told<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AuditedOverlapJson {
    secret_hint: String,
    ends_at: String,
}

impl From<AuditEvent> for NewAuditEventRow {
    fn from(event: AuditEvent) -> Self {
        Self {
            workspace_id: event.workspace_id.as_str().to_owned(),
            api_key_id: Id(event.api_key_id.uuid()),
            api_key_prefix: event.api_key_id.prefix().to_string(),
            api_key_mode: event.api_key_id.mode().as_str(),
            action: event.action.as_str(),
            actor_kind: actor_kind(&event.actor),
            actor_service: event.actor.service().map(CallerName::to_string),
            actor_user_id: event.actor.user_id().map(|id| id.as_str().to_owned()),
            portal: event.actor.portal().map(|p| p.as_str().to_owned()),
            address: event.origin.address.map(|address| Ip(address.ip())),
            request_id: event.origin.request_id.as_str().to_owned(),
            occurred_at: event.occurred_at.into(),
            before: event.before.as_ref().map(to_json),
            after: event.after.as_ref().map(to_json),
            found_at: places_to_json(&event.found_at),
        }
    }
}

fn places_to_json(places: &FoundPlaces) -> Option<Json> {
    let places: Vec<&str> = places.as_slice().iter().map(FoundAt::as_str).collect();
    (!places.is_empty()).then(|| Json(places.into()))
}

/// Refuses what [`places_to_json`] never writes: it would be read as something else, and so hide that the
/// event was altered.
fn places_from_json(value: Value) -> Result<FoundPlaces, Cause> {
    let places: Vec<String> = serde_json::from_value(value)?;
    if !(1..=FOUND_PLACES_MAX).contains(&places.len()) {
        return Err("an event has 1 to 10 places, or null".into());
    }
    let place = |text: &String| FoundAt::parse(text).filter(|place| place.as_str() == text);
    let places = places.iter().map(place).collect::<Option<FoundPlaces>>();
    places.ok_or_else(|| "not an address of a place".into())
}

fn to_json(fields: &AuditedFields) -> Json {
    let AuditedFields {
        name,
        scopes,
        ip_allowlist,
        state,
        secret_hint,
        overlap,
        description,
        external_id,
        metadata,
        limits,
    } = fields;
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    if let Some(name) = name {
        put("name", name.as_str().into());
    }
    if let Some(scopes) = scopes {
        let scopes: Vec<&str> = scopes.as_slice().iter().map(Scope::as_str).collect();
        put("scopes", scopes.into());
    }
    if let Some(ip_allowlist) = ip_allowlist {
        let rules = ip_allowlist.as_slice().iter().map(IpRule::to_string);
        put("ipWhitelist", rules.collect());
    }
    if let Some(state) = state {
        let expires_at = state.expires_at.map(|expiry| expiry.to_string());
        put("expiresAt", expires_at.into());
        put("isDisabled", state.is_disabled.into());
        put("isDeleted", state.is_deleted.into());
    }
    if let Some(secret_hint) = secret_hint {
        put("secretHint", secret_hint.recorded().into());
    }
    if let Some(overlap) = overlap {
        let overlap = overlap.map(|overlap| {
            json!({
                "secretHint": overlap.secret_hint.recorded(),
                "endsAt": overlap.ends_at.to_string(),
            })
        });
        put("overlap", overlap.into());
    }
    if let Some(description) = description {
        let description = description.as_ref().map(Description::as_str);
        put("description", description.into());
    }
    if let Some(external_id) = external_id {
        put(
            "externalId",
            external_id.as_ref().map(ExternalId::as_str).into(),
        );
    }
    if let Some(metadata) = metadata {
        put("metadata", metadata_to_json(metadata));
    }
    if let Some(limits) = limits {
        put("limits", limits_to_json(limits));
    }
    Json(Value::Object(members))
}

fn from_json(value: Value) -> Result<AuditedFields, Cause> {
    let fields: AuditedFieldsJson = serde_json::from_value(value)?;
    let scopes = fields.scopes.map(|scopes| {
        let scopes = scopes.iter().map(|code| Scope::parse(code));
        scopes.collect::<Result<ScopeSet, _>>()
    });
    let rules = fields.ip_whitelist.map(|rules| {
        let rules = rules.iter().map(|rule| IpRule::parse(rule));
        rules.collect::<Result<IpAllowlist, _>>()
    });
    let state = match (fields.expires_at, fields.is_disabled, fields.is_deleted) {
        (None, None, None) => None,
        (Some(expires_at), Some(is_disabled), Some(is_deleted)) => {
            let expires_at = expires_at.as_deref().map(Timestamp::parse_rfc3339);
            Some(AuditedState {
                expires_at: expires_at.transpose()?.map(Expiry::from_timestamp),
                is_disabled,
                is_deleted,
            })
        }
        (_, _, _) => return Err("expiresAt, isDisabled and isDeleted must all be present".into()),
    };
    let overlap = fields.overlap.map(|overlap| {
        let overlap = overlap.map(|overlap| {
            Ok::<_, Cause>(AuditedOverlap {
                secret_hint: SecretHint::parse(&overlap.secret_hint)?,
                ends_at: Timestamp::parse_rfc3339(&overlap.ends_at)?,
            })
        });
        overlap.transpose()
    });
    let description = fields.description.map(|description| {
        let description = description.as_deref().map(Description::parse);
        description.transpose()
    });
    let external_id = fields.external_id.map(|external_id| {
        let external_id = external_id.as_deref().map(ExternalId::parse);
        external_id.transpose()
    });
    let name = fields.name.as_deref().map(KeyName::parse);
    let secret_hint = fields.secret_hint.as_deref().map(SecretHint::parse);
    Ok(AuditedFields {
        name: name.transpose()?,
        scopes: scopes.transpose()?,
        ip_allowlist: rules.transpose()?,
        state,
        secret_hint: secret_hint.transpose()?,
        overlap: overlap.transpose()?,
        description: description.transpose()?,
        external_id: external_id.transpose()?,
        metadata: fields.metadata.map(metadata_from_json).transpose()?,
        limits: fields.limits.map(limits_from_json).transpose()?,
    })
}

impl TryFrom<AuditEventRow> for RecordedEvent {
    type Error = CorruptRow;

    fn try_from(row: AuditEventRow) -> Result<Self, CorruptRow> {
        let id = row.id();
        let column = ColumnRef {
            table: "audit_events",
            id: &id,
        };
        Ok(Self {
            position: column.read("position", row.position.try_into())?,
            hash: column.read("hash", event_hash(&row.hash))?,
            event: row.try_into()?,
        })
    }
}

/// An unreadable value is a fault of the trail, not an error here.
impl From<AuditEventRow> for TrailLine {
    fn from(row: AuditEventRow) -> Self {
        Self {
            // The table checks that positions are above 0.
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
        let column = ColumnRef {
            table: "audit_events",
            id: &id,
        };
        let actor = actor(
            &column,
            &row.actor_kind,
            row.actor_user_id,
            row.portal,
            row.actor_service,
        )?;
        let origin = origin(&column, row.address, &row.request_id)?;
        let key_at = |name, value: Option<Stored<Value>>| {
            let value = value.map(|value| value.0.and_then(from_json)).transpose();
            column.read(name, value)
        };
        let found_at = row
            .found_at
            .map(|places| places.0.and_then(places_from_json));
        let found_at = found_at.transpose().map(Option::unwrap_or_default);
        Ok(Self {
            workspace_id: column.read("workspace_id", WorkspaceId::parse(&row.workspace_id))?,
            api_key_id: column.key_id(
                KeyIdColumns::OF_REFERENCES,
                &row.api_key_prefix,
                &row.api_key_mode,
                column.read("api_key_id", row.api_key_id.0)?,
            )?,
            action: column.word("action", AuditAction::parse(&row.action))?,
            actor,
            origin,
            occurred_at: column.instant("occurred_at", row.occurred_at)?,
            before: key_at("before", row.before)?,
            after: key_at("after", row.after)?,
            found_at: column.read("found_at", found_at)?,
        })
    }
}
