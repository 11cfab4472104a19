use async_trait::async_trait;

use crate::caller::session_id::SessionId;
use crate::ports::RepositoryError;
use crate::timestamp::Timestamp;

/// The sessions that were signed out. They are checked at every request, so that a token stops
/// working at once on every node.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait EndedSessions: Send + Sync {
    /// Ends a session whose token expires at `ends_at`. Repeating it has no effect.
    async fn end(&self, id: SessionId, ends_at: Timestamp) -> Result<(), RepositoryError>;

    /// Whether any node ended the session before this call.
    async fn is_ended(&self, id: SessionId) -> Result<bool, RepositoryError>;
}
