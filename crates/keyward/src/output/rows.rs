//! Writes rows page by page, so that only one page is in memory.

use serde::Serialize;

use super::{Format, inert, line, padded, widths};
use crate::failure::Failure;

/// How many rows are read and written at a time.
pub(crate) const PAGE: u32 = 1_000;

/// A list on stdout: one JSON array, or a table that is aligned by its first page.
pub(crate) struct Rows {
    format: Format,
    columns: &'static [&'static str],
    /// Known after the first page.
    widths: Option<Vec<usize>>,
    has_begun: bool,
}

impl Rows {
    /// A list without any row.
    pub(crate) fn new(format: Format, columns: &'static [&'static str]) -> Self {
        Self {
            format,
            columns,
            widths: None,
            has_begun: false,
        }
    }

    /// Writes a page: as JSON, or the cells of `cells`.
    pub(crate) fn write<T: Serialize>(
        &mut self,
        page: &[T],
        cells: impl Fn(&T) -> Vec<String>,
    ) -> Result<(), Failure> {
        match self.format {
            Format::Json => page.iter().try_for_each(|row| self.write_json(row)),
            Format::Table => self.write_table(page.iter().map(cells)),
        }
    }

    /// Ends the list.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        match self.format {
            Format::Json if self.has_begun => line("\n]"),
            Format::Json => line("[]"),
            // The header of a list without rows.
            Format::Table => self.write_table(std::iter::empty()),
        }
    }

    fn write_json(&mut self, row: &impl Serialize) -> Result<(), Failure> {
        let json = serde_json::to_string_pretty(row)
            .map_err(|error| Failure::Refused(format!("can't write JSON: {error}")))?;
        let separator = if self.has_begun { ",\n" } else { "[\n" };
        self.has_begun = true;
        super::text(&format!("{separator}  {}", json.replace('\n', "\n  ")))
    }

    fn write_table(&mut self, rows: impl Iterator<Item = Vec<String>>) -> Result<(), Failure> {
        let mut lines: Vec<Vec<String>> = rows
            .map(|row| row.iter().map(|cell| inert(cell)).collect())
            .collect();
        let widths = if let Some(widths) = self.widths.take() {
            widths
        } else {
            let header = self.columns.iter().map(|column| (*column).to_owned());
            lines.insert(0, header.collect());
            widths(self.columns.len(), &lines)
        };
        for cells in &lines {
            line(&padded(cells, &widths))?;
        }
        self.widths = Some(widths);
        Ok(())
    }
}
