//! Contract §3: `DELETE …/api-keys/{apiKeyId}`.

use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};

use super::bodiless;
use crate::envelope;
use crate::request_context::RequestContext;
use crate::state::PublicState;

/// Deletes a key, for good.
#[utoipa::path(
    delete,
    path = "/web/v1/workspaces/{workspaceId}/api-keys/{apiKeyId}",
    operation_id = "deleteApiKey",
    description = "Every program that uses the key is refused from then on. The history stays.",
    tag = "keys",
    params(
        ("workspaceId" = String, Path, description = "Whose key it is", example = "ws_1"),
        ("apiKeyId" = String, Path, description = "Which key", example = "sk_live_0352LgEZNa95dBFUcIVbVc")
    ),
    responses((status = 204, description = "The key is deleted, for good"))
)]
pub(crate) async fn delete(
    request: HttpRequest,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> HttpResponse {
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
