use std::time::Duration;

use clap::{ArgGroup, Args, Subcommand};
use keyward_domain::{
    ApiKeyId, ExternalId, Limit, Mode, Overlap, SearchText, Sort, Status, Timestamp, UsageUnit,
    WorkspaceId,
};

use super::OutputArgs;
use super::limit::parse_limit;

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Create a key; its secret is shown only once
    ///
    /// A terminal shows the key and its secret; a pipe gets only the secret. Both begin with
    /// KEYWARD_KEY_PREFIX [default: sk], which must be the same as on the nodes.
    Create(KeysCreateArgs),
    /// List a workspace's keys
    List(KeysListArgs),
    /// Show a key with its valid secrets and their last uses
    Get {
        #[command(flatten)]
        key: KeyArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Show how often a key was denied, by hour and reason, newest hour first
    ///
    /// Counts are kept for KEYWARD_USAGE_DAYS (90). A running server writes them every few seconds
    /// (KEYWARD_LAST_USE_SECONDS).
    #[command(after_help = "\
Example:
  keyward keys denials --workspace ws_1 sk_live_0352LgEZNa95dBFUcIVbVc --since 2026-11-01T00:00:00Z")]
    Denials(DenialsArgs),
    /// Show how often a key was used and denied, by day or hour
    #[command(after_help = "\
Examples:
  keyward keys usage --workspace ws_1 sk_live_0352LgEZNa95dBFUcIVbVc
  keyward keys usage --workspace ws_1 sk_live_0352LgEZNa95dBFUcIVbVc --by hour --from 2026-11-28T00:00:00Z")]
    Usage(UsageArgs),
    /// Disable keys, or all keys of a workspace; undo it with `keys enable`
    #[command(after_help = "\
Examples:
  keyward keys disable --workspace ws_1 sk_live_0352LgEZNa95dBFUcIVbVc
  keyward keys disable --workspace ws_1 --all --dry-run
  keyward keys disable --workspace ws_1 --all --yes")]
    Disable(DisableArgs),
    /// Enable a key again
    Enable {
        #[command(flatten)]
        key: KeyArgs,
    },
    /// Delete a key permanently
    Delete {
        #[command(flatten)]
        key: KeyArgs,
        /// Skip the confirmation
        #[arg(long)]
        yes: bool,
    },
    /// Give a key a new secret, shown only once; the old one stays valid for a while
    ///
    /// A terminal shows the rotation and the new secret; a pipe gets only the new secret.
    Rotate(RotateArgs),
    /// End the overlap of a rotation, so that the old secret becomes invalid
    EndOverlap {
        #[command(flatten)]
        key: KeyArgs,
    },
    /// Replace the own limits of a key
    ///
    /// The plan of its workspace may add others. A limit that has the same name as one of the plan's
    /// must not be above it.
    #[command(after_help = "\
Examples:
  keyward keys set-limits --workspace ws_1 sk_live_0352LgEZNa95dBFUcIVbVc --limit requests:100/1m
  keyward keys set-limits --workspace ws_1 sk_live_0352LgEZNa95dBFUcIVbVc --clear")]
    SetLimits(SetLimitsArgs),
    /// List the keys of all workspaces that expire soon, in the order of their expiry
    #[command(after_help = "\
Example, for a daily cron job:
  keyward keys expiring --within 14d -o json")]
    Expiring {
        /// How soon they expire
        #[arg(long, value_name = "DURATION", default_value = "14d", value_parser = humantime::parse_duration)]
        within: Duration,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// List the keys without an expiry, of all workspaces or of one
    NeverExpiring {
        /// Only keys of this workspace
        #[arg(long, value_name = "WORKSPACE", value_parser = WorkspaceId::parse)]
        workspace: Option<WorkspaceId>,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// List the keys whose secret is older than the maximum lifetime, of all workspaces or of one
    ///
    /// The policy of its workspace counts for a key, else the deployment's (KEYWARD_KEY_LIFETIME_MAX_DAYS).
    /// With KEYWARD_KEY_LIFETIME_EXISTING=refuse these keys are expired. A rotation renews a key.
    #[command(after_help = "\
Example, before existing keys are refused:
  keyward keys over-lifetime --within 14d -o json")]
    OverLifetime {
        /// Also keys whose secret reaches the maximum within this time
        #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = humantime::parse_duration)]
        within: Duration,
        /// Only keys of this workspace
        #[arg(long, value_name = "WORKSPACE", value_parser = WorkspaceId::parse)]
        workspace: Option<WorkspaceId>,
        #[command(flatten)]
        output: OutputArgs,
    },
}

#[derive(Debug, Args)]
pub(crate) struct KeyArgs {
    /// The workspace of the key
    #[arg(long, value_name = "WORKSPACE", value_parser = WorkspaceId::parse)]
    pub(crate) workspace: WorkspaceId,
    /// The key's id, not its secret
    #[arg(value_name = "KEY", value_parser = ApiKeyId::parse)]
    pub(crate) key: ApiKeyId,
}

#[derive(Debug, Args)]
pub(crate) struct KeysListArgs {
    /// The workspace of the keys
    #[arg(long, value_name = "WORKSPACE", value_parser = WorkspaceId::parse)]
    pub(crate) workspace: WorkspaceId,
    /// Only keys with this status: ACTIVE, DISABLED or EXPIRED
    #[arg(long, value_name = "STATUS", value_parser = parse_status)]
    pub(crate) status: Option<Status>,
    /// Only keys with this mode
    #[arg(long)]
    pub(crate) mode: Option<ModeArg>,
    /// Only keys whose name contains the text, or whose id begins with it
    #[arg(long, value_name = "TEXT", value_parser = SearchText::parse)]
    pub(crate) search: Option<SearchText>,
    /// Only keys with exactly this external id
    #[arg(long, value_name = "ID", value_parser = ExternalId::parse)]
    pub(crate) external_id: Option<ExternalId>,
    /// Only keys that were never used
    #[arg(long)]
    pub(crate) never_used: bool,
    /// Only keys with a scope that no allowed call has ever required
    #[arg(long)]
    pub(crate) has_unused_scopes: bool,
    /// Only keys that were neither created nor used for this long, such as 90d
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration)]
    pub(crate) idle_for: Option<Duration>,
    /// Only keys that were denied within this time, such as 7d
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration)]
    pub(crate) denied_within: Option<Duration>,
    /// Only keys without an expiry
    #[arg(long)]
    pub(crate) never_expires: bool,
    /// Only keys that expire within this time, such as 14d
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration)]
    pub(crate) expires_within: Option<Duration>,
    /// Only keys with at least one scope (true), or only those without any (false)
    #[arg(long, value_name = "BOOLEAN")]
    pub(crate) has_scopes: Option<bool>,
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
    /// From the hour of this time on, such as 2026-11-01T00:00:00Z; otherwise everything stored
    #[arg(long, value_name = "INSTANT", value_parser = Timestamp::parse_rfc3339)]
    pub(crate) since: Option<Timestamp>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(crate) struct UsageArgs {
    #[command(flatten)]
    pub(crate) key: KeyArgs,
    /// The beginning [default: 30 days before the end by day, 24 hours by hour]
    #[arg(long, value_name = "INSTANT", value_parser = Timestamp::parse_rfc3339)]
    pub(crate) from: Option<Timestamp>,
    /// The end [default: now]
    #[arg(long, value_name = "INSTANT", value_parser = Timestamp::parse_rfc3339)]
    pub(crate) to: Option<Timestamp>,
    /// The length of each line: hour or day (UTC)
    #[arg(long, value_name = "UNIT", default_value = "day", value_parser = parse_unit)]
    pub(crate) by: UsageUnit,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

fn parse_unit(word: &str) -> Result<UsageUnit, String> {
    UsageUnit::parse(word).ok_or_else(|| "must be hour or day".to_owned())
}

#[derive(Debug, Args)]
pub(crate) struct DisableArgs {
    /// The workspace of the keys
    #[arg(long, value_name = "WORKSPACE", value_parser = WorkspaceId::parse)]
    pub(crate) workspace: WorkspaceId,
    /// The ids of the keys, not their secrets
    #[arg(value_name = "KEY", value_parser = ApiKeyId::parse, required_unless_present = "all", conflicts_with = "all")]
    pub(crate) keys: Vec<ApiKeyId>,
    /// All keys of the workspace, for an emergency
    #[arg(long)]
    pub(crate) all: bool,
    /// Only show which keys would be disabled
    #[arg(long, requires = "all")]
    pub(crate) dry_run: bool,
    /// Skip the confirmation
    #[arg(long, requires = "all")]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RotateArgs {
    #[command(flatten)]
    pub(crate) key: KeyArgs,
    /// How long the old secret stays valid, 0s to 7d; never after the key's expiry
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = parse_overlap)]
    pub(crate) overlap: Overlap,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("which").required(true))]
pub(crate) struct SetLimitsArgs {
    #[command(flatten)]
    pub(crate) key: KeyArgs,
    /// A limit as NAME:MAX/WINDOW, such as requests:100/1m or tokens:1000000/month, that may end with
    /// ,onUnavailable=allow; may be repeated, with different names
    #[arg(long = "limit", value_name = "LIMIT", value_parser = parse_limit, group = "which")]
    pub(crate) limits: Vec<Limit>,
    /// Remove the own limits of the key
    #[arg(long, group = "which")]
    pub(crate) clear: bool,
}

impl ModeArg {
    /// The domain's mode.
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

/// The first `=` ends the name.
fn parse_member(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("must be NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

#[derive(Debug, Args)]
pub(crate) struct KeysCreateArgs {
    /// The workspace of the key
    #[arg(long, value_name = "WORKSPACE", value_parser = WorkspaceId::parse)]
    pub(crate) workspace: WorkspaceId,
    /// The display name, 1 to 128 characters
    #[arg(long)]
    pub(crate) name: String,
    /// Scopes, separated by commas; without any, the key has no access
    #[arg(long, value_name = "SCOPE", value_delimiter = ',')]
    pub(crate) scopes: Vec<String>,
    /// LIVE or TEST
    #[arg(long, default_value = "LIVE")]
    pub(crate) mode: ModeArg,
    /// Allowed addresses or CIDR blocks, separated by commas; without any, every address is allowed
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',')]
    pub(crate) ip_allowlist: Vec<String>,
    /// The expiry, such as 2027-01-31T12:00:00Z; without it, the default of the lifetime policy
    #[arg(long, value_name = "INSTANT")]
    pub(crate) expires_at: Option<String>,
    /// What the key is for, at most 500 characters
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// What the platform calls the holder of the key, at most 255 visible ASCII characters
    #[arg(long, value_name = "ID")]
    pub(crate) external_id: Option<String>,
    /// A member of the metadata; may be repeated, with different names
    #[arg(long, value_name = "NAME=VALUE", value_parser = parse_member)]
    pub(crate) metadata: Vec<(String, String)>,
    /// A limit as NAME:MAX/WINDOW, such as requests:100/1m or tokens:1000000/month, that may end with
    /// ,onUnavailable=allow; may be repeated, with different names
    #[arg(long = "limit", value_name = "LIMIT", value_parser = parse_limit)]
    pub(crate) limits: Vec<Limit>,
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
