//! Contract §14: `GET …/webhooks/{webhookId}/deliveries`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::data::DeliveryData;
use super::{Asked, webhook_id};
use crate::envelope;
use crate::error::RequestError;
use crate::extract;
use crate::request_context::RequestContext;
use crate::schemas::{DeliveriesParams, Success};
use crate::state::PublicState;

/// A part of the deliveries.
#[derive(Serialize, ToSchema)]
#[schema(as = Deliveries)]
struct DeliveriesData<'a> {
    items: Vec<DeliveryData<'a>>,
    /// The `before` of the next request; null when there are no deliveries.
    #[schema(required, minimum = 1)]
    next: Option<u64>,
}

/// Lists the deliveries of a webhook, the latest event first.
#[utoipa::path(
    get,
    path = "/web/v1/workspaces/{workspaceId}/webhooks/{webhookId}/deliveries",
    operation_id = "listWebhookDeliveries",
    description = "With the last attempt of each. `before` is the `next` of the last answer.",
    tag = "webhooks",
    params(
        ("workspaceId" = String, Path, description = "The workspace of the webhook", example = "ws_1"),
        ("webhookId" = String, Path, description = "The webhook id", example = "whk_0352LgEZNa95dBFUcIVbVc"),
        DeliveriesParams
    ),
    responses((status = 200, description = "A part of the deliveries", body = Success<DeliveriesData<'static>>))
)]
pub(crate) async fn deliveries(
    request: HttpRequest,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let asked = Asked::check(&request, &state, &context).await?;
    let id = webhook_id(&request)?;
    let part = extract::deliveries_query(request.query_string())?;
    let deliveries = asked
        .webhooks
        .deliveries(&asked.caller, id, part.before, part.size)
        .await?;
    let data = DeliveriesData {
        items: deliveries.iter().map(DeliveryData::of).collect(),
        next: deliveries.last().and_then(|last| last.sequence),
    };
    Ok(envelope::success(&context, StatusCode::OK, &data))
}
