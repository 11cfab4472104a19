//! `keyward webhooks`.

use keyward_domain::usecases::{ManageWebhooks, WebhookCaller, WebhookError, WebhookWithKeys};
use keyward_domain::{
    Attempt, Delivery, DisabledReason, EventType, Outcome, RawField, RawWebhook, Timestamp,
    WEBHOOKS_MAX, WebhookId,
};
use keyward_persistence::Store;
use serde::Serialize;

use super::{no_such_workspace, operator_origin};
use crate::cli::{Format, WebhookArgs, WebhookOwnerArgs, WebhooksCommand};
use crate::config::{ConfigError, Environment, WebhookConfig};
use crate::delivering::Webhooks;
use crate::failure::Failure;
use crate::{output, wiring};

/// A webhook in a list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: String,
    url: String,
    event_types: Vec<&'static str>,
    encoding: &'static str,
    status: String,
    failing_since: Option<String>,
    created_at: String,
    public_key: String,
}

/// A delivery in a list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DeliveryRow {
    position: u64,
    sequence: Option<u64>,
    event_id: String,
    event_type: &'static str,
    status: &'static str,
    attempts: u32,
    due_at: Option<String>,
    last_attempt_at: Option<String>,
    last_result: Option<String>,
}

pub(super) async fn run(
    environment: &Environment,
    store: &Store,
    command: WebhooksCommand,
) -> Result<(), Failure> {
    let config = WebhookConfig::resolve(environment)?.ok_or(ConfigError::Missing {
        variable: "KEYWARD_WEBHOOK_KEY",
        wanted: "set it to the same key as for keyward serve",
    })?;
    let manage = Webhooks::new(&config, store, wiring::clock(store))?.manage;
    match command {
        WebhooksCommand::List { owner, output } => list(&manage, owner, output.output).await,
        WebhooksCommand::Add {
            url,
            owner,
            types,
            encoding,
        } => add(&manage, &url, owner, &types, &encoding).await,
        WebhooksCommand::Remove(args) => {
            let (caller, id) = about(args)?;
            let removed = manage.remove(&caller, id).await;
            removed.map_err(|error| failed(error, id))?;
            output::note(&format!("removed webhook {id}"))
        }
        WebhooksCommand::Rotate(args) => {
            let (caller, id) = about(args)?;
            let rotated = manage.rotate(&caller, id).await;
            let rotated = rotated.map_err(|error| failed(error, id))?;
            output::note(&format!(
                "webhook {id} has a new secret and the public key {}; the old ones are used for 24 more hours",
                rotated.keys.public_key
            ))?;
            output::line(&rotated.keys.secret)
        }
        WebhooksCommand::Enable(args) => {
            let (caller, id) = about(args)?;
            let enabled = manage.enable(&caller, id).await;
            enabled.map_err(|error| failed(error, id))?;
            output::note(&format!("webhook {id} is enabled"))
        }
        WebhooksCommand::Test(args) => test(&manage, args).await,
        WebhooksCommand::Replay { webhook, after } => {
            let (caller, id) = about(webhook)?;
            let replayed = manage.replay(&caller, id, after).await;
            let count = replayed.map_err(|error| failed(error, id))?;
            output::note(&format!("{count} events are sent again to webhook {id}"))
        }
        WebhooksCommand::Deliveries {
            webhook,
            limit,
            output,
        } => deliveries(&manage, webhook, limit, output.output).await,
    }
}

fn caller(owner: WebhookOwnerArgs) -> Result<WebhookCaller, Failure> {
    Ok(WebhookCaller::operator(owner.workspace, operator_origin()?))
}

fn about(args: WebhookArgs) -> Result<(WebhookCaller, WebhookId), Failure> {
    Ok((caller(args.owner)?, args.id))
}

fn failed(error: WebhookError, id: WebhookId) -> Failure {
    if let WebhookError::NotFound = error {
        return Failure::Refused(format!(
            "there is no webhook {id}; --workspace names the workspace that it belongs to; list \
             them with: keyward webhooks list"
        ));
    }
    of_error(error)
}

fn of_error(error: WebhookError) -> Failure {
    match error {
        WebhookError::Repository(error) => Failure::Repository(error),
        WebhookError::Invalid(violations) => {
            let violations: Vec<String> = violations.iter().map(ToString::to_string).collect();
            Failure::Refused(violations.join("; "))
        }
        WebhookError::LimitReached => Failure::Refused(format!(
            "there are {WEBHOOKS_MAX} webhooks already; remove one with: keyward webhooks remove"
        )),
        WebhookError::NotFound | WebhookError::UnknownWorkspace | WebhookError::Entropy(_) => {
            Failure::Refused(error.to_string())
        }
    }
}

async fn list(
    manage: &ManageWebhooks,
    owner: WebhookOwnerArgs,
    format: Format,
) -> Result<(), Failure> {
    let webhooks = manage.list(&caller(owner)?).await.map_err(of_error)?;
    let rows: Vec<Row> = webhooks.iter().map(Row::of).collect();
    let columns = ["ID", "STATUS", "URL", "TYPES", "ENCODING", "FAILING SINCE"];
    output::rows(format, &columns, &rows, |row| {
        let types = if row.event_types.is_empty() {
            "all".to_owned()
        } else {
            row.event_types.join(",")
        };
        vec![
            row.id.clone(),
            row.status.clone(),
            row.url.clone(),
            types,
            row.encoding.to_owned(),
            row.failing_since.clone().unwrap_or_default(),
        ]
    })
}

async fn add(
    manage: &ManageWebhooks,
    url: &str,
    owner: WebhookOwnerArgs,
    types: &[String],
    encoding: &str,
) -> Result<(), Failure> {
    let workspace = owner.workspace.clone();
    let text = |text: &str| RawField::Value(text.to_owned());
    let raw = RawWebhook {
        url: text(url),
        event_types: RawField::Value(types.iter().map(|one| text(one)).collect()),
        encoding: text(encoding),
        unexpected: Vec::new(),
    };
    let added = manage.add(&caller(owner)?, raw).await;
    let added = added.map_err(|error| match (error, &workspace) {
        (WebhookError::UnknownWorkspace, Some(workspace)) => no_such_workspace(workspace),
        (error, _) => of_error(error),
    })?;
    output::note(&format!(
        "added webhook {} with the public key {}; its secret, which is not shown again:",
        added.webhook.id, added.keys.public_key
    ))?;
    output::line(&added.keys.secret)
}

async fn test(manage: &ManageWebhooks, args: WebhookArgs) -> Result<(), Failure> {
    let (caller, id) = about(args)?;
    let attempt = manage.test(&caller, id).await;
    let attempt = attempt.map_err(|error| failed(error, id))?;
    let milliseconds = attempt.duration.as_millis();
    let result = format!("{} after {milliseconds} ms", result(&attempt));
    if attempt.outcome.is_success() {
        output::line(&result)
    } else {
        Err(Failure::Refused(format!(
            "the test message failed: {result}"
        )))
    }
}

async fn deliveries(
    manage: &ManageWebhooks,
    args: WebhookArgs,
    limit: u32,
    format: Format,
) -> Result<(), Failure> {
    let (caller, id) = about(args)?;
    let deliveries = manage.deliveries(&caller, id, None, limit).await;
    let deliveries = deliveries.map_err(|error| failed(error, id))?;
    let rows: Vec<DeliveryRow> = deliveries.iter().map(DeliveryRow::of).collect();
    let columns = [
        "POSITION", "TYPE", "STATUS", "ATTEMPTS", "LAST", "RESULT", "NEXT",
    ];
    output::rows(format, &columns, &rows, |row| {
        vec![
            row.position.to_string(),
            row.event_type.to_owned(),
            row.status.to_owned(),
            row.attempts.to_string(),
            row.last_attempt_at.clone().unwrap_or_default(),
            row.last_result.clone().unwrap_or_default(),
            row.due_at.clone().unwrap_or_default(),
        ]
    })
}

/// How an attempt ended, in a few words.
fn result(attempt: &Attempt) -> String {
    match &attempt.outcome {
        Outcome::Answered { status, answer } if answer.is_empty() => status.to_string(),
        Outcome::Answered { status, answer } => format!("{status} {answer}"),
        Outcome::Failed(failure) => failure.as_str().to_owned(),
    }
}

impl Row {
    fn of(WebhookWithKeys { webhook, keys }: &WebhookWithKeys) -> Self {
        let settings = &webhook.settings;
        Self {
            id: webhook.id.to_string(),
            url: settings.url.as_str().to_owned(),
            event_types: settings.event_types.iter().map(EventType::as_str).collect(),
            encoding: settings.encoding.as_str(),
            status: settings
                .disabled
                .map_or("ENABLED", DisabledReason::as_str)
                .to_owned(),
            failing_since: webhook.failing_since.map(|at| at.to_string()),
            created_at: webhook.created_at.to_string(),
            public_key: keys.public_key.clone(),
        }
    }
}

impl DeliveryRow {
    fn of(delivery: &Delivery) -> Self {
        let shown = |at: Timestamp| at.to_string();
        let last = delivery.last_attempt.as_ref();
        Self {
            position: delivery.position,
            sequence: delivery.sequence,
            event_id: delivery.event_id.to_string(),
            event_type: delivery.event_type.as_str(),
            status: delivery.status.as_str(),
            attempts: delivery.attempts,
            due_at: delivery.due_at.map(shown),
            last_attempt_at: last.map(|attempt| shown(attempt.at)),
            last_result: last.map(result),
        }
    }
}
