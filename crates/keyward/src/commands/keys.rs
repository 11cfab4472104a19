//! `keyward keys`: what an operator may do without a portal session. The audit trail says so.

use keyward_domain::ports::{ApiKeys, Clock as _, Secrets as _};
use keyward_domain::usecases::authorize;
use keyward_domain::usecases::create::{CreateError, CreatedApiKey};
use keyward_domain::{
    ApiKey, Given, Mode, Origin, PAGE_SIZE_MAX, PageRequest, RawDraft, RequestId, Timestamp,
    WorkspaceId,
};
use keyward_persistence::Store;
use serde::Serialize;

use super::no_such_workspace;
use crate::cli::{KeysCommand, KeysCreateArgs, ModeArg};
use crate::config::{ConfigError, Environment, KEYS_PER_WORKSPACE_MAX};
use crate::failure::Failure;
use crate::output::{self, Format};
use crate::system::{SystemClock, SystemSecrets};
use crate::wiring;

/// A key as operators see it; the members are the contract's.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    api_key_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    secret_hint: String,
    name: String,
    status: &'static str,
    mode: &'static str,
    scopes: Vec<String>,
    ip_whitelist: Vec<String>,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
}

pub(super) async fn run(
    environment: &Environment,
    store: &Store,
    command: KeysCommand,
) -> Result<(), Failure> {
    match command {
        KeysCommand::Create(args) => create(environment, store, args).await,
        KeysCommand::List { workspace, output } => list(store, &workspace, output.output).await,
    }
}

async fn create(
    environment: &Environment,
    store: &Store,
    args: KeysCreateArgs,
) -> Result<(), Failure> {
    let workspace = authorize::operator(store, &args.workspace)
        .await?
        .ok_or_else(|| no_such_workspace(&args.workspace))?;
    let key_count_max = environment
        .parsed("KEYWARD_KEYS_PER_WORKSPACE_MAX", "a number such as 1000")?
        .unwrap_or(KEYS_PER_WORKSPACE_MAX);
    let format = args.output.output;
    let origin = Origin {
        address: None,
        request_id: request_id()?,
    };
    let create = wiring::create_api_key(store, key_count_max);
    let created = create
        .run(&workspace, draft(args), origin, None)
        .await
        .map_err(refusal)?;
    shown_once(format, &created)
}

fn draft(args: KeysCreateArgs) -> RawDraft {
    let texts = |texts: Vec<String>| Given::Value(texts.into_iter().map(Given::Value).collect());
    RawDraft {
        name: Given::Value(args.name),
        scopes: texts(args.scopes),
        mode: Given::Value(match args.mode {
            ModeArg::Live => Mode::Live.code(),
            ModeArg::Test => Mode::Test.code(),
        }),
        ip_allowlist: texts(args.ip_allowlist),
        expires_at: args.expires_at.map_or(Given::Absent, Given::Value),
        unexpected: Vec::new(),
    }
}

/// A name for this run in the audit trail.
fn request_id() -> Result<RequestId, Failure> {
    let failed = |error: &dyn std::error::Error| Failure::Refused(error.to_string());
    let id = SystemSecrets
        .new_id(Mode::Live, SystemClock.now())
        .map_err(|e| failed(&e))?;
    RequestId::parse(&format!("cli-{}", id.uuid())).map_err(|e| failed(&e))
}

fn refusal(error: CreateError) -> Failure {
    match error {
        CreateError::Repository(error) => error.into(),
        CreateError::Invalid(violations) => {
            let lines: Vec<String> = violations.iter().map(ToString::to_string).collect();
            Failure::Refused(lines.join("; "))
        }
        CreateError::LimitReached => Failure::Config(ConfigError::Invalid {
            variable: "KEYWARD_KEYS_PER_WORKSPACE_MAX",
            problem: "the workspace has as many keys as it allows".to_owned(),
        }),
        CreateError::TestModeRefused(_)
        | CreateError::AlreadyCarriedOut(_)
        | CreateError::IdempotencyKeyReused
        | CreateError::Entropy(_) => Failure::Refused(error.to_string()),
    }
}

fn shown_once(format: Format, created: &CreatedApiKey) -> Result<(), Failure> {
    let secret = created.secret.expose();
    match format {
        Format::Json => {
            let mut row = Row::of(&created.key, SystemClock.now());
            row.secret = Some(secret.to_owned());
            output::json(&row)
        }
        Format::Table if output::is_terminal() => {
            output::note(&format!(
                "created {}; its secret, shown this once:",
                created.key.id()
            ))?;
            output::line(secret)
        }
        Format::Table => output::line(secret),
    }
}

async fn list(store: &Store, workspace: &WorkspaceId, format: Format) -> Result<(), Failure> {
    if authorize::operator(store, workspace).await?.is_none() {
        return Err(no_such_workspace(workspace));
    }
    let now = SystemClock.now();
    let mut rows = Vec::new();
    for number in 0.. {
        let request = PageRequest::new(number, PAGE_SIZE_MAX)
            .map_err(|error| Failure::Refused(error.to_string()))?;
        let page = ApiKeys::list(store, workspace, request).await?;
        let is_last = page.items.is_empty();
        rows.extend(page.items.iter().map(|key| Row::of(key, now)));
        if is_last || u64::try_from(rows.len()).is_ok_and(|seen| seen >= page.total) {
            break;
        }
    }
    let columns = [
        "API KEY ID",
        "HINT",
        "NAME",
        "STATUS",
        "MODE",
        "SCOPES",
        "IP ALLOWLIST",
        "CREATED AT",
        "EXPIRES AT",
    ];
    output::rows(format, &columns, &rows, |row| {
        vec![
            row.api_key_id.clone(),
            row.secret_hint.clone(),
            row.name.clone(),
            row.status.to_owned(),
            row.mode.to_owned(),
            or_dash(&row.scopes.join(",")),
            or_dash(&row.ip_whitelist.join(",")),
            row.created_at.clone(),
            or_dash(row.expires_at.as_deref().unwrap_or_default()),
        ]
    })
}

fn or_dash(text: &str) -> String {
    if text.is_empty() {
        "-".to_owned()
    } else {
        text.to_owned()
    }
}

impl Row {
    fn of(key: &ApiKey, now: Timestamp) -> Self {
        let fields = key.fields();
        Self {
            api_key_id: key.id().to_string(),
            secret: None,
            secret_hint: format!("{}…{}", key.mode().prefix(), fields.secret_hint.as_str()),
            name: fields.name.to_string(),
            status: key.status(now).as_str(),
            mode: key.mode().as_str(),
            scopes: fields
                .scopes
                .as_slice()
                .iter()
                .map(ToString::to_string)
                .collect(),
            ip_whitelist: fields
                .ip_allowlist
                .as_slice()
                .iter()
                .map(ToString::to_string)
                .collect(),
            created_at: fields.created_at.to_string(),
            created_by: fields.created_by.as_ref().map(ToString::to_string),
            expires_at: fields.expires_at.map(|expiry| expiry.to_string()),
        }
    }
}
