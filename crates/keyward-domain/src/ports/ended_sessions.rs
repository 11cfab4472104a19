use async_trait::async_trait;

use crate::caller::session_id::SessionId;
use crate::ports::RepositoryError;
use crate::timestamp::Timestamp;

/// Which sessions somebody has signed out of, asked at every request, so that a token opens nothing more
/// from then on, on any node.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait EndedSessions: Send + Sync {
    /// Ends a session whose token ends by itself at `ends_at`. Ending it twice is as good as once.
    async fn end(&self, id: SessionId, ends_at: Timestamp) -> Result<(), RepositoryError>;

    /// Whether a session was ended, by any node, before this was asked.
    async fn is_ended(&self, id: SessionId) -> Result<bool, RepositoryError>;
}
