use clap::Subcommand;

use super::OutputArgs;

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Show all settings of `keyward serve` that are in force, without secrets
    ///
    /// It also checks them: a wrong value is exit code 3.
    #[command(after_help = "\
Example:
  keyward config show --origin")]
    Show {
        /// Also where each value comes from: the environment, a file, or the default
        #[arg(long)]
        origin: bool,
        #[command(flatten)]
        output: OutputArgs,
    },
}
