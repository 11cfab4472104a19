use std::sync::Arc;

use keyward_domain::ports::{EndedSessions, RepositoryError};

use super::session::{Session, TokenError};
use super::verifier::TokenVerifier;

/// The one way from a token to a [`Session`] for whoever answers requests: the token is believed, and
/// nobody has signed out of its session.
#[derive(Clone)]
pub struct Sessions {
    tokens: Arc<TokenVerifier>,
    ended: Arc<dyn EndedSessions>,
}

/// Why a token opens no session.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The token is not believed, or its session was ended.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// Nobody can say now whether its session was ended.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl Sessions {
    /// Sessions of the tokens that are believed, but for those that were ended.
    #[must_use]
    pub fn new(tokens: Arc<TokenVerifier>, ended: Arc<dyn EndedSessions>) -> Self {
        Self { tokens, ended }
    }

    /// The session of a token. The store is asked each time, so that an end counts at once on every node.
    ///
    /// # Errors
    /// [`SessionError`]; an ended session is a token that is not believed.
    pub async fn open(&self, token: &str) -> Result<Session, SessionError> {
        let session = self.tokens.verify(token).await?;
        if self.ended.is_ended(session.id).await? {
            return Err(TokenError::Invalid("ended").into());
        }
        Ok(session)
    }

    /// Ends the session of a token, whatever device shows it, and gives it back.
    ///
    /// # Errors
    /// [`SessionError`]; a token that is not believed has no session to end.
    pub async fn end(&self, token: &str) -> Result<Session, SessionError> {
        let session = self.tokens.verify(token).await?;
        self.ended.end(session.id, session.ends_at).await?;
        Ok(session)
    }
}

#[cfg(test)]
mod tests;
