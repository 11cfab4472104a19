//! Contract §3: `GET …/api-keys/{apiKeyId}/usage`.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::{
    Denial, LimitUse, QuotaAlarm, RaisedAlarm, ScopeLastUse, Timestamp, Usage, UsageCounts,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::owner::Supervisor;
use crate::envelope;
use crate::error::RequestError;
use crate::extract::{self, OptionalHeaders};
use crate::request_context::RequestContext;
use crate::schemas::{Success, UsageParams};
use crate::state::PublicState;

/// How a key was used.
#[derive(Serialize, ToSchema)]
#[schema(as = Usage)]
#[serde(rename_all = "camelCase")]
struct UsageData {
    /// The first instant of the period.
    #[schema(format = DateTime)]
    from: String,
    /// The first instant after the period.
    #[schema(format = DateTime)]
    to: String,
    /// `hour` or `day`.
    #[schema(pattern = "^(hour|day)$")]
    by: &'static str,
    total: UsageCountsData,
    /// The hours or days with any call, oldest first.
    items: Vec<UsageItemData>,
    /// What happened in the last 7 days, whatever the period, the most serious first.
    alarms: Vec<AlarmData>,
    /// The limits that count for the key, and how much of them is used now.
    limits: Vec<LimitUseData>,
    /// The scopes that the key has now, and when each was last used.
    scopes: Vec<ScopeLastUseData>,
}

/// When a scope of the key was last used.
#[derive(Serialize, ToSchema)]
#[schema(as = ScopeLastUse)]
#[serde(rename_all = "camelCase")]
struct ScopeLastUseData {
    scope: String,
    /// The last day (UTC) on which an allowed call required it; null if none has since this is recorded.
    #[schema(required, format = Date)]
    last_used_on: Option<String>,
}

/// How much of a limit is used.
#[derive(Serialize, ToSchema)]
#[schema(as = LimitUse)]
struct LimitUseData {
    name: String,
    /// Units per window.
    limit: u64,
    window: String,
    /// `key`, or `workspace` when all its keys share the limit.
    #[schema(pattern = "^(key|workspace)$")]
    of: &'static str,
    /// The units that can't be used now: used in this window, or leased to a node for some seconds.
    used: u64,
    /// Only of a limit of a calendar period: `QUOTA_NEARLY_REACHED` from 80 % on, `QUOTA_REACHED` at 100 %.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, pattern = "^(QUOTA_NEARLY_REACHED|QUOTA_REACHED)$")]
    alarm: Option<&'static str>,
}

/// What the owner of a key should know.
#[derive(Serialize, ToSchema)]
#[schema(as = Alarm)]
#[serde(rename_all = "camelCase")]
struct AlarmData {
    /// `WRONG_ADDRESS`: a secret of the key was presented from an address that no rule allows, or without a known
    /// address. `STILL_CALLED`: the key was called while it was disabled or expired. `MANY_DENIALS`: at least 100 denials in
    /// one hour.
    #[schema(pattern = "^(WRONG_ADDRESS|STILL_CALLED|MANY_DENIALS)$")]
    alarm: &'static str,
    /// The number of denials that are the reason.
    denied: u64,
    /// The time of the last one.
    #[schema(format = DateTime)]
    last_denied_at: String,
    /// The address of the last one; null if the verifier did not know it.
    #[schema(required)]
    last_denied_address: Option<String>,
}

/// The calls of one hour or day.
#[derive(Serialize, ToSchema)]
#[schema(as = UsagePart)]
struct UsageItemData {
    /// Its first instant (UTC).
    #[schema(format = DateTime)]
    start: String,
    #[serde(flatten)]
    counts: UsageCountsData,
}

#[derive(Serialize, ToSchema)]
#[schema(as = UsageCounts)]
#[serde(rename_all = "camelCase")]
struct UsageCountsData {
    /// Calls that were allowed.
    allowed: u64,
    /// Calls that were denied, whatever the reason.
    denied: u64,
    /// Calls that were denied, by decision.
    denied_by_decision: BTreeMap<&'static str, u64>,
    /// About how many addresses the allowed calls came from, at most 250.
    #[schema(maximum = 250)]
    addresses: u32,
}

impl From<&UsageCounts> for UsageCountsData {
    fn from(counts: &UsageCounts) -> Self {
        let by_decision = counts.denied.iter();
        Self {
            allowed: counts.allowed,
            denied: counts.denied_in_all(),
            denied_by_decision: by_decision
                .map(|(denial, count): (&Denial, _)| (denial.as_str(), *count))
                .collect(),
            addresses: counts.addresses.estimate(),
        }
    }
}

impl From<&RaisedAlarm> for AlarmData {
    fn from(raised: &RaisedAlarm) -> Self {
        Self {
            alarm: raised.alarm.as_str(),
            denied: raised.count,
            last_denied_at: raised.last_denied_at.to_string(),
            last_denied_address: raised.address.map(|address| address.ip().to_string()),
        }
    }
}

impl From<&LimitUse> for LimitUseData {
    fn from(limit_use: &LimitUse) -> Self {
        let limit = &limit_use.limit;
        Self {
            name: limit.name.to_string(),
            limit: limit.max.get(),
            window: limit.window.to_string(),
            of: if limit_use.is_of_workspace {
                "workspace"
            } else {
                "key"
            },
            used: limit_use.used,
            alarm: limit_use.alarm().map(QuotaAlarm::as_str),
        }
    }
}

impl From<&ScopeLastUse> for ScopeLastUseData {
    fn from(last_use: &ScopeLastUse) -> Self {
        Self {
            scope: last_use.scope.to_string(),
            last_used_on: last_use.last_used_on.map(Timestamp::date),
        }
    }
}

impl From<&Usage> for UsageData {
    fn from(usage: &Usage) -> Self {
        let Usage {
            report,
            alarms,
            limits,
            scopes,
        } = usage;
        let parts = report.parts.iter();
        Self {
            from: report.period.from().to_string(),
            to: report.period.before().to_string(),
            by: report.period.unit().as_str(),
            total: UsageCountsData::from(&report.total()),
            items: parts
                .map(|part| UsageItemData {
                    start: part.start.to_string(),
                    counts: UsageCountsData::from(&part.counts),
                })
                .collect(),
            alarms: alarms.iter().map(AlarmData::from).collect(),
            limits: limits.iter().map(LimitUseData::from).collect(),
            scopes: scopes.iter().map(ScopeLastUseData::from).collect(),
        }
    }
}

/// Shows how often a key was used and denied, by hour or day.
#[utoipa::path(
    get,
    path = "/web/v1/workspaces/{workspaceId}/api-keys/{apiKeyId}/usage",
    operation_id = "getApiKeyUsage",
    description = "Calls by hour or day in UTC. The period is extended to whole hours or days, and may have 31 days by hour, or 366 days by day. Counts arrive some seconds late, and are kept for a limited time.",
    tag = "keys",
    params(
        ("workspaceId" = String, Path, description = "The workspace of the key", example = "ws_1"),
        ("apiKeyId" = String, Path, description = "The key id", example = "sk_live_0352LgEZNa95dBFUcIVbVc"),
        UsageParams
    ),
    responses((status = 200, description = "The calls", body = Success<UsageData>))
)]
pub(crate) async fn usage(
    request: HttpRequest,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let user = Supervisor::check(&request, &state, &context, OptionalHeaders::NONE).await?;
    let api_key_id = extract::api_key_id(request.uri().path())?;
    let period = extract::usage_period(request.query_string(), context.now())?;
    let usage = state
        .keys
        .usage(&user.workspace, api_key_id, period)
        .await?;
    let usage = usage.ok_or(RequestError::ApiKeyNotFound)?;
    Ok(envelope::success(
        &context,
        StatusCode::OK,
        &UsageData::from(&usage),
    ))
}

#[cfg(test)]
mod tests;
