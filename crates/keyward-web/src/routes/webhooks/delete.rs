//! Contract §14: `DELETE …/webhooks/{webhookId}`.

use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};

use super::{Asked, webhook_id};
use crate::envelope;
use crate::error::RequestError;
use crate::request_context::RequestContext;
use crate::state::PublicState;

/// Removes a webhook and its deliveries.
#[utoipa::path(
    delete,
    path = "/web/v1/workspaces/{workspaceId}/webhooks/{webhookId}",
    operation_id = "deleteWebhook",
    description = "Nothing more is sent to it.",
    tag = "webhooks",
    params(
        ("workspaceId" = String, Path, description = "The workspace of the webhook", example = "ws_1"),
        ("webhookId" = String, Path, description = "The webhook id", example = "whk_0352LgEZNa95dBFUcIVbVc")
    ),
    responses((status = 204, description = "The webhook is removed"))
)]
pub(crate) async fn delete(
    request: HttpRequest,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let asked = Asked::check(&request, &state, &context).await?;
    asked
        .webhooks
        .remove(&asked.caller, webhook_id(&request)?)
        .await?;
    Ok(envelope::no_content())
}
