//! `keyward restore check`: what a store that was restored to an older state has lost.

mod exported;
mod lost;
mod revoked;

use keyward_domain::ports::{AuditEvents as _, DeploymentEvents as _};
use keyward_domain::usecases::{ManageApiKeys, Precondition, Target, authorize};
use keyward_persistence::Store;
use serde::Serialize;

use self::exported::ExportedEvents;
use self::lost::{Gap, LostEvents};
use self::revoked::RevokedKey;
use super::audit::{HeadList, Key, MissingEvents};
use super::operator_origin;
use crate::cli::{Format, RestoreCheckArgs, RestoreCommand};
use crate::config::{self, Environment, WorkspaceLimits};
use crate::failure::Failure;
use crate::{output, wiring};

/// What the store has lost.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Losses {
    /// Compared with the heads.
    heads: Vec<MissingEvents>,
    /// Exported events that the store does not have.
    lost_events: usize,
    /// Events that are neither in the store nor in the export.
    gaps: Vec<Gap>,
    /// Keys that changed in the lost events.
    keys: Vec<RevokedKey>,
    /// Lost events about workspaces, members, plans, scopes and webhooks.
    deployment_events: Vec<lost::LostDeploymentEvent>,
}

pub(super) async fn run(
    environment: &Environment,
    store: &Store,
    command: RestoreCommand,
) -> Result<(), Failure> {
    let RestoreCommand::Check(args) = command;
    let key_prefix = config::key_prefix(environment)?;
    let limits = WorkspaceLimits::resolve(environment)?;
    let manage = wiring::manage_api_keys(store, key_prefix, limits);
    let mut losses = find(store, &args, manage.clock.now()).await?;
    let is_complete = losses.is_nothing();
    write(&losses, args.output.output)?;
    if is_complete {
        return output::note("nothing is lost");
    }
    if !args.disable {
        return Err(Failure::Refused(losses.summary()));
    }
    disable(store, &manage, &mut losses, args.yes).await
}

async fn find(
    store: &Store,
    args: &RestoreCheckArgs,
    now: keyward_domain::Timestamp,
) -> Result<Losses, Failure> {
    let key = args.key_file.as_deref().map(Key::read).transpose()?;
    let heads = match &args.heads {
        None => Vec::new(),
        Some(file) => {
            HeadList::read(file, key.as_ref())?
                .missing_events(store)
                .await?
        }
    };
    let lost = LostEvents::among(ExportedEvents::read(&args.events)?, store).await?;
    Ok(Losses {
        heads,
        lost_events: lost.count(),
        keys: revoked::keys(&lost, store, now).await?,
        gaps: lost.gaps,
        deployment_events: lost.of_deployment,
    })
}

impl Losses {
    fn is_nothing(&self) -> bool {
        self.heads.is_empty() && self.lost_events == 0 && self.gaps.is_empty()
    }

    fn summary(&self) -> String {
        let accepted = self
            .keys
            .iter()
            .filter(|key| key.is_accepted_again())
            .count();
        let disabling = if accepted == 0 {
            ""
        } else {
            "; to disable these keys, add --disable"
        };
        format!(
            "{} trails do not continue from their heads, {} exported events are lost, {accepted} revoked keys are \
             accepted again{disabling}",
            self.heads.len(),
            self.lost_events
        )
    }
}

fn write(losses: &Losses, format: Format) -> Result<(), Failure> {
    if format == Format::Json {
        return output::json(losses);
    }
    for missing in &losses.heads {
        output::line(&missing.to_string())?;
    }
    for gap in &losses.gaps {
        output::line(&gap.to_string())?;
    }
    for event in &losses.deployment_events {
        output::line(&event.to_string())?;
    }
    if losses.keys.is_empty() {
        return Ok(());
    }
    let columns = ["WORKSPACE", "KEY ID", "LOST", "AT", "NOW IN THE STORE"];
    output::rows(format, &columns, &losses.keys, RevokedKey::cells)
}

async fn disable(
    store: &Store,
    manage: &ManageApiKeys,
    losses: &mut Losses,
    yes: bool,
) -> Result<(), Failure> {
    let accepted: Vec<&RevokedKey> = losses
        .keys
        .iter()
        .filter(|key| key.is_accepted_again())
        .collect();
    if !accepted.is_empty() {
        output::confirm(&format!("Disable {} keys?", accepted.len()), yes)?;
    }
    let origin = operator_origin()?;
    for key in &accepted {
        let workspace = authorize::operator(store, &key.workspace)
            .await?
            .ok_or_else(|| super::no_such_workspace(&key.workspace))?;
        let target = Target {
            workspace: &workspace,
            api_key_id: key.id,
            precondition: &Precondition::Anything,
            origin: &origin,
        };
        manage
            .disable(target.supervised())
            .await
            .map_err(|error| Failure::Refused(format!("{}: {error}", key.id)))?;
    }
    output::note(&format!("disabled {} keys", accepted.len()))?;
    let unknown = losses.gaps.len() + losses.heads.len();
    if unknown == 0 {
        return Ok(());
    }
    Err(Failure::Refused(
        "more events are lost than were exported: what happened to other keys is not known"
            .to_owned(),
    ))
}

/// The number of events in the store's trail of a workspace, or of the deployment.
async fn event_count(
    store: &Store,
    workspace: Option<&keyward_domain::WorkspaceId>,
) -> Result<u64, Failure> {
    Ok(match workspace {
        Some(workspace) => store
            .head(workspace)
            .await?
            .map_or(0, |head| head.event_count),
        None => store.deployment_head().await?.event_count,
    })
}
