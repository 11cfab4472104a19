//! Contract §14: `POST …/webhooks/{webhookId}/enable`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};

use super::data::WebhookData;
use super::{Asked, webhook_id};
use crate::envelope;
use crate::error::RequestError;
use crate::request_context::RequestContext;
use crate::schemas::Success;
use crate::state::PublicState;

/// Enables a webhook that was disabled after failures.
#[utoipa::path(
    post,
    path = "/web/v1/workspaces/{workspaceId}/webhooks/{webhookId}/enable",
    operation_id = "enableWebhook",
    description = "Its pending deliveries are tried at once. Events that were published while it was disabled are sent by a replay. No effect when it is enabled.",
    tag = "webhooks",
    params(
        ("workspaceId" = String, Path, description = "The workspace of the webhook", example = "ws_1"),
        ("webhookId" = String, Path, description = "The webhook id", example = "whk_0352LgEZNa95dBFUcIVbVc")
    ),
    responses((status = 200, description = "The webhook", body = Success<WebhookData<'static>>))
)]
pub(crate) async fn enable(
    request: HttpRequest,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let asked = Asked::check(&request, &state, &context).await?;
    let webhook = asked
        .webhooks
        .enable(&asked.caller, webhook_id(&request)?)
        .await?;
    let data = WebhookData::of(&webhook);
    Ok(envelope::success(&context, StatusCode::OK, &data))
}
