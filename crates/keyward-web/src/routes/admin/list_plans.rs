//! Contract §9: `GET /internal/v1/admin/plans`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::Permission;

use super::super::plan_data::PlanData;
use super::caller::AdminCaller;
use super::data::ListData;
use crate::envelope;
use crate::error::RequestError;
use crate::request_context::RequestContext;
use crate::schemas::Success;
use crate::state::InternalState;

/// Lists the plans with their limits.
#[utoipa::path(
    get,
    path = "/internal/v1/admin/plans",
    operation_id = "listPlans",
    description = "Sorted by name.",
    tag = "administration",
    responses((status = 200, description = "All plans", body = Success<ListData<PlanData<'static>>>))
)]
pub(crate) async fn list_plans(
    request: HttpRequest,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let _permitted =
        AdminCaller::check(&request, &state, &context, Permission::WorkspacesRead).await?;
    let plans = state.admin.plans.list().await?;
    let items = plans.iter().map(PlanData::of).collect();
    let data = ListData { items };
    Ok(envelope::success(&context, StatusCode::OK, &data))
}
