//! Contract §12: `GET /internal/v1/admin/events`.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::Permission;
use keyward_domain::ports::EventLog;

use super::super::events_data::EventsData;
use super::super::published_event_data::PublishedEventData;
use super::caller::AdminCaller;
use crate::envelope;
use crate::error::RequestError;
use crate::extract;
use crate::request_context::RequestContext;
use crate::schemas::{EventsParams, Success};
use crate::state::InternalState;

/// Lists the events of the deployment, the oldest first.
#[utoipa::path(
    get,
    path = "/internal/v1/admin/events",
    operation_id = "listEvents",
    description = "What happened to keys, workspaces, members, plans and scopes, in one order, each event once. `after` is the `next` of the last answer. With `wait`, the answer comes when there is an event, or after so many seconds.",
    tag = "administration",
    params(EventsParams),
    responses((status = 200, description = "The next events", body = Success<EventsData<'static>>))
)]
pub(crate) async fn list_events(
    request: HttpRequest,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let _permitted = AdminCaller::check(&request, &state, &context, Permission::EventsRead).await?;
    let asked = extract::events_query(request.query_string())?;
    let read = |log: Arc<dyn EventLog>| async move { log.published(asked.after, asked.size).await };
    let events = state.admin.events.read(asked.wait, read).await?;
    let next = events.last().map_or(asked.after, |event| event.position);
    let shown = PublishedEventData::for_operator;
    let data = EventsData::of(&events, asked.encoding, next, context.now(), shown);
    Ok(envelope::success(&context, StatusCode::OK, &data))
}
