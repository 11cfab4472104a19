//! Contract §9: `GET /internal/v1/admin/workspaces/{workspaceId}/api-keys`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::Permission;

use super::super::key_data::KeyData;
use super::super::page_data::PageData;
use super::caller::AdminCaller;
use crate::envelope;
use crate::error::RequestError;
use crate::extract::{AdminPath, listing};
use crate::request_context::RequestContext;
use crate::schemas::{ListingParams, Success};
use crate::state::InternalState;

/// Lists one page of the keys of any workspace.
#[utoipa::path(
    get,
    path = "/internal/v1/admin/workspaces/{workspaceId}/api-keys",
    operation_id = "listKeysOfWorkspace",
    description = "Filters, order and pages as for owners. Deleted keys are not listed.",
    tag = "administration",
    params(("workspaceId" = String, Path, description = "The workspace", example = "ws_1"), ListingParams),
    responses((status = 200, description = "One page of the keys", body = Success<PageData<KeyData<'static>>>))
)]
pub(crate) async fn list_keys(
    request: HttpRequest,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let caller = AdminCaller::check(&request, &state, &context, Permission::KeysRead).await?;
    let id = AdminPath(request.uri().path()).workspace_id()?;
    let listing = listing(request.query_string(), context.now())?;
    let workspace = caller.workspace(&state, &id).await?;
    let keys = state.admin.keys.list(&workspace, &listing).await?;
    let items = keys.items.iter();
    let items = items.map(|key| KeyData::of(key, listing.now)).collect();
    let data = PageData::new(items, listing.page, keys.total);
    Ok(envelope::success(&context, StatusCode::OK, &data))
}
