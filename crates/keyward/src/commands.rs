//! The commands, one per file.

mod audit;
mod backup;
mod config_show;
mod dev;
mod doctor;
mod events;
mod keys;
mod limit_words;
mod man_pages;
mod members;
mod migrate;
mod plans;
mod purge;
mod restore;
mod scopes;
mod serve;
mod service_tokens;
mod token;
mod webhooks;
mod workspaces;

use clap::CommandFactory as _;
use clap_complete::Shell;
use keyward_domain::ports::{Clock as _, Secrets as _};
use keyward_domain::{Actor, Authorship, KeyPrefix, Mode, Origin, RequestId, WorkspaceId};
use keyward_persistence::Store;

use crate::cli::{Cli, Command};
use crate::config::{self, Environment};
use crate::failure::Failure;
use crate::system::{SystemClock, SystemSecrets};
use crate::telemetry::{Format, Logs};
use crate::{output, wiring};

/// Carries out one command.
pub(crate) async fn run(command: Command) -> Result<(), Failure> {
    let environment = Environment::of_process();
    match &command {
        // `serve` and `dev` log unknown variables as warnings; the others read no variable.
        Command::Version
        | Command::OpenApi
        | Command::Completions { .. }
        | Command::ManPages { .. }
        // It reports them.
        | Command::Doctor(_)
        | Command::Dev(_)
        | Command::Serve(_) => {}
        Command::Migrate(_)
        | Command::Token(_)
        | Command::Workspaces(_)
        | Command::Plans(_)
        | Command::Members(_)
        | Command::Scopes(_)
        | Command::ServiceTokens(_)
        | Command::Keys(_)
        | Command::Audit(_)
        | Command::Events(_)
        | Command::Webhooks(_)
        | Command::Config(_)
        | Command::Backup(_)
        | Command::Restore(_)
        | Command::Purge(_) => {
            for unknown in environment.unknown() {
                output::note(&format!("keyward: warning: {unknown}"))?;
            }
        }
    }
    match command {
        Command::Version => output::line(&format!("keyward {}", env!("CARGO_PKG_VERSION"))),
        Command::OpenApi => output::raw(keyward_web::openapi_json().as_bytes()),
        Command::Completions { shell } => output::raw(&completions(shell)),
        Command::ManPages { dir } => man_pages::run(&dir),
        Command::Doctor(args) => Box::pin(doctor::run(&environment, &args)).await,
        Command::Config(command) => config_show::run(&environment, &command),
        Command::Backup(args) => {
            let store = open(&environment).await?;
            close(&store, backup::run(&store, &args).await).await
        }
        Command::Restore(command) => {
            let store = open(&environment).await?;
            let done = Box::pin(restore::run(&environment, &store, command)).await;
            close(&store, done).await
        }
        Command::Token(args) => token::run(&environment, &args),
        Command::Dev(args) => {
            // The banner and the logs are for people, whether or not they go to a terminal.
            let logs = Logs::start(&environment, Format::ForPeople)?;
            Box::pin(dev::run(&environment, &args, &logs)).await
        }
        Command::Serve(args) => {
            let logs = Logs::start(&environment, Format::of_stderr())?;
            Box::pin(serve::run(&environment, &args, &logs)).await
        }
        Command::Migrate(args) => migrate::run(&environment, &args).await,
        Command::Workspaces(command) => {
            let store = open(&environment).await?;
            close(&store, workspaces::run(&store, command).await).await
        }
        Command::Events(command) => {
            let store = open(&environment).await?;
            close(&store, events::run(&store, command).await).await
        }
        Command::Webhooks(command) => {
            let store = open(&environment).await?;
            let done = webhooks::run(&environment, &store, command).await;
            close(&store, done).await
        }
        Command::Plans(command) => {
            let store = open(&environment).await?;
            close(&store, plans::run(&store, command).await).await
        }
        Command::Members(command) => {
            let store = open(&environment).await?;
            close(&store, members::run(&store, command).await).await
        }
        Command::Scopes(command) => {
            let store = open(&environment).await?;
            close(&store, scopes::run(&store, command).await).await
        }
        Command::ServiceTokens(command) => {
            let store = open(&environment).await?;
            close(&store, service_tokens::run(&store, command).await).await
        }
        Command::Keys(command) => {
            let store = open(&environment).await?;
            let done = Box::pin(keys::run(&environment, &store, command)).await;
            close(&store, done).await
        }
        Command::Audit(command) => {
            let store = open(&environment).await?;
            close(&store, audit::run(&store, command).await).await
        }
        Command::Purge(args) => {
            let store = open(&environment).await?;
            close(&store, purge::run(&environment, &store, &args).await).await
        }
    }
}

fn completions(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "keyward", &mut script);
    script
}

async fn open(environment: &Environment) -> Result<Store, Failure> {
    let (store, warning) = wiring::open_store(config::store(environment)?).await?;
    if let Some(warning) = warning {
        output::warn(&warning);
    }
    Ok(store)
}

async fn close(store: &Store, result: Result<(), Failure>) -> Result<(), Failure> {
    store.close().await;
    result
}

/// The origin of an operator's changes: each run has its own request id in the audit trail.
fn operator_origin() -> Result<Origin, Failure> {
    let failed = |error: &dyn std::error::Error| Failure::Refused(error.to_string());
    let id = SystemSecrets
        .new_id(KeyPrefix::default(), Mode::Live, SystemClock.now())
        .map_err(|e| failed(&e))?;
    Ok(Origin {
        address: None,
        request_id: RequestId::parse(&format!("cli-{}", id.uuid())).map_err(|e| failed(&e))?,
    })
}

/// An operator as the author of a change, now.
fn by_operator(store: &Store) -> Result<Authorship, Failure> {
    Ok(Authorship {
        actor: Actor::Operator,
        origin: operator_origin()?,
        occurred_at: wiring::clock(store).now(),
    })
}

fn no_such_workspace(workspace: &WorkspaceId) -> Failure {
    Failure::Refused(format!(
        "there is no workspace {workspace}; add it with: keyward workspaces add {workspace}"
    ))
}
