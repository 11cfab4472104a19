use keyward_domain::WorkspaceId;
use keyward_domain::ports::{AuditEvents as _, WorkspaceDirectory as _};
use keyward_domain::usecases::verify_trail;
use keyward_persistence::Store;

use crate::commands::no_such_workspace;
use crate::failure::Failure;
use crate::output;
use crate::progress::Progress;

pub(super) async fn run(store: &Store, only: Option<WorkspaceId>) -> Result<(), Failure> {
    let workspaces = if let Some(workspace) = only {
        vec![workspace]
    } else {
        let all = store.workspaces().await?.into_iter();
        all.map(|workspace| workspace.id).collect()
    };
    let mut event_count = 0;
    for workspace in &workspaces {
        let head = store.head(workspace).await?;
        event_count += head
            .ok_or_else(|| no_such_workspace(workspace))?
            .event_count;
    }
    let mut progress = Progress::begin("verifying events", event_count);
    let mut fault_count = 0_usize;
    for workspace in &workspaces {
        let mut told = Ok(());
        let report = verify_trail(store, workspace, |read| {
            if told.is_ok() {
                told = progress.add(read);
            }
        });
        let report = report.await?;
        told?;
        let Some(report) = report else {
            continue;
        };
        for fault in &report.faults {
            output::line(&format!("workspace {workspace}: {fault}"))?;
        }
        fault_count += report.faults.len();
    }
    progress.finish();
    if fault_count == 0 {
        output::note(&format!(
            "{event_count} events of {} workspaces are as they were recorded",
            workspaces.len()
        ))
    } else {
        Err(Failure::Refused(format!(
            "the audit trail was touched: {fault_count} faults"
        )))
    }
}
