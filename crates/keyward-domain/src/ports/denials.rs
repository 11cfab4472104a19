use async_trait::async_trait;
use uuid::Uuid;

use crate::caller::origin::ClientAddress;
use crate::caller::workspace::WorkspaceId;
use crate::key::id::ApiKeyId;
use crate::ports::RepositoryError;
use crate::timestamp::Timestamp;
use crate::verification::denial::Denial;

/// Denials of one key for one reason in one hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyDenials {
    /// The key.
    pub api_key_id: ApiKeyId,
    /// The reason.
    pub denial: Denial,
    /// The time of the last denial. All of them were in the same hour.
    pub last_denied_at: Timestamp,
    /// The address of the last call; `None` when the verifier did not know it.
    pub address: Option<ClientAddress>,
    /// The number of denials.
    pub count: u64,
}

impl KeyDenials {
    /// The start of their hour (UTC).
    #[must_use]
    pub fn hour(&self) -> Timestamp {
        self.last_denied_at.truncated_to_hours()
    }
}

/// Stores how often keys were denied, by reason and hour.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Denials: Send + Sync {
    /// Adds denials. Counts of the same key, reason and hour are summed. The time of the last
    /// denial never moves back, in whatever order the batches arrive. Denials of deleted or unknown
    /// keys are dropped. Key versions do not change.
    async fn record_denials(&self, denials: Vec<KeyDenials>) -> Result<(), RepositoryError>;

    /// The denials of a key by hour, from the hour of `since` on, and before `before`. The newest hour
    /// comes first; within an hour the reasons are sorted by name. Empty for a key that the
    /// workspace does not have. The result may include denials that are older than a purge would
    /// keep.
    async fn denials_of_key(
        &self,
        workspace_id: &WorkspaceId,
        api_key_id: ApiKeyId,
        since: Timestamp,
        before: Timestamp,
    ) -> Result<Vec<KeyDenials>, RepositoryError>;

    /// The denials of at most `limit` keys of all workspaces from the hour of `since` on, sorted by the
    /// UUIDs of the keys, starting after the key with the UUID `after`. Without deleted keys.
    async fn denials_since(
        &self,
        since: Timestamp,
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<(WorkspaceId, KeyDenials)>, RepositoryError>;
}
