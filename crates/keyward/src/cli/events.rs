use clap::Subcommand;
use keyward_domain::WorkspaceId;

#[derive(Debug, Subcommand)]
pub(crate) enum EventsCommand {
    /// Write published events to stdout, the oldest first, one JSON object per line
    ///
    /// What happened to keys, workspaces, members, plans and scopes, in one order, each event once.
    #[command(after_help = "\
Example:
  keyward events tail --after 1200 --follow")]
    Tail {
        /// Only events after this position; with a workspace, after this sequence
        #[arg(long, value_name = "NUMBER", default_value_t = 0)]
        after: u64,
        /// Only the events about keys of this workspace
        #[arg(long, value_name = "WORKSPACE", value_parser = WorkspaceId::parse)]
        workspace: Option<WorkspaceId>,
        /// Wait for more, until the command is interrupted
        #[arg(short, long)]
        follow: bool,
    },
}
