//! Contract §10: `POST /internal/v1/changes/heartbeats`.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use crate::envelope;
use crate::error::RequestError;
use crate::extract;
use crate::schemas::Heartbeat;
use crate::state::InternalState;

/// Notes that a guard is there and which changes it has applied.
#[utoipa::path(
    post,
    path = "/internal/v1/changes/heartbeats",
    operation_id = "sendHeartbeat",
    description = "The answer comes on the stream: an event `heartbeat` with the same number, after all changes that the node knew.",
    tag = "guards",
    request_body = Heartbeat,
    responses((status = 204, description = "Heard"))
)]
pub(crate) async fn heartbeats(
    request: HttpRequest,
    payload: Payload,
    state: Data<InternalState>,
) -> Result<HttpResponse, RequestError> {
    state.admit_verifier(&request).await?;
    let body = extract::json_body(request.headers(), payload, state.body_deadline).await?;
    let heartbeat = extract::heartbeat(body.members()?)?;
    if state.key_changes.heard(heartbeat) {
        Ok(envelope::no_content())
    } else {
        Err(RequestError::NoSuchResource)
    }
}
