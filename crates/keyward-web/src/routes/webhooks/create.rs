//! Contract §14: `POST …/webhooks`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};

use super::Asked;
use super::data::WebhookData;
use crate::envelope;
use crate::error::RequestError;
use crate::extract;
use crate::request_context::RequestContext;
use crate::schemas::{NewWebhook, Success};
use crate::state::PublicState;

/// Adds a webhook.
#[utoipa::path(
    post,
    path = "/web/v1/workspaces/{workspaceId}/webhooks",
    operation_id = "createWebhook",
    description = "It gets the events about keys that are published from then on. Only this response and that of a rotation contain the secret.",
    tag = "webhooks",
    params(
        ("workspaceId" = String, Path, description = "The workspace of the webhook", example = "ws_1")
    ),
    request_body = NewWebhook,
    responses((status = 201, description = "The webhook with its secret", body = Success<WebhookData<'static>>))
)]
pub(crate) async fn create(
    request: HttpRequest,
    payload: Payload,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let asked = Asked::check(&request, &state, &context).await?;
    let body = extract::json_body(request.headers(), payload, state.body_deadline).await?;
    let raw = extract::webhook(body.members()?);
    let webhook = asked.webhooks.add(&asked.caller, raw).await?;
    let data = WebhookData::with_secret(&webhook);
    Ok(envelope::success(&context, StatusCode::CREATED, &data))
}
