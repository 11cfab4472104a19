use keyward_domain::ports::{Denials as _, KeyDenials};
use keyward_domain::{ApiKey, Timestamp};
use keyward_persistence::Store;
use serde::Serialize;

use crate::cli::Format;
use crate::failure::Failure;
use crate::output;

/// How often a key was denied in one hour for one reason.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    hour: String,
    decision: &'static str,
    denial_count: u64,
    last_denied_at: String,
    last_denied_address: Option<String>,
}

/// Shows the denials of a key since an instant, or all stored ones.
pub(super) async fn run(
    store: &Store,
    key: &ApiKey,
    since: Option<Timestamp>,
    format: Format,
) -> Result<(), Failure> {
    let since = since.unwrap_or(Timestamp::MIN);
    let workspace_id = &key.fields().workspace_id;
    let denials = store
        .denials_of_key(workspace_id, key.id(), since, Timestamp::MAX)
        .await?;
    let rows: Vec<Row> = denials.iter().map(Row::from).collect();
    let headers = ["HOUR", "DECISION", "DENIALS", "LAST DENIED AT", "FROM"];
    output::rows(format, &headers, &rows, |row| {
        let from = row.last_denied_address.as_deref().unwrap_or("-");
        vec![
            row.hour.clone(),
            row.decision.to_owned(),
            row.denial_count.to_string(),
            row.last_denied_at.clone(),
            from.to_owned(),
        ]
    })
}

impl From<&KeyDenials> for Row {
    fn from(denials: &KeyDenials) -> Self {
        Self {
            hour: denials.hour().to_string(),
            decision: denials.denial.as_str(),
            denial_count: denials.count,
            last_denied_at: denials.last_denied_at.to_string(),
            last_denied_address: denials.address.map(|address| address.ip().to_string()),
        }
    }
}
