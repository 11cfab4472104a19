use std::net::SocketAddr;

use clap::{Args, Subcommand};

use super::{ListenArgs, OutputArgs};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct DoctorArgs {
    #[command(subcommand)]
    pub(crate) command: Option<DoctorCommand>,
    #[command(flatten)]
    pub(crate) listen: ListenArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DoctorCommand {
    /// Listen in the place of a node, and show what a gateway really sends, without secrets
    ///
    /// Every call is denied. KEYWARD_TRUSTED_PROXIES counts as for a node.
    Gateway(DoctorGatewayArgs),
}

#[derive(Debug, Args)]
pub(crate) struct DoctorGatewayArgs {
    /// Where to listen; port 0 selects a free port
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8081")]
    pub(crate) listen: SocketAddr,
}
