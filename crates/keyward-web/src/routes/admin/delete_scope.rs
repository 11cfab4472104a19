//! Contract §9: `DELETE /internal/v1/admin/scopes/{code}`.

use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::Permission;

use super::caller::AdminCaller;
use crate::envelope;
use crate::error::RequestError;
use crate::extract::AdminPath;
use crate::request_context::RequestContext;
use crate::state::InternalState;

/// Removes a scope from the catalogue.
#[utoipa::path(
    delete,
    path = "/internal/v1/admin/scopes/{code}",
    operation_id = "deleteScope",
    description = "Keys that have it keep it.",
    tag = "administration",
    params(("code" = String, Path, description = "The code of the scope", example = "payment:read")),
    responses((status = 204, description = "It was removed"))
)]
pub(crate) async fn delete_scope(
    request: HttpRequest,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let caller = AdminCaller::check(&request, &state, &context, Permission::ScopesWrite).await?;
    let scope = AdminPath(request.uri().path()).scope()?;
    let catalogue = state.admin.keys.scope_catalogue.as_ref();
    if catalogue.remove(&scope, caller.author(&context)).await? {
        Ok(envelope::no_content())
    } else {
        Err(RequestError::ScopeNotFound)
    }
}
