//! Contract §3: `DELETE …/api-keys/{apiKeyId}`.

use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};

use super::bodiless;
use crate::envelope;
use crate::error::RequestError;
use crate::request_context::RequestContext;
use crate::state::PublicState;

/// Deletes a key permanently.
#[utoipa::path(
    delete,
    path = "/web/v1/workspaces/{workspaceId}/api-keys/{apiKeyId}",
    operation_id = "deleteApiKey",
    description = "The key can no longer be used by any program. Its history stays.",
    tag = "keys",
    params(
        ("workspaceId" = String, Path, description = "The workspace of the key", example = "ws_1"),
        ("apiKeyId" = String, Path, description = "The key id", example = "sk_live_0352LgEZNa95dBFUcIVbVc")
    ),
    responses((status = 204, description = "The key is deleted permanently"))
)]
pub(crate) async fn delete(
    request: HttpRequest,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let change = bodiless::change(
        &request,
        &state,
        &context,
        async |keys, target| keys.delete(target).await,
        envelope::no_content,
    );
    change.await
}

#[cfg(test)]
mod tests;
