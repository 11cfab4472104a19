use std::time::Duration;

use clap::{Args, Subcommand};
use keyward_domain::{ApiKeyId, Mode, Overlap, SearchText, Sort, Status, Timestamp, WorkspaceId};

use super::OutputArgs;

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Create a key; its secret is shown this once
    ///
    /// On a terminal the key is described; piped, the secret alone is printed.
    Create(KeysCreateArgs),
    /// List a workspace's keys
    List(KeysListArgs),
    /// Show one key, with each of its live secrets and when it was last used
    Get {
        #[command(flatten)]
        key: KeyArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Show how often a key was denied, hour by hour and why, the newest hour first
    ///
    /// Counts are kept for 90 days. A running server writes them every few seconds
    /// (KEYWARD_LAST_USE_SECONDS).
    #[command(after_help = "\
Example:
  keyward keys denials --workspace ws_1 sk_live_0352LgEZNa95dBFUcIVbVc --since 2026-11-01T00:00:00Z")]
    Denials(DenialsArgs),
    /// Switch a key off, or all keys of a workspace; `keys enable` undoes it
    #[command(after_help = "\
Examples:
  keyward keys disable --workspace ws_1 sk_live_0352LgEZNa95dBFUcIVbVc
  keyward keys disable --workspace ws_1 --all --dry-run
  keyward keys disable --workspace ws_1 --all --yes")]
    Disable(DisableArgs),
    /// Switch a key on again
    Enable {
        #[command(flatten)]
        key: KeyArgs,
    },
    /// Delete a key, for good
    Delete {
        #[command(flatten)]
        key: KeyArgs,
        /// Don't ask
        #[arg(long)]
        yes: bool,
    },
    /// Give a key a new secret, shown this once; the old one lives on for a while
    ///
    /// On a terminal the rotation is described; piped, the new secret alone is printed.
    Rotate(RotateArgs),
    /// End the old secret that lives on from a rotation
    EndOverlap {
        #[command(flatten)]
        key: KeyArgs,
    },
    /// List the keys of all workspaces that end soon, the next one first
    #[command(after_help = "\
Example, for a daily cron job:
  keyward keys expiring --within 14d -o json")]
    Expiring {
        /// How soon
        #[arg(long, value_name = "DURATION", default_value = "14d", value_parser = humantime::parse_duration)]
        within: Duration,
        #[command(flatten)]
        output: OutputArgs,
    },
}

#[derive(Debug, Args)]
pub(crate) struct KeyArgs {
    /// Whose key
    #[arg(long, value_name = "WORKSPACE", value_parser = WorkspaceId::parse)]
    pub(crate) workspace: WorkspaceId,
    /// The key's id, not its secret
    #[arg(value_name = "KEY", value_parser = ApiKeyId::parse)]
    pub(crate) key: ApiKeyId,
}

#[derive(Debug, Args)]
pub(crate) struct KeysListArgs {
    /// Whose keys
    #[arg(long, value_name = "WORKSPACE", value_parser = WorkspaceId::parse)]
    pub(crate) workspace: WorkspaceId,
    /// Only keys of this status: ACTIVE, DISABLED or EXPIRED
    #[arg(long, value_name = "STATUS", value_parser = parse_status)]
    pub(crate) status: Option<Status>,
    /// Only keys of this mode
    #[arg(long)]
    pub(crate) mode: Option<ModeArg>,
    /// Only keys whose name contains the text, or whose id begins with it
    #[arg(long, value_name = "TEXT", value_parser = SearchText::parse)]
    pub(crate) search: Option<SearchText>,
    /// createdAt, name, lastUsedAt or expiresAt, with ,asc or ,desc
    #[arg(long, default_value = "createdAt,desc", value_parser = Sort::parse)]
    pub(crate) sort: Sort,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DenialsArgs {
    #[command(flatten)]
    pub(crate) key: KeyArgs,
    /// From the hour of this instant on, such as 2026-11-01T00:00:00Z; without it, all that is kept
    #[arg(long, value_name = "INSTANT", value_parser = Timestamp::parse_rfc3339)]
    pub(crate) since: Option<Timestamp>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DisableArgs {
    /// Whose keys
    #[arg(long, value_name = "WORKSPACE", value_parser = WorkspaceId::parse)]
    pub(crate) workspace: WorkspaceId,
    /// The key's id, not its secret
    #[arg(value_name = "KEY", value_parser = ApiKeyId::parse, required_unless_present = "all", conflicts_with = "all")]
    pub(crate) key: Option<ApiKeyId>,
    /// All keys of the workspace, for the bad day
    #[arg(long)]
    pub(crate) all: bool,
    /// Only say which keys it would be
    #[arg(long, requires = "all")]
    pub(crate) dry_run: bool,
    /// Don't ask
    #[arg(long, requires = "all")]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RotateArgs {
    #[command(flatten)]
    pub(crate) key: KeyArgs,
    /// How long the old secret lives on, 0s to 7d; it never outlives the key
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = parse_overlap)]
    pub(crate) overlap: Overlap,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

impl ModeArg {
    /// The mode that is meant.
    pub(crate) fn mode(self) -> Mode {
        match self {
            Self::Live => Mode::Live,
            Self::Test => Mode::Test,
        }
    }
}

fn parse_status(text: &str) -> Result<Status, &'static str> {
    Status::parse(text)
        .filter(|status| *status != Status::Deleted)
        .ok_or("must be ACTIVE, DISABLED or EXPIRED")
}

fn parse_overlap(text: &str) -> Result<Overlap, String> {
    let duration = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    i64::try_from(duration.as_secs())
        .ok()
        .and_then(|seconds| Overlap::from_seconds(seconds).ok())
        .ok_or_else(|| "must be 0s to 7d".to_owned())
}

#[derive(Debug, Args)]
pub(crate) struct KeysCreateArgs {
    /// Whose key
    #[arg(long, value_name = "WORKSPACE", value_parser = WorkspaceId::parse)]
    pub(crate) workspace: WorkspaceId,
    /// What to call it, 1 to 128 characters
    #[arg(long)]
    pub(crate) name: String,
    /// What it may do, by commas; without any it may do nothing
    #[arg(long, value_name = "SCOPE", value_delimiter = ',')]
    pub(crate) scopes: Vec<String>,
    /// LIVE or TEST
    #[arg(long, default_value = "LIVE")]
    pub(crate) mode: ModeArg,
    /// From which addresses or CIDR blocks it may be used, by commas; without any, from everywhere
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',')]
    pub(crate) ip_allowlist: Vec<String>,
    /// When it ends, such as 2027-01-31T12:00:00Z; without it, never
    #[arg(long, value_name = "INSTANT")]
    pub(crate) expires_at: Option<String>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
#[value(rename_all = "UPPER")]
pub(crate) enum ModeArg {
    /// Real operations
    Live,
    /// The sandbox
    Test,
}
