//! Contract §9: `POST /internal/v1/admin/workspaces/{workspaceId}/api-keys/{apiKeyId}/disable`.

use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::Permission;

use super::super::propagation::with_propagation_of_service;
use super::caller::AdminCaller;
use crate::envelope;
use crate::error::RequestError;
use crate::extract::AdminPath;
use crate::request_context::RequestContext;
use crate::schemas::Done;
use crate::state::InternalState;

/// Disables a key of any workspace.
#[utoipa::path(
    post,
    path = "/internal/v1/admin/workspaces/{workspaceId}/api-keys/{apiKeyId}/disable",
    operation_id = "disableKeyOfWorkspace",
    description = "Reversible by its owner. Repeating it has no effect. A body is not read.",
    tag = "administration",
    params(("workspaceId" = String, Path, description = "The workspace", example = "ws_1"), ("apiKeyId" = String, Path, description = "The key id", example = "sk_live_0352LgEZNa95dBFUcIVbVc")),
    responses((status = 200, description = "The key is disabled", body = Done))
)]
pub(crate) async fn disable_key(
    request: HttpRequest,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let caller = AdminCaller::check(&request, &state, &context, Permission::KeysDisable).await?;
    let path = AdminPath(request.uri().path());
    let (id, api_key_id) = (path.workspace_id()?, path.api_key_id()?);
    let workspace = caller.workspace(&state, &id).await?;
    let target = caller.target(&workspace, api_key_id);
    let disabled = state.admin.keys.disable(target.supervised()).await;
    disabled.map_err(|error| RequestError::of_change(error, &[]))?;
    let answer = envelope::success_without_data(&context);
    Ok(with_propagation_of_service(&state, answer).await)
}
