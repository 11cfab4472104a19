//! Contract §3: `PATCH …/api-keys/{apiKeyId}`.

use actix_web::web::{Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};

use super::key_data::{self, KeyData};
use super::owner::Owner;
use super::propagation;
use crate::error::RequestError;
use crate::extract::{self, OptionalHeaders};
use crate::members;
use crate::request_context::RequestContext;
use crate::schemas::{ApiKeyChange, Success};
use crate::state::PublicState;

/// Updates the fields of a key that the body contains, and returns the key.
#[utoipa::path(
    patch,
    path = "/web/v1/workspaces/{workspaceId}/api-keys/{apiKeyId}",
    operation_id = "updateApiKey",
    description = "A missing member stays unchanged. With If-Match, the key is only changed if it is still at that version.",
    tag = "keys",
    params(
        ("workspaceId" = String, Path, description = "The workspace of the key", example = "ws_1"),
        ("apiKeyId" = String, Path, description = "The key id", example = "sk_live_0352LgEZNa95dBFUcIVbVc")
    ),
    request_body = ApiKeyChange,
    responses((status = 200, description = "The key after the update", body = Success<KeyData<'static>>))
)]
pub(crate) async fn update(
    request: HttpRequest,
    payload: Payload,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let owner = Owner::check(&request, &state, &context, OptionalHeaders::IF_MATCH).await?;
    let api_key_id = extract::api_key_id(request.uri().path())?;
    let body = extract::json_body(request.headers(), payload, state.body_deadline).await?;
    let update = extract::update(body.members()?);
    let updated = state.keys.update(owner.target(api_key_id), update).await;
    let key = updated.map_err(|error| RequestError::of_change(error, members::UPDATE))?;
    Ok(propagation::with_propagation(&state, key_data::answer(&context, &key)).await)
}

#[cfg(test)]
mod tests;
