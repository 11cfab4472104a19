//! Contract §9: `PUT /internal/v1/admin/resources/{code}`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::Permission;

use super::caller::AdminCaller;
use super::data::ResourceData;
use crate::envelope;
use crate::error::RequestError;
use crate::extract::{AdminPath, json_body, resource_names};
use crate::request_context::RequestContext;
use crate::schemas::{ResourceNamesToPut, Success};
use crate::state::InternalState;

/// Replaces the names of a resource, or removes them.
#[utoipa::path(
    put,
    path = "/internal/v1/admin/resources/{code}",
    operation_id = "putResource",
    description = "A resource is the part of a scope's code before the colon. It can be named before it has scopes. Repeating it has no effect.",
    tag = "administration",
    params(("code" = String, Path, description = "The code of the resource", example = "payment")),
    request_body = ResourceNamesToPut,
    responses((status = 200, description = "It has these names", body = Success<ResourceData>))
)]
pub(crate) async fn put_resource(
    request: HttpRequest,
    payload: Payload,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let caller = AdminCaller::check(&request, &state, &context, Permission::ScopesWrite).await?;
    let resource = AdminPath(request.uri().path()).resource()?;
    let body = json_body(request.headers(), payload, state.body_deadline).await?;
    let names = resource_names(body.members()?)?;
    let data = ResourceData::of(&resource, &names);
    let catalogue = state.admin.keys.scope_catalogue.as_ref();
    let _is_changed = catalogue
        .name_resource(&resource, names, caller.author(&context))
        .await?;
    Ok(envelope::success(&context, StatusCode::OK, &data))
}
