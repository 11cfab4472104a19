//! Contract §9: `GET /internal/v1/admin/workspaces/{workspaceId}/members`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::{Permission, UserId};

use super::caller::AdminCaller;
use super::data::{ListData, MemberData};
use crate::envelope;
use crate::error::RequestError;
use crate::extract::{AdminPath, cursor};
use crate::request_context::RequestContext;
use crate::schemas::Success;
use crate::state::InternalState;

/// Lists the members of a workspace, sorted by user id.
#[utoipa::path(
    get,
    path = "/internal/v1/admin/workspaces/{workspaceId}/members",
    operation_id = "listMembers",
    description = "Continue with the last user id as `after`, until the list is empty.",
    tag = "administration",
    params(("workspaceId" = String, Path, description = "The workspace", example = "ws_1"), ("after" = Option<String>, Query, description = "Only entries after this id"), ("size" = Option<i32>, Query, description = "The maximum number of entries, 1 to 100; 20 by default")),
    responses((status = 200, description = "Members", body = Success<ListData<MemberData>>))
)]
pub(crate) async fn list_members(
    request: HttpRequest,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let _permitted =
        AdminCaller::check(&request, &state, &context, Permission::WorkspacesRead).await?;
    let id = AdminPath(request.uri().path()).workspace_id()?;
    let part = cursor(request.query_string(), |text| UserId::parse(text).ok())?;
    let members = state.admin.directory.members(&id, part.after, part.size);
    let members = members.await?.ok_or(RequestError::WorkspaceNotFound)?;
    let items = members.iter().map(MemberData::of).collect();
    let data = ListData { items };
    Ok(envelope::success(&context, StatusCode::OK, &data))
}
