//! Contract §10: `POST /internal/v1/limits/refills`.

use actix_web::web::{Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::{Refill, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::envelope;
use crate::error::RequestError;
use crate::extract;
use crate::request_context::RequestContext;
use crate::schemas::{Refills, Success};
use crate::state::InternalState;

/// The refills, in the order of the request.
#[derive(Serialize, ToSchema)]
#[schema(as = Refilled)]
pub(crate) struct RefilledData {
    refills: Vec<RefillData>,
}

/// What the guard has leased of a limit.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RefilledLimit)]
struct RefillData {
    /// Whether the lease went on. Otherwise everything that the guard knew of it is void.
    continued: bool,
    /// The units that the guard has leased now, with those that it kept.
    units: u64,
    /// The guard should have at most so many of them in use.
    target: u64,
    /// How long they can be used, from the sending of the request on.
    valid_for_micros: u64,
    /// The end of the calendar period, in microseconds since 1970; to be sent with the next refill.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    period_end_micros: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    period_remaining_micros: Option<u64>,
    /// The units that nobody has leased.
    free: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next_free_in_micros: Option<u64>,
}

/// Changes the leases of a guard that judges limits itself.
#[utoipa::path(
    post,
    path = "/internal/v1/limits/refills",
    operation_id = "refillLimits",
    description = "Up to 1,024 limits, none of them twice. A guard sends the next refill of a limit only after the answer to the last one, or when it gave up waiting; each with a higher number.",
    tag = "guards",
    request_body = Refills,
    responses((status = 200, description = "The leases, in the order of the refills", body = Success<RefilledData>))
)]
pub(crate) async fn refills(
    request: HttpRequest,
    payload: Payload,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    state.admit_verifier(&request).await?;
    let body = extract::batch_body(request.headers(), payload, state.body_deadline).await?;
    let refills = extract::refills(body.members()?)?;
    let refilled = state.limit_leases.refill(refills).await;
    let refilled = refilled.map_err(RequestError::Repository)?;
    let data = RefilledData {
        refills: refilled.iter().map(RefillData::of).collect(),
    };
    Ok(envelope::in_no_language(context.now(), &data))
}

impl RefillData {
    fn of(refill: &Refill) -> Self {
        let micros =
            |time: std::time::Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        Self {
            continued: refill.is_continued,
            units: refill.units,
            target: refill.target,
            valid_for_micros: micros(refill.valid_for),
            period_end_micros: refill.period_end.map(Timestamp::unix_micros),
            period_remaining_micros: refill.period_remaining.map(micros),
            free: refill.free,
            next_free_in_micros: refill.next_free_in.map(micros),
        }
    }
}
