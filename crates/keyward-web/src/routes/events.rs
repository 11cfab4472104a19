//! Contract §3: `GET …/api-keys/{apiKeyId}/events`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};

use super::event_data::EventData;
use super::owner::Supervisor;
use super::page_data::PageData;
use crate::envelope;
use crate::error::RequestError;
use crate::extract::{self, OptionalHeaders};
use crate::request_context::RequestContext;
use crate::schemas::{PageParams, Success};
use crate::state::PublicState;

/// Shows one page of a key's history, newest first, even after its deletion.
#[utoipa::path(
    get,
    path = "/web/v1/workspaces/{workspaceId}/api-keys/{apiKeyId}/events",
    operation_id = "listApiKeyEvents",
    description = "Who did what, when and from where, and the key before and after. The history of a deleted key stays.",
    tag = "keys",
    params(
        ("workspaceId" = String, Path, description = "The workspace of the key", example = "ws_1"),
        ("apiKeyId" = String, Path, description = "The key id", example = "sk_live_0352LgEZNa95dBFUcIVbVc"),
        PageParams
    ),
    responses((status = 200, description = "One page of the history, newest first", body = Success<PageData<EventData<'static>>>))
)]
pub(crate) async fn events(
    request: HttpRequest,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let user = Supervisor::check(&request, &state, &context, OptionalHeaders::NONE).await?;
    let api_key_id = extract::api_key_id(request.uri().path())?;
    let page = extract::page(request.query_string())?;
    let events = state.keys.events(&user.workspace, api_key_id, page).await?;
    let events = events.ok_or(RequestError::ApiKeyNotFound)?;
    let items = events.items.iter().map(EventData::of).collect();
    let data = PageData::new(items, page, events.total);
    Ok(envelope::success(&context, StatusCode::OK, &data))
}

#[cfg(test)]
mod tests;
