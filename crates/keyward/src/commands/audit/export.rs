mod csv_row;
mod deployment_row;

use std::io::Write as _;

use keyward_domain::ports::{AuditEvents as _, DeploymentEvents as _};
use keyward_domain::{
    Actor, AuditedFields, AuditedOverlap, IpRule, KeyName, RecordedEvent, Scope, SecretHint,
    Timestamp, WorkspaceId,
};
use keyward_persistence::Store;
use serde::Serialize;

use self::csv_row::CsvRow;
use self::deployment_row::DeploymentRow;
use crate::cli::ExportFormat;
use crate::failure::Failure;
use crate::progress::Progress;

const BATCH: u32 = 1_000;

/// An exported event, with the contract's members.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    workspace_id: String,
    position: u64,
    api_key_id: String,
    action: &'static str,
    actor_kind: &'static str,
    actor_user_id: Option<String>,
    portal: Option<&'static str>,
    address: Option<String>,
    request_id: String,
    occurred_at: String,
    before: Option<KeyRow>,
    after: Option<KeyRow>,
    hash: String,
}

/// The recorded fields of a key at one moment.
#[expect(clippy::option_option, reason = "null differs from a missing member")]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct KeyRow {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scopes: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ip_whitelist: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_hint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    overlap: Option<Option<OverlapRow>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OverlapRow {
    secret_hint: String,
    ends_at: String,
}

pub(super) async fn run(
    store: &Store,
    since: Timestamp,
    workspace: Option<WorkspaceId>,
    format: ExportFormat,
) -> Result<(), Failure> {
    let mut progress = Progress::begin("exporting events", None);
    let mut writer = Writer::new(format);
    let mut after = None;
    loop {
        let events = store.since(workspace.clone(), since, after, BATCH).await?;
        let Some(last) = events.last() else {
            break;
        };
        after = Some(last.place());
        for event in &events {
            let row = Row::from(event);
            writer.write(&row, || CsvRow::of(&row))?;
        }
        progress.add(u64::try_from(events.len()).unwrap_or(u64::MAX))?;
    }
    writer.finish()?;
    progress.finish();
    Ok(())
}

/// Exports the deployment's events.
pub(super) async fn run_deployment(
    store: &Store,
    since: Timestamp,
    format: ExportFormat,
) -> Result<(), Failure> {
    let mut progress = Progress::begin("exporting events", None);
    let mut writer = Writer::new(format);
    let mut after = 0;
    loop {
        let lines = store.deployment_lines(after, BATCH).await?;
        let Some(last) = lines.last() else {
            break;
        };
        after = last.position;
        for line in &lines {
            let occurred_at = line.event.as_ref().map(|event| event.by.occurred_at);
            if occurred_at.is_none_or(|at| at >= since) {
                let row = DeploymentRow::of(line)?;
                writer.write(&row, || row.for_csv())?;
            }
        }
        progress.add(u64::try_from(lines.len()).unwrap_or(u64::MAX))?;
    }
    writer.finish()?;
    progress.finish();
    Ok(())
}

/// Writes events to stdout.
enum Writer {
    Jsonl(std::io::BufWriter<std::io::Stdout>),
    Csv(Box<csv::Writer<std::io::Stdout>>),
}

impl Writer {
    fn new(format: ExportFormat) -> Self {
        match format {
            ExportFormat::Jsonl => Self::Jsonl(std::io::BufWriter::new(std::io::stdout())),
            ExportFormat::Csv => Self::Csv(Box::new(csv::Writer::from_writer(std::io::stdout()))),
        }
    }

    /// Writes an event: `row` as JSON, or the result of `csv_row`.
    fn write<C: Serialize>(
        &mut self,
        row: &impl Serialize,
        csv_row: impl FnOnce() -> Result<C, Failure>,
    ) -> Result<(), Failure> {
        match self {
            Self::Jsonl(out) => {
                let line = json(row)?;
                writeln!(out, "{line}").map_err(Failure::io("can't write to stdout"))
            }
            Self::Csv(out) => out
                .serialize(csv_row()?)
                .map_err(|error| Failure::io("can't write to stdout")(error.into())),
        }
    }

    fn finish(self) -> Result<(), Failure> {
        match self {
            Self::Jsonl(mut out) => out.flush(),
            Self::Csv(mut out) => out.flush(),
        }
        .map_err(Failure::io("can't write to stdout"))
    }
}

fn json(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(value)
        .map_err(|error| Failure::Refused(format!("can't write JSON: {error}")))
}

impl From<&RecordedEvent> for Row {
    fn from(recorded: &RecordedEvent) -> Self {
        let event = &recorded.event;
        let prefix = event.api_key_id.mode().prefix();
        let key = |fields: &AuditedFields| KeyRow::of(fields, prefix, event.occurred_at);
        Self {
            workspace_id: event.workspace_id.to_string(),
            position: recorded.position,
            api_key_id: event.api_key_id.to_string(),
            action: event.action.as_str(),
            actor_kind: match event.actor {
                Actor::User(_) => "USER",
                Actor::Operator => "OPERATOR",
            },
            actor_user_id: event.actor.user_id().map(ToString::to_string),
            portal: event.actor.portal().map(keyward_domain::Portal::as_str),
            address: event.origin.address.map(|address| address.ip().to_string()),
            request_id: event.origin.request_id.to_string(),
            occurred_at: event.occurred_at.to_string(),
            before: event.before.as_ref().map(key),
            after: event.after.as_ref().map(key),
            hash: recorded.hash.to_string(),
        }
    }
}

impl KeyRow {
    fn of(fields: &AuditedFields, prefix: &str, at: Timestamp) -> Self {
        let hint = |hint: SecretHint| format!("{prefix}…{}", hint.as_str());
        let scopes = fields.scopes.as_ref();
        let rules = fields.ip_allowlist.as_ref();
        let state = fields.state;
        let overlap = |overlap: AuditedOverlap| OverlapRow {
            secret_hint: hint(overlap.secret_hint),
            ends_at: overlap.ends_at.to_string(),
        };
        Self {
            name: fields.name.as_ref().map(KeyName::to_string),
            status: state.map(|state| state.status(at).as_str()),
            scopes: scopes.map(|scopes| scopes.as_slice().iter().map(Scope::to_string).collect()),
            ip_whitelist: rules
                .map(|rules| rules.as_slice().iter().map(IpRule::to_string).collect()),
            expires_at: state.map(|state| state.expires_at.map(|expiry| expiry.to_string())),
            secret_hint: fields.secret_hint.map(hint),
            overlap: fields.overlap.map(|old| old.map(overlap)),
        }
    }
}
