use async_trait::async_trait;

use crate::ports::RepositoryError;
use crate::timestamp::Timestamp;

/// How many records a purge would remove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purgeable {
    /// Deleted keys.
    pub api_keys: u64,
    /// Idempotency records.
    pub idempotency_records: u64,
    /// Counters of denials, each for one key, reason and hour.
    pub denial_counts: u64,
    /// Counters of uses, each for one key and hour, and last uses of scopes.
    pub use_counts: u64,
    /// Ended sessions.
    pub ended_sessions: u64,
}

/// Physically removes data that is no longer needed. Audit events always stay.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Housekeeping: Send + Sync {
    /// Counts the keys deleted by `deleted_by`, the idempotency records made by `recorded_by`, the
    /// counters of uses and denials of those keys or of hours that began by `counted_by`, and the
    /// ended sessions whose token expired by `ended_by`.
    async fn purgeable(
        &self,
        deleted_by: Timestamp,
        recorded_by: Timestamp,
        counted_by: Timestamp,
        ended_by: Timestamp,
    ) -> Result<Purgeable, RepositoryError>;

    /// Removes at most `limit` keys that were deleted by `deleted_by`, with their last uses and
    /// their counters, in one short transaction. Returns how many. `None` means that another purge
    /// is running and nothing was done.
    async fn purge_api_keys(
        &self,
        deleted_by: Timestamp,
        limit: u32,
    ) -> Result<Option<u64>, RepositoryError>;

    /// Removes about `limit` idempotency records that were made by `recorded_by`, oldest first, in
    /// one short transaction. Returns how many. `None` means that another purge is running and
    /// nothing was done.
    async fn purge_idempotency_records(
        &self,
        recorded_by: Timestamp,
        limit: u32,
    ) -> Result<Option<u64>, RepositoryError>;

    /// Removes about `limit` denial counters in one short transaction: first those of hours that
    /// began by `counted_by`, then those of keys that were deleted by `deleted_by`. Returns how
    /// many. `None` means that another purge is running and nothing was done.
    async fn purge_denials(
        &self,
        counted_by: Timestamp,
        deleted_by: Timestamp,
        limit: u32,
    ) -> Result<Option<u64>, RepositoryError>;

    /// The same for counters of uses, and then for the last uses of the scopes of deleted keys.
    async fn purge_uses(
        &self,
        counted_by: Timestamp,
        deleted_by: Timestamp,
        limit: u32,
    ) -> Result<Option<u64>, RepositoryError>;

    /// Removes at most `limit` ended sessions whose token expired by `ended_by`, oldest first, in
    /// one short transaction. Returns how many. `None` means that another purge is running and
    /// nothing was done.
    async fn purge_ended_sessions(
        &self,
        ended_by: Timestamp,
        limit: u32,
    ) -> Result<Option<u64>, RepositoryError>;
}
