//! `keyward plans`.

use keyward_domain::ports::{PlanPut, PlanRemoval, Plans};
use keyward_domain::{Limit, Limits, Plan, PlanLimits, PlanName};
use keyward_persistence::Store;
use keyward_web::PlanData;

use super::{by_operator, limit_words};
use crate::cli::{Format, PlanArgs, PlansCommand, PlansSetArgs};
use crate::failure::Failure;
use crate::output;

pub(super) async fn run(store: &Store, command: PlansCommand) -> Result<(), Failure> {
    match command {
        PlansCommand::List { output } => list(store, output.output).await,
        PlansCommand::Show {
            plan: PlanArgs { plan },
            output,
        } => show(store, &plan, output.output).await,
        PlansCommand::Set(args) => set(store, args).await,
        PlansCommand::Delete {
            plan: PlanArgs { plan },
        } => delete(store, &plan).await,
    }
}

/// The refusal of a plan that does not exist.
pub(super) fn no_such_plan(plan: &PlanName) -> Failure {
    Failure::Refused(format!(
        "there is no plan {plan}; add it with: keyward plans set {plan}"
    ))
}

async fn list(store: &Store, format: Format) -> Result<(), Failure> {
    let plans = Plans::list(store).await?;
    if format == Format::Json {
        let rows: Vec<PlanData<'_>> = plans.iter().map(PlanData::of).collect();
        return output::json(&rows);
    }
    let columns = ["NAME", "KEY LIMITS", "WORKSPACE LIMITS"];
    let cells = plans.iter().map(|plan| {
        vec![
            plan.name.to_string(),
            limit_words::in_cell(&plan.limits.of_key),
            limit_words::in_cell(&plan.limits.of_workspace),
        ]
    });
    output::table(&columns, cells)
}

async fn show(store: &Store, name: &PlanName, format: Format) -> Result<(), Failure> {
    let plan = Plans::get(store, name).await?;
    let plan = plan.ok_or_else(|| no_such_plan(name))?;
    if format == Format::Json {
        return output::json(&PlanData::of(&plan));
    }
    let of_key = lines("each key", &plan.limits.of_key);
    let of_workspace = lines("workspace", &plan.limits.of_workspace);
    let columns = ["LIMIT OF", "NAME", "MAX", "WINDOW", "ON UNAVAILABLE"];
    output::table(&columns, of_key.chain(of_workspace))
}

fn lines<'a>(of: &'a str, limits: &'a Limits) -> impl Iterator<Item = Vec<String>> + 'a {
    limits.as_slice().iter().map(move |limit| {
        vec![
            of.to_owned(),
            limit.name.to_string(),
            limit.max.get().to_string(),
            limit.window.to_string(),
            limit.on_unavailable.as_str().to_owned(),
        ]
    })
}

async fn set(store: &Store, args: PlansSetArgs) -> Result<(), Failure> {
    let name = args.plan.plan;
    let plan = Plan {
        name: name.clone(),
        limits: PlanLimits {
            of_key: limits("--key-limit", args.key_limits)?,
            of_workspace: limits("--workspace-limit", args.workspace_limits)?,
        },
    };
    let note = match Plans::put(store, plan, by_operator(store)?).await? {
        PlanPut::Added => format!(
            "added plan {name}; give it to a workspace with: keyward workspaces set-plan \
             WORKSPACE {name}"
        ),
        PlanPut::Changed => format!("changed the limits of plan {name}"),
        PlanPut::Unchanged => format!("nothing to change: plan {name} already has these limits"),
    };
    output::note(&note)
}

fn limits(flag: &str, limits: Vec<Limit>) -> Result<Limits, Failure> {
    Limits::of(limits).map_err(|invalid| Failure::Refused(format!("{flag}: {invalid}")))
}

async fn delete(store: &Store, name: &PlanName) -> Result<(), Failure> {
    match Plans::remove(store, name, by_operator(store)?).await? {
        PlanRemoval::Done => output::note(&format!("deleted plan {name}")),
        PlanRemoval::Unknown => Err(no_such_plan(name)),
        PlanRemoval::InUse => Err(Failure::Refused(format!(
            "a workspace has plan {name}; find it with: keyward workspaces list; then give it \
             another plan, or take it away with: keyward workspaces set-plan WORKSPACE --clear"
        ))),
    }
}
