use clap::{ArgGroup, Args};
use keyward_domain::{GracePeriod, InvalidGracePeriod, WorkspaceId};

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("policy").required(true))]
pub(crate) struct SetLeakPolicyArgs {
    /// The platform's id of the workspace
    #[arg(value_name = "WORKSPACE", value_parser = WorkspaceId::parse)]
    pub(crate) workspace: WorkspaceId,
    /// notify: only publish an event; disable: disable the key; expire: let it expire after the grace
    /// period
    #[arg(long, value_name = "WHAT", value_parser = ["notify", "disable", "expire"], group = "policy")]
    pub(crate) reaction: Option<String>,
    /// With expire: the hours until the key expires, 1 to 720
    #[arg(long, value_name = "HOURS", value_parser = parse_grace, requires = "reaction")]
    pub(crate) grace_hours: Option<GracePeriod>,
    /// Remove the workspace's policy, so that its keys are disabled
    #[arg(long, group = "policy")]
    pub(crate) clear: bool,
}

fn parse_grace(text: &str) -> Result<GracePeriod, InvalidGracePeriod> {
    GracePeriod::from_hours(text.parse().map_err(|_no_number| InvalidGracePeriod)?)
}
