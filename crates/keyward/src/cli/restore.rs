use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::OutputArgs;

#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    /// The new file; only its owner can read it
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RestoreCommand {
    /// Find out what a restored, older store has lost, and which revoked keys it accepts again
    ///
    /// Compares the store with heads and events that were exported after the backup. Exit code 1 when
    /// events are lost, unless --disable has disabled all keys that were revoked in them. Run it
    /// before the nodes start again.
    #[command(after_help = "\
Example:
  keyward audit export --since 2026-11-30T00:00:00Z > events.jsonl      # by cron, to another place
  keyward restore check --events events.jsonl --heads heads.json
  keyward restore check --events events.jsonl --disable --yes")]
    Check(RestoreCheckArgs),
}

#[derive(Debug, Args)]
pub(crate) struct RestoreCheckArgs {
    /// Events since the backup or earlier, as `keyward audit export` writes them as JSON lines, also
    /// those with --deployment; may be repeated
    #[arg(long, value_name = "FILE", required_unless_present = "heads")]
    pub(crate) events: Vec<PathBuf>,
    /// An output of `keyward audit heads`
    #[arg(long, value_name = "FILE")]
    pub(crate) heads: Option<PathBuf>,
    /// The key with which the heads must be signed
    #[arg(long, value_name = "FILE", requires = "heads")]
    pub(crate) key_file: Option<PathBuf>,
    /// Disable the keys that were disabled, deleted or given another secret after the backup
    #[arg(long, requires = "events")]
    pub(crate) disable: bool,
    /// Do not ask for confirmation
    #[arg(long, requires = "disable")]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}
