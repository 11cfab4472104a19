//! Contract §9: `GET /internal/v1/admin/workspaces/{workspaceId}`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::Permission;

use super::caller::AdminCaller;
use super::data::WorkspaceData;
use crate::envelope;
use crate::error::RequestError;
use crate::extract::AdminPath;
use crate::request_context::RequestContext;
use crate::schemas::Success;
use crate::state::InternalState;

/// Shows a workspace.
#[utoipa::path(
    get,
    path = "/internal/v1/admin/workspaces/{workspaceId}",
    operation_id = "getWorkspace",
    description = "With the number of its keys, without deleted ones.",
    tag = "administration",
    params(("workspaceId" = String, Path, description = "The workspace", example = "ws_1")),
    responses((status = 200, description = "The workspace", body = Success<WorkspaceData>))
)]
pub(crate) async fn get_workspace(
    request: HttpRequest,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let _permitted =
        AdminCaller::check(&request, &state, &context, Permission::WorkspacesRead).await?;
    let id = AdminPath(request.uri().path()).workspace_id()?;
    let workspace = state.admin.directory.workspace(&id).await?;
    let workspace = workspace.ok_or(RequestError::WorkspaceNotFound)?;
    let data = WorkspaceData::of(&workspace);
    Ok(envelope::success(&context, StatusCode::OK, &data))
}
