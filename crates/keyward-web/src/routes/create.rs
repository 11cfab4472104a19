//! Contract §1: `POST /web/v1/workspaces/{workspaceId}/api-keys`.

use std::collections::BTreeMap;

use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::usecases::CreatedApiKey;
use keyward_domain::{
    Description, ExternalId, Idempotency, RepeatableOperation, RequestFingerprint, Scope,
};
use percent_encoding::utf8_percent_encode;
use serde::Serialize;
use utoipa::ToSchema;

use super::key_data::shown_metadata;
use super::limit_data::LimitData;
use super::owner::Owner;
use crate::envelope;
use crate::error::RequestError;
use crate::extract::{self, OptionalHeaders};
use crate::headers::ascii_header_value;
use crate::path_segment_set::PATH_SEGMENT;
use crate::request_context::RequestContext;
use crate::schemas::{NewApiKey, Success, modes, named_texts, statuses};
use crate::state::PublicState;

/// The contract's members, in its order.
#[derive(Serialize, ToSchema)]
#[schema(as = CreatedApiKey)]
#[serde(rename_all = "camelCase")]
struct CreatedData<'a> {
    #[schema(
        pattern = "^[a-z][a-z0-9]{1,11}_(live|test)_[0-9A-Za-z]{22}$",
        example = "sk_live_0352LgEZNa95dBFUcIVbVc"
    )]
    api_key_id: String,
    #[schema(pattern = "^[a-z][a-z0-9]{1,11}_(live|test)_[0-9A-Za-z]{49}$")]
    secret: &'a str,
    #[schema(example = "Production Key")]
    name: &'a str,
    #[schema(schema_with = statuses)]
    status: &'static str,
    #[schema(schema_with = modes)]
    mode: &'static str,
    #[schema(example = json!(["payment:read", "payment:write"]))]
    scopes: Vec<&'a str>,
    #[serde(rename = "ipWhitelist")]
    #[schema(example = json!(["192.168.1.0/24"]))]
    ip_allowlist: Vec<String>,
    #[schema(format = DateTime, example = "2026-03-21T00:00:00Z")]
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    expires_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "For the nightly report")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "customer-4711")]
    external_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = named_texts)]
    metadata: Option<BTreeMap<&'a str, &'a str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    limits: Vec<LimitData<'a>>,
}

/// Creates a key. Only this response contains its secret.
#[utoipa::path(
    post,
    path = "/web/v1/workspaces/{workspaceId}/api-keys",
    operation_id = "createApiKey",
    description = "Only this response contains the secret. Id and secret begin with the prefix of the deployment, sk by default. A key without scopes can do nothing. After a lost response, repeat the request with the same Idempotency-Key: 4091 contains the key id, and rotating the key gives a new secret.",
    tag = "keys",
    params(("workspaceId" = String, Path, description = "The workspace of the keys", example = "ws_1")),
    request_body = NewApiKey,
    responses((
        status = 201,
        description = "The key with its secret, which is shown only once",
        body = Success<CreatedData<'static>>,
        example = json!({
            "version": "1.3.0",
            "timestamp": 1_709_337_600_000_i64,
            "success": true,
            "code": "2000",
            "message": "SUCCESS",
            "data": {
                "apiKeyId": "sk_live_0352LgEZNa95dBFUcIVbVc",
                "secret": "sk_live_9g4qJQlmp3ziIlVKAoFIJCVl1k2LYgJSdcLOmFbMkHA1uJr9z",
                "name": "Production Key",
                "status": "ACTIVE",
                "mode": "LIVE",
                "scopes": ["payment:read", "payment:write"],
                "ipWhitelist": ["192.168.1.0/24"],
                "createdAt": "2026-03-21T00:00:00Z"
            }
        })
    ))
)]
pub(crate) async fn create(
    request: HttpRequest,
    payload: Payload,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let owner = Owner::check(&request, &state, &context, OptionalHeaders::IDEMPOTENCY_KEY).await?;
    let body = extract::json_body(request.headers(), payload, state.body_deadline).await?;
    let idempotency = owner.idempotency_key.map(|key| Idempotency {
        key,
        fingerprint: RequestFingerprint::of(body.bytes()),
    });
    let (keys, workspace) = (&state.keys, &owner.workspace);
    let operation = RepeatableOperation::Create;
    let first_time = keys.first_time(workspace, operation, idempotency).await?;
    let draft = extract::draft(body.members()?);
    let created = keys
        .create(workspace, draft, owner.origin, first_time)
        .await?;
    state.metrics.created();
    Ok(answer(&context, &created))
}

fn answer(context: &RequestContext, created: &CreatedApiKey) -> HttpResponse {
    let fields = created.key.fields();
    let annotations = &fields.annotations;
    let workspace = utf8_percent_encode(fields.workspace_id.as_str(), PATH_SEGMENT);
    let location = format!("/web/v1/workspaces/{workspace}/api-keys/{}", fields.id);
    let data = CreatedData {
        api_key_id: fields.id.to_string(),
        secret: created.secret.expose(),
        name: fields.name.as_str(),
        status: created.key.status(fields.created_at).as_str(),
        mode: created.key.mode().as_str(),
        scopes: fields.scopes.as_slice().iter().map(Scope::as_str).collect(),
        ip_allowlist: fields
            .ip_allowlist
            .as_slice()
            .iter()
            .map(ToString::to_string)
            .collect(),
        created_at: fields.created_at.to_string(),
        expires_at: fields
            .expires_at
            .map(|expiry| expiry.timestamp().to_string()),
        description: annotations.description.as_ref().map(Description::as_str),
        external_id: annotations.external_id.as_ref().map(ExternalId::as_str),
        metadata: shown_metadata(&annotations.metadata),
        limits: LimitData::all(&fields.limits),
    };
    let mut response = envelope::success(context, StatusCode::CREATED, &data);
    response
        .headers_mut()
        .insert(header::LOCATION, ascii_header_value(&location));
    response
}

#[cfg(test)]
mod tests;
