use actix_web::{HttpMessage as _, HttpRequest};
use keyward_domain::usecases::{Precondition, Target};
use keyward_domain::{ApiKeyId, IdempotencyKey, Origin, OwnedWorkspace, SupervisedWorkspace};

use crate::error::RequestError;
use crate::extract::{self, OptionalHeaders, OwnerHeaders, PathSegment};
use crate::middleware::Refused;
use crate::proof::Proof;
use crate::request_context::RequestContext;
use crate::state::PublicState;

/// A request of a user who owns the workspace.
pub(super) type Owner = User<OwnedWorkspace>;

/// A request of a user who may at least supervise the workspace's keys.
pub(super) type Supervisor = User<SupervisedWorkspace>;

/// The common part of every request of a user about a workspace.
#[derive(Debug)]
pub(super) struct User<W> {
    /// The proof of what the user may do.
    pub(super) workspace: W,
    /// The address and the request id.
    pub(super) origin: Origin,
    /// The idempotency key, if the client sent one.
    pub(super) idempotency_key: Option<IdempotencyKey>,
    /// The versions of the key that may be changed.
    pub(super) precondition: Precondition,
}

impl<W: Proof> User<W> {
    /// The first checks of every operation, in the contract's order: the token, the headers, the
    /// user's role. The first failure is the response.
    ///
    /// # Errors
    /// [`RequestError`] of 401, 400, 406, 403 or 5xx.
    pub(super) async fn check(
        request: &HttpRequest,
        state: &PublicState,
        context: &RequestContext,
        optional: OptionalHeaders,
    ) -> Result<Self, RequestError> {
        let headers = request.headers();
        let workspace = PathSegment::workspace(request.uri().path());
        let named = Some(workspace.as_str());
        let session = extract::authenticate(headers, &state.sessions, named).await;
        let session = session.inspect_err(|failure| {
            failure.note_refused_token(context, &state.metrics);
        })?;
        let OwnerHeaders {
            idempotency_key,
            precondition,
        } = OwnerHeaders::read(headers, &workspace, optional)?;
        let proof = W::prove(&state.users, &session, workspace.as_str()).await;
        let proof = proof.inspect_err(|_refused| {
            let refused = Refused::new(&session.principal, workspace.as_str());
            request.extensions_mut().insert(refused);
        })?;
        Ok(Self {
            workspace: proof,
            origin: context.origin(),
            idempotency_key,
            precondition,
        })
    }

    /// The request as a change of one key.
    pub(super) fn target(&self, api_key_id: ApiKeyId) -> Target<'_, W> {
        Target {
            workspace: &self.workspace,
            api_key_id,
            precondition: &self.precondition,
            origin: &self.origin,
        }
    }
}
