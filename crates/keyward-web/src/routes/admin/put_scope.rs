//! Contract §9: `PUT /internal/v1/admin/scopes/{code}`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::Permission;
use keyward_domain::ports::{CatalogueChange, CatalogueEntry};

use super::caller::AdminCaller;
use super::data::ScopeData;
use crate::envelope;
use crate::error::RequestError;
use crate::extract::{AdminPath, descriptions, json_body};
use crate::request_context::RequestContext;
use crate::schemas::{ScopeDescriptions, Success};
use crate::state::InternalState;

/// Adds a scope, or replaces its descriptions.
#[utoipa::path(
    put,
    path = "/internal/v1/admin/scopes/{code}",
    operation_id = "putScope",
    description = "Repeating it has no effect.",
    tag = "administration",
    params(("code" = String, Path, description = "The code of the scope", example = "payment:read")),
    request_body = ScopeDescriptions,
    responses((status = 200, description = "It existed before", body = Success<ScopeData>), (status = 201, description = "It was added", body = Success<ScopeData>))
)]
pub(crate) async fn put_scope(
    request: HttpRequest,
    payload: Payload,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let caller = AdminCaller::check(&request, &state, &context, Permission::ScopesWrite).await?;
    let scope = AdminPath(request.uri().path()).scope()?;
    let body = json_body(request.headers(), payload, state.body_deadline).await?;
    let descriptions = descriptions(body.members()?)?;
    let entry = CatalogueEntry {
        scope,
        descriptions,
    };
    let catalogue = state.admin.keys.scope_catalogue.as_ref();
    let put = catalogue.put(entry.clone(), caller.author(&context));
    let status = match put.await? {
        CatalogueChange::Added => StatusCode::CREATED,
        CatalogueChange::Described | CatalogueChange::Unchanged => StatusCode::OK,
    };
    let data = ScopeData::of(&entry, &catalogue.resources().await?);
    Ok(envelope::success(&context, status, &data))
}
