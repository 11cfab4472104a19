use async_trait::async_trait;

use crate::limits::costs::Costs;
use crate::limits::verdict::LimitVerdict;
use crate::ports::RepositoryError;
use crate::verification::verification_key::VerificationKey;

/// Judges calls by the limits of their keys, and pays for those that are allowed.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Limiter: Send + Sync {
    /// The same as [`judge`](Self::judge), if it is possible without waiting. `None` pays nothing.
    fn judge_now(&self, key: &VerificationKey, costs: &Costs) -> Option<LimitVerdict>;

    /// Whether the limits of the key allow a call with these costs. All costs are paid, or none.
    ///
    /// A limit that can't be judged, because the store does not answer, is
    /// [`RepositoryError::Unavailable`], unless it says `allow`.
    async fn judge(
        &self,
        key: &VerificationKey,
        costs: &Costs,
    ) -> Result<LimitVerdict, RepositoryError>;
}
