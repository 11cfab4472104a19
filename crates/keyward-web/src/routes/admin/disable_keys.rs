//! Contract §9: `POST /internal/v1/admin/api-keys:disable`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::Permission;

use super::super::propagation::with_propagation_of_service;
use super::caller::AdminCaller;
use super::data::DisabledKeysData;
use crate::envelope;
use crate::error::RequestError;
use crate::extract::{KeySelection, json_body, key_selection};
use crate::request_context::RequestContext;
use crate::schemas::{SelectedKeys, Success};
use crate::state::InternalState;

/// Disables all keys of a workspace, or all that a user created, in all workspaces.
#[utoipa::path(
    post,
    path = "/internal/v1/admin/api-keys:disable",
    operation_id = "disableKeys",
    description = "At most 1,000 keys per request; repeat it while `hasMore` is true. With `dryRun`, nothing changes.",
    tag = "administration",
    request_body = SelectedKeys,
    responses((status = 200, description = "The keys that were disabled, or would be", body = Success<DisabledKeysData>))
)]
pub(crate) async fn disable_keys(
    request: HttpRequest,
    payload: Payload,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let caller = AdminCaller::check(&request, &state, &context, Permission::KeysDisable).await?;
    let body = json_body(request.headers(), payload, state.body_deadline).await?;
    let KeySelection {
        selector,
        is_dry_run,
    } = key_selection(body.members()?)?;
    let disabled = state.admin.keys.disable_selected(
        state.admin.selected_keys.as_ref(),
        caller.service(),
        &selector,
        caller.origin(),
        is_dry_run,
    );
    let disabled = disabled.await;
    let disabled = disabled.map_err(|error| RequestError::of_change(error, &[]))?;
    let data = DisabledKeysData::of(&disabled, is_dry_run);
    let answer = envelope::success(&context, StatusCode::OK, &data);
    if is_dry_run {
        Ok(answer)
    } else {
        Ok(with_propagation_of_service(&state, answer).await)
    }
}
