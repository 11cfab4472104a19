//! Contract §12: `GET /web/v1/workspaces/{workspaceId}/events`.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::ports::EventLog;

use super::events_data::EventsData;
use super::owner::Supervisor;
use super::published_event_data::PublishedEventData;
use crate::envelope;
use crate::error::RequestError;
use crate::extract::{self, OptionalHeaders};
use crate::request_context::RequestContext;
use crate::schemas::{EventsParams, Success};
use crate::state::PublicState;

/// Lists the events about keys of a workspace, the oldest first.
#[utoipa::path(
    get,
    path = "/web/v1/workspaces/{workspaceId}/events",
    operation_id = "listWorkspaceEvents",
    description = "What happened to the keys of the workspace, in one order, each event once. `after` is the `next` of the last answer. With `wait`, the answer comes when there is an event, or after so many seconds.",
    tag = "events",
    params(
        ("workspaceId" = String, Path, description = "The workspace", example = "ws_1"),
        EventsParams
    ),
    responses((status = 200, description = "The next events", body = Success<EventsData<'static>>))
)]
pub(crate) async fn workspace_events(
    request: HttpRequest,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let user = Supervisor::check(&request, &state, &context, OptionalHeaders::NONE).await?;
    let asked = extract::events_query(request.query_string())?;
    let workspace_id = user.workspace.workspace_id();
    let read = |log: Arc<dyn EventLog>| async move {
        log.published_of_workspace(workspace_id, asked.after, asked.size)
            .await
    };
    let events = state.events.read(asked.wait, read).await?;
    let last = events.last().and_then(|event| event.sequence);
    let next = last.unwrap_or(asked.after);
    let shown = PublishedEventData::for_owner;
    let data = EventsData::of(&events, asked.encoding, next, context.now(), shown);
    Ok(envelope::success(&context, StatusCode::OK, &data))
}

#[cfg(test)]
mod tests;
