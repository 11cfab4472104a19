//! Contract §3: `POST …/api-keys/{apiKeyId}/rotate`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::usecases::RotatedApiKey;
use keyward_domain::{Idempotency, RepeatableOperation, RequestFingerprint};
use serde::Serialize;
use utoipa::ToSchema;

use super::owner::Owner;
use super::propagation;
use crate::envelope;
use crate::error::RequestError;
use crate::extract::{self, OptionalHeaders};
use crate::members;
use crate::request_context::RequestContext;
use crate::schemas::{Rotation, Success};
use crate::state::PublicState;

/// The contract's members, in its order.
#[derive(Serialize, ToSchema)]
#[schema(as = RotatedApiKey)]
#[serde(rename_all = "camelCase")]
struct RotatedData<'a> {
    #[schema(
        pattern = "^[a-z][a-z0-9]{1,11}_(live|test)_[0-9A-Za-z]{22}$",
        example = "sk_live_0352LgEZNa95dBFUcIVbVc"
    )]
    api_key_id: String,
    #[schema(pattern = "^[a-z][a-z0-9]{1,11}_(live|test)_[0-9A-Za-z]{49}$")]
    secret: &'a str,
    #[schema(format = DateTime, example = "2026-03-21T00:00:00Z")]
    overlap_ends_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    ended_secret_hint: Option<String>,
}

impl<'a> RotatedData<'a> {
    fn of(rotated: &'a RotatedApiKey) -> Self {
        let id = rotated.key.id();
        Self {
            api_key_id: id.to_string(),
            secret: rotated.secret.expose(),
            overlap_ends_at: rotated.overlap_ends_at.to_string(),
            ended_secret_hint: rotated.ended.map(|ended| ended.masked(id)),
        }
    }
}

/// Gives a key a new secret. Only this response contains it.
#[utoipa::path(
    post,
    path = "/web/v1/workspaces/{workspaceId}/api-keys/{apiKeyId}/rotate",
    operation_id = "rotateApiKey",
    description = "Id, name, scopes, rules, mode and expiry stay the same. The old secret stays valid for the overlap. An older secret from an earlier rotation becomes invalid at once.",
    tag = "keys",
    params(
        ("workspaceId" = String, Path, description = "The workspace of the key", example = "ws_1"),
        ("apiKeyId" = String, Path, description = "The key id", example = "sk_live_0352LgEZNa95dBFUcIVbVc")
    ),
    request_body = Option<Rotation>,
    responses((status = 201, description = "The new secret, which is shown only once", body = Success<RotatedData<'static>>))
)]
pub(crate) async fn rotate(
    request: HttpRequest,
    payload: Payload,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let owner = Owner::check(&request, &state, &context, OptionalHeaders::BOTH).await?;
    let api_key_id = extract::api_key_id(request.uri().path())?;
    let headers = request.headers();
    let body = extract::json_body_if_any(headers, payload, state.body_deadline).await?;
    let idempotency = owner.idempotency_key.clone().map(|key| Idempotency {
        key,
        fingerprint: RequestFingerprint::about(api_key_id, body.bytes()),
    });
    let (keys, target) = (&state.keys, owner.target(api_key_id));
    let operation = RepeatableOperation::Rotate;
    let first_time = keys.first_time(&owner.workspace, operation, idempotency);
    let first_time = first_time.await?;
    let rotation = extract::rotation(body.members()?);
    let rotated = keys.rotate(target, rotation, first_time).await;
    let rotated = rotated.map_err(|error| RequestError::of_change(error, members::ROTATION))?;
    let data = RotatedData::of(&rotated);
    let answer = envelope::success(&context, StatusCode::CREATED, &data);
    Ok(propagation::with_propagation(&state, answer).await)
}

#[cfg(test)]
mod tests;
