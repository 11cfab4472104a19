use std::borrow::Borrow;

use keyward_domain::usecases::authorize::{AuthorizeError, AuthorizeUser};
use keyward_domain::{OwnedWorkspace, SupervisedWorkspace};

use crate::auth::Session;

/// A proof of what a user may do in a workspace.
#[expect(
    async_fn_in_trait,
    reason = "all futures of a request stay in one worker"
)]
pub trait Proof: Borrow<SupervisedWorkspace> + Sized {
    /// Proves it for the user of a session. `workspace_id` is the caller's text.
    ///
    /// # Errors
    /// [`AuthorizeError`].
    async fn prove(
        users: &AuthorizeUser,
        session: &Session,
        workspace_id: &str,
    ) -> Result<Self, AuthorizeError>;
}

impl Proof for OwnedWorkspace {
    async fn prove(
        users: &AuthorizeUser,
        session: &Session,
        workspace_id: &str,
    ) -> Result<Self, AuthorizeError> {
        let Session {
            principal, roles, ..
        } = session;
        users.owner(principal, roles, workspace_id).await
    }
}

impl Proof for SupervisedWorkspace {
    async fn prove(
        users: &AuthorizeUser,
        session: &Session,
        workspace_id: &str,
    ) -> Result<Self, AuthorizeError> {
        let Session {
            principal, roles, ..
        } = session;
        users.supervisor(principal, roles, workspace_id).await
    }
}
