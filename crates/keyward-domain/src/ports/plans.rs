use async_trait::async_trait;

use crate::audit::deployment_event::Authorship;
use crate::caller::workspace::WorkspaceId;
use crate::limits::plan::{Plan, PlanName};
use crate::ports::RepositoryError;

/// The result of putting a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanPut {
    /// The plan is new.
    Added,
    /// Its limits have changed.
    Changed,
    /// The plan already existed with these limits.
    Unchanged,
}

/// The result of removing a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanRemoval {
    /// It was removed.
    Done,
    /// There is no such plan.
    Unknown,
    /// It was not removed: a workspace has it.
    InUse,
}

/// The result of giving a plan to a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanAssignment {
    /// The workspace has another plan than before, or none.
    Done,
    /// The workspace already had it. Nothing was changed.
    Unchanged,
    /// There is no such workspace.
    UnknownWorkspace,
    /// There is no such plan.
    UnknownPlan,
}

/// The plans of the deployment. Each change is recorded as a deployment event in the same
/// transaction. Verification uses the limits from then on, on every node as soon as a change of a
/// key.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Plans: Send + Sync {
    /// Every plan, sorted by name.
    async fn list(&self) -> Result<Vec<Plan>, RepositoryError>;

    /// The plan with this name.
    async fn get(&self, name: &PlanName) -> Result<Option<Plan>, RepositoryError>;

    /// Adds a plan, or replaces the limits of an existing one. Records an event only for a difference.
    async fn put(&self, plan: Plan, by: Authorship) -> Result<PlanPut, RepositoryError>;

    /// Removes a plan. MUST change nothing when a workspace has it.
    async fn remove(&self, name: &PlanName, by: Authorship)
    -> Result<PlanRemoval, RepositoryError>;

    /// Gives a plan to a workspace; `None` takes it away. Records an event only for a difference.
    async fn assign(
        &self,
        workspace_id: &WorkspaceId,
        plan: Option<PlanName>,
        by: Authorship,
    ) -> Result<PlanAssignment, RepositoryError>;
}
