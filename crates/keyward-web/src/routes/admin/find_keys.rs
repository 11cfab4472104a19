//! Contract §9: `GET /internal/v1/admin/api-keys`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::Permission;

use super::caller::AdminCaller;
use super::data::{FoundKeyData, ListData};
use crate::envelope;
use crate::error::RequestError;
use crate::extract::{KeySearch, key_search};
use crate::request_context::RequestContext;
use crate::schemas::Success;
use crate::state::InternalState;

/// Finds keys in all workspaces by external id, creator or workspace.
#[utoipa::path(
    get,
    path = "/internal/v1/admin/api-keys",
    operation_id = "findKeys",
    description = "At least one of `externalId`, `createdBy` and `workspaceId` is required; a key must match all that are given. Sorted by id. Continue with the last id as `after`, until the list is empty. Deleted keys are not listed.",
    tag = "administration",
    params(
        ("externalId" = Option<String>, Query, description = "Only keys with exactly this external id", example = "customer-4711"),
        ("createdBy" = Option<String>, Query, description = "Only keys that this user created"),
        ("workspaceId" = Option<String>, Query, description = "Only keys of this workspace"),
        ("after" = Option<String>, Query, description = "Only keys after this id"),
        ("size" = Option<i32>, Query, description = "The maximum number of entries, 1 to 100; 20 by default")
    ),
    responses((status = 200, description = "Keys, each with its workspace", body = Success<ListData<FoundKeyData<'static>>>))
)]
pub(crate) async fn find_keys(
    request: HttpRequest,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let _permitted = AdminCaller::check(&request, &state, &context, Permission::KeysRead).await?;
    let KeySearch {
        selector,
        after,
        size,
    } = key_search(request.query_string())?;
    let keys = state
        .admin
        .selected_keys
        .keys(&selector, after, size)
        .await?;
    let now = context.now();
    let items = keys.iter().map(|key| FoundKeyData::of(key, now)).collect();
    let data = ListData { items };
    Ok(envelope::success(&context, StatusCode::OK, &data))
}
