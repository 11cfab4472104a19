use async_trait::async_trait;

use crate::caller::workspace::WorkspaceId;
use crate::key::api_key::ApiKey;
use crate::key::id::ApiKeyId;
use crate::key::lifetime_policy::LifetimePolicy;
use crate::ports::RepositoryError;
use crate::timestamp::Timestamp;

/// The keys that a review of lifetimes looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LongLived {
    /// Keys without an expiry.
    NeverExpiring,
    /// Keys whose current secret is older, at this time, than the maximum lifetime of the policy
    /// that counts for their workspace, without those that end before by their own expiry. Whether
    /// they are refused makes no difference.
    OverLifetime {
        /// The time.
        at: Timestamp,
    },
}

/// The lifetime policies of workspaces, and the keys that they are about.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait KeyLifetimes: Send + Sync {
    /// The policy that counts for the keys of a workspace: its own, else the deployment's. The
    /// latter also for a workspace that does not exist.
    async fn policy(&self, workspace_id: &WorkspaceId) -> Result<LifetimePolicy, RepositoryError>;

    /// At most `limit` keys of a workspace, or of all workspaces, sorted by id, starting after
    /// `after`. Without deleted keys.
    async fn long_lived(
        &self,
        which: LongLived,
        workspace_id: Option<WorkspaceId>,
        after: Option<ApiKeyId>,
        limit: u32,
    ) -> Result<Vec<ApiKey>, RepositoryError>;
}
