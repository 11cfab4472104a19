use async_trait::async_trait;

use crate::caller::origin::ClientAddress;
use crate::caller::workspace::WorkspaceId;
use crate::key::id::ApiKeyId;
use crate::ports::RepositoryError;
use crate::timestamp::Timestamp;
use crate::verification::denial::Denial;

/// Denials of one key, for one reason and in one hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyDenials {
    /// Which key.
    pub api_key_id: ApiKeyId,
    /// Why.
    pub denial: Denial,
    /// The last time. Its hour is the one that all of them were in.
    pub last_denied_at: Timestamp,
    /// From where, that time; `None` when the verifier was not told.
    pub address: Option<ClientAddress>,
    /// How often.
    pub count: u64,
}

impl KeyDenials {
    /// The start of the hour (UTC) that they were in.
    #[must_use]
    pub fn hour(&self) -> Timestamp {
        self.last_denied_at.truncated_to_hours()
    }
}

/// Where it is kept how often a key was denied, by reason and hour.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Denials: Send + Sync {
    /// Adds denials. Counts of one key, reason and hour add up, and their last time moves forward
    /// only, whatever comes late. Denials of a key that is deleted, or that nobody has any more, are
    /// forgotten. No key's version changes by it.
    async fn record_denials(&self, denials: Vec<KeyDenials>) -> Result<(), RepositoryError>;

    /// What was recorded of a key, hour by hour, from the hour that `since` is in; the newest hour
    /// first, and the reasons of an hour by their words. Nothing for a key that the workspace doesn't
    /// have. What is past [`DENIALS_KEPT_SECONDS`](crate::DENIALS_KEPT_SECONDS) may be among it.
    async fn denials_of_key(
        &self,
        workspace_id: &WorkspaceId,
        api_key_id: ApiKeyId,
        since: Timestamp,
    ) -> Result<Vec<KeyDenials>, RepositoryError>;
}
