//! Contract §9: `PUT /internal/v1/admin/workspaces/{workspaceId}`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::Permission;
use keyward_domain::ports::{PlanAssignment, SettingChange};

use super::super::propagation::with_propagation_of_service;
use super::caller::AdminCaller;
use super::data::WorkspaceData;
use crate::envelope;
use crate::error::RequestError;
use crate::extract::{AdminPath, Setting, json_body_if_any, workspace_settings};
use crate::language::MessageId;
use crate::problem::Problem;
use crate::request_context::RequestContext;
use crate::schemas::{Success, WorkspaceSettings};
use crate::state::InternalState;

/// Adds a workspace, unless it exists, and sets what the body names.
#[utoipa::path(
    put,
    path = "/internal/v1/admin/workspaces/{workspaceId}",
    operation_id = "putWorkspace",
    description = "Repeating it has no effect. A body is not required. A missing member stays unchanged. `null` removes it: then the deployment's policy for the lifetime of keys counts, or keys with a leaked secret are disabled, or there is no plan.",
    tag = "administration",
    request_body = WorkspaceSettings,
    params(("workspaceId" = String, Path, description = "The workspace", example = "ws_1")),
    responses((status = 200, description = "It already existed", body = Success<WorkspaceData>), (status = 201, description = "It was added", body = Success<WorkspaceData>))
)]
pub(crate) async fn put_workspace(
    request: HttpRequest,
    payload: Payload,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let caller =
        AdminCaller::check(&request, &state, &context, Permission::WorkspacesWrite).await?;
    let id = AdminPath(request.uri().path()).workspace_id()?;
    let body = json_body_if_any(request.headers(), payload, state.body_deadline).await?;
    let settings = workspace_settings(body.members()?)?;
    let changes_keys =
        settings.key_lifetime != Setting::Unchanged || settings.plan != Setting::Unchanged;
    let (directory, plans) = (state.admin.directory.as_ref(), state.admin.plans.as_ref());
    // Before the first change: a request that is refused has no effect.
    if let Setting::Set(Some(plan)) = &settings.plan
        && plans.get(plan).await?.is_none()
    {
        return Err(unknown_plan());
    }
    let is_added = directory
        .add_workspace(&id, caller.author(&context))
        .await?;
    if let Setting::Set(policy) = settings.key_lifetime {
        let author = caller.author(&context);
        match directory.set_key_lifetime(&id, policy, author).await? {
            SettingChange::Done | SettingChange::Unchanged => {}
            SettingChange::UnknownWorkspace => return Err(RequestError::WorkspaceNotFound),
        }
    }
    if let Setting::Set(policy) = settings.leak_policy {
        let author = caller.author(&context);
        match directory.set_leak_policy(&id, policy, author).await? {
            SettingChange::Done | SettingChange::Unchanged => {}
            SettingChange::UnknownWorkspace => return Err(RequestError::WorkspaceNotFound),
        }
    }
    if let Setting::Set(plan) = settings.plan {
        match plans.assign(&id, plan, caller.author(&context)).await? {
            PlanAssignment::Done | PlanAssignment::Unchanged => {}
            PlanAssignment::UnknownWorkspace => return Err(RequestError::WorkspaceNotFound),
            PlanAssignment::UnknownPlan => return Err(unknown_plan()),
        }
    }
    let workspace = directory.workspace(&id).await?;
    let workspace = workspace.ok_or(RequestError::WorkspaceNotFound)?;
    let status = if is_added {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    let data = WorkspaceData::of(&workspace);
    let answer = envelope::success(&context, status, &data);
    Ok(if changes_keys {
        with_propagation_of_service(&state, answer).await
    } else {
        answer
    })
}

fn unknown_plan() -> RequestError {
    Problem::new("plan", MessageId::PlanUnknown).into()
}
