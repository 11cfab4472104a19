//! Contract §3: `POST …/api-keys/{apiKeyId}/enable`.

use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};

use super::bodiless;
use crate::envelope;
use crate::error::RequestError;
use crate::request_context::RequestContext;
use crate::schemas::Done;
use crate::state::PublicState;

/// Enables a key again.
#[utoipa::path(
    post,
    path = "/web/v1/workspaces/{workspaceId}/api-keys/{apiKeyId}/enable",
    operation_id = "enableApiKey",
    description = "An expired key can't be enabled; give it a new expiry first. Repeating it has no effect.",
    tag = "keys",
    params(
        ("workspaceId" = String, Path, description = "The workspace of the key", example = "ws_1"),
        ("apiKeyId" = String, Path, description = "The key id", example = "sk_live_0352LgEZNa95dBFUcIVbVc")
    ),
    responses((status = 200, description = "The key is enabled", body = Done))
)]
pub(crate) async fn enable(
    request: HttpRequest,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let change = bodiless::change(
        &request,
        &state,
        &context,
        async |keys, target| keys.enable(target).await,
        || envelope::success_without_data(&context),
    );
    change.await
}

#[cfg(test)]
mod tests;
