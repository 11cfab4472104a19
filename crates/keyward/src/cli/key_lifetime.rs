use clap::{ArgGroup, Args};
use keyward_domain::{ExistingKeys, InvalidLifetime, Lifetime, WorkspaceId};

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("policy").required(true).multiple(true))]
pub(crate) struct SetKeyLifetimeArgs {
    /// The platform's id of the workspace
    #[arg(value_name = "WORKSPACE", value_parser = WorkspaceId::parse)]
    pub(crate) workspace: WorkspaceId,
    /// Days after which a new key without an expiry expires, 1 to 3650
    #[arg(long, value_name = "DAYS", value_parser = parse_lifetime, group = "policy")]
    pub(crate) default_days: Option<Lifetime>,
    /// The latest expiry of a key, in days from the creation of its secret, 1 to 3650
    #[arg(long, value_name = "DAYS", value_parser = parse_lifetime, group = "policy")]
    pub(crate) max_days: Option<Lifetime>,
    /// on, or off to require an expiry; without it, off with a maximum, else on
    #[arg(long, value_name = "SWITCH", value_parser = parse_switch, group = "policy")]
    pub(crate) never_expires: Option<bool>,
    /// report: keys with an older secret go on working; refuse: they are EXPIRED. Without it, report
    #[arg(long, value_name = "WHAT", value_parser = parse_existing, group = "policy")]
    pub(crate) existing: Option<ExistingKeys>,
    /// Remove the workspace's own policy, so that the deployment's applies
    #[arg(
        long,
        group = "policy",
        conflicts_with_all = ["default_days", "max_days", "never_expires", "existing"]
    )]
    pub(crate) clear: bool,
}

fn parse_lifetime(text: &str) -> Result<Lifetime, InvalidLifetime> {
    Lifetime::from_days(text.parse().map_err(|_no_number| InvalidLifetime)?)
}

fn parse_switch(text: &str) -> Result<bool, &'static str> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("must be on or off"),
    }
}

fn parse_existing(text: &str) -> Result<ExistingKeys, &'static str> {
    match text {
        "report" => Ok(ExistingKeys::Report),
        "refuse" => Ok(ExistingKeys::Refuse),
        _ => Err("must be report or refuse"),
    }
}
