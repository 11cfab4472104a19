use std::collections::BTreeSet;

use diesel::{Insertable, Queryable, Selectable};
use keyward_domain::{
    DisabledReason, EventType, EventTypes, Webhook, WebhookEncoding, WebhookId, WebhookSettings,
    WebhookUrl, WorkspaceId,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::ColumnRef;
use crate::error::{Cause, CorruptRow};
use crate::schema::webhooks;
use crate::sql_types::{Id, Json, Micros, Stored};

/// An enabled webhook to insert.
#[derive(Insertable)]
#[diesel(table_name = webhooks, treat_none_as_default_value = false)]
pub(crate) struct NewWebhookRow {
    id: Id,
    workspace_id: Option<String>,
    url: String,
    event_types: Json,
    encoding: &'static str,
    secret_generation: i64,
    created_at: Micros,
}

/// A webhook as it is read.
#[derive(Queryable, Selectable)]
#[diesel(table_name = webhooks)]
pub(crate) struct WebhookRow {
    id: Id,
    workspace_id: Option<String>,
    url: String,
    event_types: Stored<Value>,
    encoding: String,
    secret_generation: i64,
    created_at: Micros,
    previous_secret_until: Option<Micros>,
    failing_since: Option<Micros>,
    disabled_at: Option<Micros>,
    disabled_reason: Option<String>,
}

/// The settings of a webhook, as a deployment event records them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SettingsJson {
    url: String,
    event_types: Vec<String>,
    encoding: String,
    disabled: Option<String>,
    secret_generation: u32,
}

impl From<&Webhook> for NewWebhookRow {
    fn from(webhook: &Webhook) -> Self {
        let settings = &webhook.settings;
        Self {
            id: Id(webhook.id.uuid()),
            workspace_id: webhook.workspace_id.as_ref().map(WorkspaceId::to_string),
            url: settings.url.as_str().to_owned(),
            event_types: Json(types_to_json(&settings.event_types)),
            encoding: settings.encoding.as_str(),
            secret_generation: settings.secret_generation.into(),
            created_at: webhook.created_at.into(),
        }
    }
}

impl TryFrom<WebhookRow> for Webhook {
    type Error = CorruptRow;

    fn try_from(row: WebhookRow) -> Result<Self, CorruptRow> {
        let id = WebhookId::from_uuid(row.id.0);
        let column = ColumnRef {
            table: "webhooks",
            id: &id,
        };
        let instant = |name, at: Option<Micros>| {
            let at = at.map(|at| column.instant(name, at));
            at.transpose()
        };
        let workspace_id = row.workspace_id.as_deref().map(WorkspaceId::parse);
        let types = row.event_types.0.and_then(types_from_json);
        let reason = row.disabled_reason.as_deref();
        let reason = reason.map(|word| column.word("disabled_reason", DisabledReason::parse(word)));
        Ok(Self {
            id,
            workspace_id: column.read("workspace_id", workspace_id.transpose())?,
            settings: WebhookSettings {
                url: column.read("url", WebhookUrl::parse(&row.url))?,
                event_types: column.read("event_types", types)?,
                encoding: column.word("encoding", WebhookEncoding::parse(&row.encoding))?,
                disabled: reason.transpose()?,
                secret_generation: column
                    .read("secret_generation", row.secret_generation.try_into())?,
            },
            created_at: column.instant("created_at", row.created_at)?,
            previous_secret_until: instant("previous_secret_until", row.previous_secret_until)?,
            failing_since: instant("failing_since", row.failing_since)?,
            disabled_at: instant("disabled_at", row.disabled_at)?,
        })
    }
}

/// An object with the settings of a webhook.
pub(super) fn settings_to_json(settings: &WebhookSettings) -> Json {
    Json(json!({
        "url": settings.url.as_str(),
        "eventTypes": types_to_json(&settings.event_types),
        "encoding": settings.encoding.as_str(),
        "disabled": settings.disabled.map(DisabledReason::as_str),
        "secretGeneration": settings.secret_generation,
    }))
}

/// Reads what [`settings_to_json`] writes.
pub(super) fn settings_from_json(value: Value) -> Result<WebhookSettings, Cause> {
    let written: SettingsJson = serde_json::from_value(value)?;
    let reason = |word: String| DisabledReason::parse(&word).ok_or("an unknown reason");
    Ok(WebhookSettings {
        url: WebhookUrl::parse(&written.url)?,
        event_types: types(&written.event_types)?,
        encoding: WebhookEncoding::parse(&written.encoding).ok_or("an unknown encoding")?,
        disabled: written.disabled.map(reason).transpose()?,
        secret_generation: written.secret_generation,
    })
}

fn types_to_json(types: &EventTypes) -> Value {
    types.iter().map(EventType::as_str).collect()
}

fn types_from_json(value: Value) -> Result<EventTypes, Cause> {
    let words: Vec<String> = serde_json::from_value(value)?;
    types(&words)
}

fn types(words: &[String]) -> Result<EventTypes, Cause> {
    let types: Result<BTreeSet<EventType>, _> =
        words.iter().map(|word| EventType::parse(word)).collect();
    Ok(EventTypes::of(types?))
}
