//! Contract §9: `GET /internal/v1/admin/plans/{name}`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::Permission;

use super::super::plan_data::PlanData;
use super::caller::AdminCaller;
use crate::envelope;
use crate::error::RequestError;
use crate::extract::AdminPath;
use crate::request_context::RequestContext;
use crate::schemas::Success;
use crate::state::InternalState;

/// Shows a plan with its limits.
#[utoipa::path(
    get,
    path = "/internal/v1/admin/plans/{name}",
    operation_id = "getPlan",
    description = "With the limits of each key and of the whole workspace.",
    tag = "administration",
    params(("name" = String, Path, description = "The name of the plan", example = "pro")),
    responses((status = 200, description = "The plan", body = Success<PlanData<'static>>))
)]
pub(crate) async fn get_plan(
    request: HttpRequest,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let _permitted =
        AdminCaller::check(&request, &state, &context, Permission::WorkspacesRead).await?;
    let name = AdminPath(request.uri().path()).plan_name()?;
    let plan = state.admin.plans.get(&name).await?;
    let plan = plan.ok_or(RequestError::PlanNotFound)?;
    let data = PlanData::of(&plan);
    Ok(envelope::success(&context, StatusCode::OK, &data))
}
