//! `keyward workspaces`.

use keyward_domain::ports::{
    PlanAssignment, Plans as _, SettingChange, WorkspaceDirectory as _, WorkspaceRemoval,
};
use keyward_domain::{
    InvalidLeakPolicy, InvalidLifetimePolicy, LeakPolicy, Lifetime, LifetimePolicy,
};
use keyward_persistence::Store;
use keyward_web::{KeyLifetimeData, LeakPolicyData};
use serde::Serialize;

use super::plans::no_such_plan;
use super::{by_operator, no_such_workspace};
use crate::cli::Format;
use crate::cli::{SetKeyLifetimeArgs, SetLeakPolicyArgs, SetPlanArgs, WorkspacesCommand};
use crate::failure::Failure;
use crate::output::{self, PAGE, Rows};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: String,
    key_count: u32,
    created_at: String,
    key_lifetime: Option<KeyLifetimeData>,
    leak_policy: Option<LeakPolicyData>,
    plan: Option<String>,
    /// For the table.
    #[serde(skip)]
    in_words: Option<String>,
    /// For the table.
    #[serde(skip)]
    leaks_in_words: Option<String>,
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
        WorkspacesCommand::SetKeyLifetime(args) => set_key_lifetime(store, args).await,
        WorkspacesCommand::SetLeakPolicy(args) => set_leak_policy(store, args).await,
        WorkspacesCommand::SetPlan(args) => set_plan(store, args).await,
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

async fn set_key_lifetime(store: &Store, args: SetKeyLifetimeArgs) -> Result<(), Failure> {
    let SetKeyLifetimeArgs {
        workspace,
        default_days,
        max_days,
        never_expires,
        existing,
        clear,
    } = args;
    let policy = if clear {
        None
    } else {
        let never_expires = never_expires.unwrap_or(max_days.is_none());
        let existing = existing.unwrap_or_default();
        let policy = LifetimePolicy::new(default_days, max_days, never_expires, existing);
        Some(policy.map_err(|invalid| {
            Failure::Refused(match invalid {
                InvalidLifetimePolicy::DefaultBeyondMax => {
                    "--default-days must not be more than --max-days".to_owned()
                }
                InvalidLifetimePolicy::RefusedWithoutMax => {
                    "--existing refuse needs --max-days".to_owned()
                }
            })
        })?)
    };
    let set = store.set_key_lifetime(&workspace, policy, by_operator(store)?);
    match (set.await?, policy) {
        (SettingChange::UnknownWorkspace, _) => Err(no_such_workspace(&workspace)),
        (SettingChange::Unchanged, _) => output::note(&format!(
            "nothing to change: workspace {workspace} already has this policy"
        )),
        (SettingChange::Done, Some(_)) => output::note(&format!(
            "workspace {workspace} has its own policy for the lifetime of keys"
        )),
        (SettingChange::Done, None) => output::note(&format!(
            "workspace {workspace} has no policy of its own: the deployment's applies"
        )),
    }
}

async fn set_leak_policy(store: &Store, args: SetLeakPolicyArgs) -> Result<(), Failure> {
    // Without a reaction, `--clear` is required.
    let SetLeakPolicyArgs {
        workspace,
        reaction,
        grace_hours,
        clear: _,
    } = args;
    let policy = reaction.map(|reaction| {
        LeakPolicy::parse(&reaction.to_ascii_uppercase(), grace_hours).map_err(|invalid| {
            Failure::Refused(match invalid {
                InvalidLeakPolicy::UnknownReaction => invalid.to_string(),
                InvalidLeakPolicy::GraceMissing => {
                    "--reaction expire needs --grace-hours".to_owned()
                }
                InvalidLeakPolicy::GraceUnused => {
                    "--grace-hours needs --reaction expire".to_owned()
                }
            })
        })
    });
    let policy = policy.transpose()?;
    let set = store.set_leak_policy(&workspace, policy, by_operator(store)?);
    match (set.await?, policy) {
        (SettingChange::UnknownWorkspace, _) => Err(no_such_workspace(&workspace)),
        (SettingChange::Unchanged, _) => output::note(&format!(
            "nothing to change: workspace {workspace} already has this policy"
        )),
        (SettingChange::Done, Some(policy)) => output::note(&format!(
            "workspace {workspace} has this policy for leaked secrets: {}",
            leaks_in_words(policy)
        )),
        (SettingChange::Done, None) => output::note(&format!(
            "workspace {workspace} has no policy for leaked secrets: its keys are disabled"
        )),
    }
}

async fn set_plan(store: &Store, args: SetPlanArgs) -> Result<(), Failure> {
    // Without a plan, `--clear` is required.
    let SetPlanArgs {
        workspace,
        plan,
        clear: _,
    } = args;
    let assigned = store.assign(&workspace, plan.clone(), by_operator(store)?);
    let note = match (assigned.await?, plan) {
        (PlanAssignment::UnknownWorkspace, _) => return Err(no_such_workspace(&workspace)),
        (PlanAssignment::UnknownPlan, Some(plan)) => return Err(no_such_plan(&plan)),
        (PlanAssignment::Done, Some(plan)) => format!("workspace {workspace} has plan {plan}"),
        (PlanAssignment::Unchanged, Some(plan)) => {
            format!("nothing to change: workspace {workspace} already has plan {plan}")
        }
        (PlanAssignment::Done, None) => format!("workspace {workspace} has no plan"),
        (PlanAssignment::Unchanged | PlanAssignment::UnknownPlan, None) => {
            format!("nothing to change: workspace {workspace} has no plan")
        }
    };
    output::note(&note)
}

/// A policy in one cell: `default 30d, max 90d, refuse`.
fn in_words(policy: &LifetimePolicy) -> String {
    let days = |word: &str, lifetime: Option<Lifetime>| {
        lifetime.map(|lifetime| format!("{word} {}d", lifetime.days()))
    };
    let required = (!policy.may_never_expire()).then(|| "expiry required".to_owned());
    let parts = [
        days("default", policy.default_lifetime()),
        days("max", policy.max()),
        required,
        Some(policy.existing().as_str().to_ascii_lowercase()),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join(", ")
}

/// A policy in one cell: `expire after 24h`.
fn leaks_in_words(policy: LeakPolicy) -> String {
    let reaction = policy.reaction().to_ascii_lowercase();
    match policy.grace() {
        Some(grace) => format!("{reaction} after {}h", grace.hours()),
        None => reaction,
    }
}

async fn list(store: &Store, format: Format) -> Result<(), Failure> {
    let mut rows = Rows::new(
        format,
        &[
            "ID",
            "KEYS",
            "CREATED AT",
            "KEY LIFETIME",
            "LEAKED SECRETS",
            "PLAN",
        ],
    );
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
                key_lifetime: workspace.key_lifetime.as_ref().map(KeyLifetimeData::of),
                leak_policy: workspace.leak_policy.as_ref().map(LeakPolicyData::of),
                plan: workspace.plan.as_ref().map(ToString::to_string),
                in_words: workspace.key_lifetime.as_ref().map(in_words),
                leaks_in_words: workspace.leak_policy.map(leaks_in_words),
            })
            .collect();
        rows.write(&page, |row| {
            vec![
                row.id.clone(),
                row.key_count.to_string(),
                row.created_at.clone(),
                row.in_words.clone().unwrap_or_else(|| "-".to_owned()),
                row.leaks_in_words.clone().unwrap_or_else(|| "-".to_owned()),
                row.plan.clone().unwrap_or_else(|| "-".to_owned()),
            ]
        })?;
        if after.is_none() {
            return rows.finish();
        }
    }
}
