//! Contract §14: `GET …/webhooks/{webhookId}`.

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

/// Returns a webhook.
#[utoipa::path(
    get,
    path = "/web/v1/workspaces/{workspaceId}/webhooks/{webhookId}",
    operation_id = "getWebhook",
    description = "Without its secret, which is shown only after a creation and a rotation.",
    tag = "webhooks",
    params(
        ("workspaceId" = String, Path, description = "The workspace of the webhook", example = "ws_1"),
        ("webhookId" = String, Path, description = "The webhook id", example = "whk_0352LgEZNa95dBFUcIVbVc")
    ),
    responses((status = 200, description = "The webhook", body = Success<WebhookData<'static>>))
)]
pub(crate) async fn get(
    request: HttpRequest,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let asked = Asked::check(&request, &state, &context).await?;
    let webhook = asked
        .webhooks
        .get(&asked.caller, webhook_id(&request)?)
        .await?;
    let data = WebhookData::of(&webhook);
    Ok(envelope::success(&context, StatusCode::OK, &data))
}
