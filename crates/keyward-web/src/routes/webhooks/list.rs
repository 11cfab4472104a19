//! Contract §14: `GET …/webhooks`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};

use super::Asked;
use super::data::{WebhookData, WebhooksData};
use crate::envelope;
use crate::error::RequestError;
use crate::request_context::RequestContext;
use crate::schemas::Success;
use crate::state::PublicState;

/// Lists the webhooks of a workspace, the oldest first.
#[utoipa::path(
    get,
    path = "/web/v1/workspaces/{workspaceId}/webhooks",
    operation_id = "listWebhooks",
    description = "There are at most 20, so there are no pages.",
    tag = "webhooks",
    params(
        ("workspaceId" = String, Path, description = "The workspace of the webhook", example = "ws_1")
    ),
    responses((status = 200, description = "The webhooks", body = Success<WebhooksData<'static>>))
)]
pub(crate) async fn list(
    request: HttpRequest,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let asked = Asked::check(&request, &state, &context).await?;
    let webhooks = asked.webhooks.list(&asked.caller).await?;
    let items = webhooks.iter().map(WebhookData::of).collect();
    let data = WebhooksData { items };
    Ok(envelope::success(&context, StatusCode::OK, &data))
}
