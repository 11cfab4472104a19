//! Contract §3: `POST …/api-keys/{apiKeyId}/rotate/finish`.

use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};

use super::bodiless;
use crate::envelope;
use crate::request_context::RequestContext;
use crate::schemas::Done;
use crate::state::PublicState;

/// Ends the old secret that lives on from a rotation.
#[utoipa::path(
    post,
    path = "/web/v1/workspaces/{workspaceId}/api-keys/{apiKeyId}/rotate/finish",
    operation_id = "finishRotation",
    description = "No effect, and no error, when no old secret lives.",
    tag = "keys",
    params(
        ("workspaceId" = String, Path, description = "Whose key it is", example = "ws_1"),
        ("apiKeyId" = String, Path, description = "Which key", example = "sk_live_0352LgEZNa95dBFUcIVbVc")
    ),
    responses((status = 200, description = "The old secret has ended", body = Done))
)]
pub(crate) async fn end_overlap(
    request: HttpRequest,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> HttpResponse {
    let change = bodiless::change(
        &request,
        &state,
        &context,
        async |keys, target| keys.end_overlap(target).await,
        || envelope::success_without_data(&context),
    );
    change.await
}

#[cfg(test)]
mod tests;
