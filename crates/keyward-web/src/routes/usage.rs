//! Contract §3: `GET …/api-keys/{apiKeyId}/usage`.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::{Denial, UsageCounts, UsageReport};
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
#[serde(rename_all = "camelCase")]
struct UsageData {
    /// The first instant of the period.
    from: String,
    /// The first instant after the period.
    to: String,
    /// `hour` or `day`.
    by: &'static str,
    total: UsageCountsData,
    /// The hours or days with any call, oldest first.
    items: Vec<UsageItemData>,
}

/// The calls of one hour or day.
#[derive(Serialize, ToSchema)]
struct UsageItemData {
    /// Its first instant (UTC).
    start: String,
    #[serde(flatten)]
    counts: UsageCountsData,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UsageCountsData {
    /// Calls that were allowed.
    allowed: u64,
    /// Calls that were denied, whatever the reason.
    denied: u64,
    /// Calls that were denied, by decision.
    denied_by_decision: BTreeMap<&'static str, u64>,
    /// About how many addresses the allowed calls came from; 250 means 250 or more.
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

impl From<&UsageReport> for UsageData {
    fn from(report: &UsageReport) -> Self {
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
    let report = state
        .keys
        .usage(&user.workspace, api_key_id, period)
        .await?;
    let report = report.ok_or(RequestError::ApiKeyNotFound)?;
    Ok(envelope::success(
        &context,
        StatusCode::OK,
        &UsageData::from(&report),
    ))
}

#[cfg(test)]
mod tests;
