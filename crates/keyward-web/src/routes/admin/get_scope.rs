//! Contract §9: `GET /internal/v1/admin/scopes/{code}`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::Permission;

use super::caller::AdminCaller;
use super::data::ScopeData;
use crate::envelope;
use crate::error::RequestError;
use crate::extract::AdminPath;
use crate::request_context::RequestContext;
use crate::schemas::Success;
use crate::state::InternalState;

/// Shows a scope with the descriptions and the names of its resource in all languages.
#[utoipa::path(
    get,
    path = "/internal/v1/admin/scopes/{code}",
    operation_id = "getScope",
    description = "A missing language falls back to English.",
    tag = "administration",
    params(("code" = String, Path, description = "The code of the scope", example = "payment:read")),
    responses((status = 200, description = "The scope", body = Success<ScopeData>))
)]
pub(crate) async fn get_scope(
    request: HttpRequest,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let _permitted = AdminCaller::check(&request, &state, &context, Permission::ScopesRead).await?;
    let scope = AdminPath(request.uri().path()).scope()?;
    let catalogue = &state.admin.keys.scope_catalogue;
    let entries = catalogue.list().await?;
    let entry = entries.iter().find(|entry| entry.scope == scope);
    let entry = entry.ok_or(RequestError::ScopeNotFound)?;
    let data = ScopeData::of(entry, &catalogue.resources().await?);
    Ok(envelope::success(&context, StatusCode::OK, &data))
}
