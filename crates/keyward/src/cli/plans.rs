use clap::{Args, Subcommand};
use keyward_domain::{Limit, PlanName};

use super::OutputArgs;
use super::limit::parse_limit;

#[derive(Debug, Subcommand)]
pub(crate) enum PlansCommand {
    /// List all plans
    List {
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Show the limits of a plan
    Show {
        #[command(flatten)]
        plan: PlanArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Add a plan, or replace all its limits
    ///
    /// The limits count at once for every workspace that has the plan. A workspace gets a plan with
    /// `keyward workspaces set-plan`.
    #[command(after_help = "\
A limit is NAME:MAX/WINDOW. The window is any time of this length, 1s to 31d, or day or month for a
calendar day or month (UTC). A limit that ends with ,onUnavailable=allow does not count while the
store is unreachable; without it, calls are not decided then.

Example:
  keyward plans set pro --key-limit requests:100/1m --key-limit tokens:1000000/month \\
    --workspace-limit requests:1000/1m,onUnavailable=allow")]
    Set(PlansSetArgs),
    /// Delete a plan that no workspace has
    Delete {
        #[command(flatten)]
        plan: PlanArgs,
    },
}

#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    /// The name of the plan
    #[arg(value_name = "PLAN", value_parser = PlanName::parse)]
    pub(crate) plan: PlanName,
}

#[derive(Debug, Args)]
pub(crate) struct PlansSetArgs {
    #[command(flatten)]
    pub(crate) plan: PlanArgs,
    /// A limit of each key of a workspace with this plan; may be repeated, with different names
    #[arg(long = "key-limit", value_name = "LIMIT", value_parser = parse_limit)]
    pub(crate) key_limits: Vec<Limit>,
    /// A limit that all keys of a workspace share; may be repeated, with different names
    #[arg(long = "workspace-limit", value_name = "LIMIT", value_parser = parse_limit)]
    pub(crate) workspace_limits: Vec<Limit>,
}
