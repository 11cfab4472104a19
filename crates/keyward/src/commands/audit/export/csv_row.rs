use std::borrow::Cow;

use serde::Serialize;

use super::{Row, json};
use crate::failure::Failure;

/// A CSV line of [`Row`], with the key before and after as JSON. A spreadsheet evaluates no cell as
/// a formula.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CsvRow<'a> {
    workspace_id: Cow<'a, str>,
    position: u64,
    api_key_id: Cow<'a, str>,
    action: &'static str,
    actor_kind: &'static str,
    actor_user_id: Option<Cow<'a, str>>,
    portal: Option<&'static str>,
    address: Option<Cow<'a, str>>,
    request_id: Cow<'a, str>,
    occurred_at: Cow<'a, str>,
    before: Option<String>,
    after: Option<String>,
    hash: Cow<'a, str>,
}

impl<'a> CsvRow<'a> {
    pub(super) fn of(row: &'a Row) -> Result<Self, Failure> {
        Ok(Self {
            workspace_id: text(&row.workspace_id),
            position: row.position,
            api_key_id: text(&row.api_key_id),
            action: row.action,
            actor_kind: row.actor_kind,
            actor_user_id: row.actor_user_id.as_deref().map(text),
            portal: row.portal,
            address: row.address.as_deref().map(text),
            request_id: text(&row.request_id),
            occurred_at: text(&row.occurred_at),
            // JSON begins with a brace, so it needs no escape.
            before: row.before.as_ref().map(json).transpose()?,
            after: row.after.as_ref().map(json).transpose()?,
            hash: text(&row.hash),
        })
    }
}

/// A cell that a spreadsheet treats as text: an apostrophe precedes the characters that it would
/// evaluate (OWASP, CSV injection).
pub(super) fn text(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

#[cfg(test)]
mod tests {
    use super::text;

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
            assert_eq!(text(cell), want, "{cell:?}");
        }
    }
}
