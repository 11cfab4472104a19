//! `keyward keys`: manages keys as an operator, without a portal session.

mod create;
mod denials;
mod disable_all;
mod list;
mod long_lived;
mod row;
mod usage;

use keyward_domain::ports::LongLived;
use keyward_domain::usecases::{
    ChangeError, FirstTime, ManageApiKeys, Precondition, Target, authorize,
};
use keyward_domain::{
    ApiKey, ApiKeyId, Origin, OwnedWorkspace, RawField, RawRotation, RawUpdate, Violation,
    WorkspaceId,
};
use keyward_persistence::Store;

use self::row::Row;
use super::{limit_words, no_such_workspace, operator_origin};
use crate::cli::Format;
use crate::cli::{
    DenialsArgs, DisableArgs, KeyArgs, KeysCommand, RotateArgs, SetLimitsArgs, UsageArgs,
};
use crate::config::{self, Environment, WorkspaceLimits};
use crate::failure::Failure;
use crate::output;
use crate::wiring;

pub(super) async fn run(
    environment: &Environment,
    store: &Store,
    command: KeysCommand,
) -> Result<(), Failure> {
    let key_prefix = config::key_prefix(environment)?;
    let limits = WorkspaceLimits::resolve(environment)?;
    let operator = Operator {
        store,
        manage: wiring::manage_api_keys(store, key_prefix, limits),
        origin: operator_origin()?,
    };
    match command {
        KeysCommand::Create(args) => {
            let workspace = operator.workspace(&args.workspace).await?;
            create::run(&operator.manage, &workspace, operator.origin, args).await
        }
        KeysCommand::List(args) => {
            let workspace = operator.workspace(&args.workspace).await?;
            list::run(&operator.manage, &workspace, args).await
        }
        KeysCommand::Get { key, output } => operator.get(&key, output.output).await,
        KeysCommand::Denials(args) => operator.denials(&args).await,
        KeysCommand::Usage(args) => operator.usage(&args).await,
        KeysCommand::Disable(args) => operator.disable(args).await,
        KeysCommand::Enable { key } => {
            let enabled = operator.change(&key, async |manage, target| manage.enable(target).await);
            enabled.await?;
            output::note(&format!("{} is enabled", key.key))
        }
        KeysCommand::Delete { key, yes } => operator.delete(&key, yes).await,
        KeysCommand::Rotate(args) => operator.rotate(&args).await,
        KeysCommand::EndOverlap { key } => {
            let ended = operator.change(&key, async |manage, target| {
                manage.end_overlap(target).await
            });
            ended.await?;
            output::note(&format!("{} has one valid secret", key.key))
        }
        KeysCommand::SetLimits(args) => operator.set_limits(args).await,
        KeysCommand::Expiring { within, output } => {
            list::expiring(store, within, output.output).await
        }
        KeysCommand::NeverExpiring { workspace, output } => {
            let which = LongLived::NeverExpiring;
            operator.long_lived(which, workspace, output.output).await
        }
        KeysCommand::OverLifetime {
            within,
            workspace,
            output,
        } => {
            let seconds = i64::try_from(within.as_secs()).unwrap_or(i64::MAX);
            let at = operator.manage.clock.now().plus_seconds(seconds);
            let which = LongLived::OverLifetime { at };
            operator.long_lived(which, workspace, output.output).await
        }
    }
}

/// The operator of one run.
struct Operator<'a> {
    store: &'a Store,
    manage: ManageApiKeys,
    origin: Origin,
}

impl Operator<'_> {
    async fn workspace(&self, id: &WorkspaceId) -> Result<OwnedWorkspace, Failure> {
        authorize::operator(self.store, id)
            .await?
            .ok_or_else(|| no_such_workspace(id))
    }

    async fn long_lived(
        &self,
        which: LongLived,
        workspace: Option<WorkspaceId>,
        format: Format,
    ) -> Result<(), Failure> {
        if let Some(id) = &workspace {
            self.workspace(id).await?;
        }
        long_lived::run(self.store, which, workspace, format).await
    }

    async fn change<T>(
        &self,
        KeyArgs { workspace, key }: &KeyArgs,
        change: impl AsyncFnOnce(&ManageApiKeys, Target<'_>) -> Result<T, ChangeError>,
    ) -> Result<T, Failure> {
        let workspace = self.workspace(workspace).await?;
        let target = Target {
            workspace: &workspace,
            api_key_id: *key,
            precondition: &Precondition::Anything,
            origin: &self.origin,
        };
        change(&self.manage, target)
            .await
            .map_err(|error| refusal(error, *key))
    }

    async fn found(&self, args: &KeyArgs) -> Result<ApiKey, Failure> {
        let workspace = self.workspace(&args.workspace).await?;
        let key = self.manage.get(&workspace, args.key).await?;
        key.ok_or_else(|| refusal(ChangeError::NotFound, args.key))
    }

    async fn get(&self, args: &KeyArgs, format: Format) -> Result<(), Failure> {
        let key = self.found(args).await?;
        row::write_one(format, &Row::of(&key, self.manage.clock.now()))
    }

    async fn denials(&self, args: &DenialsArgs) -> Result<(), Failure> {
        let key = self.found(&args.key).await?;
        denials::run(self.store, &key, args.since, args.output.output).await
    }

    async fn usage(&self, args: &UsageArgs) -> Result<(), Failure> {
        let KeyArgs { workspace, key } = &args.key;
        let workspace = self.workspace(workspace).await?;
        usage::run(&self.manage, &workspace, *key, args).await
    }

    async fn disable(&self, args: DisableArgs) -> Result<(), Failure> {
        if args.all {
            let workspace = self.workspace(&args.workspace).await?;
            return disable_all::run(&self.manage, &workspace, &self.origin, &args).await;
        }
        let mut last = Ok(());
        let is_one = args.keys.len() == 1;
        for key in args.keys {
            let workspace = args.workspace.clone();
            let args = KeyArgs { workspace, key };
            let disabling = self.change(&args, async |manage, target| {
                manage.disable(target.supervised()).await
            });
            match disabling.await {
                Ok(_disabled) => output::note(&format!("{key} is disabled"))?,
                Err(failure) if is_one => return Err(failure),
                // The other keys must not stay enabled because of this one.
                Err(failure) => {
                    output::note(&format!("{key}: {failure}"))?;
                    last = Err(failure);
                }
            }
        }
        last
    }

    async fn delete(&self, args: &KeyArgs, yes: bool) -> Result<(), Failure> {
        output::confirm(&format!("Delete {} for good?", args.key), yes)?;
        let deleted = self.change(args, async |manage, target| manage.delete(target).await);
        deleted.await?;
        output::note(&format!("{} is deleted", args.key))
    }

    async fn set_limits(&self, args: SetLimitsArgs) -> Result<(), Failure> {
        // Without a limit, `--clear` is required.
        let update = RawUpdate {
            limits: limit_words::as_written(args.limits),
            ..RawUpdate::default()
        };
        let updating = self.change(&args.key, async |manage, target| {
            manage.update(target, update).await
        });
        let updated = updating.await?;
        let limits = &updated.fields().limits;
        let key = args.key.key;
        output::note(&if limits.is_empty() {
            format!("{key} has no limits of its own")
        } else {
            format!("{key} has the limits {}", limit_words::in_cell(limits))
        })
    }

    async fn rotate(&self, args: &RotateArgs) -> Result<(), Failure> {
        let rotation = RawRotation {
            overlap_seconds: RawField::Value(args.overlap.seconds().into()),
            unexpected: Vec::new(),
        };
        let rotating = self.change(&args.key, async |manage, target| {
            manage
                .rotate(target, rotation, FirstTime::WITHOUT_KEY)
                .await
        });
        let rotated = rotating.await?;
        let secret = rotated.secret.expose();
        match args.output.output {
            Format::Json => {
                let mut row = Row::of(&rotated.key, self.manage.clock.now());
                row.secret = Some(secret);
                output::json(&row)
            }
            Format::Table if output::is_terminal() => {
                output::note(&format!(
                    "rotated {}; the old secret is valid until {}; the new one, shown only once:",
                    rotated.key.id(),
                    rotated.overlap_ends_at
                ))?;
                output::line(secret)
            }
            Format::Table => output::line(secret),
        }
    }
}

fn invalid(violations: &[Violation]) -> Failure {
    let lines: Vec<String> = violations.iter().map(ToString::to_string).collect();
    Failure::Refused(lines.join("; "))
}

fn refusal(error: ChangeError, key: ApiKeyId) -> Failure {
    match error {
        ChangeError::Repository(error) => error.into(),
        ChangeError::NotFound => Failure::Refused(format!(
            "the workspace has no key {key}; find it with: keyward keys list --workspace WORKSPACE"
        )),
        ChangeError::WrongState(_) => Failure::Refused(format!(
            "{key} has expired, or someone else has just rotated it; see: keyward keys get"
        )),
        ChangeError::Invalid(violations) => invalid(&violations),
        ChangeError::ChangedBySomeoneElse
        | ChangeError::TooManyChanges { .. }
        | ChangeError::AlreadyCarriedOut(_)
        | ChangeError::IdempotencyKeyReused
        | ChangeError::Entropy(_) => Failure::Refused(error.to_string()),
    }
}
