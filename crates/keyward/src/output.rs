//! Output: data goes to stdout, everything else to stderr.

mod rows;

use std::io::{IsTerminal as _, Write as _};

use serde::Serialize;

pub(crate) use self::rows::{PAGE, Rows};
use crate::cli::Format;
use crate::failure::Failure;

/// Writes a line to stdout in one piece, so that nothing else gets into it.
pub(crate) fn line(text: &str) -> Result<(), Failure> {
    raw(format!("{text}\n").as_bytes())
}

/// Writes a whole document to stdout.
pub(crate) fn raw(document: &[u8]) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    stdout
        .write_all(document)
        .and_then(|()| stdout.flush())
        .map_err(Failure::io("can't write to stdout"))
}

/// Writes a part of a line to stdout.
fn text(text: &str) -> Result<(), Failure> {
    write!(std::io::stdout(), "{text}").map_err(Failure::io("can't write to stdout"))
}

/// Writes a line for people to stderr. Never fails: the operation was successful even without the
/// message, and a secret that follows on stdout must still be written.
#[expect(
    clippy::unnecessary_wraps,
    reason = "most commands end with it, successfully"
)]
pub(crate) fn note(text: &str) -> Result<(), Failure> {
    let line = format!("{text}\n");
    let _nobody_listens = std::io::stderr().write_all(line.as_bytes());
    Ok(())
}

/// Writes a warning to stderr. Ignores failures.
pub(crate) fn warn(text: &str) {
    let _nobody_listens = writeln!(std::io::stderr(), "keyward: warning: {text}");
}

/// Asks for confirmation. Without a terminal, `yes` is required.
pub(crate) fn confirm(question: &str, yes: bool) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        return Err(Failure::Refused(format!(
            "{question} There is no terminal to confirm it; use --yes"
        )));
    }
    write!(std::io::stderr(), "{question} [y/N] ").map_err(Failure::io("can't write to stderr"))?;
    let mut answer = String::new();
    std::io::stdin()
        .read_line(&mut answer)
        .map_err(Failure::io("can't read from stdin"))?;
    match answer.trim() {
        "y" | "Y" | "yes" => Ok(()),
        _ => Err(Failure::Refused("nothing was done".to_owned())),
    }
}

/// Whether stdout is a terminal.
pub(crate) fn is_terminal() -> bool {
    std::io::stdout().is_terminal()
}

/// Writes one JSON document to stdout.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| Failure::Refused(format!("can't write JSON: {error}")))?;
    line(&text)
}

/// Writes rows as JSON, or as a table with the columns of `cells`.
pub(crate) fn rows<T: Serialize>(
    format: Format,
    columns: &[&str],
    rows: &[T],
    cells: impl Fn(&T) -> Vec<String>,
) -> Result<(), Failure> {
    match format {
        Format::Json => json(&rows),
        Format::Table => table(columns, rows.iter().map(cells)),
    }
}

/// Writes a table with these columns.
pub(crate) fn table(
    columns: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
) -> Result<(), Failure> {
    let header = columns.iter().map(|column| (*column).to_owned()).collect();
    let lines: Vec<Vec<String>> = std::iter::once(header)
        .chain(rows.map(|row| row.iter().map(|c| inert(c)).collect()))
        .collect();
    let widths = widths(columns.len(), &lines);
    lines
        .iter()
        .try_for_each(|cells| line(&padded(cells, &widths)))
}

/// The width of each column.
fn widths(columns: usize, lines: &[Vec<String>]) -> Vec<usize> {
    (0..columns)
        .map(|at| {
            let cells = lines.iter().filter_map(|cells| cells.get(at));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect()
}

/// The cells of a line, padded to the widths of their columns.
fn padded(cells: &[String], widths: &[usize]) -> String {
    let padded: Vec<String> = cells
        .iter()
        .zip(widths)
        .map(|(cell, width)| format!("{cell:<width$}"))
        .collect();
    padded.join("  ").trim_end().to_owned()
}

/// A cell without control characters for the terminal.
pub(crate) fn inert(cell: &str) -> String {
    cell.chars()
        .map(|c| if c.is_control() { '\u{FFFD}' } else { c })
        .collect()
}
