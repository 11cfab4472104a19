use std::sync::Arc;

use keyward_domain::WorkspaceId;
use keyward_domain::ports::{EndedSessions, RepositoryError};

use super::session::{Session, TokenError};
use super::verifier::TokenVerifier;

/// The only way from a token to a [`Session`] for request handlers: the token must be valid, and
/// its session must not have ended.
#[derive(Clone)]
pub struct Sessions {
    tokens: Arc<TokenVerifier>,
    ended: Arc<dyn EndedSessions>,
}

/// Why a token opens no session.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The token is invalid, or its session has ended.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The store could not say whether the session has ended.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl Sessions {
    /// Opens sessions for valid tokens, except for ended sessions.
    #[must_use]
    pub fn new(tokens: Arc<TokenVerifier>, ended: Arc<dyn EndedSessions>) -> Self {
        Self { tokens, ended }
    }

    /// The session of a token. Asks the store every time, so that signing out takes effect at once
    /// on every node. `workspace_id` is the workspace that the request is about, if any: the store
    /// tells the user's role in it at the same time.
    ///
    /// # Errors
    /// [`SessionError`]. A token of an ended session is invalid.
    pub async fn open(
        &self,
        token: &str,
        workspace_id: Option<WorkspaceId>,
    ) -> Result<Session, SessionError> {
        let mut session = self.tokens.verify(token).await?;
        let user_id = &session.principal.user_id;
        let member = workspace_id.map(|workspace_id| (workspace_id, user_id.clone()));
        let state = self.ended.state(session.id, member).await?;
        if state.is_ended {
            return Err(TokenError::Invalid("ended").into());
        }
        session.roles.stored = state.role;
        Ok(session)
    }

    /// Ends the session of a token, from whatever device, and returns it.
    ///
    /// # Errors
    /// [`SessionError`]. An invalid token has no session to end.
    pub async fn end(&self, token: &str) -> Result<Session, SessionError> {
        let session = self.tokens.verify(token).await?;
        self.ended.end(session.id, session.ends_at).await?;
        Ok(session)
    }
}

#[cfg(test)]
mod tests;
