//! `keyward members`.

use keyward_domain::WorkspaceId;
use keyward_domain::ports::{MemberChange, WorkspaceDirectory as _};
use keyward_persistence::Store;
use serde::Serialize;

use super::{by_operator, no_such_workspace};
use crate::cli::Format;
use crate::cli::{MemberArgs, MembersCommand};
use crate::failure::Failure;
use crate::output::{self, PAGE, Rows};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    user_id: String,
    role: &'static str,
}

pub(super) async fn run(store: &Store, command: MembersCommand) -> Result<(), Failure> {
    match command {
        MembersCommand::Add {
            member: MemberArgs { workspace, user },
            role,
        } => {
            let by = by_operator(store)?;
            let change = store.add_member(&workspace, &user, role, by).await?;
            let role = role.as_str();
            told(
                change,
                &workspace,
                &format!("{user} is now {role} of workspace {workspace}"),
                format!(
                    "{user} is a member of workspace {workspace} already; change the role with: \
                     keyward members set-role --workspace {workspace} --role {role} {user}"
                ),
            )
        }
        MembersCommand::SetRole {
            member: MemberArgs { workspace, user },
            role,
        } => {
            let by = by_operator(store)?;
            let change = store.set_role(&workspace, &user, role, by).await?;
            let role = role.as_str();
            told(
                change,
                &workspace,
                &format!("{user} is now {role} of workspace {workspace}"),
                format!(
                    "{user} is no member of workspace {workspace}; add them with: keyward members \
                     add --workspace {workspace} --role {role} {user}"
                ),
            )
        }
        MembersCommand::Remove {
            member: MemberArgs { workspace, user },
        } => {
            let by = by_operator(store)?;
            let change = store.remove_member(&workspace, &user, by).await?;
            told(
                change,
                &workspace,
                &format!("removed {user} from workspace {workspace}"),
                format!("{user} is no member of workspace {workspace}"),
            )
        }
        MembersCommand::List { workspace, output } => list(store, &workspace, output.output).await,
    }
}

async fn list(store: &Store, workspace: &WorkspaceId, format: Format) -> Result<(), Failure> {
    let mut rows = Rows::new(format, &["USER ID", "ROLE"]);
    let mut after = None;
    loop {
        let members = store
            .members(workspace, after, PAGE)
            .await?
            .ok_or_else(|| no_such_workspace(workspace))?;
        after = members.last().map(|member| member.user_id.clone());
        let page: Vec<Row> = members
            .into_iter()
            .map(|member| Row {
                user_id: member.user_id.to_string(),
                role: member.role.as_str(),
            })
            .collect();
        rows.write(&page, |row| vec![row.user_id.clone(), row.role.to_owned()])?;
        if after.is_none() {
            return rows.finish();
        }
    }
}

fn told(
    change: MemberChange,
    workspace: &WorkspaceId,
    done: &str,
    refused: String,
) -> Result<(), Failure> {
    match change {
        MemberChange::Done => output::note(done),
        MemberChange::UnknownWorkspace => Err(no_such_workspace(workspace)),
        MemberChange::Refused => Err(Failure::Refused(refused)),
    }
}
