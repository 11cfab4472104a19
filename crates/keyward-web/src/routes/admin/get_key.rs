//! Contract §9: `GET /internal/v1/admin/workspaces/{workspaceId}/api-keys/{apiKeyId}`.

use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::Permission;

use super::super::key_data::{self, KeyData};
use super::caller::AdminCaller;
use crate::error::RequestError;
use crate::extract::AdminPath;
use crate::request_context::RequestContext;
use crate::schemas::Success;
use crate::state::InternalState;

/// Shows a key of any workspace.
#[utoipa::path(
    get,
    path = "/internal/v1/admin/workspaces/{workspaceId}/api-keys/{apiKeyId}",
    operation_id = "getKeyOfWorkspace",
    description = "Includes hints of its valid secrets, and when each was last used.",
    tag = "administration",
    params(("workspaceId" = String, Path, description = "The workspace", example = "ws_1"), ("apiKeyId" = String, Path, description = "The key id", example = "sk_live_0352LgEZNa95dBFUcIVbVc")),
    responses((status = 200, description = "The key", body = Success<KeyData<'static>>))
)]
pub(crate) async fn get_key(
    request: HttpRequest,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let caller = AdminCaller::check(&request, &state, &context, Permission::KeysRead).await?;
    let path = AdminPath(request.uri().path());
    let (id, api_key_id) = (path.workspace_id()?, path.api_key_id()?);
    let workspace = caller.workspace(&state, &id).await?;
    let key = state.admin.keys.get(&workspace, api_key_id).await?;
    let key = key.ok_or(RequestError::ApiKeyNotFound)?;
    Ok(key_data::answer(&context, &key))
}
