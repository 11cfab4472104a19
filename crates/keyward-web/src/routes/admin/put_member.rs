//! Contract §9: `PUT /internal/v1/admin/workspaces/{workspaceId}/members/{userId}`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::ports::MemberPut;
use keyward_domain::{Member, Permission};

use super::caller::AdminCaller;
use super::data::MemberData;
use crate::envelope;
use crate::error::RequestError;
use crate::extract::{AdminPath, json_body, role};
use crate::request_context::RequestContext;
use crate::schemas::{MemberRole, Success};
use crate::state::InternalState;

/// Makes a user a member with this role, whatever the user was before.
#[utoipa::path(
    put,
    path = "/internal/v1/admin/workspaces/{workspaceId}/members/{userId}",
    operation_id = "putMember",
    description = "It takes effect at the next request of the user. Repeating it has no effect.",
    tag = "administration",
    params(("workspaceId" = String, Path, description = "The workspace", example = "ws_1"), ("userId" = String, Path, description = "The user", example = "user_1")),
    request_body = MemberRole,
    responses((status = 200, description = "The user was a member before", body = Success<MemberData>), (status = 201, description = "The user is a new member", body = Success<MemberData>))
)]
pub(crate) async fn put_member(
    request: HttpRequest,
    payload: Payload,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let caller = AdminCaller::check(&request, &state, &context, Permission::MembersWrite).await?;
    let path = AdminPath(request.uri().path());
    let (id, user_id) = (path.workspace_id()?, path.user_id()?);
    let body = json_body(request.headers(), payload, state.body_deadline).await?;
    let role = role(body.members()?)?;
    let author = caller.author(&context);
    let put = state
        .admin
        .directory
        .put_member(&id, &user_id, role, author);
    let status = match put.await? {
        MemberPut::Added => StatusCode::CREATED,
        MemberPut::Changed | MemberPut::Unchanged => StatusCode::OK,
        MemberPut::UnknownWorkspace => return Err(RequestError::WorkspaceNotFound),
    };
    let member = Member { user_id, role };
    let data = MemberData::of(&member);
    Ok(envelope::success(&context, status, &data))
}
