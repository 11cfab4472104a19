use keyward_domain::usecases::{CreateError, CreatedApiKey, FirstTime, ManageApiKeys};
use keyward_domain::{Origin, OwnedWorkspace, RawAnnotations, RawDraft, RawField, Timestamp};

use super::super::limit_words;
use super::row::Row;
use crate::cli::Format;
use crate::cli::{KeysCreateArgs, ModeArg};
use crate::config::ConfigError;
use crate::failure::Failure;
use crate::output;

pub(super) async fn run(
    manage: &ManageApiKeys,
    workspace: &OwnedWorkspace,
    origin: Origin,
    args: KeysCreateArgs,
) -> Result<(), Failure> {
    let format = args.output.output;
    let created = manage.create(workspace, draft(args), origin, FirstTime::WITHOUT_KEY);
    let created = created.await.map_err(refusal)?;
    shown_once(format, &created, manage.clock.now())
}

fn draft(args: KeysCreateArgs) -> RawDraft {
    let texts =
        |texts: Vec<String>| RawField::Value(texts.into_iter().map(RawField::Value).collect());
    let text = |text: Option<String>| text.map_or(RawField::Absent, RawField::Value);
    let metadata = args.metadata.into_iter();
    let metadata = metadata.map(|(name, value)| (name, RawField::Value(value)));
    RawDraft {
        name: RawField::Value(args.name),
        scopes: texts(args.scopes),
        mode: RawField::Value(ModeArg::mode(args.mode).code()),
        ip_allowlist: texts(args.ip_allowlist),
        expires_at: text(args.expires_at),
        annotations: RawAnnotations {
            description: text(args.description),
            external_id: text(args.external_id),
            metadata: RawField::Value(metadata.collect()),
        },
        limits: limit_words::as_written(args.limits),
        unexpected: Vec::new(),
    }
}

fn refusal(error: CreateError) -> Failure {
    match error {
        CreateError::Repository(error) => error.into(),
        CreateError::Invalid(violations) => super::invalid(&violations),
        CreateError::LimitReached => Failure::Config(ConfigError::Invalid {
            variable: "KEYWARD_KEYS_PER_WORKSPACE_MAX",
            problem: "the workspace has reached its limit of keys".to_owned(),
        }),
        CreateError::TestModeRefused(_)
        | CreateError::SecretTaken(_)
        | CreateError::TooManyChanges { .. }
        | CreateError::AlreadyCarriedOut(_)
        | CreateError::IdempotencyKeyReused
        | CreateError::Entropy(_) => Failure::Refused(error.to_string()),
    }
}

fn shown_once(format: Format, created: &CreatedApiKey, now: Timestamp) -> Result<(), Failure> {
    let secret = created.secret.expose();
    match format {
        Format::Json => {
            let mut row = Row::of(&created.key, now);
            row.secret = Some(secret);
            output::json(&row)
        }
        Format::Table if output::is_terminal() => {
            output::note(&format!(
                "created {}; its secret, shown only once:",
                created.key.id()
            ))?;
            output::line(secret)
        }
        Format::Table => output::line(secret),
    }
}
