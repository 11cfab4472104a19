//! Contract §9: `POST /internal/v1/admin/workspaces:batch`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::{Permission, WorkspaceId};

use super::batch::{self, Done, Ids, ResultsData};
use super::caller::AdminCaller;
use crate::envelope;
use crate::error::RequestError;
use crate::extract::{batch_body, workspaces_batch};
use crate::request_context::RequestContext;
use crate::schemas::{Success, Workspaces};
use crate::state::InternalState;

/// Adds up to 1,000 workspaces.
#[utoipa::path(
    post,
    path = "/internal/v1/admin/workspaces:batch",
    operation_id = "putWorkspaces",
    description = "Each entry is carried out by itself, in order, and has its own result. Repeating the batch has no further effect.",
    tag = "administration",
    request_body = Workspaces,
    responses((status = 200, description = "The result of each entry, in order", body = Success<ResultsData>))
)]
pub(crate) async fn put_workspaces(
    request: HttpRequest,
    payload: Payload,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let caller =
        AdminCaller::check(&request, &state, &context, Permission::WorkspacesWrite).await?;
    let body = batch_body(request.headers(), payload, state.body_deadline).await?;
    let ids = workspaces_batch(body.members()?)?;
    let directory = state.admin.directory.as_ref();
    let put = async |id: &WorkspaceId| {
        let is_added = directory.add_workspace(id, caller.author(&context)).await?;
        Ok(Done::of(if is_added {
            batch::ADDED
        } else {
            batch::UNCHANGED
        }))
    };
    let ids_of = |id: &WorkspaceId| Ids {
        workspace_id: id.to_string(),
        user_id: None,
    };
    let data = batch::run(&context, &ids, ids_of, put).await;
    Ok(envelope::success(&context, StatusCode::OK, &data))
}
