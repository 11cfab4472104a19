//! Contract §14: `POST …/webhooks/{webhookId}/test`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};

use super::data::AttemptData;
use super::{Asked, webhook_id};
use crate::envelope;
use crate::error::RequestError;
use crate::request_context::RequestContext;
use crate::schemas::Success;
use crate::state::PublicState;

/// Sends a test message and returns what came of it.
#[utoipa::path(
    post,
    path = "/web/v1/workspaces/{workspaceId}/webhooks/{webhookId}/test",
    operation_id = "testWebhook",
    description = "The message has the type webhook.test and is signed like any other. It is sent once, also to a disabled webhook, and is no event.",
    tag = "webhooks",
    params(
        ("workspaceId" = String, Path, description = "The workspace of the webhook", example = "ws_1"),
        ("webhookId" = String, Path, description = "The webhook id", example = "whk_0352LgEZNa95dBFUcIVbVc")
    ),
    responses((status = 200, description = "What came of it", body = Success<AttemptData<'static>>))
)]
pub(crate) async fn test_delivery(
    request: HttpRequest,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let asked = Asked::check(&request, &state, &context).await?;
    let attempt = asked
        .webhooks
        .test(&asked.caller, webhook_id(&request)?)
        .await?;
    let data = AttemptData::of(&attempt);
    Ok(envelope::success(&context, StatusCode::OK, &data))
}
