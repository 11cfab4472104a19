//! Contract §3: `POST …/api-keys/{apiKeyId}/enable`.

use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};

use super::bodiless;
use crate::envelope;
use crate::request_context::RequestContext;
use crate::schemas::Done;
use crate::state::PublicState;

/// Switches a key on again.
#[utoipa::path(
    post,
    path = "/web/v1/workspaces/{workspaceId}/api-keys/{apiKeyId}/enable",
    operation_id = "enableApiKey",
    description = "A key past its end can not be enabled; give it a new one first. Repeating it has no effect.",
    tag = "keys",
    params(
        ("workspaceId" = String, Path, description = "Whose key it is", example = "ws_1"),
        ("apiKeyId" = String, Path, description = "Which key", example = "sk_live_0352LgEZNa95dBFUcIVbVc")
    ),
    responses((status = 200, description = "The key is switched on", body = Done))
)]
pub(crate) async fn enable(
    request: HttpRequest,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> HttpResponse {
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
