//! Contract §14: `POST …/webhooks/{webhookId}/rotate`.

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

/// Gives a webhook new keys.
#[utoipa::path(
    post,
    path = "/web/v1/workspaces/{workspaceId}/webhooks/{webhookId}/rotate",
    operation_id = "rotateWebhookSecret",
    description = "For 24 hours, messages are signed with the old keys too.",
    tag = "webhooks",
    params(
        ("workspaceId" = String, Path, description = "The workspace of the webhook", example = "ws_1"),
        ("webhookId" = String, Path, description = "The webhook id", example = "whk_0352LgEZNa95dBFUcIVbVc")
    ),
    responses((status = 200, description = "The webhook with its new secret", body = Success<WebhookData<'static>>))
)]
pub(crate) async fn rotate(
    request: HttpRequest,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let asked = Asked::check(&request, &state, &context).await?;
    let webhook = asked
        .webhooks
        .rotate(&asked.caller, webhook_id(&request)?)
        .await?;
    let data = WebhookData::with_secret(&webhook);
    Ok(envelope::success(&context, StatusCode::OK, &data))
}
