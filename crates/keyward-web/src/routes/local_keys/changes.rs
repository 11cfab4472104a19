//! Contract §10: `GET /internal/v1/changes`.

use std::convert::Infallible;

use actix_web::http::header::{self, HeaderName};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse};
use futures_util::stream;
use keyward_domain::ports::{ChangePosition, StreamStart};

use super::event_stream::encoded;
use crate::error::RequestError;
use crate::extract;
use crate::middleware::AskedByHead;
use crate::state::InternalState;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Tells a guard of every change, until it goes away.
#[utoipa::path(
    get,
    path = "/internal/v1/changes",
    operation_id = "streamChanges",
    description = "Server-sent events: `opened`, `changed`, `all` and `heartbeat`. An unknown or outdated `Last-Event-ID` is no error: the stream then begins with `all`.",
    tag = "guards",
    params(
        ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that the guard knows"),
        ("stream" = Option<String>, Query, description = "The guard's earlier stream, which this one replaces")
    ),
    responses((status = 200, description = "The events", body = String, content_type = "text/event-stream"))
)]
pub(crate) async fn changes(
    request: HttpRequest,
    state: Data<InternalState>,
) -> Result<HttpResponse, RequestError> {
    state.admit_verifier(&request).await?;
    let start = StreamStart {
        after: after(&request),
        stream: extract::stream(request.query_string())?,
    };
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::CONTENT_TYPE, "text/event-stream"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // A proxy that collects the response would delay all changes.
        .insert_header(("x-accel-buffering", "no"));
    if request.extensions().contains::<AskedByHead>() {
        return Ok(answer.finish());
    }
    let messages = state.key_changes.stream(start);
    let messages = messages.ok_or(RequestError::NoMoreStreams)?;
    let clock = state.clock.clone();
    let events = stream::unfold((messages, clock), |(mut messages, clock)| async {
        let next = messages.next().await?;
        let text = encoded(&next, clock.now());
        Some((Ok::<_, Infallible>(Bytes::from(text)), (messages, clock)))
    });
    Ok(answer.streaming(events))
}

fn after(request: &HttpRequest) -> Option<ChangePosition> {
    let written = request.headers().get(LAST_EVENT_ID)?;
    ChangePosition::parse(written.to_str().ok()?)
}
