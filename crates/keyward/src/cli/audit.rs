use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use keyward_domain::{Timestamp, WorkspaceId};

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Find altered, removed or reordered events, and print them; exit code 1 when there are any
    ///
    /// It also compares each key and each member with the events.
    Verify {
        /// Only the trail of this workspace
        #[arg(long, value_name = "WORKSPACE", value_parser = WorkspaceId::parse, conflicts_with = "heads")]
        workspace: Option<WorkspaceId>,
        /// Compare the trails with an earlier output of `keyward audit heads`
        #[arg(long, value_name = "FILE")]
        heads: Option<PathBuf>,
        /// The key with which those heads must be signed
        #[arg(long, value_name = "FILE", requires = "heads")]
        key_file: Option<PathBuf>,
    },
    /// Print the head of each trail, including the trail of workspaces, members, plans and scopes
    ///
    /// Keep the output in another place: a trail that was rewritten by someone with access to the
    /// database has a different head.
    #[command(after_help = "\
Example:
  keyward audit heads --key-file audit.key > heads-2026-11-25.json
  keyward audit verify --heads heads-2026-11-25.json --key-file audit.key")]
    Heads {
        /// Sign the heads (HMAC-SHA-256) with this key: a file of 32 bytes or more, without its
        /// line break
        #[arg(long, value_name = "FILE")]
        key_file: Option<PathBuf>,
    },
    /// Write all events since an instant to stdout, oldest first
    #[command(after_help = "\
Example:
  keyward audit export --since 2026-11-01T00:00:00Z -o csv > november.csv")]
    Export {
        /// The earliest time, such as 2026-11-01T00:00:00Z
        #[arg(long, value_name = "INSTANT", value_parser = Timestamp::parse_rfc3339)]
        since: Timestamp,
        /// Only the trail of this workspace
        #[arg(long, value_name = "WORKSPACE", value_parser = WorkspaceId::parse)]
        workspace: Option<WorkspaceId>,
        /// The trail of workspaces, members, plans and scopes instead of the trails of keys
        #[arg(long, conflicts_with = "workspace")]
        deployment: bool,
        /// The output format
        #[arg(short, long, value_enum, default_value_t)]
        output: ExportFormat,
    },
}

/// The format of an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// One JSON object per line.
    #[default]
    Jsonl,
    /// Comma-separated values with a header (RFC 4180). A cell that a spreadsheet would evaluate
    /// begins with an apostrophe.
    Csv,
}
