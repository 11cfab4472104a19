//! Contract §9: `DELETE /internal/v1/admin/workspaces/{workspaceId}/api-keys/{apiKeyId}`.

use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::Permission;

use super::super::propagation::with_propagation_of_service;
use super::caller::AdminCaller;
use crate::envelope;
use crate::error::RequestError;
use crate::extract::AdminPath;
use crate::request_context::RequestContext;
use crate::state::InternalState;

/// Deletes a key of any workspace permanently.
#[utoipa::path(
    delete,
    path = "/internal/v1/admin/workspaces/{workspaceId}/api-keys/{apiKeyId}",
    operation_id = "deleteKeyOfWorkspace",
    description = "Only its history stays.",
    tag = "administration",
    params(("workspaceId" = String, Path, description = "The workspace", example = "ws_1"), ("apiKeyId" = String, Path, description = "The key id", example = "sk_live_0352LgEZNa95dBFUcIVbVc")),
    responses((status = 204, description = "The key is deleted permanently"))
)]
pub(crate) async fn delete_key(
    request: HttpRequest,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let caller = AdminCaller::check(&request, &state, &context, Permission::KeysDelete).await?;
    let path = AdminPath(request.uri().path());
    let (id, api_key_id) = (path.workspace_id()?, path.api_key_id()?);
    let workspace = caller.workspace(&state, &id).await?;
    let target = caller.target(&workspace, api_key_id);
    let deleted = state.admin.keys.delete(target).await;
    deleted.map_err(|error| RequestError::of_change(error, &[]))?;
    Ok(with_propagation_of_service(&state, envelope::no_content()).await)
}
