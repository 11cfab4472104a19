//! Contract §9: `DELETE /internal/v1/admin/workspaces/{workspaceId}/members/{userId}`.

use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::Permission;
use keyward_domain::ports::MemberChange;

use super::caller::AdminCaller;
use crate::envelope;
use crate::error::RequestError;
use crate::extract::AdminPath;
use crate::request_context::RequestContext;
use crate::state::InternalState;

/// Removes a member.
#[utoipa::path(
    delete,
    path = "/internal/v1/admin/workspaces/{workspaceId}/members/{userId}",
    operation_id = "deleteMember",
    description = "It takes effect at the next request of the user. The keys of the workspace stay.",
    tag = "administration",
    params(("workspaceId" = String, Path, description = "The workspace", example = "ws_1"), ("userId" = String, Path, description = "The user", example = "user_1")),
    responses((status = 204, description = "The user is no longer a member"))
)]
pub(crate) async fn delete_member(
    request: HttpRequest,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let caller = AdminCaller::check(&request, &state, &context, Permission::MembersWrite).await?;
    let path = AdminPath(request.uri().path());
    let (id, user_id) = (path.workspace_id()?, path.user_id()?);
    let author = caller.author(&context);
    let removed = state.admin.directory.remove_member(&id, &user_id, author);
    match removed.await? {
        MemberChange::Done => Ok(envelope::no_content()),
        MemberChange::UnknownWorkspace => Err(RequestError::WorkspaceNotFound),
        MemberChange::Refused => Err(RequestError::MemberNotFound),
    }
}
