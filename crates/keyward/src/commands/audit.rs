//! `keyward audit`: whether the trail is what was recorded, and the trail itself.

mod export;
mod verify;

use keyward_persistence::Store;

use crate::cli::AuditCommand;
use crate::failure::Failure;

pub(super) async fn run(store: &Store, command: AuditCommand) -> Result<(), Failure> {
    match command {
        AuditCommand::Verify { workspace } => verify::run(store, workspace).await,
        AuditCommand::Export {
            since,
            workspace,
            output,
        } => export::run(store, since, workspace, output).await,
    }
}
