use keyward_domain::WorkspaceId;
use keyward_domain::ports::{AuditEvents as _, WorkspaceDirectory as _};
use keyward_domain::usecases::{verify_deployment, verify_trail};
use keyward_persistence::Store;

use super::heads::HeadList;
use crate::commands::no_such_workspace;
use crate::failure::Failure;
use crate::output;
use crate::progress::Progress;

/// How many workspaces are read at a time.
const PAGE: u32 = 1_000;

/// The results so far.
#[derive(Default)]
struct Found {
    workspaces: u64,
    events: u64,
    deployment_events: u64,
    faults: u64,
}

pub(super) async fn run(
    store: &Store,
    only: Option<WorkspaceId>,
    heads: Option<HeadList>,
) -> Result<(), Failure> {
    let mut progress = Progress::begin("verifying events", None);
    let mut found = Found::default();
    if let Some(workspace) = only {
        if !verify(store, &workspace, &mut progress, &mut found).await? {
            return Err(no_such_workspace(&workspace));
        }
        verify_deployment_events(store, Some(&workspace), &mut progress, &mut found).await?;
    } else {
        let mut after = None;
        loop {
            let workspaces = store.workspaces(after, PAGE).await?;
            after = workspaces.last().map(|workspace| workspace.id.clone());
            if after.is_none() {
                break;
            }
            for workspace in &workspaces {
                verify(store, &workspace.id, &mut progress, &mut found).await?;
            }
        }
        verify_gone(store, &mut progress, &mut found).await?;
        verify_deployment_events(store, None, &mut progress, &mut found).await?;
    }
    if let Some(heads) = heads {
        for fault in heads.faults(store).await? {
            output::line(&fault)?;
            found.faults += 1;
        }
    }
    progress.finish();
    if found.faults == 0 {
        output::note(&format!(
            "{} events of {} workspaces and {} of the deployment are intact",
            found.events, found.workspaces, found.deployment_events
        ))
    } else {
        Err(Failure::Refused(format!(
            "the audit trail was tampered with: {} faults",
            found.faults
        )))
    }
}

/// Verifies the trails of removed workspaces.
async fn verify_gone(
    store: &Store,
    progress: &mut Progress,
    found: &mut Found,
) -> Result<(), Failure> {
    let mut after = None;
    loop {
        let workspaces = store.workspaces_with_events(after, PAGE).await?;
        after = workspaces.last().cloned();
        if after.is_none() {
            return Ok(());
        }
        for workspace in &workspaces {
            if store.workspace(workspace).await?.is_none() {
                verify(store, workspace, progress, found).await?;
            }
        }
    }
}

/// Verifies the deployment's trail, and compares it with all members, or with those of one
/// workspace.
async fn verify_deployment_events(
    store: &Store,
    only: Option<&WorkspaceId>,
    progress: &mut Progress,
    found: &mut Found,
) -> Result<(), Failure> {
    let mut told = Ok(());
    let report = verify_deployment(store, store, only, |read| {
        if told.is_ok() {
            told = progress.add(read);
        }
    });
    let report = report.await?;
    told?;
    for fault in &report.faults {
        output::line(&format!("deployment: {fault}"))?;
    }
    found.deployment_events = report.head.event_count;
    found.faults += u64::try_from(report.faults.len()).unwrap_or(u64::MAX);
    Ok(())
}

/// Verifies one trail and prints its faults. Returns whether the workspace exists.
async fn verify(
    store: &Store,
    workspace: &WorkspaceId,
    progress: &mut Progress,
    found: &mut Found,
) -> Result<bool, Failure> {
    let mut told = Ok(());
    let report = verify_trail(store, store, workspace, |read| {
        if told.is_ok() {
            told = progress.add(read);
        }
    });
    let report = report.await?;
    told?;
    let Some(report) = report else {
        return Ok(false);
    };
    for fault in &report.faults {
        output::line(&format!("workspace {workspace}: {fault}"))?;
    }
    found.workspaces += 1;
    found.events += report.head.event_count;
    found.faults += u64::try_from(report.faults.len()).unwrap_or(u64::MAX);
    Ok(true)
}
