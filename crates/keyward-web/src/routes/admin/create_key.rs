//! Contract §9: `POST /internal/v1/admin/workspaces/{workspaceId}/api-keys`.

use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::usecases::CreatedApiKey;
use keyward_domain::{
    ApiKey, Idempotency, Permission, RawImport, RepeatableOperation, RequestFingerprint, Secret,
};
use percent_encoding::utf8_percent_encode;

use super::caller::AdminCaller;
use super::data::NewKeyData;
use crate::envelope;
use crate::error::RequestError;
use crate::extract::{AdminPath, NewKey, idempotency_key, json_body, new_key};
use crate::headers::ascii_header_value;
use crate::members;
use crate::path_segment_set::PATH_SEGMENT;
use crate::request_context::RequestContext;
use crate::schemas::{NewApiKeyOfService, Success};
use crate::state::InternalState;

/// Creates a key in any workspace, with a new secret or with one of the caller's.
#[utoipa::path(
    post,
    path = "/internal/v1/admin/workspaces/{workspaceId}/api-keys",
    operation_id = "createKeyOfWorkspace",
    description = "Only this response contains the secret. With `secretHash`, the caller has made the secret: the response has none. TEST keys need no portal.",
    tag = "administration",
    params(
        ("workspaceId" = String, Path, description = "The workspace", example = "ws_1"),
        ("Idempotency-Key" = Option<String>, Header, description = "As for owners: repeating the same request with it creates no second key")
    ),
    request_body = NewApiKeyOfService,
    responses((status = 201, description = "The key, and its secret unless the caller has made it", body = Success<NewKeyData<'static>>))
)]
pub(crate) async fn create_key(
    request: HttpRequest,
    payload: Payload,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let caller = AdminCaller::check(&request, &state, &context, Permission::KeysCreate).await?;
    let id = AdminPath(request.uri().path()).workspace_id()?;
    let idempotency_key = idempotency_key(request.headers())?;
    let body = json_body(request.headers(), payload, state.body_deadline).await?;
    let idempotency = idempotency_key.map(|key| Idempotency {
        key,
        fingerprint: RequestFingerprint::of(body.bytes()),
    });
    let workspace = caller.workspace(&state, &id).await?;
    let (keys, origin) = (&state.admin.keys, caller.origin().clone());
    let operation = RepeatableOperation::Create;
    let first_time = keys.first_time(&workspace, operation, idempotency).await?;
    let (key, secret) = match new_key(body.members()?) {
        NewKey::Draft(draft) => {
            let created = keys.create(&workspace, draft, origin, first_time).await;
            let CreatedApiKey { key, secret } =
                created.map_err(|error| RequestError::of_create(error, members::NEW_KEY))?;
            (key, Some(secret))
        }
        NewKey::Import(draft, secret_hash) => {
            let import = RawImport { draft, secret_hash };
            let imported = keys.import(&workspace, import, origin, first_time).await;
            let key = imported.map_err(|error| RequestError::of_create(error, members::NEW_KEY))?;
            (key, None)
        }
    };
    state.metrics.created();
    Ok(answer(&context, &key, secret.as_ref()))
}

fn answer(context: &RequestContext, key: &ApiKey, secret: Option<&Secret>) -> HttpResponse {
    let data = NewKeyData::of(key, secret, context.now());
    let mut response = envelope::success(context, StatusCode::CREATED, &data);
    let workspace = utf8_percent_encode(key.fields().workspace_id.as_str(), PATH_SEGMENT);
    let location = format!(
        "/internal/v1/admin/workspaces/{workspace}/api-keys/{}",
        key.id()
    );
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, ascii_header_value(&location));
    response
}
