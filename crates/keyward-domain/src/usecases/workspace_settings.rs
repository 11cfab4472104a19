use std::sync::Arc;

use crate::caller::workspace::SupervisedWorkspace;
use crate::key::api_key::ApiKey;
use crate::key::id::ApiKeyId;
use crate::key::leak_policy::LeakPolicy;
use crate::key::lifetime_policy::LifetimePolicy;
use crate::limits::limit::Limit;
use crate::limits::plan::Plan;
use crate::listing::api_key_listing::{ApiKeyFilter, ApiKeyListing, Sort};
use crate::listing::page::Pagination;
use crate::ports::{Plans, RepositoryError, WorkspaceDirectory};
use crate::usage::limit_use::LimitUse;
use crate::usecases::ManageApiKeys;

/// Reads what operators have set for a workspace, for those who may see its keys.
#[derive(Clone)]
pub struct ReadWorkspaceSettings {
    /// The keys, their lifetimes, and the uses of their limits.
    pub keys: ManageApiKeys,
    /// Has the policies of workspaces.
    pub directory: Arc<dyn WorkspaceDirectory>,
    /// Has the limits of plans.
    pub plans: Arc<dyn Plans>,
}

/// What operators have set for a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceSettings {
    /// How many keys it has, without deleted ones.
    pub key_count: u32,
    /// How many keys it may have.
    pub key_count_max: u32,
    /// How long its keys may be used.
    pub lifetime_policy: LifetimePolicy,
    /// What happens to its keys when their secrets leak.
    pub leak_policy: LeakPolicy,
    /// Its plan, if it has one.
    pub plan: Option<Plan>,
    /// The limits of the plan that all keys share, and how much of each is used.
    pub shared_limits: Vec<LimitUse>,
}

impl ReadWorkspaceSettings {
    /// The settings of a workspace.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store failed.
    pub async fn run(
        &self,
        workspace: &SupervisedWorkspace,
    ) -> Result<WorkspaceSettings, RepositoryError> {
        let workspace_id = workspace.workspace_id();
        let stored = self.directory.workspace(workspace_id).await?;
        let name = stored.as_ref().and_then(|stored| stored.plan.as_ref());
        let plan = match name {
            Some(name) => self.plans.get(name).await?,
            None => None,
        };
        let shared = plan
            .iter()
            .flat_map(|plan| plan.limits.of_workspace.as_slice());
        let shared: Vec<Limit> = shared.cloned().collect();
        Ok(WorkspaceSettings {
            key_count: stored.as_ref().map_or(0, |stored| stored.key_count),
            key_count_max: self.keys.key_count_max,
            lifetime_policy: self.keys.key_lifetimes.policy(workspace_id).await?,
            leak_policy: stored
                .and_then(|stored| stored.leak_policy)
                .unwrap_or_default(),
            shared_limits: self.uses(workspace, shared).await?,
            plan,
        })
    }

    /// How much of the limits that all keys share is used. The uses of any key contain them; without a key,
    /// nothing is used.
    async fn uses(
        &self,
        workspace: &SupervisedWorkspace,
        shared: Vec<Limit>,
    ) -> Result<Vec<LimitUse>, RepositoryError> {
        let any_key = if shared.is_empty() {
            None
        } else {
            self.any_key(workspace).await?
        };
        let uses = match any_key {
            Some(id) => {
                let workspace_id = workspace.workspace_id();
                self.keys.limit_uses.limit_uses(workspace_id, id).await?
            }
            None => vec![],
        };
        let units = |limit: &Limit| {
            let mut uses = uses.iter().filter(|used| used.is_of_workspace);
            uses.find(|used| used.limit.name == limit.name)
                .map_or(0, |used| used.used)
        };
        let shared = shared.into_iter().map(|limit| LimitUse {
            used: units(&limit),
            is_of_workspace: true,
            limit,
        });
        Ok(shared.collect())
    }

    async fn any_key(
        &self,
        workspace: &SupervisedWorkspace,
    ) -> Result<Option<ApiKeyId>, RepositoryError> {
        let Ok(page) = Pagination::new(0, 1) else {
            return Ok(None);
        };
        let listing = ApiKeyListing {
            filter: ApiKeyFilter::default(),
            sort: Sort::default(),
            page,
            now: self.keys.clock.now(),
        };
        let found = self.keys.list(workspace, &listing).await?;
        Ok(found.items.first().map(ApiKey::id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::workspace::{Portal, Workspace};
    use crate::key::leak_policy::GracePeriod;
    use crate::limits::plan::{PlanLimits, PlanName};
    use crate::limits::set::Limits;
    use crate::listing::page::Page;
    use crate::ports::{
        MockApiKeys, MockKeyLifetimes, MockLimitUses, MockPlans, MockWorkspaceDirectory,
    };
    use crate::testing::{at, key, limit, owned_workspace, user};
    use crate::usecases::testing::World;

    fn pro() -> Plan {
        Plan {
            name: PlanName::parse("pro").unwrap(),
            limits: PlanLimits {
                of_key: Limits::of(vec![limit("requests", 100, "1m")]).unwrap(),
                of_workspace: Limits::of(vec![limit("requests", 500, "1m")]).unwrap(),
            },
        }
    }

    fn used(used: u64, is_of_workspace: bool) -> LimitUse {
        LimitUse {
            limit: limit("requests", 500, "1m"),
            is_of_workspace,
            used,
        }
    }

    fn settings(stored: Option<Workspace>, keys: Vec<ApiKey>) -> WorkspaceSettings {
        let mut api_keys = MockApiKeys::new();
        api_keys.expect_list().returning(move |_, listing| {
            assert_eq!(listing.page.size(), 1);
            let items = keys.clone();
            Ok(Page { items, total: 1 })
        });
        let mut limit_uses = MockLimitUses::new();
        limit_uses
            .expect_limit_uses()
            .returning(|_, _| Ok(vec![used(3, false), used(40, true)]));
        let mut key_lifetimes = MockKeyLifetimes::new();
        key_lifetimes
            .expect_policy()
            .returning(|_| Ok(LifetimePolicy::default()));
        let mut directory = MockWorkspaceDirectory::new();
        directory
            .expect_workspace()
            .returning(move |_| Ok(stored.clone()));
        let mut plans = MockPlans::new();
        plans
            .expect_get()
            .returning(|name| Ok((*name == pro().name).then(pro)));
        let read = ReadWorkspaceSettings {
            keys: ManageApiKeys {
                limit_uses: Arc::new(limit_uses),
                key_lifetimes: Arc::new(key_lifetimes),
                ..World::with(api_keys).manage()
            },
            directory: Arc::new(directory),
            plans: Arc::new(plans),
        };
        let workspace = owned_workspace(user(Portal::Tenant));
        pollster::block_on(read.run(&workspace)).unwrap()
    }

    fn stored(plan: Option<&str>) -> Workspace {
        let workspace = owned_workspace(user(Portal::Tenant));
        Workspace {
            id: workspace.workspace_id().clone(),
            created_at: at(0),
            key_count: 2,
            key_lifetime: None,
            leak_policy: Some(LeakPolicy::Expire(GracePeriod::from_hours(24).unwrap())),
            plan: plan.map(|plan| PlanName::parse(plan).unwrap()),
        }
    }

    #[test]
    fn the_use_of_shared_limits_is_that_of_any_key() {
        let told = settings(Some(stored(Some("pro"))), vec![key()]);
        assert_eq!((told.key_count, told.key_count_max), (2, 7));
        assert_eq!(told.leak_policy, stored(None).leak_policy.unwrap());
        assert_eq!(told.shared_limits, [used(40, true)]);
        assert_eq!(told.plan, Some(pro()));
    }

    #[test]
    fn without_a_key_nothing_of_the_shared_limits_is_used() {
        let told = settings(Some(stored(Some("pro"))), vec![]);
        assert_eq!(told.shared_limits, [used(0, true)]);
    }

    #[test]
    fn without_a_plan_there_are_no_shared_limits() {
        let told = settings(Some(stored(None)), vec![key()]);
        assert_eq!((told.plan, told.shared_limits), (None, vec![]));
    }

    #[test]
    fn a_workspace_that_is_not_stored_has_the_defaults() {
        let told = settings(None, vec![]);
        assert_eq!((told.key_count, told.plan), (0, None));
        assert_eq!(told.leak_policy, LeakPolicy::Disable);
    }
}
