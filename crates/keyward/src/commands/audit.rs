//! `keyward audit`: verifies and exports the audit trail.

mod export;
mod heads;
mod verify;

use keyward_persistence::Store;

pub(super) use self::heads::{HeadList, Key, MissingEvents, hash_at};
use crate::cli::AuditCommand;
use crate::failure::Failure;
use crate::output;

pub(super) async fn run(store: &Store, command: AuditCommand) -> Result<(), Failure> {
    match command {
        AuditCommand::Verify {
            workspace,
            heads,
            key_file,
        } => {
            let key = key_file.as_deref().map(Key::read).transpose()?;
            let heads = heads.map(|file| HeadList::read(&file, key.as_ref()));
            verify::run(store, workspace, heads.transpose()?).await
        }
        AuditCommand::Heads { key_file } => {
            let key = key_file.as_deref().map(Key::read).transpose()?;
            output::json(&HeadList::of(store, key.as_ref()).await?)
        }
        AuditCommand::Export {
            since,
            workspace: _,
            deployment: true,
            output,
        } => export::run_deployment(store, since, output).await,
        AuditCommand::Export {
            since,
            workspace,
            deployment: false,
            output,
        } => export::run(store, since, workspace, output).await,
    }
}
