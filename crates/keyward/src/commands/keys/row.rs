use keyward_domain::{ApiKey, Timestamp};
use keyward_web::{KeyData, LimitData};
use serde::Serialize;

use crate::cli::Format;
use crate::failure::Failure;
use crate::output;

/// A key as operators see it, with the contract's members.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row<'a> {
    workspace_id: &'a str,
    #[serde(flatten)]
    pub(super) key: KeyData<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) secret: Option<&'a str>,
}

/// A column of a table: its header, and the function that returns a key's cell.
type Column = (&'static str, fn(&Row<'_>) -> String);

const COLUMNS: [Column; 10] = [
    ("API KEY ID", |row| row.key.api_key_id.clone()),
    ("HINT", |row| row.key.secret_hint.clone()),
    ("NAME", |row| row.key.name.to_owned()),
    ("STATUS", |row| row.key.status.to_owned()),
    ("MODE", |row| row.key.mode.to_owned()),
    ("SCOPES", |row| or_dash(&row.key.scopes.join(","))),
    ("IP ALLOWLIST", |row| {
        or_dash(&row.key.ip_allowlist.join(","))
    }),
    ("CREATED AT", |row| row.key.created_at.clone()),
    ("LAST USED AT", |row| {
        or_dash(row.key.last_used_at.as_deref().unwrap_or_default())
    }),
    ("EXPIRES AT", |row| {
        or_dash(row.key.expires_at.as_deref().unwrap_or_default())
    }),
];

/// The headers of [`Row::cells_with_workspace`].
pub(super) const HEADERS_WITH_WORKSPACE: [&str; 11] = [
    "WORKSPACE",
    "API KEY ID",
    "HINT",
    "NAME",
    "STATUS",
    "MODE",
    "SCOPES",
    "IP ALLOWLIST",
    "CREATED AT",
    "LAST USED AT",
    "EXPIRES AT",
];

/// Writes keys, one per line.
pub(super) fn write(format: Format, rows: &[Row<'_>]) -> Result<(), Failure> {
    let headers = COLUMNS.map(|(header, _cell)| header);
    output::rows(format, &headers, rows, |row| {
        COLUMNS.iter().map(|(_header, cell)| cell(row)).collect()
    })
}

/// Writes keys of several workspaces, one per line.
pub(super) fn write_with_workspace(format: Format, rows: &[Row<'_>]) -> Result<(), Failure> {
    output::rows(
        format,
        &HEADERS_WITH_WORKSPACE,
        rows,
        Row::cells_with_workspace,
    )
}

/// Writes one key: one member per line, then its valid secrets.
pub(super) fn write_one(format: Format, row: &Row<'_>) -> Result<(), Failure> {
    if format == Format::Json {
        return output::json(row);
    }
    let members = COLUMNS.iter();
    let members = members.map(|(header, cell)| vec![header.to_ascii_lowercase(), cell(row)]);
    output::table(
        &["MEMBER", "VALUE"],
        members.chain(annotations_and_limits(row)),
    )?;
    output::line("")?;
    let headers = [
        "SECRET",
        "CREATED AT",
        "ENDS AT",
        "LAST USED AT",
        "FROM",
        "USES",
    ];
    output::rows(format, &headers, &row.key.secrets, |secret| {
        let or_dash = |text: Option<&String>| text.map_or_else(|| "-".to_owned(), Clone::clone);
        vec![
            secret.secret_hint.clone(),
            secret.created_at.clone(),
            or_dash(secret.ends_at.as_ref()),
            or_dash(secret.last_used_at.as_ref()),
            or_dash(secret.last_used_address.as_ref()),
            secret.use_count.to_string(),
        ]
    })
}

/// The annotations and limits that the key has.
fn annotations_and_limits(row: &Row<'_>) -> Vec<Vec<String>> {
    let one = |name: &str, value: &str| vec![name.to_owned(), value.to_owned()];
    let description = row.key.description.map(|text| one("description", text));
    let external_id = row.key.external_id.map(|id| one("external id", id));
    let metadata = row.key.metadata.iter().flatten();
    let metadata = metadata.map(|(name, value)| one(&format!("metadata {name}"), value));
    let limits = row.key.limits.iter();
    let limits = limits.map(|limit| {
        let LimitData {
            name,
            max,
            window,
            on_unavailable,
        } = limit;
        one(
            &format!("limit {name}"),
            &format!("{max} in {window}, onUnavailable {on_unavailable}"),
        )
    });
    description
        .into_iter()
        .chain(external_id)
        .chain(metadata)
        .chain(limits)
        .collect()
}

fn or_dash(text: &str) -> String {
    if text.is_empty() {
        "-".to_owned()
    } else {
        text.to_owned()
    }
}

impl<'a> Row<'a> {
    /// A key at `now`.
    pub(super) fn of(key: &'a ApiKey, now: Timestamp) -> Self {
        Self {
            workspace_id: key.fields().workspace_id.as_str(),
            key: KeyData::of(key, now),
            secret: None,
        }
    }

    /// The cells of a line that also names the workspace.
    pub(super) fn cells_with_workspace(&self) -> Vec<String> {
        let cells = COLUMNS.iter().map(|(_header, cell)| cell(self));
        std::iter::once(self.workspace_id.to_owned())
            .chain(cells)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_headers_are_those_of_the_columns_after_the_workspace() {
        let columns = COLUMNS.map(|(header, _cell)| header);
        assert_eq!(HEADERS_WITH_WORKSPACE[1..], columns);
    }
}
