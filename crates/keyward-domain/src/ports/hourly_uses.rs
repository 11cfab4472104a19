use async_trait::async_trait;

use crate::caller::workspace::WorkspaceId;
use crate::key::id::ApiKeyId;
use crate::ports::RepositoryError;
use crate::timestamp::Timestamp;
use crate::usage::address_sketch::AddressSketch;

/// Uses of one key in one hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyUses {
    /// The key.
    pub api_key_id: ApiKeyId,
    /// The start of the hour (UTC).
    pub hour: Timestamp,
    /// The addresses from which it was used.
    pub addresses: AddressSketch,
    /// The number of uses.
    pub count: u64,
}

/// Uses of one key on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DailyUses {
    /// The key.
    pub api_key_id: ApiKeyId,
    /// The start of the day (UTC).
    pub day: Timestamp,
    /// The number of uses.
    pub count: u64,
}

/// Stores how often keys were used, by hour.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait HourlyUses: Send + Sync {
    /// Adds uses. Counts of the same key and hour are summed, and their addresses merged. Uses of
    /// deleted or unknown keys are dropped. Key versions do not change.
    async fn record_hourly_uses(&self, uses: Vec<KeyUses>) -> Result<(), RepositoryError>;

    /// The uses of a key by hour, oldest first: from the hour of `from` on, and before `before`.
    /// Empty for a key that the workspace does not have. The result may include uses that are older
    /// than a purge would keep.
    async fn hourly_uses_of_key(
        &self,
        workspace_id: &WorkspaceId,
        api_key_id: ApiKeyId,
        from: Timestamp,
        before: Timestamp,
    ) -> Result<Vec<KeyUses>, RepositoryError>;

    /// The uses of several keys by day, from the day of `from` on, in one look. Each key's days are
    /// sorted, the oldest first; days without uses are missing. Nothing about a key that the workspace
    /// does not have.
    async fn daily_uses_of_keys(
        &self,
        workspace_id: &WorkspaceId,
        api_key_ids: &[ApiKeyId],
        from: Timestamp,
    ) -> Result<Vec<DailyUses>, RepositoryError>;
}
