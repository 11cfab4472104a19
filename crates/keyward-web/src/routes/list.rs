//! Contract §3: `GET /web/v1/workspaces/{workspaceId}/api-keys`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};

use super::key_data::KeyData;
use super::owner::Supervisor;
use super::page_data::PageData;
use crate::envelope;
use crate::error::RequestError;
use crate::extract::{self, OptionalHeaders};
use crate::request_context::RequestContext;
use crate::schemas::{ListingParams, Success};
use crate::state::PublicState;

/// Lists one page of the workspace's keys.
#[utoipa::path(
    get,
    path = "/web/v1/workspaces/{workspaceId}/api-keys",
    operation_id = "listApiKeys",
    description = "The order is stable while keys are created. Deleted keys are not listed.",
    tag = "keys",
    params(("workspaceId" = String, Path, description = "The workspace of the keys", example = "ws_1"), ListingParams),
    responses((status = 200, description = "One page of the keys", body = Success<PageData<KeyData<'static>>>))
)]
pub(crate) async fn list(
    request: HttpRequest,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let user = Supervisor::check(&request, &state, &context, OptionalHeaders::NONE).await?;
    let listing = extract::listing(request.query_string(), context.now())?;
    let keys = state.keys.list(&user.workspace, &listing).await?;
    let items = keys.items.iter();
    let items = items.map(|key| KeyData::of(key, listing.now)).collect();
    let data = PageData::new(items, listing.page, keys.total);
    Ok(envelope::success(&context, StatusCode::OK, &data))
}

#[cfg(test)]
mod tests;
