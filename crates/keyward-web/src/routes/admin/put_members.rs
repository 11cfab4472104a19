//! Contract §9: `POST /internal/v1/admin/members:batch`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::Permission;
use keyward_domain::ports::MemberPut;

use super::batch::{self, Done, Ids, ResultsData};
use super::caller::AdminCaller;
use crate::envelope;
use crate::error::RequestError;
use crate::extract::{BatchMember, batch_body, members_batch};
use crate::request_context::RequestContext;
use crate::schemas::{Members, Success};
use crate::state::InternalState;

/// Makes up to 1,000 users members with their roles.
#[utoipa::path(
    post,
    path = "/internal/v1/admin/members:batch",
    operation_id = "putMembers",
    description = "Of any workspaces. Each entry is carried out by itself, in order, and has its own result. Repeating the batch has no further effect.",
    tag = "administration",
    request_body = Members,
    responses((status = 200, description = "The result of each entry, in order", body = Success<ResultsData>))
)]
pub(crate) async fn put_members(
    request: HttpRequest,
    payload: Payload,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let caller = AdminCaller::check(&request, &state, &context, Permission::MembersWrite).await?;
    let body = batch_body(request.headers(), payload, state.body_deadline).await?;
    let members = members_batch(body.members()?)?;
    let directory = state.admin.directory.as_ref();
    let put = async |member: &BatchMember| {
        let (workspace_id, user_id) = (&member.workspace_id, &member.user_id);
        let author = caller.author(&context);
        let put = directory.put_member(workspace_id, user_id, member.role, author);
        match put.await? {
            MemberPut::Added => Ok(Done::of(batch::ADDED)),
            MemberPut::Changed => Ok(Done::of(batch::CHANGED)),
            MemberPut::Unchanged => Ok(Done::of(batch::UNCHANGED)),
            MemberPut::UnknownWorkspace => Err(RequestError::WorkspaceNotFound),
        }
    };
    let ids = |member: &BatchMember| Ids {
        workspace_id: member.workspace_id.to_string(),
        user_id: Some(member.user_id.to_string()),
    };
    let data = batch::run(&context, &members, ids, put).await;
    Ok(envelope::success(&context, StatusCode::OK, &data))
}
