use keyward_domain::{ApiKey, SecretHint, StoredSecret, Timestamp};
use serde::Serialize;

use crate::cli::Format;
use crate::failure::Failure;
use crate::output;

/// A key as operators see it, with the contract's members.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row {
    pub(super) workspace_id: String,
    pub(super) api_key_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) secret: Option<String>,
    name: String,
    status: &'static str,
    mode: &'static str,
    scopes: Vec<String>,
    ip_whitelist: Vec<String>,
    created_at: String,
    secret_hint: String,
    last_used_at: Option<String>,
    expires_at: Option<String>,
    created_by: Option<String>,
    secrets: Vec<SecretRow>,
}

/// A valid secret of the key.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SecretRow {
    secret_hint: String,
    created_at: String,
    /// When it becomes invalid; `None` for the current secret.
    ends_at: Option<String>,
    last_used_at: Option<String>,
    last_used_address: Option<String>,
    use_count: u64,
}

/// A column of a table: its header and its value for a key.
type Column = (&'static str, fn(&Row) -> String);

const COLUMNS: [Column; 10] = [
    ("API KEY ID", |row| row.api_key_id.clone()),
    ("HINT", |row| row.secret_hint.clone()),
    ("NAME", |row| row.name.clone()),
    ("STATUS", |row| row.status.to_owned()),
    ("MODE", |row| row.mode.to_owned()),
    ("SCOPES", |row| or_dash(&row.scopes.join(","))),
    ("IP ALLOWLIST", |row| or_dash(&row.ip_whitelist.join(","))),
    ("CREATED AT", |row| row.created_at.clone()),
    ("LAST USED AT", |row| {
        or_dash(row.last_used_at.as_deref().unwrap_or_default())
    }),
    ("EXPIRES AT", |row| {
        or_dash(row.expires_at.as_deref().unwrap_or_default())
    }),
];

/// Writes keys, one per line.
pub(super) fn write(format: Format, rows: &[Row]) -> Result<(), Failure> {
    let headers = COLUMNS.map(|(header, _cell)| header);
    output::rows(format, &headers, rows, |row| {
        COLUMNS.iter().map(|(_header, cell)| cell(row)).collect()
    })
}

/// Writes keys of several workspaces, one per line.
pub(super) fn write_with_workspace(format: Format, rows: &[Row]) -> Result<(), Failure> {
    let headers: Vec<&str> = std::iter::once("WORKSPACE")
        .chain(COLUMNS.map(|(header, _cell)| header))
        .collect();
    output::rows(format, &headers, rows, |row| {
        std::iter::once(row.workspace_id.clone())
            .chain(COLUMNS.iter().map(|(_header, cell)| cell(row)))
            .collect()
    })
}

/// Writes one key: one member per line, then its valid secrets.
pub(super) fn write_one(format: Format, row: &Row) -> Result<(), Failure> {
    if format == Format::Json {
        return output::json(row);
    }
    let members = COLUMNS.iter();
    output::table(
        &["MEMBER", "VALUE"],
        members.map(|(header, cell)| vec![header.to_ascii_lowercase(), cell(row)]),
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
    output::rows(format, &headers, &row.secrets, |secret| {
        let or_dash = |text: &Option<String>| or_dash(text.as_deref().unwrap_or_default());
        vec![
            secret.secret_hint.clone(),
            secret.created_at.clone(),
            or_dash(&secret.ends_at),
            or_dash(&secret.last_used_at),
            or_dash(&secret.last_used_address),
            secret.use_count.to_string(),
        ]
    })
}

fn or_dash(text: &str) -> String {
    if text.is_empty() {
        "-".to_owned()
    } else {
        text.to_owned()
    }
}

impl Row {
    /// A key at `now`.
    pub(super) fn of(key: &ApiKey, now: Timestamp) -> Self {
        let fields = key.fields();
        let texts = |texts: &mut dyn Iterator<Item = String>| texts.collect();
        let hint = |hint: SecretHint| format!("{}…{}", key.mode().prefix(), hint.as_str());
        let secret_row = |secret: &StoredSecret, ends_at: Option<Timestamp>| SecretRow {
            secret_hint: hint(secret.hint),
            created_at: secret.created_at.to_string(),
            ends_at: ends_at.map(|at| at.to_string()),
            last_used_at: secret.last_use.map(|last_use| last_use.at.to_string()),
            last_used_address: secret
                .last_use
                .and_then(|last_use| last_use.address)
                .map(|address| address.ip().to_string()),
            use_count: secret.last_use.map_or(0, |last_use| last_use.count),
        };
        let previous = fields.live_previous_secret(now);
        let secrets = std::iter::once(secret_row(&fields.secret, None))
            .chain(previous.map(|previous| secret_row(&previous.secret, Some(previous.ends_at))));
        Self {
            workspace_id: fields.workspace_id.to_string(),
            api_key_id: key.id().to_string(),
            secret: None,
            name: fields.name.to_string(),
            status: key.status(now).as_str(),
            mode: key.mode().as_str(),
            scopes: texts(&mut fields.scopes.as_slice().iter().map(ToString::to_string)),
            ip_whitelist: texts(
                &mut fields
                    .ip_allowlist
                    .as_slice()
                    .iter()
                    .map(ToString::to_string),
            ),
            created_at: fields.created_at.to_string(),
            secret_hint: hint(fields.secret.hint),
            last_used_at: fields.last_used_at.map(|at| at.to_string()),
            expires_at: fields.expires_at.map(|expiry| expiry.to_string()),
            created_by: fields.created_by.as_ref().map(ToString::to_string),
            secrets: secrets.collect(),
        }
    }
}
