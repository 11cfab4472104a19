use async_trait::async_trait;

use crate::caller::known_roles::StoredRole;
use crate::caller::session_id::SessionId;
use crate::caller::workspace::{UserId, WorkspaceId};
use crate::ports::RepositoryError;
use crate::timestamp::Timestamp;

/// What the store says about a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionState {
    /// Whether any node ended the session before the call.
    pub is_ended: bool,
    /// The role that was asked for, if the store can tell it.
    pub role: Option<StoredRole>,
}

/// The sessions that were signed out. They are checked at every request, so that a token stops
/// working at once on every node.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait EndedSessions: Send + Sync {
    /// Ends a session whose token expires at `ends_at`. Repeating it has no effect.
    async fn end(&self, id: SessionId, ends_at: Timestamp) -> Result<(), RepositoryError>;

    /// The state of a session. Nearly every request also needs the role of its user in a workspace, so
    /// a store that has both tells the role of `member` in the same look.
    async fn state(
        &self,
        id: SessionId,
        member: Option<(WorkspaceId, UserId)>,
    ) -> Result<SessionState, RepositoryError>;
}
