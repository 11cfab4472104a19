use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use keyward_domain::{Timestamp, WorkspaceId};

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Find altered, removed or reordered events, and name them; exit code 1 when there are any
    ///
    /// It also compares each key and each member with what the events tell.
    Verify {
        /// Only the trail of this workspace
        #[arg(long, value_name = "WORKSPACE", value_parser = WorkspaceId::parse, conflicts_with = "heads")]
        workspace: Option<WorkspaceId>,
        /// Hold the trails to what `keyward audit heads` has printed before
        #[arg(long, value_name = "FILE")]
        heads: Option<PathBuf>,
        /// The key that those heads have to be signed with
        #[arg(long, value_name = "FILE", requires = "heads")]
        key_file: Option<PathBuf>,
    },
    /// Print where each trail ends, that of workspaces, members and scopes included
    ///
    /// Keep it elsewhere: a trail that somebody writes anew, with the database in their hands, ends
    /// otherwise.
    #[command(after_help = "\
Example:
  keyward audit heads --key-file audit.key > heads-2026-11-25.json
  keyward audit verify --heads heads-2026-11-25.json --key-file audit.key")]
    Heads {
        /// Sign them (HMAC-SHA-256) with this key: a file of 32 bytes or more, without its line break
        #[arg(long, value_name = "FILE")]
        key_file: Option<PathBuf>,
    },
    /// Write all events since an instant to stdout, oldest first
    #[command(after_help = "\
Example:
  keyward audit export --since 2026-11-01T00:00:00Z -o csv > november.csv")]
    Export {
        /// From when on, such as 2026-11-01T00:00:00Z
        #[arg(long, value_name = "INSTANT", value_parser = Timestamp::parse_rfc3339)]
        since: Timestamp,
        /// Only the trail of this workspace
        #[arg(long, value_name = "WORKSPACE", value_parser = WorkspaceId::parse)]
        workspace: Option<WorkspaceId>,
        /// The trail of workspaces, members and scopes instead of those of keys
        #[arg(long, conflicts_with = "workspace")]
        deployment: bool,
        /// How to write the events
        #[arg(short, long, value_enum, default_value_t)]
        output: ExportFormat,
    },
}

/// How events are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// One JSON object a line.
    #[default]
    Jsonl,
    /// Comma-separated values with a header (RFC 4180); what a spreadsheet would evaluate begins
    /// with an apostrophe.
    Csv,
}
