//! Contract §9: `GET /internal/v1/admin/workspaces`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::{Permission, WorkspaceId};

use super::caller::AdminCaller;
use super::data::{ListData, WorkspaceData};
use crate::envelope;
use crate::error::RequestError;
use crate::extract::cursor;
use crate::request_context::RequestContext;
use crate::schemas::Success;
use crate::state::InternalState;

/// Lists workspaces, sorted by id.
#[utoipa::path(
    get,
    path = "/internal/v1/admin/workspaces",
    operation_id = "listWorkspaces",
    description = "Continue with the last id as `after`, until the list is empty.",
    tag = "administration",
    params(("after" = Option<String>, Query, description = "Only entries after this id"), ("size" = Option<i32>, Query, description = "The maximum number of entries, 1 to 100; 20 by default")),
    responses((status = 200, description = "Workspaces", body = Success<ListData<WorkspaceData>>))
)]
pub(crate) async fn list_workspaces(
    request: HttpRequest,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let _permitted =
        AdminCaller::check(&request, &state, &context, Permission::WorkspacesRead).await?;
    let part = cursor(request.query_string(), |text| WorkspaceId::parse(text).ok())?;
    let workspaces = state.admin.directory.workspaces(part.after, part.size);
    let items = workspaces.await?.iter().map(WorkspaceData::of).collect();
    let data = ListData { items };
    Ok(envelope::success(&context, StatusCode::OK, &data))
}
