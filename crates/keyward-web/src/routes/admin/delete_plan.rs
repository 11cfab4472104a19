//! Contract §9: `DELETE /internal/v1/admin/plans/{name}`.

use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::Permission;
use keyward_domain::ports::PlanRemoval;

use super::caller::AdminCaller;
use crate::envelope;
use crate::error::RequestError;
use crate::extract::AdminPath;
use crate::request_context::RequestContext;
use crate::state::InternalState;

/// Removes a plan that no workspace has.
#[utoipa::path(
    delete,
    path = "/internal/v1/admin/plans/{name}",
    operation_id = "deletePlan",
    description = "Give its workspaces another plan first.",
    tag = "administration",
    params(("name" = String, Path, description = "The name of the plan", example = "pro")),
    responses((status = 204, description = "It was removed"))
)]
pub(crate) async fn delete_plan(
    request: HttpRequest,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let caller =
        AdminCaller::check(&request, &state, &context, Permission::WorkspacesWrite).await?;
    let name = AdminPath(request.uri().path()).plan_name()?;
    let plans = state.admin.plans.as_ref();
    match plans.remove(&name, caller.author(&context)).await? {
        PlanRemoval::Done => Ok(envelope::no_content()),
        PlanRemoval::Unknown => Err(RequestError::PlanNotFound),
        PlanRemoval::InUse => Err(RequestError::PlanInUse),
    }
}
