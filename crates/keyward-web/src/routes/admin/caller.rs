use actix_web::HttpRequest;
use keyward_domain::usecases::{Precondition, Target, authorize};
use keyward_domain::{
    Actor, ApiKeyId, Authorship, Origin, OwnedWorkspace, Permission, ServiceCaller, WorkspaceId,
};

use crate::error::RequestError;
use crate::request_context::RequestContext;
use crate::state::InternalState;

/// The common part of every request to the administration.
#[derive(Debug)]
pub(super) struct AdminCaller {
    service: ServiceCaller,
    origin: Origin,
}

impl AdminCaller {
    /// The first check of every operation: a service token with this permission.
    ///
    /// # Errors
    /// [`RequestError`] of 401, 403 or 5xx.
    pub(super) async fn check(
        request: &HttpRequest,
        state: &InternalState,
        context: &RequestContext,
        permission: Permission,
    ) -> Result<Self, RequestError> {
        Ok(Self {
            service: state.admit_service(request, permission).await?,
            origin: context.origin(),
        })
    }

    /// The proof that the service may do this.
    pub(super) fn service(&self) -> &ServiceCaller {
        &self.service
    }

    /// The address and the request id.
    pub(super) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The service as the author of a change, now.
    pub(super) fn author(&self, context: &RequestContext) -> Authorship {
        Authorship {
            actor: Actor::Service {
                name: self.service.name().clone(),
            },
            origin: self.origin.clone(),
            occurred_at: context.now(),
        }
    }

    /// The proof that the service may act on a workspace.
    ///
    /// # Errors
    /// [`RequestError::WorkspaceNotFound`] or [`RequestError::Repository`].
    pub(super) async fn workspace(
        &self,
        state: &InternalState,
        workspace_id: &WorkspaceId,
    ) -> Result<OwnedWorkspace, RequestError> {
        let directory = state.admin.directory.as_ref();
        let workspace = authorize::service_in(directory, &self.service, workspace_id).await?;
        workspace.ok_or(RequestError::WorkspaceNotFound)
    }

    /// The request as a change of one key, at any version.
    pub(super) fn target<'a>(
        &'a self,
        workspace: &'a OwnedWorkspace,
        api_key_id: ApiKeyId,
    ) -> Target<'a> {
        Target {
            workspace,
            api_key_id,
            precondition: &Precondition::Anything,
            origin: &self.origin,
        }
    }
}
