use async_trait::async_trait;

use crate::ports::RepositoryError;
use crate::timestamp::Timestamp;

/// What a purge has before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purgeable {
    /// Deleted keys.
    pub api_keys: u64,
    /// Idempotency records.
    pub idempotency_records: u64,
    /// Counts of denials, each of one key, reason and hour.
    pub denial_counts: u64,
    /// Ended sessions.
    pub ended_sessions: u64,
}

/// Removing for good what nobody can ask for any more. Audit events always stay.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Housekeeping: Send + Sync {
    /// How many keys were deleted by `deleted_by`, how many idempotency records were made by
    /// `recorded_by`, how many counts of denials are of those keys or of hours that began by `denied_by`,
    /// and how many ended sessions have a token that ended by `ended_by`.
    async fn purgeable(
        &self,
        deleted_by: Timestamp,
        recorded_by: Timestamp,
        denied_by: Timestamp,
        ended_by: Timestamp,
    ) -> Result<Purgeable, RepositoryError>;

    /// Removes at most `limit` keys that were deleted by `deleted_by`, with their last uses and their
    /// denials, in one short transaction; how many. `None`, and nothing done, while somebody else purges.
    async fn purge_api_keys(
        &self,
        deleted_by: Timestamp,
        limit: u32,
    ) -> Result<Option<u64>, RepositoryError>;

    /// Removes about `limit` idempotency records that were made by `recorded_by`, the oldest first,
    /// in one short transaction; how many. `None`, and nothing done, while somebody else purges.
    async fn purge_idempotency_records(
        &self,
        recorded_by: Timestamp,
        limit: u32,
    ) -> Result<Option<u64>, RepositoryError>;

    /// Removes about `limit` counts of denials, those of hours that began by `denied_by` first and then those
    /// of keys that were deleted by `deleted_by`, in one short transaction; how many. `None`, and nothing
    /// done, while somebody else purges.
    async fn purge_denials(
        &self,
        denied_by: Timestamp,
        deleted_by: Timestamp,
        limit: u32,
    ) -> Result<Option<u64>, RepositoryError>;

    /// Removes at most `limit` ended sessions whose token ended by `ended_by`, the oldest first, in one
    /// short transaction; how many. `None`, and nothing done, while somebody else purges.
    async fn purge_ended_sessions(
        &self,
        ended_by: Timestamp,
        limit: u32,
    ) -> Result<Option<u64>, RepositoryError>;
}
