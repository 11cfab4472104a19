use clap::{ArgGroup, Args};
use keyward_domain::{PlanName, WorkspaceId};

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("which").required(true))]
pub(crate) struct SetPlanArgs {
    /// The platform's id of the workspace
    #[arg(value_name = "WORKSPACE", value_parser = WorkspaceId::parse)]
    pub(crate) workspace: WorkspaceId,
    /// The name of the plan
    #[arg(value_name = "PLAN", value_parser = PlanName::parse, group = "which")]
    pub(crate) plan: Option<PlanName>,
    /// Take the plan away, so that only the own limits of keys count
    #[arg(long, group = "which")]
    pub(crate) clear: bool,
}
