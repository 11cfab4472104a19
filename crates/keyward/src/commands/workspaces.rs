//! `keyward workspaces`.

use keyward_domain::ports::{WorkspaceDirectory as _, WorkspaceRemoval};
use keyward_persistence::Store;
use serde::Serialize;

use super::{by_operator, no_such_workspace};
use crate::cli::Format;
use crate::cli::WorkspacesCommand;
use crate::failure::Failure;
use crate::output::{self, PAGE, Rows};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: String,
    key_count: u32,
    created_at: String,
}

pub(super) async fn run(store: &Store, command: WorkspacesCommand) -> Result<(), Failure> {
    match command {
        WorkspacesCommand::Add { workspace } => {
            if store.add_workspace(&workspace, by_operator(store)?).await? {
                output::note(&format!(
                    "added workspace {workspace}; add an owner with: keyward members add \
                     --workspace {workspace} --role OWNER USER"
                ))
            } else {
                Err(Failure::Refused(format!(
                    "workspace {workspace} already exists"
                )))
            }
        }
        WorkspacesCommand::List { output } => list(store, output.output).await,
        WorkspacesCommand::Remove { workspace } => {
            match store
                .remove_workspace(&workspace, by_operator(store)?)
                .await?
            {
                WorkspaceRemoval::Done => output::note(&format!("removed workspace {workspace}")),
                WorkspaceRemoval::Unknown => Err(no_such_workspace(&workspace)),
                WorkspaceRemoval::HasKeys => Err(Failure::Refused(format!(
                    "workspace {workspace} has keys or audit events and can't be removed"
                ))),
            }
        }
    }
}

async fn list(store: &Store, format: Format) -> Result<(), Failure> {
    let mut rows = Rows::new(format, &["ID", "KEYS", "CREATED AT"]);
    let mut after = None;
    loop {
        let workspaces = store.workspaces(after, PAGE).await?;
        after = workspaces.last().map(|workspace| workspace.id.clone());
        let page: Vec<Row> = workspaces
            .into_iter()
            .map(|workspace| Row {
                id: workspace.id.to_string(),
                key_count: workspace.key_count,
                created_at: workspace.created_at.to_string(),
            })
            .collect();
        rows.write(&page, |row| {
            vec![
                row.id.clone(),
                row.key_count.to_string(),
                row.created_at.clone(),
            ]
        })?;
        if after.is_none() {
            return rows.finish();
        }
    }
}
