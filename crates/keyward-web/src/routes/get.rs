//! Contract §3: `GET …/api-keys/{apiKeyId}`.

use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};

use super::key_data::{self, KeyData};
use super::owner::Supervisor;
use crate::error::RequestError;
use crate::extract::{self, OptionalHeaders};
use crate::request_context::RequestContext;
use crate::schemas::Success;
use crate::state::PublicState;

/// Shows a key and its version.
#[utoipa::path(
    get,
    path = "/web/v1/workspaces/{workspaceId}/api-keys/{apiKeyId}",
    operation_id = "getApiKey",
    description = "Includes hints of its valid secrets, and when each was last used.",
    tag = "keys",
    params(
        ("workspaceId" = String, Path, description = "The workspace of the key", example = "ws_1"),
        ("apiKeyId" = String, Path, description = "The key id", example = "sk_live_0352LgEZNa95dBFUcIVbVc")
    ),
    responses((status = 200, description = "The key", body = Success<KeyData<'static>>))
)]
pub(crate) async fn get(
    request: HttpRequest,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let user = Supervisor::check(&request, &state, &context, OptionalHeaders::NONE).await?;
    let api_key_id = extract::api_key_id(request.uri().path())?;
    let key = state.keys.get(&user.workspace, api_key_id).await?;
    let key = key.ok_or(RequestError::ApiKeyNotFound)?;
    Ok(key_data::answer(&context, &key))
}

#[cfg(test)]
mod tests;
