use std::collections::BTreeMap;

use keyward_domain::usecases::{ChangeError, ManageApiKeys};
use keyward_domain::{ApiKeyId, OwnedWorkspace, Timestamp, Usage, UsagePart, UsagePeriod};
use serde::Serialize;

use super::refusal;
use crate::cli::UsageArgs;
use crate::failure::Failure;
use crate::output;

/// The calls with a key in one hour or day.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    start: String,
    allowed: u64,
    denied: u64,
    denied_by_decision: BTreeMap<&'static str, u64>,
    addresses: u32,
}

/// Shows how often a key was used and denied, by hour or day.
pub(super) async fn run(
    manage: &ManageApiKeys,
    workspace: &OwnedWorkspace,
    api_key_id: ApiKeyId,
    args: &UsageArgs,
) -> Result<(), Failure> {
    let period = UsagePeriod::new(args.from, args.to, args.by, manage.clock.now());
    let period = period.map_err(|invalid| Failure::Refused(invalid.to_string()))?;
    let usage = manage.usage(workspace, api_key_id, period).await?;
    let Usage {
        report,
        alarms,
        limits,
        scopes,
    } = usage.ok_or_else(|| refusal(ChangeError::NotFound, api_key_id))?;
    for raised in &alarms {
        output::note(&format!(
            "{}: {} of the denials in the last 7 days, the last one at {} from {}",
            raised.alarm.as_str(),
            raised.count,
            raised.last_denied_at,
            raised
                .address
                .map_or_else(|| "-".to_owned(), |address| address.ip().to_string())
        ))?;
    }
    for limit_use in &limits {
        let limit = &limit_use.limit;
        output::note(&format!(
            "{}: {} of {} in {} used{}{}",
            limit.name,
            limit_use.used,
            limit.max.get(),
            limit.window,
            if limit_use.is_of_workspace {
                " by the workspace"
            } else {
                ""
            },
            limit_use
                .alarm()
                .map_or_else(String::new, |alarm| format!(", {}", alarm.as_str()))
        ))?;
    }
    for last_use in &scopes {
        output::note(&format!(
            "{}: {}",
            last_use.scope,
            last_use.last_used_on.map(Timestamp::date).map_or_else(
                || "never used".to_owned(),
                |day| format!("last used on {day}")
            )
        ))?;
    }
    let rows: Vec<Row> = report.parts.iter().map(Row::from).collect();
    let headers = ["START", "ALLOWED", "DENIED", "ADDRESSES"];
    output::rows(args.output.output, &headers, &rows, |row| {
        vec![
            row.start.clone(),
            row.allowed.to_string(),
            row.denied.to_string(),
            row.addresses.to_string(),
        ]
    })
}

impl From<&UsagePart> for Row {
    fn from(part: &UsagePart) -> Self {
        let denied = part.counts.denied.iter();
        let by_decision = denied.map(|(denial, count)| (denial.as_str(), *count));
        Self {
            start: part.start.to_string(),
            allowed: part.counts.allowed,
            denied: part.counts.denied_in_all(),
            denied_by_decision: by_decision.collect(),
            addresses: part.counts.addresses.estimate(),
        }
    }
}
