//! Contract §9: `DELETE /internal/v1/admin/workspaces/{workspaceId}`.

use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::Permission;
use keyward_domain::ports::WorkspaceRemoval;

use super::caller::AdminCaller;
use crate::envelope;
use crate::error::RequestError;
use crate::extract::AdminPath;
use crate::request_context::RequestContext;
use crate::state::InternalState;

/// Removes a workspace that never had a key, with its members.
#[utoipa::path(
    delete,
    path = "/internal/v1/admin/workspaces/{workspaceId}",
    operation_id = "deleteWorkspace",
    description = "A workspace with keys or a history stays: disable its keys instead.",
    tag = "administration",
    params(("workspaceId" = String, Path, description = "The workspace", example = "ws_1")),
    responses((status = 204, description = "It was removed"))
)]
pub(crate) async fn delete_workspace(
    request: HttpRequest,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let caller =
        AdminCaller::check(&request, &state, &context, Permission::WorkspacesWrite).await?;
    let id = AdminPath(request.uri().path()).workspace_id()?;
    let directory = state.admin.directory.as_ref();
    match directory
        .remove_workspace(&id, caller.author(&context))
        .await?
    {
        WorkspaceRemoval::Done => Ok(envelope::no_content()),
        WorkspaceRemoval::Unknown => Err(RequestError::WorkspaceNotFound),
        WorkspaceRemoval::HasKeys => Err(RequestError::WorkspaceNotEmpty),
    }
}
