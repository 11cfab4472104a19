mod deployment_row;
mod key_event_row;

use std::borrow::Cow;
use std::io::Write as _;

use keyward_domain::ports::{AuditEvents as _, DeploymentEvents as _};
use keyward_domain::{Timestamp, WorkspaceId};
use keyward_persistence::Store;
use serde::Serialize;

use self::deployment_row::DeploymentRow;
use self::key_event_row::KeyEventRow;
use crate::cli::ExportFormat;
use crate::failure::Failure;
use crate::progress::Progress;

const BATCH: u32 = 1_000;

pub(super) async fn run(
    store: &Store,
    since: Timestamp,
    workspace: Option<WorkspaceId>,
    format: ExportFormat,
) -> Result<(), Failure> {
    let mut progress = Progress::begin("exporting events", None);
    let mut writer = Writer::new(format, &key_event_row::COLUMNS)?;
    let mut after = None;
    loop {
        let events = store.since(workspace.clone(), since, after, BATCH).await?;
        let Some(last) = events.last() else {
            break;
        };
        after = Some(last.place());
        for event in &events {
            let row = KeyEventRow::of(event);
            writer.write(&row, || row.cells())?;
        }
        progress.add(u64::try_from(events.len()).unwrap_or(u64::MAX))?;
    }
    writer.finish()?;
    progress.finish();
    Ok(())
}

/// Exports the deployment's events.
pub(super) async fn run_deployment(
    store: &Store,
    since: Timestamp,
    format: ExportFormat,
) -> Result<(), Failure> {
    let mut progress = Progress::begin("exporting events", None);
    let mut writer = Writer::new(format, &deployment_row::COLUMNS)?;
    let mut after = 0;
    loop {
        let lines = store.deployment_lines(after, BATCH).await?;
        let Some(last) = lines.last() else {
            break;
        };
        after = last.position;
        for line in &lines {
            let occurred_at = line.event.as_ref().map(|event| event.by.occurred_at);
            if occurred_at.is_none_or(|at| at >= since) {
                let row = DeploymentRow::of(line)?;
                writer.write(&row, || row.cells())?;
            }
        }
        progress.add(u64::try_from(lines.len()).unwrap_or(u64::MAX))?;
    }
    writer.finish()?;
    progress.finish();
    Ok(())
}

/// Writes events to stdout.
enum Writer {
    Jsonl(std::io::BufWriter<std::io::Stdout>),
    Csv(Box<csv::Writer<std::io::Stdout>>),
}

impl Writer {
    /// A writer of rows with these columns.
    fn new(format: ExportFormat, columns: &[&str]) -> Result<Self, Failure> {
        Ok(match format {
            ExportFormat::Jsonl => Self::Jsonl(std::io::BufWriter::new(std::io::stdout())),
            ExportFormat::Csv => {
                let mut out = csv::Writer::from_writer(std::io::stdout());
                out.write_record(columns).map_err(unwritable)?;
                Self::Csv(Box::new(out))
            }
        })
    }

    /// Writes an event: `row` as JSON, or `cells` as CSV.
    fn write<const N: usize>(
        &mut self,
        row: &impl Serialize,
        cells: impl FnOnce() -> Result<[String; N], Failure>,
    ) -> Result<(), Failure> {
        match self {
            Self::Jsonl(out) => {
                let line = json(row)?;
                writeln!(out, "{line}").map_err(Failure::io("can't write to stdout"))
            }
            Self::Csv(out) => {
                let cells = cells()?;
                let cells = cells.iter().map(|cell| spreadsheet_text(cell));
                out.write_record(cells.map(Cow::into_owned))
                    .map_err(unwritable)
            }
        }
    }

    fn finish(self) -> Result<(), Failure> {
        match self {
            Self::Jsonl(mut out) => out.flush(),
            Self::Csv(mut out) => out.flush(),
        }
        .map_err(Failure::io("can't write to stdout"))
    }
}

fn unwritable(error: csv::Error) -> Failure {
    Failure::io("can't write to stdout")(error.into())
}

/// A cell that spreadsheets read as text. An apostrophe comes before a text that they would
/// evaluate (OWASP, CSV injection).
fn spreadsheet_text(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// The cell of an optional value: empty, or JSON.
fn json_cell(value: Option<&impl Serialize>) -> Result<String, Failure> {
    value.map_or_else(|| Ok(String::new()), json)
}

fn json(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(value)
        .map_err(|error| Failure::Refused(format!("can't write JSON: {error}")))
}

#[cfg(test)]
mod tests {
    use super::spreadsheet_text;

    #[test]
    fn no_cell_is_a_formula() {
        for (cell, want) in [
            ("=HYPERLINK(\"x\")", "'=HYPERLINK(\"x\")"),
            ("+1", "'+1"),
            ("-1+1", "'-1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("a=1", "a=1"),
            ("'=1", "'=1"),
            ("", ""),
            ("2001:db8::1", "2001:db8::1"),
        ] {
            assert_eq!(spreadsheet_text(cell), want, "{cell:?}");
        }
    }
}
