//! Contract §9: `PUT /internal/v1/admin/plans/{name}`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::ports::PlanPut;
use keyward_domain::{Permission, Plan};

use super::super::plan_data::PlanData;
use super::super::propagation::with_propagation_of_service;
use super::caller::AdminCaller;
use crate::envelope;
use crate::error::RequestError;
use crate::extract::{AdminPath, json_body, plan_limits};
use crate::request_context::RequestContext;
use crate::schemas::{PlanToPut, Success};
use crate::state::InternalState;

/// Adds a plan, or replaces its limits.
#[utoipa::path(
    put,
    path = "/internal/v1/admin/plans/{name}",
    operation_id = "putPlan",
    description = "Repeating it has no effect. The limits count at once for every workspace that has the plan.",
    tag = "administration",
    params(("name" = String, Path, description = "The name of the plan", example = "pro")),
    request_body = PlanToPut,
    responses((status = 200, description = "It existed before", body = Success<PlanData<'static>>), (status = 201, description = "It was added", body = Success<PlanData<'static>>))
)]
pub(crate) async fn put_plan(
    request: HttpRequest,
    payload: Payload,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let caller =
        AdminCaller::check(&request, &state, &context, Permission::WorkspacesWrite).await?;
    let name = AdminPath(request.uri().path()).plan_name()?;
    let body = json_body(request.headers(), payload, state.body_deadline).await?;
    let limits = plan_limits(body.members()?)?;
    let plan = Plan { name, limits };
    let plans = state.admin.plans.as_ref();
    let put = plans.put(plan.clone(), caller.author(&context));
    let status = match put.await? {
        PlanPut::Added => StatusCode::CREATED,
        PlanPut::Changed | PlanPut::Unchanged => StatusCode::OK,
    };
    let data = PlanData::of(&plan);
    let answer = envelope::success(&context, status, &data);
    Ok(with_propagation_of_service(&state, answer).await)
}
