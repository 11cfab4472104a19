//! Contract §14: `POST …/webhooks/{webhookId}/replay`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Asked, webhook_id};
use crate::envelope;
use crate::error::RequestError;
use crate::extract;
use crate::request_context::RequestContext;
use crate::schemas::{ReplayParams, Success};
use crate::state::PublicState;

/// How many events are sent again. Those that were still pending do not count.
#[derive(Serialize, ToSchema)]
#[schema(as = Replay)]
struct ReplayData {
    events: u64,
}

/// Sends events again.
#[utoipa::path(
    post,
    path = "/web/v1/workspaces/{workspaceId}/webhooks/{webhookId}/replay",
    operation_id = "replayWebhook",
    description = "Every event of the workspace with a sequence above `after` that is still published and that the webhook has chosen, as if it were new.",
    tag = "webhooks",
    params(
        ("workspaceId" = String, Path, description = "The workspace of the webhook", example = "ws_1"),
        ("webhookId" = String, Path, description = "The webhook id", example = "whk_0352LgEZNa95dBFUcIVbVc"),
        ReplayParams
    ),
    responses((status = 200, description = "How many events are sent again", body = Success<ReplayData>))
)]
pub(crate) async fn replay(
    request: HttpRequest,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let asked = Asked::check(&request, &state, &context).await?;
    let id = webhook_id(&request)?;
    let after = extract::replay_query(request.query_string())?;
    let events = asked.webhooks.replay(&asked.caller, id, after).await?;
    let data = ReplayData { events };
    Ok(envelope::success(&context, StatusCode::OK, &data))
}
