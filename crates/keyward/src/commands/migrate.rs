//! `keyward migrate`.

use keyward_persistence::{SchemaState, Store};

use crate::cli::{MigrateArgs, MigrateCommand};
use crate::config::{self, Environment};
use crate::failure::Failure;
use crate::output;

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
    if let SchemaState::Ahead { unknown } = store.schema().await? {
        return Err(ahead(&unknown));
    }
    let applied = store.migrate().await?;
    for name in &applied {
        output::line(&format!("applied {name}"))?;
    }
    if applied.is_empty() {
        output::line("the schema is current")?;
    }
    Ok(())
}

async fn status(store: &Store) -> Result<(), Failure> {
    match store.schema().await? {
        SchemaState::Current => output::line("the schema is current"),
        SchemaState::Behind { pending } => {
            for name in &pending {
                output::line(&format!("pending {name}"))?;
            }
            Err(Failure::Schema(
                "the schema is behind; run: keyward migrate".to_owned(),
            ))
        }
        SchemaState::Ahead { unknown } => Err(ahead(&unknown)),
    }
}

fn ahead(unknown: &[String]) -> Failure {
    Failure::Schema(format!(
        "the schema is ahead of this binary, version {} (it has {}); run a newer keyward",
        env!("CARGO_PKG_VERSION"),
        unknown.join(", ")
    ))
}
