use clap::{Subcommand, ValueEnum};
use keyward_domain::{Timestamp, WorkspaceId};

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Find altered, removed or reordered events, and name them; exit code 1 when there are any
    Verify {
        /// Only the trail of this workspace
        #[arg(long, value_name = "WORKSPACE", value_parser = WorkspaceId::parse)]
        workspace: Option<WorkspaceId>,
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
