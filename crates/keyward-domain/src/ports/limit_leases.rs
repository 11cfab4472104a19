use async_trait::async_trait;

use crate::limits::limit_id::LimitId;
use crate::limits::refill::{Refill, RefillRequest};
use crate::ports::RepositoryError;

/// Stores the [ledgers](crate::Ledger) of limits.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait LimitLeases: Send + Sync {
    /// Carries out requests, each on the ledger of its limit by [`Ledger::refill`](crate::Ledger::refill)
    /// with the time of the store. No two requests are about the same limit. The answers are in the
    /// order of the requests.
    ///
    /// All requests are carried out, or none; when the outcome is unknown, either. An unreadable ledger is
    /// [`RepositoryError::Corrupt`]. Ledgers that do not change for 32 days are removed with the oldest
    /// [counts](crate::ports::Housekeeping::purge_uses): nothing can be spent or leased there any more.
    async fn refill(
        &self,
        requests: Vec<(LimitId, RefillRequest)>,
    ) -> Result<Vec<Refill>, RepositoryError>;
}
