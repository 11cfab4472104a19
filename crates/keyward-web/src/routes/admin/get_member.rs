//! Contract §9: `GET /internal/v1/admin/workspaces/{workspaceId}/members/{userId}`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::{KnownRoles, Member, Permission};

use super::caller::AdminCaller;
use super::data::MemberData;
use crate::envelope;
use crate::error::RequestError;
use crate::extract::AdminPath;
use crate::request_context::RequestContext;
use crate::schemas::Success;
use crate::state::InternalState;

/// Shows the role of a member.
#[utoipa::path(
    get,
    path = "/internal/v1/admin/workspaces/{workspaceId}/members/{userId}",
    operation_id = "getMember",
    description = "A role is read at every request of the portal.",
    tag = "administration",
    params(("workspaceId" = String, Path, description = "The workspace", example = "ws_1"), ("userId" = String, Path, description = "The user", example = "user_1")),
    responses((status = 200, description = "The member", body = Success<MemberData>))
)]
pub(crate) async fn get_member(
    request: HttpRequest,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let _permitted =
        AdminCaller::check(&request, &state, &context, Permission::WorkspacesRead).await?;
    let path = AdminPath(request.uri().path());
    let (id, user_id) = (path.workspace_id()?, path.user_id()?);
    let known = KnownRoles::default();
    let role = state.admin.memberships.role(&id, &user_id, &known).await?;
    let Some(role) = role else {
        let workspace = state.admin.directory.workspace(&id).await?;
        return Err(match workspace {
            Some(_) => RequestError::MemberNotFound,
            None => RequestError::WorkspaceNotFound,
        });
    };
    let member = Member { user_id, role };
    let data = MemberData::of(&member);
    Ok(envelope::success(&context, StatusCode::OK, &data))
}
