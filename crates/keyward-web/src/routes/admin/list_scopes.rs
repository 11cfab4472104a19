//! Contract §9: `GET /internal/v1/admin/scopes`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::Permission;

use super::caller::AdminCaller;
use super::data::{ListData, ScopeData};
use crate::envelope;
use crate::error::RequestError;
use crate::request_context::RequestContext;
use crate::schemas::Success;
use crate::state::InternalState;

/// Lists the scope catalogue with the descriptions and the names of resources in all languages.
#[utoipa::path(
    get,
    path = "/internal/v1/admin/scopes",
    operation_id = "listScopes",
    description = "Sorted by code.",
    tag = "administration",
    responses((status = 200, description = "All scopes that exist", body = Success<ListData<ScopeData>>))
)]
pub(crate) async fn list_scopes(
    request: HttpRequest,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let _permitted = AdminCaller::check(&request, &state, &context, Permission::ScopesRead).await?;
    let catalogue = &state.admin.keys.scope_catalogue;
    let entries = catalogue.list().await?;
    let named = catalogue.resources().await?;
    let items = entries.iter();
    let items = items.map(|entry| ScopeData::of(entry, &named)).collect();
    let data = ListData { items };
    Ok(envelope::success(&context, StatusCode::OK, &data))
}
