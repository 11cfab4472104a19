//! Contract §3: `POST …/api-keys/{apiKeyId}/disable`.

use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};

use super::bodiless;
use crate::envelope;
use crate::error::RequestError;
use crate::request_context::RequestContext;
use crate::schemas::Done;
use crate::state::PublicState;

/// Disables a key.
#[utoipa::path(
    post,
    path = "/web/v1/workspaces/{workspaceId}/api-keys/{apiKeyId}/disable",
    operation_id = "disableApiKey",
    description = "Reversible. Repeating it has no effect and is not an error.",
    tag = "keys",
    params(
        ("workspaceId" = String, Path, description = "The workspace of the key", example = "ws_1"),
        ("apiKeyId" = String, Path, description = "The key id", example = "sk_live_0352LgEZNa95dBFUcIVbVc")
    ),
    responses((status = 200, description = "The key is disabled", body = Done))
)]
pub(crate) async fn disable(
    request: HttpRequest,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let change = bodiless::change(
        &request,
        &state,
        &context,
        async |keys, target| keys.disable(target).await,
        || envelope::success_without_data(&context),
    );
    change.await
}

#[cfg(test)]
mod tests;
