//! Contract §3: `POST …/api-keys/delete`.

use actix_web::web::{Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::ApiKeyId;

use super::owner::Owner;
use super::propagation;
use crate::envelope;
use crate::error::RequestError;
use crate::extract::{self, OptionalHeaders};
use crate::members;
use crate::request_context::RequestContext;
use crate::schemas::NamedApiKey;
use crate::state::PublicState;

/// Deletes the key named in the body permanently.
#[utoipa::path(
    post,
    path = "/web/v1/workspaces/{workspaceId}/api-keys/delete",
    operation_id = "deleteNamedApiKey",
    description = "The same as deleting it by its path.",
    tag = "keys",
    params(("workspaceId" = String, Path, description = "The workspace of the key", example = "ws_1")),
    request_body = NamedApiKey,
    responses((status = 204, description = "The key is deleted permanently"))
)]
pub(crate) async fn delete_named(
    request: HttpRequest,
    payload: Payload,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let owner = Owner::check(&request, &state, &context, OptionalHeaders::IF_MATCH).await?;
    let body = extract::json_body(request.headers(), payload, state.body_deadline).await?;
    let key_id = extract::deletion(body.members()?)
        .map_err(|violations| RequestError::invalid(&violations, members::DELETION))?;
    let api_key_id =
        ApiKeyId::parse(&key_id).map_err(|_nobody_has_it| RequestError::ApiKeyNotFound)?;
    let deleted = state.keys.delete(owner.target(api_key_id)).await;
    deleted.map_err(|error| RequestError::of_change(error, &[]))?;
    Ok(propagation::with_propagation(&state, envelope::no_content()).await)
}

#[cfg(test)]
mod tests;
