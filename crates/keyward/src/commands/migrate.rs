//! `keyward migrate`.

use keyward_persistence::{SchemaState, Store};

use crate::cli::{MigrateArgs, MigrateCommand};
use crate::config::{self, Environment};
use crate::failure::Failure;
use crate::{output, schema};

pub(super) async fn run(environment: &Environment, args: &MigrateArgs) -> Result<(), Failure> {
    let store = Store::open(config::store(environment)?).await?;
    let result = match args.command.unwrap_or(MigrateCommand::Up) {
        MigrateCommand::Up => up(&store).await,
        MigrateCommand::Status => status(&store).await,
    };
    store.close().await;
    result
}

async fn up(store: &Store) -> Result<(), Failure> {
    let nothing_pending = match store.schema().await? {
        SchemaState::TooNew { unknown, oldest } => {
            return Err(schema::too_new(&unknown, oldest.as_ref()));
        }
        // After a rollback, an older release runs this too.
        SchemaState::Ahead { unknown } => {
            output::warn(&schema::ahead(&unknown));
            "nothing is pending"
        }
        SchemaState::Current | SchemaState::Behind { .. } => "the schema is current",
    };
    let applied = store.migrate().await?;
    for name in &applied {
        output::line(&format!("applied {name}"))?;
    }
    if applied.is_empty() {
        output::line(nothing_pending)?;
    }
    Ok(())
}

async fn status(store: &Store) -> Result<(), Failure> {
    match store.schema().await? {
        SchemaState::Current => output::line("the schema is current")?,
        SchemaState::Ahead { unknown } => output::line(&schema::ahead(&unknown))?,
        SchemaState::Behind { pending } => {
            for name in &pending {
                output::line(&format!("pending {name}"))?;
            }
            return Err(schema::behind(&pending));
        }
        SchemaState::TooNew { unknown, oldest } => {
            return Err(schema::too_new(&unknown, oldest.as_ref()));
        }
    }
    match store.oldest_binary().await? {
        Some(oldest) => output::line(&format!("may be served by {}", schema::at_least(&oldest))),
        None => Ok(()),
    }
}
